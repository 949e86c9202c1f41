"""One's own hand-offs: named, confirmed, disputed and changed."""

from __future__ import annotations

from datetime import date
from math import inf, nan

import pytest

from chainmap.access import NotFound
from chainmap.models import Ask, HandOff, HandOffChange, Party, Rating
from chainmap.services import handoffs
from chainmap.services.handoffs import (
    claims_open,
    claims_waiting,
    handoff_add,
    handoff_find,
    handoff_say,
    own_rows,
)
from chainmap.services.own import EditConflict, OwnProblem
from tests.crowd import make_round
from tests.pair import give_account, handoff_of, many_handoffs, party
from tests.services.handing import add, edit, in_chain, refused, remove, say, state, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    """Alice and Bob, and the unconfirmed forecast from her to him; nobody rated it."""
    Rating.objects.all().delete()
    return give_account(organization, "bob"), handoff_of(organization, "alice", "bob")


def waiting(organization, code):
    """The hand-offs that wait for the word of this person, who reads all of them."""
    found = claims_waiting(party=party(organization, code), limit=50)
    assert found.total == len(found.owns)
    return [own.handoff for own in found.owns]


# ---- naming


def test_whoever_names_it_says_yes_and_the_other_side_is_asked(organization, alice, pair):
    before = organization.data_version
    made = add(alice, organization, "bob", volume=2.0, decision_owner=party(organization, "carla"))
    assert (made.supplier.code, made.customer.code, made.volume) == ("alice", "bob", 2.0)
    assert (made.supplier_says, made.customer_says, made.decision_owner.code) == ("yes", "", "carla")
    assert state(alice, made) == "mine"
    assert state(pair[0], made) == "theirs"
    assert told("bob") == ["claimed"]
    assert told("alice") == []
    organization.refresh_from_db()
    assert organization.data_version == before, "a claim of one side is no part of the chain"
    say(pair[0], made, "yes")
    made.refresh_from_db()
    organization.refresh_from_db()
    assert (made.is_claim, organization.data_version) == (False, before + 1)


def test_what_one_gets_is_named_without_a_volume_which_is_the_mean_of_what_the_supplier_gives(
    organization, alice, pair
):
    """Alice gives 3 and 1, so another one of hers is 2; Dan gives nothing, so his first is 1."""
    made = add(pair[0], organization, "alice", side="received")
    assert (made.volume, made.supplier_says, made.customer_says) == (2.0, "", "yes")
    assert add(pair[0], organization, "dan", side="received").volume == 1.0
    with refused("volume_of_supplier"):
        add(pair[0], organization, "alice", "other", side="received", volume=3.0)


@pytest.mark.parametrize("volume", [0, -1, nan, inf, -inf, 1e400, 1e-9, 1e10])
def test_a_volume_that_is_none_is_refused(organization, alice, pair, volume):
    with refused("volume_range"):
        add(alice, organization, "bob", volume=volume)
    with refused("volume_range"):
        edit(alice, pair[1], volume=volume)
    assert handoff_of(organization, "alice", "bob").volume == 3.0


def test_what_cannot_be_is_refused_with_a_sentence(organization, other_organization, alice, pair):
    count = HandOff.everything.count()
    with refused("self"):
        add(alice, organization, "alice")
    with refused("end_customer_gives"):
        add(alice, organization, "client", side="received")
    with refused("unnamed"):
        add(alice, organization, "bob", "  ")
    with refused("too_long"):
        add(alice, organization, "bob", "x" * 201)
    with pytest.raises(NotFound):
        handoff_add(
            user=alice, organization=organization, side="given", other=party(other_organization, "bob"),
            deliverable="x",
        )  # fmt: skip
    with pytest.raises(NotFound):
        add(alice, organization, "bob", decision_owner=party(other_organization, "carla"))
    Party.objects.filter(organization=organization, code="dan").update(left_on=date(2026, 3, 1))
    with pytest.raises(OwnProblem, match="Dan Duval left on 1 March 2026"):
        add(alice, organization, "dan")
    with refused("left"):
        add(alice, organization, "bob", decision_owner=party(organization, "dan"))
    assert HandOff.everything.count() == count


