"""Making and running a round, from the list to opening it again; what is refused keeps what was typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.roles import Role
from chainmap.models import Answer, Ask, HandOff, Membership, Organization, Party, Round, Team
from chainmap.services.rounds import RoundPlan, round_create, round_open
from tests.crowd import make_crowd, make_round, save
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db


def typed(**said):
    """What a browser sends when somebody fills in a name and leaves the rest."""
    usual = {
        "name": "Autumn",
        "mode": "pair",
        "question_set": "full",
        "closes_at": (timezone.localtime() + timedelta(days=14)).strftime("%Y-%m-%dT18:00"),
        "opens_at": "",
        "reminder_days": "3, 7",
        "k": "5",
    }
    return usual | said


@pytest.fixture
def url(organization):
    """Name of a page (and a round) -> its address in Acme."""

    def address(name, *rest):
        return reverse(f"chainmap:{name}", args=[organization.pk, *(getattr(one, "pk", one) for one in rest)])

    return address


@pytest.fixture
def draft(organization):
    return round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Autumn", mode="open"))


@pytest.fixture
def running(draft):
    return round_open(actor=OPERATOR, round=draft)


class TestList:
    def test_newest_first_and_a_draft_only_for_those_who_make_rounds(
        self, url, running, organization, people, signed_in
    ):
        round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Winter"))
        seen = {
            name: re.findall(r"<h2>\s*<a [^>]*><bdi>(.*?)</bdi>", signed_in(user).get(url("rounds")).content.decode())
            for name, user in people.items()
        }
        assert seen["bob"] == seen["dora"] == ["Winter", "Autumn", "Spring"]
        assert seen["alice"] == seen["carla"] == seen["erik"] == ["Autumn", "Spring"]

    def test_a_member_sees_how_far_the_own_answers_are(self, url, running, alice, signed_in):
        assert "You are asked: 0 of 1 answered." in text_of(signed_in(alice).get(url("rounds")))
        save(running, Ask.objects.get(round=running, rater__code="alice"), Card(score=7))
        page = signed_in(alice).get(url("rounds"))
        assert "You are asked: 1 of 1 answered. Look through my answers" in text_of(page)
        assert url("answer", running) in page.content.decode()

    def test_without_rounds_the_next_step_is_offered_to_whoever_can_take_it(self, url, organization, people, signed_in):
        organization.rounds.all().delete()
        dora, alice = (signed_in(people[name]).get(url("rounds")) for name in ("dora", "alice"))
        assert "Nobody has been asked yet." in text_of(dora)
        assert "Make the first round" in text_of(dora)
        assert url("round_new") not in alice.content.decode()
        assert "ask a coach or the administrator" in text_of(alice)

    def test_every_page_of_the_organization_leads_to_its_rounds(self, url, chain_url, alice, signed_in):
        assert f'href="{url("rounds")}">Rounds</a>' in signed_in(alice).get(chain_url).content.decode()


class TestForm:
    def test_a_name_is_enough(self, url, dora, organization, signed_in):
        """The form comes filled in: two weeks, between the two sides, everything asked, everybody asked."""
        client = signed_in(dora)
        form = client.get(url("round_new")).context["form"]
        assert form["name"].value() is None
        sent = typed(closes_at=form["closes_at"].value().strftime("%Y-%m-%dT%H:%M"))
        answer = client.post(url("round_new"), sent)
        made = Round.objects.get(organization=organization, name="Autumn")
        assert (answer.status_code, answer["Location"]) == (302, url("round", made))
        assert (made.state, made.mode, made.question_set, made.k) == ("draft", "pair", "full", 5)
        assert (made.reminder_days, made.opens_at, made.asks_end_customers) == ("3,7", None, False)
        assert made.teams.count() == 0
        local = timezone.localtime(made.closes_at)
        assert (local.date(), local.hour) == (timezone.localdate() + timedelta(days=13), 18)

    def test_each_mode_says_who_sees_an_answer(self, url, dora, signed_in):
        said = text_of(signed_in(dora).get(url("round_new")))
        assert "The person you rate, your coach and the managers will see your name and your score." in said
        assert "The person you rate will see your name and your score. Their manager will not." in said
        assert "After closing nobody can put them together. Numbers appear only for 5 or more people." in said

    def test_everything_that_can_be_chosen_is_kept_and_can_be_changed(self, url, dora, organization, signed_in):
        client, team = signed_in(dora), Team.objects.get(organization=organization, name="Planning")
        sent = typed(
            mode="anonymous", question_set="score", k="7", asks_end_customers="on", reminder_days=" 9 ",
            teams=[team.pk], most_asked="12", closes_at="2090-03-31T18:30", opens_at="2090-03-01T08:00",
        )  # fmt: skip
        client.post(url("round_new"), sent)
        made = Round.objects.get(name="Autumn")
        page = client.get(url("round_edit", made))
        kept = page.context["form"]
        assert {name: kept[name].value() for name in ("name", "mode", "question_set", "k", "teams", "most_asked")} == {
            "name": "Autumn", "mode": "anonymous", "question_set": "score", "k": 7, "teams": [str(team.pk)],
            "most_asked": 12,
        }  # fmt: skip
        for shown in ('value="2090-03-31T18:30"', 'value="2090-03-01T08:00"', 'value="9"', "<details open>"):
            assert shown in page.content.decode()
        client.post(url("round_edit", made), typed(name="Winter", reminder_days="", closes_at=""))
        made.refresh_from_db()
        assert (made.name, made.mode, made.reminder_days, made.closes_at) == ("Winter", "pair", "", None)
        assert made.most_asked is None
        assert made.teams.count() == 0

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("name", "", "Give the round a name"),
            ("name", "   ", "Give the round a name"),
            ("name", "\u200b\u202e", "Give the round a name"),
            ("name", "a\x00b", "Null characters are not allowed"),
            ("name", "x" * 121, "at most 120 characters"),
            ("name", "Spring", "There is a round of this name already"),
            ("mode", "secret", "secret is not one of the available choices"),
            ("mode", "", "This field is required"),
            ("question_set", "all", "all is not one of the available choices"),
            ("closes_at", "next week", "Give a day and a time, such as"),
            ("closes_at", "2020-01-01T10:00", "The round would close before it opens"),
            ("closes_at", "0001-01-01T00:00", "between the years 2000 and 2100"),
            ("closes_at", "9999-12-31T23:59", "between the years 2000 and 2100"),
            ("closes_at", "9999-12-31T23:59:59-23:59", "between the years 2000 and 2100"),
            ("closes_at", "0001-01-01T00:00:00+23:59", "between the years 2000 and 2100"),
            ("closes_at", "2027-02-30T10:00", "Give a day and a time, such as"),
            ("opens_at", "2099-01-01T10:00", "The round would close before it opens"),
            ("k", "4", "greater than or equal to 5"),
            ("k", "51", "less than or equal to 50"),
            ("k", "five", "Enter a whole number"),
            ("k", "9" * 5000, "Enter a whole number"),
            ("k", "nan", "Enter a whole number"),
            ("most_asked", "0", "greater than or equal to 1"),
            ("most_asked", "101", "less than or equal to 100"),
            ("reminder_days", "soon", "“soon” cannot be understood"),
            ("reminder_days", "0", "whole days from 1 to 60"),
            ("reminder_days", "61", "whole days from 1 to 60"),
            ("reminder_days", "1, 2, 3", "At most two reminders"),
            ("reminder_days", "-3", "cannot be understood"),
            ("teams", "1e3", "1e3 is not one of the available choices"),
            ("teams", str(2**70), "is not one of the available choices"),
        ],
    )
    def test_what_cannot_be_is_said_and_what_was_typed_is_kept(self, url, dora, signed_in, field, value, said):
        answer = signed_in(dora).post(url("round_new"), typed(**{field: value}))
        assert answer.status_code == 400
        assert said in text_of(answer)
        assert "Not saved yet. What you entered is still here" in text_of(answer)
        if field != "name":
            assert 'value="Autumn"' in answer.content.decode()
        assert Round.objects.count() == 1

    def test_a_team_of_another_organization_is_no_choice(self, url, dora, other_organization, signed_in):
        theirs = Team.objects.filter(organization=other_organization).first()
        answer = signed_in(dora).post(url("round_new"), typed(teams=[theirs.pk]))
        assert answer.status_code == 400
        assert "CANARY" not in answer.content.decode()

    def test_a_name_is_shown_and_never_obeyed(self, url, dora, signed_in):
        client = signed_in(dora)
        client.post(url("round_new"), typed(name="<script>alert(1)</script>{{ k }}"))
        made = Round.objects.get(name__startswith="<script>")
        for address in (url("rounds"), url("round", made), url("round_edit", made), url("round_preview", made)):
            page = client.get(address).content.decode()
            assert "<script>alert" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ k }}" in page

    def test_an_opened_round_is_not_changed(self, url, running, dora, signed_in):
        answer = signed_in(dora).post(url("round_edit", running), typed(name="Other"))
        assert answer.status_code == 400
        assert "it can no longer be changed" in text_of(answer)
        running.refresh_from_db()
        assert running.name == "Autumn"

    def test_a_form_of_another_site_is_refused(self, url, dora):
        client = Client(enforce_csrf_checks=True)
        client.force_login(dora)
        assert client.post(url("round_new"), typed()).status_code == 403
        assert Round.objects.count() == 1


class TestDraft:
    def test_it_says_whom_opening_asks_and_who_cannot_be_mailed(self, url, draft, organization, dora, signed_in):
        Party.objects.filter(organization=organization, code="alice").update(email="alice@example.com")
        said = text_of(signed_in(dora).get(url("round", draft)))
        assert "Opening asks 3 people about 5 hand-offs" in said
        assert "2 of them have no e-mail address" in said
        assert "The person you rate, your coach and the managers will see your name" in said

    @pytest.mark.parametrize(
        ("opens", "closes", "said"),
        [
            (None, None, "No planned end: it is closed by hand"),
            (-2, -1, "Its planned end is over already."),
            (-2, 1, "it did not open by itself. Open it now, or choose another time."),
            (1, 2, "Draft, opens "),
        ],
    )
    def test_its_times_are_said_and_what_stands_in_the_way(self, url, draft, dora, signed_in, opens, closes, said):
        days = [None if day is None else timezone.now() + timedelta(days=day) for day in (opens, closes)]
        Round.objects.filter(pk=draft.pk).update(opens_at=days[0], closes_at=days[1])
        assert said in text_of(signed_in(dora).get(url("round", draft)))

    def test_opening_asks_and_mails(self, url, draft, organization, dora, signed_in):
        Party.objects.filter(organization=organization, code="alice").update(email="alice@example.com")
        answer = signed_in(dora).post(url("round_open", draft), follow=True)
        assert "The round is open." in text_of(answer)
        draft.refresh_from_db()
        assert draft.state == "open"
        assert [message.to for message in mail.outbox] == [["alice@example.com"]]

    def test_a_round_that_asks_nobody_is_not_opened(self, dora, signed_in):
        empty = Organization.objects.create(name="Empty")
        Membership.objects.create(organization=empty, user=dora, role=Role.ADMINISTRATOR.value)
        made = round_create(actor=OPERATOR, organization=empty, plan=RoundPlan(name="Nobody"))
        client = signed_in(dora)
        page = client.get(reverse("chainmap:round", args=[empty.pk, made.pk]))
        assert "Nobody would be asked yet" in text_of(page)
        assert "Open now" not in text_of(page)
        answer = client.post(reverse("chainmap:round_open", args=[empty.pk, made.pk]))
        assert (answer.status_code, Round.objects.get(pk=made.pk).state) == (400, "draft")
        assert "Nobody would be asked: no hand-off reaches" in text_of(answer)
        assert client.get(reverse("chainmap:round_preview", args=[empty.pk, made.pk])).status_code == 404

    def test_the_preview_shows_a_card_that_cannot_be_filled_in(self, url, draft, dora, signed_in):
        page = signed_in(dora).get(url("round_preview", draft))
        assert "So it looks to Bob Brown, who is asked 2 questions" in text_of(page)
        assert "How much of what you need to serve your customer did you get?" in text_of(page)
        assert page.content.decode().count('type="radio"') >= 12
        assert '<fieldset class="rating shown-only" disabled>' in page.content.decode()
        assert 'action="/organizations' not in page.content.decode()

    def test_a_draft_can_be_thrown_away_and_an_open_round_cannot(self, url, draft, dora, signed_in):
        client = signed_in(dora)
        assert "The draft is gone." in text_of(client.post(url("round_delete", draft), follow=True))
        assert not Round.objects.filter(pk=draft.pk).exists()

    def test_an_open_round_cannot_be_thrown_away(self, url, running, dora, signed_in):
        answer = signed_in(dora).post(url("round_delete", running))
        assert (answer.status_code, Round.objects.filter(pk=running.pk).exists()) == (400, True)


class TestOpen:
    def test_the_response_is_coarse_and_for_those_who_run_it(self, url, dora, people, signed_in):
        crowd = make_crowd(size=6)
        for user in people.values():
            Membership.objects.filter(user=user).update(organization=crowd)
        made = make_round(crowd, "pair")
        reds = Answer.objects.filter(ask__round=made, ask__rater__code__in=["red0", "red1", "red2", "red3"])
        reds.update(score="03")
        address = reverse("chainmap:round", args=[crowd.pk, made.pk])
        said = text_of(signed_in(dora).get(address))
        assert "Everybody together fewer than a quarter have answered" in said, "teams of eight are told together"
        assert "Red 0" not in said
        for name in ("alice", "carla", "erik"):
            said = text_of(signed_in(people[name]).get(address))
            assert "have answered" not in said
            assert "Send the invitations again" not in said

    def test_invitations_go_again_to_those_without_a_link(self, url, draft, organization, dora, signed_in):
        Party.objects.filter(organization=organization, code="alice").update(email="alice@example.com")
        running = round_open(actor=OPERATOR, round=draft)
        Party.objects.filter(organization=organization, code="bob").update(email="bob@example.com")
        mail.outbox.clear()
        client = signed_in(dora)
        said = text_of(client.post(url("round_invite", running), follow=True))
        assert "1 invitation was sent. 1 person has no e-mail address." in said
        assert [message.to for message in mail.outbox] == [["bob@example.com"]]
        client.post(url("round_close", running))
        answer = client.post(url("round_invite", running))
        assert answer.status_code == 400
        assert "takes no answers any more" in text_of(answer)

    def test_the_sheet_for_a_workshop_leads_to_the_codes(self, url, running, dora, signed_in, settings):
        settings.CHAINMAP_URL = "https://chain.example"
        page = signed_in(dora).get(url("round_poster", running)).content.decode()
        assert "https://chain.example/join/" in page
        assert '<svg xmlns="http://www.w3.org/2000/svg" class="qr"' in page


class TestClosing:
    def test_the_consequences_are_said_first_and_nothing_happens_by_looking(self, url, running, dora, signed_in):
        said = text_of(signed_in(dora).get(url("round_close", running)))
        assert "no answer can be given, changed or taken back" in said
        assert "both sides, coaches and managers see names and scores" in said
        running.refresh_from_db()
        assert running.state == "open"

    def test_an_open_round_closes_at_once(self, url, running, dora, signed_in):
        answer = signed_in(dora).post(url("round_close", running), follow=True)
        assert "The round is closed." in text_of(answer)
        running.refresh_from_db()
        assert running.state == "closed"
        again = signed_in(dora).post(url("round_close", running))
        assert (again.status_code, "This round is not open." in text_of(again)) == (400, True)
        assert signed_in(dora).get(url("round_close", running)).status_code == 400

    def test_a_protected_round_closes_early_only_if_two_agree(self, people, signed_in):
        crowd = make_crowd(size=6)
        for user in people.values():
            Membership.objects.filter(user=user).update(organization=crowd)
        made = make_round(crowd, "pair", closes_at=timezone.now() + timedelta(days=5))
        address = reverse("chainmap:round_close", args=[crowd.pk, made.pk])
        dora, bob = signed_in(people["dora"]), signed_in(people["bob"])
        dora.post(address)
        refused = bob.post(address)
        assert (refused.status_code, "Too few people have answered" in text_of(refused)) == (400, True)
        Answer.objects.filter(ask__round=made).update(score="07", given_in=1)
        assert "Ask to close it" in text_of(dora.get(address))
        assert "as soon as a second person agrees" in text_of(dora.post(address, follow=True))
        assert "You asked for this already." in text_of(dora.get(address))
        dora.post(address)
        assert Round.objects.get(pk=made.pk).state == "open"
        assert "It closes when you agree." in text_of(bob.get(reverse("chainmap:round", args=[crowd.pk, made.pk])))
        assert "Agree and close now" in text_of(bob.get(address))
        assert "The round is closed." in text_of(bob.post(address, follow=True))
        assert Round.objects.get(pk=made.pk).state == "closed"


class TestOpenAgain:
    @pytest.mark.parametrize(
        ("mode", "said"),
        [("open", "finds the own answers as they were"), ("anonymous", "asked anew from a blank card")],
    )
    def test_with_a_new_end(self, url, organization, dora, signed_in, mode, said):
        made = make_round(organization, mode)
        client = signed_in(dora)
        assert client.get(url("round_reopen", made)).status_code == 400  # it is not closed
        Round.objects.filter(pk=made.pk).update(closes_at=timezone.now())
        client.post(url("round_close", made))
        assert said in text_of(client.get(url("round_reopen", made)))
        for wrong in ("", "tomorrow", "2020-01-01T00:00", "0001-01-01T00:00"):
            answer = client.post(url("round_reopen", made), {"closes_at": wrong})
            assert answer.status_code == 400, wrong
            assert not wrong or f'value="{wrong}"' in answer.content.decode()
        answer = client.post(url("round_reopen", made), {"closes_at": "2090-01-01T00:00"}, follow=True)
        assert "The round is open again." in text_of(answer)
        made.refresh_from_db()
        assert (made.state, made.version) == ("open", 2)

    def test_an_imported_round_is_not_opened_again(self, url, organization, dora, signed_in):
        spring = organization.rounds.get(name="Spring")
        answer = signed_in(dora).post(url("round_reopen", spring), {"closes_at": "2090-01-01T00:00"})
        assert (answer.status_code, "its ratings were imported" in text_of(answer)) == (400, True)


class TestCoachingRules:
    def test_an_administrator_sets_them(self, url, organization, dora, signed_in):
        sent = {"magic_for_one_misery": "2.5", "told_of_misery": "12", "told_of_magic": "4"}
        answer = signed_in(dora).post(url("coaching_rules"), sent, follow=True)
        assert "not measurements" in text_of(answer)
        organization.refresh_from_db()
        kept = (organization.magic_for_one_misery, organization.told_of_misery, organization.told_of_magic)
        assert kept == (2.5, 12, 4)

    @pytest.mark.parametrize("field", ["magic_for_one_misery", "told_of_misery", "told_of_magic"])
    @pytest.mark.parametrize("value", ["", "0", "-1", "nan", "inf", "1001", "many", "\x00"])
    def test_a_figure_that_makes_no_sense_is_refused(self, url, organization, dora, signed_in, field, value):
        sent = {"magic_for_one_misery": "2.5", "told_of_misery": "12", "told_of_magic": "4"} | {field: value}
        answer = signed_in(dora).post(url("coaching_rules"), sent)
        assert (answer.status_code, "Not saved yet." in text_of(answer)) == (400, True)
        organization.refresh_from_db()
        assert organization.told_of_misery == 20


def test_an_unknown_parameter_is_refused_everywhere(url, running, dora, signed_in):
    for name in ("rounds", "round_new", "coaching_rules"):
        assert signed_in(dora).get(f"{url(name)}?x=1").status_code == 400
    for name in ("round", "round_preview", "round_poster", "round_close"):
        assert signed_in(dora).get(f"{url(name, running)}?x=1").status_code == 400


def test_a_draft_that_asks_somebody_too_much_says_so(organization, dora, signed_in):
    alice = Party.objects.get(organization=organization, code="alice")
    HandOff.objects.bulk_create(
        HandOff(
            organization=organization,
            supplier=Party.objects.get(organization=organization, code="dan"),
            customer=alice,
            deliverable=f"part {number}",
        )
        for number in range(8)
    )
    made = make_round(organization, "pair", opened=False, name="Much")
    page = signed_in(dora).get(f"/organizations/{organization.pk}/rounds/{made.pk}/").content.decode()
    assert "Somebody would be asked 9 questions." in " ".join(page.split())
    Round.objects.filter(pk=made.pk).update(most_asked=3)
    page = signed_in(dora).get(f"/organizations/{organization.pk}/rounds/{made.pk}/").content.decode()
    assert "Somebody would be asked" not in page
