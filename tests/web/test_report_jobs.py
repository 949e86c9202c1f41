"""Pages of reports that are taken away: how far a file is, links with a password, mails, leads, and the audit log."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chainmap.models import AuditEntry, KeptFile, KeptFilePart, ReportLink, ReportSchedule, Team, TeamLead
from chainmap.services import kept_files
from chainmap.services.audit import audit_write
from chainmap.services.report_schedules import schedule_make, schedule_token
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db
PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def maker(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def waits(monkeypatch):
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)


@pytest.fixture
def client(signed_in, carla):
    carla.email = "carla@acme.example"
    carla.save()
    return signed_in(carla)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def text(response):
    return response.content.decode()


class TestFiles:
    def test_from_asking_to_the_bytes(self, client, at, maker, organization):
        spring = organization.rounds.get(name="Spring")
        asked = client.post(at("kept_file_ask"), {"format": "pdf", "paper": "letter", "round": str(spring.pk)})
        file = KeptFile.objects.get()
        assert (asked.status_code, asked["Location"]) == (303, at("kept_file", file.pk))
        page = text(client.get(asked["Location"]))
        assert "The file is ready." in page
        assert at("kept_file_download", file.pk) in page
        assert at("report_link_new", file.pk) in page
        assert "http-equiv" not in page, "nothing looks again when there is nothing to wait for"
        got = client.get(at("kept_file_download", file.pk))
        assert (got.status_code, body(got)) == (200, maker.content)
        assert got["Content-Length"] == str(len(maker.content))
        assert got["Content-Disposition"] == 'attachment; filename="report-acme.pdf"'
        assert (got["Content-Type"], got["Cache-Control"]) == ("application/pdf", "no-store")
        assert maker.calls[0].paper == "letter"

    def test_head_says_how_long_it_is_and_sends_nothing(self, client, at, organization, carla):
        file = ask(carla, organization)
        head = client.head(at("kept_file_download", file.pk))
        assert (head.status_code, body(head)) == (200, b"")

    def test_while_it_is_made_the_page_looks_again_with_and_without_scripts(
        self, client, at, organization, carla, waits
    ):
        file = ask(carla, organization)
        KeptFile.objects.update(state="running", tries=1, done=1, steps=4)
        page = text(client.get(at("kept_file", file.pk)))
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
        assert re.search(r'<progress max="4" value="1">', page)
        assert 'role="status" data-sentence>It is being made: step 2 of 4.' in page
        assert "report_job.js" in page
        assert client.get(at("kept_file_download", file.pk)).status_code == 404

    def test_scripts_are_told_only_what_changed(self, client, at, organization, carla, waits):
        file = ask(carla, organization)
        where = at("kept_file_progress", file.pk)
        first = client.get(where)
        assert first.json() == {
            "state": "waiting", "done": 0, "steps": 3, "sentence": "It waits for its turn."
        }  # fmt: skip
        same = client.get(where, headers={"If-None-Match": first["ETag"]})
        assert (same.status_code, same.content, same["Cache-Control"]) == (304, b"", "no-store")
        kept_files.kept_file_make(pk=file.pk)
        moved = client.get(where, headers={"If-None-Match": first["ETag"]})
        assert (moved.status_code, moved.json()["state"]) == (200, "ready")

    def test_a_failed_one_says_why_and_can_be_asked_for_again(self, client, at, organization, carla, maker):
        maker.error = ValueError("somebody@acme.example")
        file = ask(carla, organization, format="xlsx", team=Team.objects.get(name="Sales").pk)
        page = text(client.get(at("kept_file", file.pk)))
        assert "could not be made" in page
        assert "acme.example" not in page
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
        maker.error = None
        assert client.post(at("kept_file_ask"), fields).status_code == 303
        assert [call.format for call in maker.calls] == ["xlsx", "xlsx"]
        assert len({call.team for call in maker.calls}) == 1

    def test_lost_bytes_are_told_and_made_again(self, client, at, organization, carla, maker):
        file = ask(carla, organization)
        KeptFilePart.objects.all().delete()
        told = client.get(at("kept_file_download", file.pk), follow=True)
        assert "It is made again" in text(told)
        assert body(client.get(at("kept_file_download", file.pk))) == maker.content

    def test_the_list_says_how_long_each_is_kept(self, client, at, organization, carla):
        assert "Nothing is kept right now" in text(client.get(at("kept_files")))
        ask(carla, organization)
        KeptFile.objects.update(expires_at=timezone.now() + timedelta(minutes=30, seconds=30))
        page = text(client.get(at("kept_files")))
        assert "kept for 30 more minutes" in page
        assert "16\xa0bytes" in page or "bytes" in page

    @pytest.mark.parametrize(
        "sent",
        [
            {}, {"format": "exe"}, {"format": "pdf", "paper": "a3"}, {"format": "pdf", "round": "x"},
            {"format": "pdf", "round": "-1"}, {"format": "pdf", "team": "1e3"}, {"format": "pdf", "team": "١"},
            {"format": "pdf", "round": "1" * 30}, {"format": "pdf", "workshop": "1", "round": "1"},
        ],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused_in_words(self, client, at, sent):
        answer = client.post(at("kept_file_ask"), sent)
        assert answer.status_code in {400, 404}
        assert not KeptFile.objects.exists()

    def test_svg_opened_by_itself_can_do_nothing(self, client, at, organization, carla):
        file = ask(carla, organization)
        KeptFile.objects.update(content_type="image/svg+xml; charset=utf-8")
        assert client.get(at("kept_file_download", file.pk))["Content-Security-Policy"] == "sandbox"

    def test_the_eleventh_in_an_hour_is_told_to_wait(self, client, at, organization):
        for _turn in range(10):
            organization.touch()
            assert client.post(at("kept_file_ask"), {"format": "pdf"}).status_code == 303
        organization.touch()
        assert client.post(at("kept_file_ask"), {"format": "pdf"}).status_code == 429


class TestLinks:
    @pytest.fixture
    def file(self, organization, carla):
        return ask(carla, organization)

    @pytest.fixture
    def address(self, client, at, file):
        page = text(client.post(at("report_link_new", file.pk), {"days": "7", "password": PASSWORD}))
        return re.search(r"/shared/[\w-]{43}/", page)[0]

    def test_the_address_is_shown_once(self, client, at, file, settings):
        settings.CHAINMAP_URL = "https://chain.example/x"
        form = text(client.get(at("report_link_new", file.pk)))
        assert re.search(r'type="password"', form)
        made = client.post(at("report_link_new", file.pk), {"days": "30", "password": PASSWORD})
        assert made.status_code == 200
        token = re.search(r"https://chain\.example/x/shared/([\w-]{43})/", text(made))[1]
        assert PASSWORD not in text(made)
        for page in ("report_links", "kept_files"):
            assert token not in text(client.get(at(page)))
        assert re.search(r"Works until [^<]+ UTC\.", text(client.get(at("report_links"))))

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"days": "7", "password": "short"}, "8 characters or more"),
            ({"days": "7", "password": "password1"}, "first that are tried"),
            ({"days": "7"}, "Give the link a password"),
            ({"days": "400", "password": PASSWORD}, "Choose one of the list"),
            ({"password": PASSWORD}, "Choose one of the list"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, client, at, file, sent, said):
        answer = client.post(at("report_link_new", file.pk), sent)
        assert answer.status_code == 400
        assert said in text(answer)
        assert not ReportLink.objects.exists()

    def test_the_page_behind_it_says_nothing_and_the_password_opens_the_pdf(self, address, maker):
        visitor = Client()
        page = visitor.get(address)
        assert page.status_code == 200
        assert "Acme" not in text(page)
        assert "Spring" not in text(page)
        for answer in (page, visitor.head(address)):
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
        wrong = visitor.post(address, {"password": "wrong"})
        assert wrong.status_code == 403
        assert "This is not the password" in text(wrong)
        got = visitor.post(address, {"password": PASSWORD})
        assert (got.status_code, got["Content-Type"], body(got)) == (200, "application/pdf", maker.content)
        assert (got["Cache-Control"], got["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
        assert not visitor.cookies, "no session, nothing kept"

    def test_csrf_is_not_asked_of_whoever_has_no_session(self, address):
        assert Client(enforce_csrf_checks=True).post(address, {"password": PASSWORD}).status_code == 200

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_every_dead_link_gives_the_same_bytes(self, client, at, address, file, method):
        ended = re.search(
            r"/shared/[\w-]{43}/",
            text(client.post(at("report_link_new", file.pk), {"days": "1", "password": PASSWORD})),
        )[0]
        over = re.search(
            r"/shared/[\w-]{43}/",
            text(client.post(at("report_link_new", file.pk), {"days": "1", "password": PASSWORD})),
        )[0]
        _live, second, third = ReportLink.objects.order_by("made_at")
        client.post(at("report_link_end", second.pk))
        ReportLink.objects.filter(pk=third.pk).update(expires_at=timezone.now())
        visitor = Client()
        answers = [
            getattr(visitor, method)(where, {"password": PASSWORD} if method == "post" else None)
            for where in (ended, over, "/shared/" + "x" * 43 + "/", "/shared/x/", "/shared/%00/", "/shared/%ff/")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
        assert visitor.get(address).status_code == 200

    def test_the_eleventh_wrong_password_has_to_wait(self, address):
        visitor = Client()
        codes = [visitor.post(address, {"password": f"wrong {number}"}).status_code for number in range(11)]
        assert codes == [403] * 10 + [429]
        waits = visitor.post(address, {"password": PASSWORD})
        assert (waits.status_code, "Retry-After" in waits) == (429, True)
        assert "Wait" in text(waits)

    def test_looking_often_spends_nothing_and_logs_nothing(self, address):
        before = AuditEntry.objects.count()
        for _look in range(20):
            Client().get(address)
            Client().head(address)
        assert AuditEntry.objects.count() == before
        assert ReportLink.objects.get().opened == 0

    def test_an_empty_password_is_no_try(self, address):
        visitor = Client()
        assert {visitor.post(address).status_code for _turn in range(12)} == {400}
        assert visitor.post(address, {"password": PASSWORD}).status_code == 200

    def test_other_methods_and_parameters_are_refused(self, address):
        for method in ("put", "patch", "delete"):
            assert getattr(Client(), method)(address).status_code == 405
        assert Client().get(address + "?x=1").status_code == 400

    def test_ended_on_the_list_it_is_dead_at_once(self, client, at, address):
        told = client.post(at("report_link_end", ReportLink.objects.get().pk), follow=True)
        assert "The link works for nobody any more." in text(told)
        assert Client().get(address).status_code == 404

    def test_a_table_cannot_be_shared(self, client, at, organization, carla):
        table = ask(carla, organization, format="csv")
        assert at("report_link_new", table.pk) not in text(client.get(at("kept_file", table.pk)))
        answer = client.post(at("report_link_new", table.pk), {"days": "7", "password": PASSWORD})
        assert answer.status_code == 400
        assert "Only a PDF" in text(answer)

    def test_an_auditor_is_offered_none(self, signed_in, at, organization, erik):
        file = ask(erik, organization)
        client = signed_in(erik)
        assert at("report_link_new", file.pk) not in text(client.get(at("kept_file", file.pk)))
        assert client.get(at("report_link_new", file.pk)).status_code == 403


class TestMails:
    def test_made_and_ended(self, client, at):
        page = text(client.get(at("report_mails")))
        assert "They go to" in page
        assert "carla@acme.example" in page
        sent = {"team": str(Team.objects.get(name="Sales").pk), "when": "at_close", "paper": "letter"}
        told = client.post(at("report_mails"), sent, follow=True)
        assert "The report comes by mail from now on." in text(told)
        schedule = ReportSchedule.objects.get()
        assert (schedule.team.name, schedule.when, schedule.paper) == ("Sales", "at_close", "letter")
        client.post(at("report_mail_stop", schedule.pk))
        assert not ReportSchedule.objects.exists()

    @pytest.mark.parametrize(
        "wrong", [{"when": ""}, {"when": "daily"}, {"paper": "a3"}, {"team": "x"}, {"team": "7e9"}]
    )
    def test_what_cannot_be_is_said_and_kept(self, client, at, wrong):
        answer = client.post(at("report_mails"), {"team": "", "when": "monthly", "paper": "a4"} | wrong)
        assert answer.status_code == 400
        assert "Choose one of the list." in text(answer)
        assert not ReportSchedule.objects.exists()

    def test_without_an_address_it_says_what_to_do(self, signed_in, at, bob):
        answer = signed_in(bob).post(at("report_mails"), {"team": "", "when": "monthly", "paper": "a4"})
        assert answer.status_code == 400
        assert "no e-mail address of yours here" in text(answer)

    def test_the_link_of_a_mail_ends_it_by_post_alone(self, client, organization, carla):
        schedule_make(actor=carla, organization=organization, team=None, when="monthly", paper="a4")
        where = reverse("chainmap:report_mail_end", args=[schedule_token(schedule=ReportSchedule.objects.get())])
        visitor = Client(enforce_csrf_checks=True)
        for _scan in range(3):
            seen = visitor.get(where)
            assert "End these mails?" in text(seen)
        assert seen["X-Robots-Tag"] == "noindex, nofollow"
        assert ReportSchedule.objects.exists()
        ended = visitor.post(where, {"List-Unsubscribe": "One-Click"})
        assert (ended.status_code, "These mails are ended" in text(ended)) == (200, True)
        assert not ReportSchedule.objects.exists()
        dead = [visitor.get(where), visitor.post(where), visitor.get("/mail/x/report/")]
        assert {answer.status_code for answer in dead} == {404}
        assert len({answer.content for answer in dead}) == 1


class TestLeads:
    def test_named_and_taken_back(self, signed_in, at, dora, carla):
        client = signed_in(dora)
        sales = Team.objects.get(name="Sales")
        told = client.post(at("team_leads"), {"team": str(sales.pk), "user": str(carla.pk)}, follow=True)
        assert "It holds from the next page they open." in text(told)
        lead = TeamLead.objects.get()
        assert at("team_lead_end", lead.pk) in text(told)
        client.post(at("team_lead_end", lead.pk))
        assert not TeamLead.objects.exists()

    def test_a_team_that_is_gone_is_listed_to_take_back_or_to_replace(self, signed_in, at, dora, carla):
        client, sales = signed_in(dora), Team.objects.get(name="Sales")
        assert "A team that is gone" not in text(client.get(at("team_leads")))
        lead = TeamLead.objects.create(team=sales, user=carla)
        sales.delete()
        page = text(client.get(at("team_leads")))
        gone = page[page.index("A team that is gone") :]
        assert at("team_lead_end", lead.pk) in gone
        assert "Name the team they lead now" in gone
        planning = Team.objects.get(name="Planning")
        told = client.post(at("team_leads"), {"team": str(planning.pk), "user": str(carla.pk)}, follow=True)
        assert "A team that is gone" not in text(told)
        assert TeamLead.objects.get().team == planning

    @pytest.mark.parametrize("wrong", [{"team": ""}, {"user": "x"}, {"user": "999999"}, {"team": str(2**70)}])
    def test_what_cannot_be(self, signed_in, at, dora, carla, wrong):
        sent = {"team": str(Team.objects.get(name="Sales").pk), "user": str(carla.pk)} | wrong
        answer = signed_in(dora).post(at("team_leads"), sent)
        assert answer.status_code == 400
        assert "Choose one of the list." in text(answer)
        assert not TeamLead.objects.exists()

    def test_without_a_manager_it_says_what_comes_first(self, signed_in, at, dora, carla):
        carla.memberships.all().delete()
        assert "There is no manager yet." in text(signed_in(dora).get(at("team_leads")))


class TestAudit:
    def test_it_says_in_words_that_the_chain_is_whole(self, signed_in, at, erik, organization, carla):
        client = signed_in(erik)
        assert "Nothing was logged yet." in text(client.get(at("audit")))
        ask(carla, organization)
        page = text(client.get(at("audit")))
        assert "The chain of seals is whole: its 1 line is as it was written." in page
        assert "Carla</bdi> took a report away as a file" in page
        assert AuditEntry.objects.get().seal in page

    def test_a_gap_is_an_alarm(self, signed_in, at, erik, organization, carla):
        for _turn in range(3):
            audit_write(organization=organization, user=carla, what=kept_files_what(), about="")
        AuditEntry.objects.filter(number=2).delete()
        page = text(signed_in(erik).get(at("audit")))
        assert "The chain of seals is broken at line 2" in page
        assert 'role="alert"' in page

    def test_pages_and_the_table(self, signed_in, at, dora, organization, carla):
        for number in range(60):
            audit_write(organization=organization, user=carla, what=kept_files_what(), about=f"line {number}")
        client = signed_in(dora)
        assert ">line 59<" in text(client.get(at("audit")))
        assert re.search(r"<time [^>]+>[^<]+ UTC</time>", text(client.get(at("audit"))))
        assert ">line 0<" in text(client.get(at("audit") + "?page=2"))
        for junk in ("0", "3", "x", "-1", "1" * 400):
            assert client.get(at("audit") + f"?page={junk}").status_code == 400
        table = client.get(at("audit_download"))
        assert table.content.count(b"\r\n") == 61
        assert table["Content-Disposition"] == 'attachment; filename="audit-acme.csv"'

    def test_it_asks_as_often_for_many_lines_as_for_few(
        self, signed_in, at, dora, organization, carla, django_assert_max_num_queries
    ):
        client = signed_in(dora)
        for _turn in range(70):
            audit_write(organization=organization, user=carla, what=kept_files_what(), about="x")
        with django_assert_max_num_queries(20):
            client.get(at("audit"))

    def test_a_visitor_s_line_names_nobody(self, signed_in, at, dora, organization):
        audit_write(organization=organization, user=None, what=kept_files_what(), about="")
        assert "Whoever had the link" in text(signed_in(dora).get(at("audit")))


def kept_files_what():
    from chainmap.domain.audit import AuditWhat

    return AuditWhat.LINK_OPENED


@pytest.mark.parametrize(
    ("who", "ways"),
    [
        ("bob", ["kept_files", "report_links", "report_mails"]),
        ("carla", ["kept_files", "report_links", "report_mails"]),
        ("dora", ["kept_files", "report_links", "report_mails", "team_leads", "audit"]),
        ("erik", ["kept_files", "audit"]),
    ],
)
def test_every_page_leads_to_those_of_the_reader_s_role(signed_in, at, people, who, ways):
    page = text(signed_in(people[who]).get(at("kept_files")))
    nav = re.search(r'<nav class="job-ways".*?</nav>', page, re.S)[0]
    assert re.findall(r'href="([^"]+)"', nav) == [at(name) for name in ways]


def test_pages_have_no_inline_style_or_script(client, at, organization, carla):
    file = ask(carla, organization)
    for where in (at("kept_files"), at("kept_file", file.pk), at("report_link_new", file.pk), at("report_mails")):
        page = text(client.get(where))
        assert " style=" not in page
        assert page.count("<h1") == 1
        assert not re.search(r"<script(?! defer src=)", page)
