"""My chain and the pages of one hand-off, asked for as a browser does."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chainmap.domain.cards import Card
from chainmap.domain.reasons import Reason
from chainmap.models import Agreement, Conversation, HandOff, HandOffChange, Need, Party, Rating
from chainmap.services.analysis import findings_forget
from chainmap.services.handoffs import handoff_add, handoff_remove, handoff_say
from tests.crowd import answer_all, close, make_round
from tests.pair import give_account, handoff_of, many_handoffs, party

pytestmark = pytest.mark.django_db

BIDI = "\u202egnp.exe"


@pytest.fixture
def forecast(organization, people):
    """What Alice gives Bob, who has an account; nobody rated it."""
    give_account(organization, "bob")
    Rating.objects.all().delete()
    return handoff_of(organization, "alice", "bob")


@pytest.fixture
def as_alice(signed_in, alice):
    return signed_in(alice)


@pytest.fixture
def as_bob(signed_in, bob):
    return signed_in(bob)


def at(handoff, name="handoff", *parts):
    return reverse(f"chainmap:{name}", args=[handoff.organization_id, handoff.pk, *parts])


def chain_at(organization, query=""):
    return reverse("chainmap:my_chain", args=[organization.pk]) + query


def text_of(answer):
    return " ".join(answer.content.decode().split())


def edit_of(handoff, **more):
    return {"deliverable": handoff.deliverable, "volume": "3", "decision_owner": "", "version": handoff.version} | more


def said_no(handoff, **more):
    return {"says": "no", "version": handoff.version, "reason": "", "note": "", **more}


# ---- my chain


def test_both_lists_say_who_what_how_much_and_what_was_said(as_alice, organization, forecast):
    spring = organization.rounds.get()
    for day, score in ((1, 5), (2, 7)):
        Rating.objects.create(
            round=spring, handoff=forecast, rater=forecast.customer, score=score, given_on=date(2026, 5, day)
        )
    Need.objects.create(handoff=forecast, text="early", reply="agreed")
    Need.objects.create(handoff=forecast, text="complete")
    page = text_of(as_alice.get(chain_at(organization)))
    assert "To whom I give what" in page
    assert "From whom I get what" in page
    assert "<strong>5, then 7</strong> · higher" in page
    assert "2 needs, 1 agreed" in page
    assert "3 · 75 % of what you give" in page
    assert "outside your organization" in page
    assert "Who decides" not in page, "what nobody said is left out"
    assert "None yet" not in page


@pytest.mark.parametrize(("first", "second", "word"), [(5, 6, "about the same"), (9, 7, "lower"), (2, 4, "higher")])
def test_one_point_is_about_the_same(as_alice, organization, forecast, first, second, word):
    for day, score in ((1, first), (2, second)):
        Rating.objects.create(
            round=organization.rounds.get(), handoff=forecast, rater=forecast.customer, score=score,
            given_on=date(2026, 5, day),
        )  # fmt: skip
    assert f"<strong>{first}, then {second}</strong> · {word}" in text_of(as_alice.get(at(forecast)))


def test_claims_stand_first_and_are_confirmed_on_the_spot(as_bob, alice, organization, forecast):
    made = handoff_add(
        user=alice, organization=organization, side="given", other=party(organization, "bob"), deliverable="sketch"
    )
    page = text_of(as_bob.get(chain_at(organization)))
    assert "<bdi>Alice Adams</bdi> says: “I give <bdi>sketch</bdi> to you.”" in page
    assert page.index("Is this so? Somebody names you") < page.index("To whom I give what")
    sent = as_bob.post(at(made, "handoff_say"), {"says": "yes", "version": 1, "back": "chain"})
    assert (sent.status_code, sent["Location"]) == (302, chain_at(organization, "#waiting"))
    page = text_of(as_bob.get(chain_at(organization)))
    assert '<div id="waiting"> <p class="told" role="status">You say it is so. Alice Adams is told.' in page
    assert "Is this so?" not in page


def test_gaps_one_sided_and_disputed_ones_are_listed(as_alice, alice, organization, forecast):
    handoff_say(user=alice, organization=organization, handoff=forecast.pk, version=1, says="yes")
    figures = handoff_of(organization, "alice", "carla")
    handoff_say(user=alice, organization=organization, handoff=figures.pk, version=1, says="no")
    page = text_of(as_alice.get(chain_at(organization)))
    for title in (
        "Nobody has agreed yet what is needed",
        "You named it, the other side has not answered",
        "You do not agree yet whether it is so",
    ):
        assert title in page


def test_one_list_goes_page_by_page(as_alice, organization):
    many_handoffs(organization, "alice", 30)
    both = text_of(as_alice.get(chain_at(organization)))
    assert "All 32" in both
    second = text_of(as_alice.get(chain_at(organization, "?side=given&page=2")))
    assert "Page 2 of 2" in second
    assert second.count('<li class="card chain-row') == 12
    for query in ("?side=given&page=3", "?side=x", "?page=1", "?side=given&side=given", "?side=given&page=%D9%A1"):
        assert as_alice.get(chain_at(organization, query)).status_code == 400, query


#: Of my chain, one of its lists, the page of a hand-off, suggestions: the same for 10 and for 200 hand-offs a side.
QUERIES = [44, 15, 24, 5]


def test_queries_do_not_grow(as_alice, organization, forecast):
    addresses = [
        chain_at(organization), chain_at(organization, "?side=given"), at(forecast),
        reverse("chainmap:people_suggestions", args=[organization.pk]) + "?q=col",
    ]  # fmt: skip
    for number in (10, 200):
        many_handoffs(organization, "alice", number)
        Rating.objects.bulk_create(
            Rating(round=organization.rounds.get(), handoff=one, rater=one.customer, score=5)
            for one in HandOff.objects.filter(organization=organization).exclude(ratings__isnull=False)
        )
        Need.objects.bulk_create(Need(handoff=one, text="early") for one in HandOff.objects.filter(needs=None))
        findings_forget()
        used = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert as_alice.get(address).status_code == 200
            used.append(len(captured))
        assert used == QUERIES


def test_what_waits_for_one_s_own_decision_is_said(as_alice, organization):
    HandOff.objects.filter(deliverable__in=["plan", "questions"]).update(decision_owner=party(organization, "alice"))
    organization.touch()
    page = text_of(as_alice.get(chain_at(organization)))
    assert "You decide on exceptions for 2 hand-offs of 2 people; " in page
    assert "of everything delivered waits for your decision." in page


# ---- naming


def new(organization, **more):
    return {"side": "given", "other": "bob brown", "deliverable": "sketch", "volume": "", "decision_owner": "", **more}


def test_a_hand_off_is_named_by_a_name_and_a_word(as_alice, organization, forecast):
    address = reverse("chainmap:handoff_new", args=[organization.pk])
    sent = as_alice.post(address, new(organization, volume="0,5", decision_owner="Carla Conti"))
    made = handoff_of(organization, "alice", "bob", "sketch")
    assert (sent.status_code, sent["Location"]) == (302, at(made))
    assert (made.volume, made.decision_owner.code) == (0.5, "carla")
    assert "Named. Bob Brown is asked whether it is so." in text_of(as_alice.get(at(made)))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("volume", "0", "above 0"),
        ("volume", "-3", "above 0"),
        ("volume", "nan", "above 0"),
        ("volume", "1e400", "above 0"),
        ("volume", "many", "not a number"),
        ("volume", "1" * 400, "not a number"),
        ("volume", "１", "not a number"),
        ("other", "Nobody", "Nobody here is called “Nobody”"),
        ("other", "alice adams", "This is you"),
        ("other", "CANARY Bob Brown", "Nobody here is called"),
        ("other", "Dan Duval", "Dan Duval left on 1 March 2026"),
        ("decision_owner", "Dan Duval", "Dan Duval left on 1 March 2026"),
        ("other", "", "Name the person"),
        ("side", "", "Choose whether you give it or get it"),
        ("deliverable", "", "Say in a word or two"),
        ("deliverable", "forecast", "already"),
        ("deliverable", "x" * 10_000, "10000 characters"),
        ("deliverable", "a\x00b", "cannot be shown (U+0000)"),
    ],
)
def test_what_cannot_be_named_is_said_and_everything_typed_is_kept(
    as_alice, organization, other_organization, forecast, field, value, said
):
    Party.objects.filter(code="dan").update(left_on=date(2026, 3, 1))
    count = HandOff.everything.count()
    typed = new(organization, volume="2", **{field: value}) if field != "volume" else new(organization, volume=value)
    answer = as_alice.post(reverse("chainmap:handoff_new", args=[organization.pk]), typed)
    page = text_of(answer)
    assert answer.status_code == 400
    assert said in page
    assert HandOff.everything.count() == count
    for kept in (text for name, text in typed.items() if text and name != "side" and "\x00" not in text):
        assert f'value="{kept}"' in page


def test_nothing_is_handed_over_by_an_end_customer(as_alice, organization, forecast):
    typed = new(organization, side="received", other="The client")
    answer = as_alice.post(reverse("chainmap:handoff_new", args=[organization.pk]), typed)
    assert answer.status_code == 400
    assert "where the chain ends" in text_of(answer)


# ---- the page of one


def test_somebody_else_s_hand_off_is_not_there(as_alice, as_bob, signed_in, organization, carla, zoe, forecast):
    plan = handoff_of(organization, "bob", "carla")
    for name in ("handoff", "handoff_edit", "handoff_remove"):
        assert as_alice.get(at(plan, name)).status_code == 404
        assert signed_in(carla).get(at(plan, name)).status_code == 404, "Carla has no party yet"
    assert signed_in(zoe).get(at(plan)).status_code == 404
    assert as_alice.post(at(plan, "handoff_say"), said_no(plan)).status_code == 404
    assert as_bob.get(at(plan)).status_code == 200


def test_a_dispute_with_a_chip_and_own_words_is_read_by_the_other_side(as_alice, as_bob, forecast):
    as_bob.post(at(forecast, "handoff_say"), said_no(forecast, reason="from_else", note="Ask <b>Carla</b>."))
    page = text_of(as_alice.get(at(forecast)))
    assert "Bob Brown says it is not so" in page
    assert "I get it from somebody else. Ask &lt;b&gt;Carla&lt;/b&gt;." in page
    assert "said that it is not so" in page


def test_each_side_has_reasons_of_its_own_not_to_agree(as_alice, as_bob, forecast):
    supplier, customer = text_of(as_alice.get(at(forecast))), text_of(as_bob.get(at(forecast)))
    for words in ("I didn&#x27;t know it was up to me.", "This is not mine to do.", "Somebody else does this."):
        assert (words in supplier, words in customer) == (True, False)
    for words in ("I do not get this.", "I get it from somebody else.", "I no longer get this."):
        assert (words in supplier, words in customer) == (False, True)
    assert as_alice.post(at(forecast, "handoff_say"), said_no(forecast, reason="not_got")).status_code == 400


def test_a_disputed_one_keeps_needs_moments_and_ladder_behind_a_line(as_alice, as_bob, forecast):
    Need.objects.create(handoff=forecast, text="early")
    page = text_of(as_alice.get(at(forecast)))
    assert "they wait until you agree" not in page
    assert "No need is agreed here yet" in page
    as_bob.post(at(forecast, "handoff_say"), said_no(forecast))
    page = text_of(as_alice.get(at(forecast)))
    assert "No need is agreed here yet" not in page
    folded = page[page.index('<details class="folded" >') : page.index("Who changed what")]
    for part in ('id="needs"', 'id="moments"', 'class="ladder"'):
        assert part in folded
        assert part not in page.replace(folded, "")
    need = Need.objects.get()
    as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "", "version": 1})
    assert '<details class="folded" open>' in text_of(as_alice.get(at(forecast))), "what came of it is inside"


def test_nobody_outside_is_asked_for_anything(as_alice, as_bob, organization, forecast):
    Party.objects.filter(code="alice").update(kind="external_supplier")
    page = text_of(as_bob.get(at(forecast)))
    assert "Alice Adams is outside your organization, so nobody is asked to confirm it" in page
    for said in (
        "<bdi>Alice Adams</bdi> is outside your organization; talks and agreements are between colleagues.",
        "<bdi>Alice Adams</bdi> is outside your organization; moments are told between colleagues.",
    ):
        assert said in page
    for said in (
        "Confirm: it is so",
        "Dispute",
        "Invite for a coffee",
        "Agree on something",
        "You have told no moment",
    ):
        assert said not in page
    as_bob.post(at(forecast, "need_add"), need_of())
    assert "Kept. Alice Adams is outside your organization and reads nothing here" in text_of(as_bob.get(at(forecast)))


def test_the_last_agreement_and_the_score_given_again_stand_on_the_page(as_alice, as_bob, organization, forecast):
    Rating.objects.create(
        round=organization.rounds.get(), handoff=forecast, rater=forecast.customer, score=4, given_on=date(2026, 5, 1)
    )
    assert "No agreement is open." in text_of(as_bob.get(at(forecast)))
    agreement = Agreement.objects.create(
        handoff=forecast, sentence="By Tuesday noon", made_by=forecast.customer, owner=forecast.supplier,
        due_on=date(2026, 6, 3), state="ended", supplier_outcome="kept", customer_outcome="kept", score_before=4,
        score_after=7,
    )  # fmt: skip
    for client, said in ((as_alice, "At its end <bdi>Bob Brown</bdi> said 7 of 10."), (as_bob, "you said 7 of 10.")):
        page = text_of(client.get(at(forecast)))
        for part in ("<strong>4, then 7</strong> · higher", "<bdi>By Tuesday noon</bdi>", "From 4 to 7.", said):
            assert part in page
        assert f"/agreements/{agreement.pk}/" in page
        assert "stand on the rung “client”" in page or "stands on the rung “client”" in page
        assert "No agreement is open." in page
        assert "<strong>4, then 7</strong>" in text_of(client.get(chain_at(organization)))


def test_who_may_decide_is_one_link_away(as_alice, forecast):
    link = f'<a href="{at(forecast, "handoff_edit")}#id_decision_owner">Say who may decide</a>'
    assert link in text_of(as_alice.get(at(forecast)))


def test_one_without_a_name_is_called_by_the_other_person(as_alice, organization, forecast):
    HandOff.objects.filter(pk=forecast.pk).update(deliverable="")
    row = text_of(as_alice.get(chain_at(organization, "?find=bob")))
    assert f'<a href="{at(forecast)}"><bdi>Bob Brown</bdi></a>' in row
    assert f'<a href="{at(forecast, "handoff_edit")}">give it a name' in row
    page = text_of(as_alice.get(at(forecast)))
    assert "<h1><bdi>What you give to Bob Brown</bdi></h1>" in page
    Party.objects.filter(code="bob").update(left_on=date(2026, 3, 1))
    assert "ive it a name" not in text_of(as_alice.get(at(forecast)))


def test_my_own_list_is_searched(as_alice, organization, forecast):
    assert 'name="find"' not in text_of(as_alice.get(chain_at(organization))), "two rows need no search"
    many_handoffs(organization, "alice", 30)
    assert 'name="find"' in text_of(as_alice.get(chain_at(organization)))
    page = text_of(as_alice.get(chain_at(organization, "?find=Colleague+1")))
    assert "All 11" in page
    assert "?side=given&amp;find=Colleague+1" in page
    assert "Is this so?" not in page
    many = text_of(as_alice.get(chain_at(organization, "?side=given&find=colleague")))
    assert "?side=given&amp;find=colleague&amp;page=2" in many
    nothing = text_of(as_alice.get(chain_at(organization, "?find=%3Cb%3E%00&side=given")))
    assert "has “<bdi>&lt;b&gt;</bdi>” in it" in nothing
    assert as_alice.get(chain_at(organization, f"?find={'x' * 5000}")).status_code == 200


def test_what_is_more_is_a_link_to_all_of_it(as_alice, organization, forecast):
    many_handoffs(organization, "alice", 70)
    page = text_of(as_alice.get(chain_at(organization)))
    for name, more in (("waiting", 44), ("asked", 43), ("disputed", 42), ("gaps", 92)):
        assert f'href="?list={name}">{more} more</a>' in page, name
        whole = text_of(as_alice.get(chain_at(organization, f"?list={name}&page=2")))
        assert f"?list={name}&amp;page=3" in whole
        assert "To whom I give what" not in whole
    assert 'name="back" value="waiting"' in text_of(as_alice.get(chain_at(organization, "?list=waiting")))
    assert "This list is empty now." in text_of(as_alice.get(chain_at(organization, "?list=removed")))
    for query in ("?list=x", "?list=gaps&find=a", "?list=gaps&side=given", "?list=gaps&page=9"):
        assert as_alice.get(chain_at(organization, query)).status_code == 400, query


def test_a_dispute_too_long_is_kept(as_bob, forecast):
    for note, reason in (("x" * 10_000, ""), ("y" * 190, "otherwise")):
        answer = as_bob.post(at(forecast, "handoff_say"), said_no(forecast, note=note, reason=reason))
        assert answer.status_code == 400
        assert f'value="{note}"' in text_of(answer)
    assert as_bob.post(at(forecast, "handoff_say"), {"says": "maybe", "version": 1}).status_code == 400
    assert as_bob.post(at(forecast, "handoff_say"), {"says": "no", "version": "x"}).status_code == 400
    forecast.refresh_from_db()
    assert forecast.customer_says == ""


def test_a_dispute_of_one_that_was_taken_out_meanwhile_keeps_the_words(as_bob, alice, organization, forecast):
    HandOff.objects.filter(pk=forecast.pk).update(is_claim=True)
    handoff_remove(user=alice, organization=organization, handoff=forecast.pk, version=1)
    answer = as_bob.post(at(forecast, "handoff_say"), said_no(forecast, reason="not_got", note="Ask Carla."))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "<bdi>Alice Adams</bdi> took it out on" in page
    assert "Ask Carla." in page
    assert "not_got" not in page
    for name in ("handoff", "handoff_edit", "handoff_remove"):
        assert as_bob.get(at(forecast, name)).status_code == 409
    sent = as_bob.post(at(forecast, "handoff_restore"))
    assert (sent.status_code, as_bob.get(at(forecast)).status_code) == (302, 200)


def test_nobody_confirms_what_was_changed_while_they_read(as_alice, as_bob, forecast):
    as_alice.post(at(forecast, "handoff_edit"), edit_of(forecast, deliverable="estimate"))
    answer = as_bob.post(at(forecast, "handoff_say"), said_no(forecast, note="Not mine."))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "it is about “estimate” now" in page
    assert 'value="Not mine."' in page
    again = as_bob.post(at(forecast, "handoff_say"), said_no(forecast, note="Not mine.", version=2))
    assert again.status_code == 302


def test_two_edits_at_once_show_both_values(as_alice, as_bob, forecast):
    as_bob.post(at(forecast, "handoff_edit"), edit_of(forecast, deliverable="estimate", decision_owner="Carla Conti"))
    typed = edit_of(forecast, deliverable="outlook", volume="9")
    answer = as_alice.post(at(forecast, "handoff_edit"), typed)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "what <bdi>Bob Brown</bdi> saved meanwhile" in page
    for part in ("<bdi>outlook</bdi>", "<bdi>estimate</bdi>", "<bdi>Carla Conti</bdi>", 'value="outlook"', 'value="9"'):
        assert part in page
    assert 'name="version" value="2"' in page
    as_alice.post(at(forecast, "handoff_edit"), typed | {"version": 2})
    forecast.refresh_from_db()
    assert (forecast.deliverable, forecast.volume) == ("outlook", 9.0)


@pytest.mark.parametrize("volume", ["0", "nan", "1e400", "-1", "x"])
def test_an_edit_with_no_volume_is_kept_in_the_form(as_alice, forecast, volume):
    answer = as_alice.post(at(forecast, "handoff_edit"), edit_of(forecast, volume=volume, deliverable="estimate"))
    assert answer.status_code == 400
    assert f'value="{volume}"' in text_of(answer)
    assert 'value="estimate"' in text_of(answer)
    forecast.refresh_from_db()
    assert (forecast.volume, forecast.deliverable) == (3.0, "forecast")


def test_who_decides_stays_when_nobody_touches_it_also_after_they_left(as_alice, organization, forecast):
    HandOff.objects.filter(pk=forecast.pk).update(decision_owner=party(organization, "carla"))
    Party.objects.filter(code="carla").update(left_on=date(2026, 3, 1))
    form = text_of(as_alice.get(at(forecast, "handoff_edit")))
    assert 'value="Carla Conti"' in form
    sent = as_alice.post(at(forecast, "handoff_edit"), edit_of(forecast, volume="4", decision_owner="Carla Conti"))
    forecast.refresh_from_db()
    assert (sent.status_code, forecast.volume, forecast.decision_owner.code) == (302, 4.0, "carla")
    assert "left on 1 March 2026" in text_of(as_alice.get(at(forecast)))


def test_taking_out_asks_first_and_says_why_not(as_alice, as_bob, forecast, organization):
    assert "part of the chain" in text_of(as_alice.get(at(forecast, "handoff_remove")))
    HandOff.objects.filter(pk=forecast.pk).update(customer_says="no")
    assert "Take it out of the chain?" in text_of(as_alice.get(at(forecast, "handoff_remove")))
    as_bob.post(at(forecast, "handoff_say"), {"says": "yes", "version": 1})
    for answer in (
        as_alice.get(at(forecast, "handoff_remove")),
        as_alice.post(at(forecast, "handoff_remove"), {"version": 1}),
    ):
        assert "one side alone does not take that out" in text_of(answer)
    as_bob.post(at(forecast, "handoff_say"), said_no(forecast))
    as_bob.post(at(forecast, "handoff_edit"), edit_of(forecast, volume="", decision_owner="Bob Brown"))
    assert as_alice.post(at(forecast, "handoff_remove"), {"version": 1}).status_code == 409
    unsaid = as_alice.post(at(forecast, "handoff_remove"), {"version": "x"})
    assert (unsaid.status_code, "What came does not say what it changes." in text_of(unsaid)) == (400, True)
    sent = as_alice.post(at(forecast, "handoff_remove"), {"version": 2})
    assert (sent.status_code, sent["Location"]) == (302, chain_at(organization))
    page = text_of(as_alice.get(chain_at(organization)))
    assert "Taken out. It can be brought back" in page
    assert "Bring it back" in page


def test_a_change_is_undone_with_the_button_beside_it(as_alice, as_bob, forecast):
    as_alice.post(at(forecast, "handoff_edit"), edit_of(forecast, deliverable="estimate"))
    page = text_of(as_alice.get(at(forecast)))
    assert "<del><bdi>forecast</bdi></del>" in page
    assert "Undo" not in text_of(as_bob.get(at(forecast)))
    step = HandOffChange.objects.get(handoff=forecast)
    assert as_bob.post(at(forecast, "handoff_undo"), {"change": step.pk}).status_code == 404
    for junk in ({}, {"change": "x"}, {"change": 0}, {"change": 2**70}):
        assert as_alice.post(at(forecast, "handoff_undo"), junk).status_code == 400
    assert as_alice.post(at(forecast, "handoff_undo"), {"change": step.pk}).status_code == 302
    assert "taken back again" in text_of(as_alice.get(at(forecast)))
    again = as_alice.post(at(forecast, "handoff_undo"), {"change": step.pk})
    assert (again.status_code, "taken back already" in text_of(again)) == (400, True)


def test_answers_that_authorization_was_needed_are_counted_for_the_two(as_alice, organization, forecast, people):
    made = make_round(organization, "pair")
    answer_all(made, lambda ask: Card(score=5, reason=Reason.NO_POWER_TO_DECIDE))
    assert "I have to ask for authorization" not in text_of(as_alice.get(at(forecast)))
    close(made)
    assert "1 answer says “I have to ask for authorization”." in text_of(as_alice.get(at(forecast)))


def test_names_that_turn_the_direction_do_nothing(as_alice, organization, forecast):
    Party.objects.filter(code="bob").update(name=BIDI)
    as_alice.post(at(forecast, "handoff_edit"), edit_of(forecast, decision_owner="gnp.exe"))
    people = as_alice.get(reverse("chainmap:people_suggestions", args=[organization.pk]) + "?q=gnp")
    assert json.loads(people.content) == {"people": [{"label": "gnp.exe", "team": "Planning"}]}
    for address in (chain_at(organization), at(forecast), at(forecast, "handoff_edit"), at(forecast, "handoff_remove")):
        page = as_alice.get(address).content.decode()
        assert "gnp.exe" in page
        assert "\u202e" not in page, address


# ---- needs


def need_of(**more):
    return {"text": "by Tuesday", "importance": "3", "version": "", **more}


def test_a_need_is_told_answered_changed_and_taken_back(as_alice, as_bob, forecast):
    assert as_bob.post(at(forecast, "need_add"), need_of()).status_code == 302
    need = Need.objects.get()
    assert (need.text, need.importance) == ("by Tuesday", 3)
    said = {"reply": "cannot", "note": "holidays", "version": 1}
    assert as_alice.post(at(forecast, "need_reply", need.pk), said).status_code == 302
    assert "cannot: <bdi>holidays</bdi>" in text_of(as_bob.get(at(forecast)))
    assert 'name="note" value="holidays"' in text_of(as_alice.get(at(forecast)))
    assert "said “cannot” to these words" in text_of(as_bob.get(at(forecast, "need_edit", need.pk)))
    changed = need_of(text="by Monday", version=2)
    assert as_bob.post(at(forecast, "need_edit", need.pk), changed).status_code == 302
    assert as_bob.post(at(forecast, "need_remove", need.pk), {"version": 3}).status_code == 302
    assert "by Monday" in text_of(as_bob.get(at(forecast))), "in the history"
    assert not Need.objects.filter(is_removed=False).exists()


def test_a_need_is_answered_in_one_tap_and_the_page_stays_at_the_needs(as_alice, as_bob, forecast):
    told = as_bob.post(at(forecast, "need_add"), need_of())
    assert told["Location"] == at(forecast) + "#needs"
    need = Need.objects.get()
    page = text_of(as_alice.get(at(forecast)))
    for value, words in (("agreed", "Agreed"), ("cannot", "Cannot"), ("talk", "Let us talk")):
        assert f'<button type="submit" name="reply" value="{value}">{words}</button>' in page
    sent = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "talk", "note": "", "version": 1})
    assert sent["Location"] == at(forecast) + "#needs"
    page = text_of(as_alice.get(at(forecast)))
    needs = needs_part(page)
    assert "Said. Bob Brown is told." in needs
    assert "Said. Bob Brown is told." not in page.replace(needs, "")
    assert f'<a class="plain-button" href="{at(forecast, "coffee_new")}">Invite for a coffee</a>' in needs
    assert "<strong>You</strong> said “let us talk” to a need" in page
    seen = text_of(as_bob.get(at(forecast)))
    assert "<strong>You</strong> said what you need" in seen
    assert "said what they need" not in seen
    Conversation.objects.create(
        handoff=forecast, inviter=forecast.customer, invitee=forecast.supplier, reason="need", state="accepted"
    )
    assert "To the talk" in needs_part(as_alice.get(at(forecast)))
    wrong = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "", "note": "my line", "version": 2})
    assert (wrong.status_code, 'value="my line"' in needs_part(wrong)) == (400, True)
    assert "Choose one of the three." in needs_part(wrong)


def needs_part(answer):
    page = answer if isinstance(answer, str) else text_of(answer)
    return page[page.index('id="needs"') : page.index('id="talks-title"')]


def test_what_is_wrong_with_a_need_is_said_in_its_place(as_alice, as_bob, forecast):
    for typed in (need_of(text="z" * 10_000), need_of(text=""), need_of(importance="9"), need_of(importance="")):
        answer = as_bob.post(at(forecast, "need_add"), typed)
        assert answer.status_code == 400
        assert f'value="{typed["text"]}"' in text_of(answer) or not typed["text"]
    refused = as_alice.post(at(forecast, "need_add"), need_of(text="my own words"))
    assert refused.status_code == 400
    assert "my own words" in text_of(refused)
    assert not Need.objects.exists()


def test_two_changes_of_a_need_at_once_lose_nothing(as_alice, as_bob, forecast):
    as_bob.post(at(forecast, "need_add"), need_of())
    need = Need.objects.get()
    as_bob.post(at(forecast, "need_edit", need.pk), need_of(text="by Monday", version=1))
    late = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "from May", "version": 1})
    page = text_of(late)
    assert late.status_code == 409
    assert "Now it says: “by Monday”" in page
    assert 'value="from May"' in page
    as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "from May", "version": 2})
    stale = as_bob.post(at(forecast, "need_edit", need.pk), need_of(text="by Sunday", version=2))
    page = text_of(stale)
    assert stale.status_code == 409
    assert "said to the stored words: “agreed”" in page
    assert "<bdi>by Monday</bdi>" in page
    assert 'value="by Sunday"' in page
    assert as_bob.post(at(forecast, "need_remove", need.pk), {"version": 2}).status_code == 409
    need.refresh_from_db()
    assert (need.text, need.reply, need.is_removed) == ("by Monday", "agreed", False)


def test_words_to_a_need_that_is_gone_are_kept(as_alice, as_bob, forecast):
    as_bob.post(at(forecast, "need_add"), need_of())
    need = Need.objects.get()
    as_bob.post(at(forecast, "need_remove", need.pk), {"version": 1})
    answer = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "my word", "version": 1})
    assert (answer.status_code, "my word" in text_of(answer)) == (409, True)
    answer = as_bob.post(at(forecast, "need_edit", need.pk), need_of(text="my new words", version=1))
    assert (answer.status_code, 'value="my new words"' in text_of(answer)) == (409, True)


def test_a_need_of_another_hand_off_is_not_there(as_alice, organization, forecast):
    other = Need.objects.create(handoff=handoff_of(organization, "bob", "carla"), text="x")
    assert as_alice.post(at(forecast, "need_reply", other.pk), {"reply": "agreed", "version": 1}).status_code == 404
    assert as_alice.get(at(forecast, "need_edit", 2**60)).status_code == 404


# ---- names, and who left


def test_suggestions_are_json_of_labels_and_teams(as_alice, organization):
    address = reverse("chainmap:people_suggestions", args=[organization.pk])
    assert as_alice.get(f"{address}?q=bo").json() == {"people": [{"label": "Bob Brown", "team": "Planning"}]}
    assert as_alice.get(address).json() == {"people": []}
    assert as_alice.get(f"{address}?q=%00").json() == {"people": []}
    assert as_alice.get(f"{address}?q={'x' * 5000}").json() == {"people": []}
    assert as_alice.get(f"{address}?limit=99").status_code == 400


def test_an_administrator_says_who_left_on_the_page_of_the_party(signed_in, dora, alice, organization, party_url):
    page = party_url("bob")
    client = signed_in(dora)
    address = reverse("chainmap:party_left", args=[organization.pk, party(organization, "bob").pk])
    assert "When this person left" in text_of(client.get(page))
    assert "When this person left" not in text_of(signed_in(alice).get(page))
    assert client.post(address, {"left_on": "2026-03-01"})["Location"] == page
    assert "left on 1 March 2026" in text_of(signed_in(alice).get(page))
    for junk in ("2999-01-01", "yesterday", "0001-01-01"):
        answer = client.post(address, {"left_on": junk})
        assert (answer.status_code, f'value="{junk}"' in text_of(answer)) == (400, True)
    assert signed_in(alice).post(address, {"left_on": ""}).status_code == 403
    assert client.post(address, {"left_on": ""}).status_code == 302
    assert party(organization, "bob").left_on is None


def test_the_chain_says_whom_decisions_wait_for(signed_in, alice, carla, organization, chain_url):
    assert "Decisions wait for" not in text_of(signed_in(alice).get(chain_url))
    HandOff.objects.filter(deliverable="forecast").update(decision_owner=party(organization, "carla"))
    HandOff.objects.filter(deliverable__in=["plan", "report"]).update(decision_owner=party(organization, "alice"))
    organization.touch()
    page = text_of(signed_in(carla).get(chain_url))
    assert "Decisions wait for" in page
    assert "decides on exceptions for 2 hand-offs of 2 people;" in page
    assert "of everything delivered passes such a decision" in page
    assert "For 3 of 6 hand-offs somebody said who decides on exceptions." in page
    assert "they wait for each other’s decisions" in page
