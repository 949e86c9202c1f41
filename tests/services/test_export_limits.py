"""How many reports one person takes away: a report counts once with all its files, the same file again anew; and every
file that leaves stands in the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.models import Attempt, AuditEntry, Organization, Round, Team
from chainmap.services.kept_files import kept_file_ask
from chainmap.services.limits import EXPORT, TooMany, parts_require
from chainmap.services.report_requests import ReportRequest
from chainmap.services.report_taking import report_take
from chainmap.services.reporting import bottlenecks_export
from chainmap.services.round_analysis import round_export
from chainmap.services.workshop_after import workshop_report
from tests import keeping
from tests.after import make_workshop
from tests.crowd import close, make_round

pytestmark = pytest.mark.django_db
LONG = [key for key, format in REPORT_FORMATS.items() if format.is_long]
AT_ONCE = [key for key, format in REPORT_FORMATS.items() if not format.is_long]


@pytest.fixture
def maker(monkeypatch):
    maker = keeping.stand_in(monkeypatch)
    monkeypatch.setattr("chainmap.services.kept_files.report_formats", lambda: REPORT_FORMATS.keys())
    return maker


def counted(what="export"):
    return sum(Attempt.objects.filter(what=what).values_list("count", flat=True))


def part(whole="a", part="csv", who="user 1"):
    parts_require(limit=EXPORT, who=who, whole=whole, part=part)


def take_all(user, organization, **of):
    """Every file the page offers: eleven."""
    files = 0
    for format in AT_ONCE:
        report_take(actor=user, organization=organization, request=ReportRequest(format=format, **of))
        files += 1
    for format in LONG:
        for paper in ("a4", "letter") if REPORT_FORMATS[format].has_paper else ("a4",):
            request = ReportRequest(format=format, paper=paper, **of)
            kept_file_ask(actor=user, organization=organization, request=request)
            files += 1
    return files


def test_a_report_with_its_eleven_files_counts_once(organization, carla, maker):
    assert take_all(carla, organization) == 11
    assert counted() == 1
    assert AuditEntry.objects.count() == 11
    take_all(carla, organization, team=Team.objects.get(organization=organization, name="Sales").pk)
    assert counted() == 2


def test_a_paper_makes_no_other_file_of_a_format_without_pages(organization, carla, maker):
    files = {
        kept_file_ask(
            actor=carla, organization=organization, request=ReportRequest(format="xlsx", paper=paper)
        ).pk
        for paper in ("a4", "letter")
    }  # fmt: skip
    assert (len(files), counted()) == (1, 1)


def test_the_same_file_again_is_bounded(organization, carla):
    """Each time counts but the first of each count; no way around by other formats in between."""
    for _turn in range(EXPORT.most):
        report_take(actor=carla, organization=organization, request=ReportRequest(format="csv"))
    with pytest.raises(TooMany) as refused:
        report_take(actor=carla, organization=organization, request=ReportRequest(format="csv"))
    assert refused.value.limit == EXPORT
    report_take(actor=carla, organization=organization, request=ReportRequest(format="json"))  # of the tenth
    with pytest.raises(TooMany):
        report_take(actor=carla, organization=organization, request=ReportRequest(format="json"))


def test_never_more_files_than_ten_reports_have(db):
    """Whatever order somebody tries."""
    had = 0
    for turn in range(400):
        try:
            part(whole=str(turn % 13), part=str(turn % 11))
            had += 1
        except TooMany:
            pass
    assert EXPORT.most <= had <= EXPORT.most * 11
    assert counted() == EXPORT.most


def test_other_data_another_person_and_another_hour_count_anew(organization, carla, bob):
    report_take(actor=carla, organization=organization, request=ReportRequest(format="csv"))
    organization.touch()
    changed = Organization.objects.get(pk=organization.pk)
    report_take(actor=carla, organization=changed, request=ReportRequest(format="json"))
    assert counted() == 2
    report_take(actor=bob, organization=organization, request=ReportRequest(format="json"))
    assert counted() == 3
    Attempt.objects.filter(what="export_whole").update(since=timezone.now() - timedelta(hours=1, seconds=1))
    report_take(actor=bob, organization=organization, request=ReportRequest(format="dot"))
    assert counted() == 4


def test_when_the_hour_is_over_all_works_again(db):
    for number in range(EXPORT.most):
        part(whole=str(number))
    with pytest.raises(TooMany) as refused:
        part(whole="one more")
    assert timedelta(minutes=59) < refused.value.wait <= timedelta(hours=1)
    part(whole="3", part="json")
    Attempt.objects.update(since=timezone.now() - timedelta(hours=1, seconds=1))
    part(whole="one more")


def test_rows_long_over_go_and_none_that_is_in_use(db):
    part()
    Attempt.objects.update(since=timezone.now() - timedelta(days=3))
    part()  # its own rows are old: they count anew and stay
    assert Attempt.objects.count() == 3
    Attempt.objects.update(since=timezone.now() - timedelta(days=3))
    part(who="user 2")
    assert Attempt.objects.count() == 3


def test_nobody_s_file_is_counted_by_name(organization, carla):
    report_take(actor=carla, organization=organization, request=ReportRequest(format="csv"))
    assert all(len(row.who) == 64 for row in Attempt.objects.all())


# ---- what leaves is written down


def logged():
    return list(AuditEntry.objects.order_by("number").values_list("what", "who", "about"))


@pytest.mark.parametrize("format", ["csv", "json", "svg", "png", "dot"])
def test_bottlenecks_as_a_file_are_written_down(organization, carla, format):
    file = bottlenecks_export(actor=carla, organization=organization, format=format)
    assert logged() == [("report_taken", "Carla", f"Acme · {file.filename}")]


def test_what_the_server_prints_is_no_file_and_what_it_writes_is(organization):
    bottlenecks_export(actor=OPERATOR, organization=organization, format="table")
    assert logged() == []
    bottlenecks_export(actor=OPERATOR, organization=organization, format="csv")
    assert [line[:2] for line in logged()] == [("report_taken", "")]


def test_a_file_that_could_not_be_made_is_not_written_down(organization, carla, monkeypatch):
    def fail(*_given, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr("chainmap.services.reporting.export_bottlenecks", fail)
    with pytest.raises(ZeroDivisionError):
        bottlenecks_export(actor=carla, organization=organization, format="csv")
    assert logged() == []


def test_the_files_of_a_round_are_written_down_and_count_as_one_report(organization, carla):
    spring = Round.objects.get(organization=organization, name="Spring")
    for format in ("csv", "json", "dot"):
        round_export(actor=carla, round=spring, format=format)
    assert [about.rpartition(" · ")[0] for _what, _who, about in logged()] == ["Acme · Spring"] * 3
    assert counted() == 1


def test_a_round_without_results_counts_for_nobody(organization, carla):
    made = make_round(organization, "open")
    with pytest.raises(NotFound):
        round_export(actor=carla, round=made, format="csv")
    assert not Attempt.objects.exists()


def test_a_released_round_too_with_no_more_than_its_name(organization, carla):
    quiet = close(make_round(organization, "anonymous", name="Quiet"))
    round_export(actor=carla, round=quiet, format="csv")
    [(what, who, about)] = logged()
    assert (what, who) == ("report_taken", "Carla")
    assert about.startswith("Acme · Quiet · bottlenecks-")


def test_the_pdf_of_a_workshop_is_written_down(organization, bob, monkeypatch):
    monkeypatch.setattr(
        "chainmap.services.workshop_after.workshop_pdf",
        lambda summary, paper: keeping.ExportFile(f"workshop-{paper}.pdf", keeping.PDF, b"%PDF"),
    )
    workshop = make_workshop(organization, name="Room")
    for paper in ("a4", "letter"):
        workshop_report(actor=bob, workshop=workshop, paper=paper)
    assert [about for _what, _who, about in logged()] == ["Room · workshop-a4.pdf", "Room · workshop-letter.pdf"]
    assert counted() == 1