def test_the_same_again_is_refused_also_from_the_other_side_and_in_other_case(organization, alice, pair):
    with pytest.raises(OwnProblem, match="There is a hand-off “forecast” from Alice Adams to Bob Brown already"):
        add(alice, organization, "bob", "Forecast")
    with refused("there_already"):
        add(pair[0], organization, "alice", "forecast", side="received")


def test_both_sides_naming_the_same_at_the_same_moment_make_one(organization, alice, pair, monkeypatch):
    """The second finds nothing when it looks, and the first when it writes."""
    monkeypatch.setattr(handoffs, "_same", lambda *_ends: None)
    with refused("there_already"):
        add(pair[0], organization, "alice", "forecast", side="received")
    assert HandOffChange.objects.count() == 0


def test_naming_one_that_was_taken_out_brings_it_back(organization, alice, pair):
    made = add(alice, organization, "bob")
    remove(alice, made)
    again = add(alice, organization, "bob", "Sketch", volume=5.0)
    assert (again.pk, again.is_removed, again.volume) == (made.pk, False, 5.0)
    kinds = list(HandOffChange.objects.filter(handoff=made).values_list("kind", flat=True))
    assert kinds == ["edited", "restored", "removed", "added"]


def test_whoever_stands_for_no_party_or_is_neither_side_finds_nothing(organization, alice, carla, zoe, pair):
    for user in (carla, zoe):  # Carla manages, and is no party yet
        with pytest.raises(NotFound):
            handoff_find(user=user, organization=organization, handoff=pair[1].pk)
        with pytest.raises(NotFound):
            add(user, organization, "bob")
        with pytest.raises(NotFound):
            own_rows(user=user, organization=organization, side="given", offset=0, limit=5)
    give_account(organization, "carla")
    for change in (lambda: say(carla, pair[1], "no"), lambda: remove(carla, pair[1]), lambda: edit(carla, pair[1])):
        with pytest.raises(NotFound):
            change()


# ---- confirming and disputing


def test_a_claim_is_confirmed_or_disputed(organization, alice, pair):
    bob, _forecast = pair
    made = add(alice, organization, "bob")
    assert waiting(organization, "bob") == [made]
    assert waiting(organization, "alice") == []
    assert [own.handoff for own in claims_open(user=alice, organization=organization).asked] == [made]
    say(bob, made, "yes")
    assert (state(bob, made), told("alice"), waiting(organization, "bob")) == (
        "both", ["confirmed"], []
    )  # fmt: skip
    say(bob, made, "no", "I didn't know it was up to me.")
    made.refresh_from_db()
    assert (state(alice, made), made.customer_note) == ("disputed", "I didn't know it was up to me.")
    assert told("alice") == ["confirmed", "disputed"]
    assert [own.handoff for own in claims_open(user=alice, organization=organization).disputed] == [made]
    say(bob, made, "yes", "a note goes with a no alone")
    made.refresh_from_db()
    assert (made.customer_says, made.customer_note) == ("yes", "")


def test_of_many_claims_the_oldest_are_read_and_all_are_counted(organization, pair):
    """Of the 9 hand-offs each way every third is claimed by the other side alone."""
    many_handoffs(organization, "bob", 9)
    found = claims_waiting(party=party(organization, "bob"), limit=2)
    assert [own.handoff.deliverable for own in found.owns] == ["from 0", "to 1"]
    assert ({own.other_can_say for own in found.owns}, found.total) == ({True}, 6)


def test_saying_the_same_again_is_no_change_and_no_other_word_is_one(organization, alice, pair):
    say(alice, pair[1], "yes")
    say(alice, pair[1], "yes")
    assert HandOffChange.objects.filter(handoff=pair[1]).count() == 1
    with pytest.raises(ValueError, match="yes or no"):
        say(alice, pair[1], "perhaps")


def test_nobody_confirms_what_was_changed_in_between(organization, alice, pair):
    bob, forecast = pair
    edit(alice, forecast, deliverable="estimate")
    with pytest.raises(EditConflict) as conflict:
        handoff_say(user=bob, organization=organization, handoff=forecast.pk, version=1, says="yes")
    assert (conflict.value.stored["deliverable"], conflict.value.by) == ("estimate", "Alice Adams")
    assert handoff_of(organization, "alice", "bob").customer_says == ""


