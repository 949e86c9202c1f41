"""The pages of one hand-off, asked for as a browser does."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from chainmap.domain.cards import Card
from chainmap.domain.reasons import Reason
from chainmap.models import Agreement, HandOff, HandOffChange, Need, Party, Rating
from chainmap.services.handoffs import handoff_remove
from tests.crowd import answer_all, close, make_round
from tests.pair import give_account, handoff_of, many_handoffs, party
from tests.web.handing import at, chain_at, need_of, text_of

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


def edit_of(handoff, **more):
    return {"deliverable": handoff.deliverable, "volume": "3", "decision_owner": "", "version": handoff.version} | more


def said_no(handoff, **more):
    return {"says": "no", "version": handoff.version, "reason": "", "note": "", **more}


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
