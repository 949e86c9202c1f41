"""The report on screen: its first screen, its parts, its charts and their twins, its files, and who gets none."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from chainmap.domain.audit import AuditWhat
from chainmap.domain.cards import Card
from chainmap.exports.charts import ChartError
from chainmap.exports.picture_error import PictureFailure
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.models import AuditEntry, Party, Round, Team, TeamLead
from chainmap.services import report_pictures
from chainmap.services.report_requests import ReportRequest
from chainmap.web.report_parts import report_context
from tests.after import open_workshop
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.exports.reports import example_report, released_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(at):
    """What stands behind the "?" -> the address of the report of Acme."""
    return lambda query="": at("report") + query


def spring(organization):
    return organization.rounds.get(name="Spring")


@pytest.fixture
def quick(monkeypatch):
    """Charts that are not drawn; how many were asked for, a child process each."""
    calls = []

    def charts_svg(specs, *, theme):
        calls.append(len(specs))
        return [f"<svg>{spec['usermeta']['name']} {theme} {spec['width']}</svg>" for spec in specs]

    monkeypatch.setattr(report_pictures, "charts_svg", charts_svg)
    return calls


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# ---- the page


def test_the_first_screen_says_it_all(address, carla, signed_in):
    answer = signed_in(carla).get(address())
    page, said = answer.content.decode(), text_of(answer)
    assert answer.status_code == 200
    first = page[: page.index('class="report-ways"')]
    # Acme by hand: tests/services/reported.py
    assert re.search(r"<h1[^>]*>Of every 100 units of work this organization creates, \d+ reach", first)
    assert "Most is lost between" in first
    assert "What to do on Monday" in first
    assert "chain-picture" in first
    assert first.count('<th scope="row">') == 4  # of six hand-offs four are rated
    assert "Never tie ratings to pay." in said
    assert page.count("<h1") == 1


def test_headings_follow_each_other(address, carla, signed_in):
    levels = [int(level) for level in re.findall(r"<h([1-6])", signed_in(carla).get(address()).content.decode())]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_chart_has_its_twin_and_its_pictures(address, carla, signed_in, quick):
    client = signed_in(carla)
    page = client.get(address()).content.decode()
    figures = re.findall(r'<figure class="chart">.*?</figure>', page, re.DOTALL)
    assert len(figures) == 2  # losses, coverage; four scores are too few for a net promoter score
    for figure in figures:
        assert "<table>" in figure
        assert re.search(r'alt="[^"]{20,}"', figure)
        sources = re.findall(r'(?:srcset|src)="([^"]+)"', figure)
        assert len(sources) == 5
        for source in sources:
            drawn = client.get(source.replace("&amp;", "&"))
            assert drawn.status_code == 200, source
            assert drawn["Content-Type"].startswith("image/svg+xml")
            assert drawn["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert drawn["X-Content-Type-Options"] == "nosniff"
            assert b"<svg" in drawn.content
    assert len(quick) == 5


def test_the_charts_of_a_page_are_drawn_once(at, carla, signed_in, quick):
    client = signed_in(carla)
    bodies = [client.get(at("report_chart", "pareto")).content for _time in range(2)]
    client.get(at("report_chart", "coverage"))
    assert quick == [2]
    assert bodies == [b"<svg>pareto light 720</svg>"] * 2
    dark = client.get(at("report_chart", "pareto") + "?theme=dark&size=narrow")
    assert dark.content == b"<svg>pareto dark 344</svg>"
    assert quick == [2, 2]


def test_a_chart_that_cannot_be_drawn_leaves_the_page(address, at, carla, signed_in, monkeypatch):
    def broken(*_specs, **_rest):
        raise ChartError(PictureFailure.TIME)

    monkeypatch.setattr(report_pictures, "charts_svg", broken)
    client = signed_in(carla)
    answer = client.get(at("report_chart", "pareto"))
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert client.get(address()).status_code == 200


def test_what_the_colours_mean_stands_in_letters_of_the_page(address, carla, signed_in):
    """Inside the picture the key shrinks with it, to 7 pixels where a chain is long."""
    page = signed_in(carla).get(address()).content.decode()
    picture = page[page.index("<svg", page.index("report-picture")) :].split("</svg>", 1)[0]
    assert "Of what is handed over, this much arrives:" not in picture
    key = page[page.index('class="picture-key"') :].split("</dl>", 1)[0]
    assert "Of what is handed over, this much arrives:" in key
    assert re.findall(r"picture-swatch-(\d)", key) == ["0", "1", "2", "3", "4"]
    assert "data-zoom" in page


def test_a_member_reads_the_report_and_takes_none_away(address, at, alice, signed_in, quick):
    client = signed_in(alice)
    page = client.get(address()).content.decode()
    assert "Take it with you" not in page
    assert 'name="team"' not in page
    assert client.get(at("report_file", "json")).status_code == 403
    assert client.get(at("report_chart", "pareto")).status_code == 200


def test_names_of_people_are_text(address, organization, carla, signed_in):
    Party.objects.filter(organization=organization, code="alice").update(name="<script>alert(1)</script>")
    organization.touch()
    client = signed_in(carla)
    page = client.get(address()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert b"<script" not in client.get(reverse("chainmap:report_chart", args=[organization.pk, "pareto"])).content


# ---- which report


def test_of_a_team_of_a_round_and_of_a_workshop(address, organization, people, carla, signed_in):
    client = signed_in(carla)
    planning = Team.objects.get(organization=organization, name="Planning")
    workshop = open_workshop(organization, people)
    of_round = client.get(address(f"?round={spring(organization).pk}"))
    assert text_of(of_round) == text_of(client.get(address(f"?round={spring(organization).pk}&team=&workshop=")))
    assert "round “Spring”" in text_of(of_round)
    of_team = client.get(address(f"?team={planning.pk}"))
    assert "Bottleneck report of a team" in text_of(of_team)
    assert f"team={planning.pk}" in of_team.content.decode().split("<img", 1)[1]
    of_workshop = client.get(address(f"?workshop={workshop.pk}"))
    assert "Kitchen table Bottleneck report of a workshop" in text_of(of_workshop)
    for named in ("Planning", "Spring", "Kitchen table"):
        assert named in text_of(client.get(address()))


def test_ways_on_lead_somewhere(address, organization, carla, alice, signed_in):
    """To the files and the map; to other rounds only where one has results."""
    page = signed_in(carla).get(address()).content.decode()
    assert page.count('href="#take"') == 2
    title = page.index("</h1>")
    beside = page[title : page.index("report-picture", title)]
    button = r'name="format" value="pdf">\s*<button class="button" type="submit" name="paper" value="a4">PDF<'
    assert re.search(button, beside)
    assert 'href="#take">All formats<' in beside
    assert reverse("chainmap:map", args=[organization.pk]) + f"?round={spring(organization).pk}" in page
    assert reverse("chainmap:compare", args=[organization.pk]) in page
    assert 'href="#take"' not in signed_in(alice).get(address()).content.decode()
    Round.objects.filter(organization=organization).update(state=Round.State.OPEN)
    page = signed_in(carla).get(address()).content.decode()
    assert reverse("chainmap:map", args=[organization.pk]) in page
    assert reverse("chainmap:compare", args=[organization.pk]) not in page


def test_a_short_way_from_a_round(at, organization, carla, signed_in):
    answer = signed_in(carla).get(at("round_report", spring(organization).pk))
    assert answer["Location"] == f"{at('report')}?round={spring(organization).pk}"


@pytest.mark.parametrize(
    "query",
    [
        *("?round=x", "?round=-1", "?round=0", "?round=1.5", "?round=" + "9" * 30, "?rounds=1", "?round=1&round=2"),
        *("?team=<b>", "?workshop=1&team=1", "?workshop=1&round=1", "?theme=dark", "?page=2"),
    ],
)
def test_an_address_that_makes_no_sense_is_told_why(address, carla, signed_in, query):
    answer = signed_in(carla).get(address(query))
    assert answer.status_code == 400
    assert "<b>" not in answer.content.decode()


@pytest.mark.parametrize("query", ["?theme=pink", "?size=large", "?theme=", "?format=pdf"])
def test_a_chart_in_no_theme(at, carla, signed_in, query):
    assert signed_in(carla).get(at("report_chart", "pareto") + query).status_code == 400


def test_what_is_not_there_is_missing_for_everybody(at, organization, other_organization, carla, signed_in):
    client = signed_in(carla)
    theirs = other_organization.rounds.get(name="Spring").pk
    team = Team.objects.filter(organization=other_organization).first().pk
    report = at("report")
    asked = [
        *(f"{report}?round={key}" for key in (theirs, 10**9)),
        *(f"{report}?team={key}" for key in (team, 10**9)),
        f"{report}?workshop=999",
        reverse("chainmap:report", args=[other_organization.pk]),
        at("report_chart", "secret"),
        at("report_file", "exe"),
        at("report_file", "pdf"),  # made in the background, not here
    ]
    answers = [client.get(one) for one in asked]
    assert [answer.status_code for answer in answers] == [404] * len(asked)
    assert len({answer.content for answer in answers}) == 1


def test_a_manager_of_another_team_finds_nothing(at, organization, carla, signed_in, quick):
    sales, planning = (Team.objects.get(organization=organization, name=name) for name in ("Sales", "Planning"))
    TeamLead.objects.create(team=sales, user=carla)
    client = signed_in(carla)
    missing = client.get(f"{at('report')}?team=999999")
    for name in ("report", "report_chart", "report_file"):
        own = at(name, *{"report_chart": ["pareto"], "report_file": ["json"]}.get(name, []))
        assert client.get(f"{own}?team={sales.pk}").status_code == 200, name
        other = client.get(f"{own}?team={planning.pk}")
        assert (other.status_code, other.content) == (404, missing.content), name
    assert (
        "Planning"
        not in re.findall(
            r'<select id="report-team".*?</select>', client.get(at("report")).content.decode(), re.DOTALL
        )[0]
    )


def test_a_stranger_finds_nothing_and_a_visitor_signs_in(address, zoe, signed_in):
    assert signed_in(zoe).get(address()).status_code == 404
    answer = Client().get(address())
    assert answer["Location"].startswith(reverse("chainmap:sign_in"))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(address, at, carla, signed_in, method):
    for one in (address(), at("report_chart", "pareto"), at("report_file", "json")):
        assert getattr(signed_in(carla), method)(one).status_code == 405


# ---- none yet


def test_before_anything_was_rated(address, at, organization, carla, signed_in):
    Round.objects.filter(organization=organization).delete()
    organization.touch()
    client = signed_in(carla)
    answer = client.get(address())
    assert answer.status_code == 200
    assert "No report yet" in text_of(answer)
    assert "figures" not in answer.content.decode()
    for missing in (f"?team={Team.objects.filter(organization=organization).first().pk}", "?round=999"):
        assert client.get(address(missing)).status_code == 404
    assert client.get(at("report_chart", "pareto")).status_code == 404


def test_an_open_round_has_no_report(address, at, organization, carla, signed_in):
    running = make_round(organization, "open")
    answer = signed_in(carla).get(address(f"?round={running.pk}"))
    assert answer.status_code == 200
    assert "still open" in text_of(answer)
    assert "figures" not in answer.content.decode()
    chart = signed_in(carla).get(at("report_chart", "pareto") + f"?round={running.pk}")
    assert chart.status_code == 404
    assert signed_in(carla).get(at("report_file", "csv") + f"?round={running.pk}").status_code == 404


def test_a_draft_is_for_those_who_make_rounds(address, organization, bob, carla, signed_in):
    draft = make_round(organization, "open", opened=False)
    assert signed_in(carla).get(address(f"?round={draft.pk}")).status_code == 404
    assert "has not begun" in text_of(signed_in(bob).get(address(f"?round={draft.pk}")))


def test_a_round_nobody_answered(address, at, organization, carla, signed_in):
    silent = Round.objects.create(organization=organization, name="Silent", mode="open", state="closed")
    answer = signed_in(carla).get(address(f"?round={silent.pk}"))
    assert answer.status_code == 200
    assert "No ratings yet" in text_of(answer)
    assert signed_in(carla).get(at("report_chart", "pareto") + f"?round={silent.pk}").status_code == 404


def test_a_protected_round_shows_teams_and_bands(db, people, carla, signed_in):
    crowd = make_crowd(size=12)
    crowd.memberships.create(user=carla, role="manager")
    round = make_round(crowd, "pair")
    answer_all(round, lambda ask: Card(score=4 if ask.handoff.deliverable == "spec" else 8))
    close(round)
    answer = signed_in(carla).get(reverse("chainmap:report", args=[crowd.pk]))
    said = text_of(answer)
    assert answer.status_code == 200
    assert "Red" in said
    assert not re.search(r"(Red|Blue|Green) \d", answer.content.decode())  # no person


# ---- files


def test_files_are_offered_with_the_choice_of_paper(address, organization, carla, signed_in):
    page = signed_in(carla).get(address(f"?round={spring(organization).pk}")).content.decode()
    take = page[page.index('id="take"') :]
    for key, format in REPORT_FORMATS.items():
        assert (f'name="format" value="{key}"' in take) == format.is_long, key
        assert (f"/report/files/{key}/?round={spring(organization).pk}" in take) == (not format.is_long), key
    assert re.findall(r'name="paper" value="(\w+)"', take) == ["a4", "letter"]
    assert f'name="round" value="{spring(organization).pk}"' in take


def test_a_file_at_once_is_counted_and_written_down(at, organization, carla, signed_in):
    client = signed_in(carla)
    first = client.get(at("report_file", "json"))
    assert first.status_code == 200
    assert first["Content-Disposition"] == 'attachment; filename="report-acme-spring.json"'
    content = b"".join(first.streaming_content)
    assert json.loads(content)["scope"]["organization"] == "Acme"
    entry = AuditEntry.objects.get(organization=organization)
    assert (entry.what, entry.about) == (AuditWhat.REPORT_TAKEN, "Acme · Spring · json")
    cache.clear()
    assert b"".join(client.get(at("report_file", "json")).streaming_content) == content
    answers = [client.get(at("report_file", "csv")) for _time in range(10)]  # the first of them with the second JSON
    assert [answer.status_code for answer in answers] == [200] * 9 + [429]
    said = text_of(answers[-1])
    assert "One person can take 10 reports away in an hour, each in all its formats" in said
    assert re.search(r"Wait (59|60) minutes, then try again\. Files that are ready can be downloaded meanwhile", said)
    assert f'href="{at("kept_files")}"' in answers[-1].content.decode()
    assert 3500 < int(answers[-1]["Retry-After"]) <= 3601
    assert client.get(at("kept_files")).status_code == 200


def test_long_ones_are_made_in_the_background(at, organization, carla, signed_in, monkeypatch):
    client = signed_in(carla)
    sent = {"round": spring(organization).pk, "team": "", "workshop": "", "format": "xlsx"}
    answer = client.post(at("kept_file_ask"), sent)
    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
    assert b"".join(client.get(answer["Location"] + "download/").streaming_content).startswith(b"PK")


# ---- ways to it


def test_the_report_is_one_tap_away(address, at, organization, people, carla, signed_in):
    client = signed_in(carla)
    workshop = open_workshop(organization, people)
    for page in (at("chain"), at("round", spring(organization).pk), at("workshop_results", workshop.pk)):
        assert address() in client.get(page).content.decode(), page
    assert f"?workshop={workshop.pk}" in client.get(at("workshop_results", workshop.pk)).content.decode()


def test_the_page_costs_a_fixed_number_of_queries(
    address, organization, carla, signed_in, django_assert_max_num_queries
):
    client = signed_in(carla)
    client.get(address())
    with django_assert_max_num_queries(30):
        client.get(address())


@pytest.mark.parametrize(("made", "head"), [(released_report, "Team link"), (example_report, "Hand-off")])
def test_the_first_table_says_what_its_rows_are(made, head):
    """A release knows links of teams alone."""
    context = report_context(made(), charts="/charts/x.svg", asked=ReportRequest())
    page = render_to_string("chainmap/report/_first.html", context)
    assert f'<th scope="col">{head}</th>' in page
