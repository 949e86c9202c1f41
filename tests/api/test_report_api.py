"""The report for programs: the bytes of the page's files, for whom the page is, refused as everything else."""

from __future__ import annotations

import pytest

from chainmap.api.documentation import openapi_document
from chainmap.domain.audit import AuditWhat
from chainmap.exports.report_files import REPORT_FORMATS, report_file
from chainmap.exports.report_json import report_json
from chainmap.models import AuditEntry, Round, Team, TeamLead
from chainmap.services.reports import report_find
from tests.api.conftest import MISSING
from tests.api.test_access import content_of
from tests.api.test_openapi import answer_schema, validator
from tests.api.test_refusals import JUNK, problem_of
from tests.crowd import close, make_round

AT_ONCE = [key for key, format in REPORT_FORMATS.items() if not format.is_long]


@pytest.fixture
def spring(organization):
    return Round.objects.get(organization=organization, name="Spring")


@pytest.fixture
def team(organization):
    return Team.objects.filter(organization=organization).order_by("pk").first()


def test_the_report_is_that_of_the_latest_round(ask, organization, carla, spring):
    answer = ask("report/")
    assert answer["Content-Type"] == "application/json"
    assert answer.content == report_json(report_find(actor=carla, organization=organization)).content
    assert answer.content == ask(f"report/?round={spring.pk}").content
    assert not AuditEntry.objects.exists()


def test_the_report_of_a_team(ask, organization, carla, team):
    answer = ask(f"report/?team={team.pk}")
    assert answer.json()["scope"]["name"] == team.name
    assert answer.content == report_json(report_find(actor=carla, organization=organization, team=team)).content


def test_it_tells_each_role_what_its_page_tells(ask, organization, alice, bob):
    for user in (alice, bob):
        assert (
            ask("report/", user=user).content == report_json(report_find(actor=user, organization=organization)).content
        )


def test_a_released_round_and_a_team_of_it_are_as_described(ask, organization, carla):
    released = close(make_round(organization, "anonymous", name="Quiet"))
    document = openapi_document("en")
    check = validator(document, answer_schema(document, "/api/v1/organizations/{organization}/report/"))
    told = ask(f"report/?round={released.pk}").json()
    check.validate(told)
    assert told["scope"]["mode"] == "anonymous"
    check.validate(ask("report/").json())


@pytest.mark.parametrize("format", AT_ONCE)
def test_a_file_is_that_of_the_report(ask, organization, carla, format):
    answer = ask(f"report/files/{format}/")
    made = report_file(report_find(actor=carla, organization=organization), format=format)
    assert content_of(answer) == made.content
    assert answer["Content-Type"] == made.content_type
    assert answer["Content-Disposition"] == f'attachment; filename="{made.filename}"'
    entry = AuditEntry.objects.get(organization=organization)
    assert (entry.what, entry.user) == (AuditWhat.REPORT_TAKEN, carla)


def test_all_formats_of_a_report_count_once(ask, organization):
    for _turn in range(10):
        for format in AT_ONCE:
            assert ask(f"report/files/{format}/").status_code == 200
        organization.touch()
    assert AuditEntry.objects.count() == 10 * len(AT_ONCE)
    assert ask("report/files/csv/").status_code == 429


def test_the_same_file_is_ten_an_hour(ask):
    answers = [ask("report/files/csv/") for _time in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    problem = problem_of(answers[-1], 429, "throttled")
    assert "10 reports away in an hour, each in all its formats" in problem["detail"]
    assert "can be downloaded meanwhile, under “My files”" in problem["detail"]
    assert int(answers[-1]["Retry-After"]) > 0
    assert ask("report/").status_code == 200  # looking is not taking


@pytest.mark.parametrize("name", ["round", "team", "workshop"])
def test_junk_is_refused_by_name(ask, name):
    for junk in JUNK:
        for address in ("report/", "report/files/csv/"):
            problem = problem_of(ask(f"{address}?{name}={junk}"), 400, "bad_filter")
            assert list(problem["errors"]) == [name]


@pytest.mark.parametrize("query", ["format=csv", "top=3", "Round=1", "page=1"])
def test_unknown_parameters_are_refused(ask, query):
    for address in ("report/", "report/files/csv/"):
        problem = problem_of(ask(f"{address}?{query}"), 400, "unknown_parameter")
        assert "round" in problem["detail"]


def test_a_workshop_has_a_report_of_its_own(ask):
    problem = problem_of(ask("report/?workshop=1&team=1"), 400, "bad_filter")
    assert list(problem["errors"]) == ["workshop"]
    problem_of(ask("report/?round=1&round=1"), 400, "bad_filter")


def test_what_is_not_there_answers_with_the_same_bytes(ask, organization, other_organization, team, client, carla):
    theirs = Team.objects.filter(organization=other_organization).first() or Team.objects.create(
        organization=other_organization, name="Theirs"
    )
    round = Round.objects.filter(organization=other_organization).first()
    draft = Round.objects.create(organization=organization, name="Draft", mode="open", state="draft")
    missing = ask(f"report/?round={MISSING}")
    problem_of(missing, 404, "not_found")
    asked = [
        f"report/?round={round.pk}",
        f"report/?round={draft.pk}",
        f"report/?team={MISSING}",
        f"report/?team={theirs.pk}",
        f"report/?workshop={MISSING}",
        f"report/files/csv/?team={theirs.pk}",
        f"report/files/csv/?round={round.pk}",
        "report/files/exe/",
        "report/files/pdf/",
        "report/files/csv",
        "report/files/",
    ]
    for address in asked:
        answer = ask(address)
        assert (answer.status_code, answer.content) == (404, missing.content), address
    assert client.get(f"/api/v1/organizations/{other_organization.pk}/report/").content == missing.content
    assert not AuditEntry.objects.exists()


def test_a_manager_who_leads_another_team_finds_nothing(ask, organization, carla, team):
    other = Team.objects.create(organization=organization, name="Another")
    TeamLead.objects.create(user=carla, team=other)
    missing = ask(f"report/?team={MISSING}")
    for address in (f"report/?team={team.pk}", f"report/files/json/?team={team.pk}"):
        answer = ask(address)
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_a_member_sees_but_takes_nothing_away(ask, alice):
    assert ask("report/", user=alice).status_code == 200
    problem_of(ask("report/files/csv/", user=alice), 403, "permission_denied")
    problem_of(ask("report/files/graphml/", user=alice), 403, "permission_denied")
    assert not AuditEntry.objects.exists()