def test_two_who_say_something_at_once_are_in_nobody_s_way(organization, alice, pair):
    bob, forecast = pair
    for user in (alice, bob):
        handoff_say(user=user, organization=organization, handoff=forecast.pk, version=1, says="yes")
    assert state(alice, forecast) == "both"


def test_whoever_is_outside_or_left_is_not_waited_for(organization, alice, pair):
    paper = handoff_of(organization, "ext", "alice")
    assert state(alice, paper) == "outside"
    add(alice, organization, "bob")
    Party.objects.filter(code="alice", organization=organization).update(left_on=date(2026, 3, 1))
    assert waiting(organization, "bob") == []


# ---- changing


def test_another_deliverable_is_another_claim(organization, alice, pair):
    bob, forecast = pair
    say(alice, forecast, "yes")
    say(bob, forecast, "yes")
    edit(alice, forecast, deliverable="estimate")
    forecast.refresh_from_db()
    assert (forecast.deliverable, forecast.customer_says, forecast.is_claim) == ("estimate", "", False)
    assert (forecast.supplier_says, forecast.version) == ("yes", 2)
    assert told("bob").count("edited") == 1
    edit(alice, forecast, volume=4.0)
    edit(bob, forecast, decision_owner=party(organization, "carla"))
    forecast.refresh_from_db()
    assert (forecast.volume, forecast.decision_owner.code, forecast.version) == (4.0, "carla", 4)
    say(bob, forecast, "no", "Not mine.")
    edit(alice, forecast, deliverable="guess")
    forecast.refresh_from_db()
    assert (forecast.customer_says, forecast.customer_note) == ("no", "Not mine."), "a no outlives another name"


def test_what_stays_the_same_is_no_change(organization, alice, pair):
    before = organization.data_version
    edit(alice, pair[1], volume=3.0)
    organization.refresh_from_db()
    assert organization.data_version == before
    assert (HandOffChange.objects.count(), told("bob")) == (0, [])


def test_who_decides_is_a_change_of_the_chain_too(organization, alice, pair):
    """What was found about decisions is kept for one version of the data."""
    before = organization.data_version
    edit(alice, pair[1], decision_owner=party(organization, "carla"))
    organization.refresh_from_db()
    assert organization.data_version == before + 1


def test_the_volume_is_the_supplier_s_and_two_hand_offs_never_become_one(organization, alice, pair):
    bob, forecast = pair
    with refused("volume_of_supplier"):
        edit(bob, forecast, volume=1.0)
    made = add(alice, organization, "bob")
    with refused("there_already"):
        edit(alice, forecast, deliverable="sketch")
    remove(alice, made)
    with pytest.raises(OwnProblem, match=r"was taken out\. Bring that one back"):
        edit(alice, forecast, deliverable="sketch")


def test_two_edits_at_once_lose_nothing(organization, alice, pair):
    bob, forecast = pair
    edit(bob, forecast, version=1, deliverable="estimate")
    with pytest.raises(EditConflict) as conflict:
        edit(alice, forecast, version=1, deliverable="outlook", volume=9.0)
    found = conflict.value
    assert (found.stored, found.version, found.by) == (
        {"deliverable": "estimate", "volume": 3.0, "decision_owner": ""}, 2, "Bob Brown",
    )  # fmt: skip
    edit(alice, forecast, version=found.version, deliverable="outlook", volume=9.0)
    forecast.refresh_from_db()
    assert (forecast.deliverable, forecast.volume) == ("outlook", 9.0)


def test_claims_of_one_side_change_nothing_of_the_analysis(organization, alice, pair):
    """Alice says she gets and gives a lot; until Bob says so too, nobody's figures move, and Bob may take it out."""
    bob, _forecast = pair
    before = in_chain(organization)
    got = add(alice, organization, "bob", side="received", deliverable="smile")
    add(alice, organization, "bob", deliverable="smile too", volume=1e9)
    assert in_chain(organization) == before
    assert not Ask.objects.filter(round=make_round(organization, "pair"), handoff=got).exists()
    remove(bob, got)
    assert HandOff.everything.get(pk=got.pk).is_removed
    assert in_chain(organization) == before


def test_only_a_person_of_the_house_decides(organization, alice):
    with refused("outside_decides"):
        add(alice, organization, "bob", decision_owner=party(organization, "client"))
