"""Files made in the background: one for one request, kept a day, for whoever asked and may have it still."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import override

from chainmap.access import NotFound
from chainmap.domain.roles import Role
from chainmap.exports.picture_error import PictureFailure
from chainmap.exports.typst_file import DocumentError
from chainmap.models import AuditEntry, KeptFile, KeptFilePart, Membership, Team, TeamLead
from chainmap.services import kept_files
from chainmap.services.kept_files import (
    FileLost,
    FileProblem,
    kept_file_chunks,
    kept_file_find,
    kept_file_make,
    kept_file_open,
    kept_files_clean,
    kept_files_list,
    kept_files_run,
    problem_of,
    title_of,
)
from chainmap.services.limits import TooMany
from chainmap.services.report_requests import ReportRequest
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def maker(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def spring(organization):
    return organization.rounds.get(name="Spring")


@pytest.fixture
def waits(monkeypatch):
    """Nothing is begun in the background."""
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)


def stored(file):
    return KeptFile.objects.get(pk=file.pk)


def content(file):
    return b"".join(kept_file_chunks(file=stored(file)))


class TestAsking:
    def test_it_is_made_and_whole_and_kept_for_a_day(self, organization, carla, maker, spring):
        file = ask(carla, organization, round=spring.pk)
        assert (file.state, file.filename, file.content_type) == ("ready", "report-acme.pdf", "application/pdf")
        assert file.done == file.steps == 4
        assert content(file) == maker.content
        assert title_of(file=file) == "Acme · Spring"
        left = file.expires_at - timezone.now()
        assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
        assert maker.calls == [ReportRequest(round=spring.pk)]

    @pytest.mark.parametrize("size", [0, 1, kept_files.PART_BYTES, kept_files.PART_BYTES + 1])
    def test_bytes_are_the_same_in_parts(self, organization, carla, maker, size):
        maker.content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        file = ask(carla, organization, format="csv")
        assert (file.state, file.size) == ("ready", size)
        assert content(file) == maker.content
        assert max((len(part.content) for part in KeptFilePart.objects.all()), default=0) <= kept_files.PART_BYTES

    def test_the_same_request_is_the_same_file_and_counts_once(self, organization, carla, maker, spring):
        files = {ask(carla, organization, round=spring.pk).pk for _turn in range(30)}
        assert len(files) == len(maker.calls) == 1
        assert AuditEntry.objects.count() == 1

    def test_another_format_paper_language_or_person_is_another_file(self, organization, carla, bob, maker, spring):
        files = [
            ask(carla, organization),
            ask(carla, organization, paper="letter"),
            ask(carla, organization, format="csv"),
            ask(carla, organization, team=Team.objects.get(name="Sales").pk),
            ask(bob, organization),
        ]
        with override("it"):
            files.append(ask(carla, organization))
        assert len({file.pk for file in files}) == len(files) == 6
        assert files[-1].language == "it"

    def test_no_round_named_is_the_latest_with_results(self, organization, carla, maker, spring):
        assert ask(carla, organization).pk == ask(carla, organization, round=spring.pk).pk
        assert title_of(file=KeptFile.objects.get()) == "Acme · Spring"
        later = organization.rounds.create(name="Summer", mode="open", state="closed", closed_on=timezone.localdate())
        assert ask(carla, organization).pk != KeptFile.objects.earliest("made_at").pk
        assert maker.calls[-1].round == later.pk

    def test_changed_data_are_another_file(self, organization, carla, maker):
        first = ask(carla, organization)
        organization.touch()
        assert ask(carla, organization).pk != first.pk

    def test_another_version_of_the_round_is_another_file(self, organization, carla, maker, spring):
        first = ask(carla, organization, round=spring.pk)
        type(spring).objects.filter(pk=spring.pk).update(version=2)
        assert ask(carla, organization, round=spring.pk).pk != first.pk

    def test_while_it_waits_it_is_the_same_too(self, organization, carla, maker, waits):
        assert ask(carla, organization).pk == ask(carla, organization).pk
        assert KeptFile.objects.get().state == "waiting"

    def test_ten_in_an_hour_and_the_eleventh_has_to_wait(self, organization, carla, maker):
        for _turn in range(10):
            organization.touch()
            ask(carla, organization)
        organization.touch()
        with pytest.raises(TooMany):
            ask(carla, organization)
        assert KeptFile.objects.count() == 10

    @pytest.mark.parametrize("wrong", [{"format": "exe"}, {"format": ""}, {"paper": "a3"}, {"paper": "../x"}])
    def test_formats_and_papers_there_are_none_of(self, organization, carla, maker, wrong):
        with pytest.raises(FileProblem):
            ask(carla, organization, **wrong)
        assert not KeptFile.objects.exists()

    def test_a_member_may_not_and_a_stranger_finds_nothing(self, organization, alice, zoe, maker):
        with pytest.raises(PermissionDenied):
            ask(alice, organization)
        with pytest.raises(NotFound):
            ask(zoe, organization)
        assert not maker.calls

    @pytest.mark.parametrize("name", ["round", "team", "workshop"])
    def test_rows_of_others_and_of_nobody_are_the_same_nothing(
        self, organization, other_organization, carla, maker, name
    ):
        foreign = {
            "round": other_organization.rounds.get().pk,
            "team": Team.objects.filter(organization=other_organization).first().pk,
            "workshop": other_organization.workshops.create(name="Theirs").pk,
        }[name]
        for pk in (foreign, 10**9, 2**70):
            with pytest.raises(NotFound):
                ask(carla, organization, **{name: pk})
        assert not KeptFile.objects.exists()

    def test_a_draft_has_no_report(self, organization, carla, maker):
        draft = organization.rounds.create(name="Draft")
        with pytest.raises(NotFound):
            ask(carla, organization, round=draft.pk)

    def test_it_is_written_down_without_more_than_what_it_is_of(self, organization, carla, maker, spring):
        ask(carla, organization, round=spring.pk, team=Team.objects.get(name="Sales").pk, format="xlsx")
        entry = AuditEntry.objects.get()
        assert (entry.what, entry.who, entry.about) == ("report_taken", "Carla", "Sales · Spring · xlsx")

    def test_the_log_tells_a4_from_letter(self, organization, carla, maker, spring):
        for paper in ("a4", "letter"):
            ask(carla, organization, round=spring.pk, format="pdf", paper=paper)
        told = [entry.about for entry in AuditEntry.objects.order_by("number")]
        assert told == ["Acme · Spring · pdf · a4", "Acme · Spring · pdf · letter"]


class TestFinding:
    def test_it_is_one_s_own_alone(self, organization, other_organization, carla, bob, zoe, maker):
        file = ask(carla, organization)
        assert kept_file_find(actor=carla, organization=organization, pk=file.pk) == file
        for actor, house in ((bob, organization), (zoe, organization), (zoe, other_organization)):
            with pytest.raises(NotFound):
                kept_file_find(actor=actor, organization=house, pk=file.pk)
        assert kept_files_list(actor=bob, organization=organization) == []
        assert kept_files_list(actor=carla, organization=organization) == [file]

    @pytest.mark.parametrize(
        "change",
        [
            lambda user, file: user.memberships.all().delete(),
            lambda user, file: user.memberships.update(role=Role.MEMBER.value),
            lambda user, file: user.memberships.update(role=Role.AUDITOR.value),
            lambda user, file: TeamLead.objects.create(team=Team.objects.get(name="Delivery"), user=user),
            lambda user, file: Team.objects.get(name="Sales").delete(),
            lambda user, file: KeptFile.objects.update(expires_at=timezone.now()),
        ],
        ids=["gone", "member now", "auditor now", "leads another team", "team is gone", "its day is over"],
    )
    def test_access_is_asked_again_each_time(self, organization, carla, maker, change):
        file = ask(carla, organization, team=Team.objects.get(name="Sales").pk)
        kept_file_open(actor=carla, organization=organization, pk=file.pk)
        change(carla, file)
        carla.refresh_from_db()
        for find in (kept_file_find, kept_file_open):
            with pytest.raises(NotFound):
                find(actor=carla, organization=organization, pk=file.pk)

    def test_a_role_more_takes_nothing_away(self, organization, carla, maker):
        file = ask(carla, organization)
        Membership.objects.create(organization=organization, user=carla, role=Role.COACH.value)
        assert kept_file_find(actor=carla, organization=organization, pk=file.pk) == file

    def test_the_list_asks_as_often_for_many_as_for_two(
        self, organization, carla, maker, spring, django_assert_num_queries
    ):
        teams = list(Team.objects.filter(organization=organization))
        made = [ask(carla, organization, team=team.pk, round=spring.pk) for team in teams[:2]]
        with django_assert_num_queries(10):
            assert len(kept_files_list(actor=carla, organization=organization)) == 2
        made += [ask(carla, organization, team=team.pk, format="csv") for team in teams]
        with django_assert_num_queries(10):
            assert len(kept_files_list(actor=carla, organization=organization)) == len(made)

    def test_what_is_not_ready_cannot_be_opened(self, organization, carla, maker, waits):
        file = ask(carla, organization)
        with pytest.raises(NotFound):
            kept_file_open(actor=carla, organization=organization, pk=file.pk)


class TestGoingWrong:
    def test_no_results_any_more(self, organization, carla, maker):
        maker.error = NotFound()
        file = ask(carla, organization)
        assert (file.state, file.problem) == ("failed", "nothing")
        assert "no result" in problem_of(file=file)
        assert not AuditEntry.objects.exists()

    def test_too_large_is_said(self, organization, carla, maker, monkeypatch):
        monkeypatch.setattr(kept_files, "MOST_BYTES", 2**20)
        maker.content = b"x" * (2**20 + 1)
        file = ask(carla, organization)
        assert (file.state, file.problem) == ("failed", "too_large")
        assert "larger than 1 MB" in problem_of(file=file)
        assert not KeptFilePart.objects.exists()

    def test_a_failed_one_is_not_given_again(self, organization, carla, maker):
        maker.error = ValueError("somebody@acme.example")
        first = ask(carla, organization)
        assert first.problem == "document"
        maker.error = None
        second = ask(carla, organization)
        assert second.pk != first.pk
        assert second.state == "ready"

    def test_what_went_wrong_is_logged_without_its_words(self, organization, carla, maker, caplog):
        maker.error = ValueError("somebody@acme.example")
        ask(carla, organization)
        assert "ValueError" in caplog.text
        assert "acme.example" not in caplog.text

    @pytest.mark.parametrize("error", [DocumentError(PictureFailure.BUSY), OperationalError("locked")])
    def test_what_may_pass_is_tried_three_times(self, organization, carla, maker, error):
        maker.error = error
        file = ask(carla, organization)
        now = timezone.now()
        assert file.state == "waiting"
        assert kept_files_run(now=now) == 0
        assert stored(file).tries == 1, "not at once"
        for turn in range(1, 9):
            kept_files_run(now=now + turn * timedelta(minutes=6))
            KeptFile.objects.update(touched_at=now)
        assert (stored(file).state, stored(file).problem) == ("failed", "stopped")
        assert len(maker.calls) == 3

    def test_a_document_that_cannot_be_is_said_at_once(self, organization, carla, maker):
        maker.error = DocumentError(PictureFailure.FAILED)
        assert ask(carla, organization).state == "failed"

    def test_whoever_lost_the_role_while_it_waited_gets_nothing(self, organization, carla, maker, waits):
        file = ask(carla, organization)
        carla.memberships.all().delete()
        assert not kept_file_make(pk=file.pk)
        assert stored(file).state == "failed"
        assert not maker.calls


class TestRunning:
    def test_one_left_waiting_is_made_and_one_just_begun_is_left_alone(self, organization, carla, maker, waits):
        file = ask(carla, organization)
        now = timezone.now()
        assert kept_files_run(now=now) == 0
        assert kept_files_run(now=now + timedelta(minutes=2)) == 1
        assert stored(file).state == "ready"
        assert kept_files_run(now=now + HOUR) == 0

    def test_so_many_at_one_look_that_rounds_need_not_wait(self, organization, carla, maker, waits, monkeypatch):
        monkeypatch.setattr(kept_files, "MOST_A_LOOK", 2)
        files = [ask(carla, organization, format=format) for format in ("pdf", "csv", "xlsx")]
        now = timezone.now() + timedelta(minutes=2)
        for age, file in enumerate(reversed(files)):
            KeptFile.objects.filter(pk=file.pk).update(touched_at=now - timedelta(minutes=2 + age))
        assert kept_files_run(now=now) == 2
        assert [stored(file).state for file in files] == ["ready", "ready", "waiting"]
        assert kept_files_run(now=now) == 1

    def test_one_that_stands_still_is_made_again(self, organization, carla, maker, waits):
        file = ask(carla, organization)
        KeptFile.objects.update(state="running", tries=1, touched_at=timezone.now() - timedelta(minutes=6))
        KeptFilePart.objects.create(file=file, number=0, content=b"half of it")
        assert kept_files_run(now=timezone.now()) == 1
        assert content(file) == maker.content

    def test_one_that_moves_is_left_alone(self, organization, carla, maker, waits):
        ask(carla, organization)
        KeptFile.objects.update(state="running", tries=1, touched_at=timezone.now() - timedelta(minutes=4))
        assert kept_files_run(now=timezone.now()) == 0
        assert not maker.calls

    def test_one_begun_three_times_is_given_up(self, organization, carla, maker, waits):
        file = ask(carla, organization)
        KeptFile.objects.update(state="running", tries=3, touched_at=timezone.now() - HOUR)
        assert kept_files_run(now=timezone.now()) == 0
        assert stored(file).problem == "stopped"
        assert "3 times" in problem_of(file=stored(file))
        assert not maker.calls

    def test_it_is_made_in_the_language_it_was_asked_in(self, organization, carla, maker, waits):
        from django.utils.translation import get_language

        spoken = []
        maker.before = lambda: spoken.append(get_language())
        with override("pl"):
            ask(carla, organization)
        kept_files_run(now=timezone.now() + HOUR)
        assert spoken == ["pl"]

    def test_after_its_day_it_is_deleted_with_its_bytes(self, organization, carla, maker):
        file = ask(carla, organization)
        assert kept_files_clean(now=file.expires_at - timedelta(seconds=1)) == 0
        assert kept_files_clean(now=file.expires_at) == 1
        assert not KeptFile.objects.exists()
        assert not KeptFilePart.objects.exists()
        assert AuditEntry.objects.count() == 1, "that it was taken away stays known"


class TestLost:
    def test_lost_bytes_are_noticed_and_made_again(self, organization, carla, maker):
        file = ask(carla, organization)
        KeptFilePart.objects.all().delete()
        with pytest.raises(FileLost):
            kept_file_open(actor=carla, organization=organization, pk=file.pk)
        assert content(kept_file_open(actor=carla, organization=organization, pk=file.pk)) == maker.content

    def test_bytes_cut_short_are_noticed(self, organization, carla, maker):
        file = ask(carla, organization)
        KeptFilePart.objects.update(content=b"%PDF")
        with pytest.raises(FileLost):
            kept_file_open(actor=carla, organization=organization, pk=file.pk)

    def test_asked_for_anew_it_is_another_file(self, organization, carla, maker):
        file = ask(carla, organization)
        KeptFilePart.objects.all().delete()
        assert ask(carla, organization).pk != file.pk
