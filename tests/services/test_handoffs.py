"""One's own hand-offs: named, confirmed, disputed, changed, taken out, brought back, undone."""

from __future__ import annotations

from datetime import date
from math import inf, nan

import pytest

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.ladder import Rung
from chainmap.models import Agreement, Ask, HandOff, HandOffChange, Need, Notification, Party, Rating, Round
from chainmap.services import handoffs
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.handoff_checks import LARGEST_VOLUME
from chainmap.services.handoff_undo import handoff_undo
from chainmap.services.handoffs import (
    agreement_ended,
    claims_open,
    claims_waiting,
    handoff_add,
    handoff_edit,
    handoff_find,
    handoff_remove,
    handoff_restore,
    handoff_say,
    history_find,
    own_rows,
    removed_list,
)
from chainmap.services.moments import handoff_moments
from chainmap.services.needs import need_add, need_edit, need_remove, need_reply
from chainmap.services.own import EditConflict, HandOffRemoved, OwnProblem, own_handoff
from chainmap.services.scores import scores_said
from tests.crowd import make_round
from tests.pair import give_account, handoff_of, many_handoffs, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    """Alice and Bob, and the unconfirmed forecast from her to him; nobody rated it."""
    Rating.objects.all().delete()
    return give_account(organization, "bob"), handoff_of(organization, "alice", "bob")


def add(user, organization, other, deliverable="sketch", side="given", **more):
    return handoff_add(
        user=user, organization=organization, side=side, other=party(organization, other), deliverable=deliverable,
        **more,
    )  # fmt: skip


def edit(user, handoff, **more):
    now = HandOff.everything.get(pk=handoff.pk)
    values = {"deliverable": now.deliverable, "volume": None, "decision_owner": now.decision_owner}
    values |= {"version": now.version} | more
    return handoff_edit(user=user, organization=handoff.organization, handoff=handoff.pk, **values)


def say(user, handoff, says, note=""):
    version = HandOff.everything.get(pk=handoff.pk).version
    return handoff_say(
        user=user, organization=handoff.organization, handoff=handoff.pk, version=version, says=says, note=note
    )


def remove(user, handoff):
    version = HandOff.everything.get(pk=handoff.pk).version
    return handoff_remove(user=user, organization=handoff.organization, handoff=handoff.pk, version=version)


def undo(user, handoff, change=None):
    change = change or HandOffChange.objects.filter(handoff=handoff).first()
    return handoff_undo(user=user, organization=handoff.organization, handoff=handoff.pk, change=change.pk)


def state(user, handoff):
    return handoff_find(user=user, organization=handoff.organization, handoff=handoff.pk).state


def told(code):
    return sorted(Notification.objects.filter(party__code=code).values_list("kind", flat=True))


def waiting(organization, code):
    """The hand-offs that wait for the word of this person, who reads all of them."""
    found = claims_waiting(party=party(organization, code), limit=50)
    assert found.total == len(found.owns)
    return [own.handoff for own in found.owns]


def refused(code):
    return pytest.raises(OwnProblem, check=lambda problem: problem.code == code)


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


# ---- taking out and bringing back


def test_one_s_own_unconfirmed_claim_is_taken_out_at_once_and_comes_back(organization, alice, pair):
    bob, _forecast = pair
    made = add(alice, organization, "bob")
    before = organization.data_version
    remove(alice, made)
    organization.refresh_from_db()
    assert organization.data_version == before + 1
    assert made not in HandOff.objects.all()
    assert told("bob") == ["claimed", "removed"]
    for user in (alice, bob):
        assert [own.handoff for own in removed_list(user=user, organization=organization)] == [made]
        with pytest.raises(HandOffRemoved) as gone:
            handoff_find(user=user, organization=organization, handoff=made.pk)
        assert (gone.value.by, gone.value.on is not None) == ("Alice Adams", True)
    handoff_restore(user=bob, organization=organization, handoff=made.pk)
    assert state(alice, made) == "both", "who brings it back says that it is so"
    with refused("in_chain"):
        handoff_restore(user=bob, organization=organization, handoff=made.pk)


def test_nothing_can_be_done_with_one_that_was_taken_out_meanwhile(organization, alice, pair):
    bob, _forecast = pair
    made = add(alice, organization, "bob")
    remove(alice, made)
    for change in (lambda: say(bob, made, "no", "x"), lambda: edit(bob, made), lambda: remove(bob, made)):
        with pytest.raises(HandOffRemoved):
            change()


def test_what_the_other_side_confirmed_or_rated_is_taken_out_only_after_a_dispute(organization, alice, pair):
    bob, forecast = pair
    say(bob, forecast, "yes")
    with refused("confirmed"):
        remove(alice, forecast)
    edit(alice, forecast, deliverable="forecast.")
    with refused("in_chain"):  # another name does not make it a claim of one side again
        remove(alice, forecast)
    say(bob, forecast, "no")
    remove(alice, forecast)
    figures = handoff_of(organization, "alice", "carla")
    spring = organization.rounds.get()
    Rating.objects.create(round=spring, handoff=figures, rater=figures.customer, score=4)
    with refused("in_chain"):
        remove(alice, figures)
    Party.objects.filter(pk=figures.customer_id).update(left_on=date(2026, 3, 1))
    remove(alice, figures)


def test_a_supplier_does_not_take_a_bad_rating_of_an_end_customer_out(organization, alice, pair):
    carla = give_account(organization, "carla")
    report = handoff_of(organization, "carla", "client")
    Rating.objects.create(round=organization.rounds.get(), handoff=report, rater=report.customer, score=1)
    with pytest.raises(OwnProblem, match="Ask your administrator"):
        remove(carla, report)


def test_what_is_being_asked_about_stays_until_the_round_is_closed(organization, alice, pair):
    asked = Round.objects.create(organization=organization, name="Now", mode="pair", state="open")
    Ask.objects.create(round=asked, handoff=pair[1], rater=pair[1].customer, rater_team="a", supplier_team="b")
    with refused("asked_now"):
        remove(alice, pair[1])
    say(pair[0], pair[1], "no")
    with refused("asked_now"):  # not even where both think so
        remove(alice, pair[1])
    Round.objects.filter(pk=asked.pk).update(state="closed")
    remove(alice, pair[1])


def test_one_is_not_brought_back_with_somebody_who_left(organization, alice, pair):
    say(pair[0], pair[1], "no")
    remove(alice, pair[1])
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 3, 1))
    with refused("left"):
        handoff_restore(user=alice, organization=organization, handoff=pair[1].pk)


# ---- history and undo


def test_an_edit_is_undone_with_what_the_other_side_had_said(organization, alice, pair):
    bob, forecast = pair
    say(bob, forecast, "yes")
    edit(alice, forecast, deliverable="estimate", volume=4.0, decision_owner=party(organization, "carla"))
    undo(alice, forecast)
    forecast.refresh_from_db()
    assert (forecast.deliverable, forecast.volume, forecast.decision_owner, forecast.customer_says) == (
        "forecast", 3.0, None, "yes",
    )  # fmt: skip
    assert forecast.version == 3, "whoever had opened the form before is told"
    assert "edited" not in told("bob"), "what did not happen is not told"
    with refused("undone"):
        undo(alice, forecast)


def test_every_kind_of_change_is_undone(organization, alice, pair):
    """Alice: said, removed; Bob: need added, changed, taken back; Alice: answered."""
    bob, forecast = pair
    common = {"organization": organization, "handoff": forecast.pk}
    say(alice, forecast, "no", "Not mine.")
    undo(alice, forecast)
    forecast.refresh_from_db()
    assert (forecast.supplier_says, forecast.supplier_note) == ("", "")
    say(bob, forecast, "no")
    remove(alice, forecast)
    undo(alice, forecast)
    assert state(alice, forecast) == "disputed"
    undo(bob, forecast, HandOffChange.objects.get(handoff=forecast, kind="said", party__code="bob"))
    assert state(alice, forecast) == "unsaid"
    need = need_add(user=bob, text="early", importance=2, **common)
    need_edit(user=bob, need=need.pk, version=1, text="earlier", importance=3, **common)
    undo(bob, forecast)
    need.refresh_from_db()
    assert (need.text, need.importance, need.version) == ("early", 2, 3)
    need_reply(user=alice, need=need.pk, version=3, reply="cannot", note="holidays", **common)
    undo(alice, forecast)
    need.refresh_from_db()
    assert (need.reply, need.reply_note) == ("", "")
    need_remove(user=bob, need=need.pk, version=need.version, **common)
    undo(bob, forecast)
    assert Need.objects.filter(pk=need.pk, is_removed=False).exists()
    undo(bob, forecast, HandOffChange.objects.get(handoff=forecast, kind="need_added"))
    assert not Need.objects.filter(pk=need.pk, is_removed=False).exists()


def test_naming_is_undone_by_taking_out_under_the_same_rules(organization, alice, pair):
    made = add(alice, organization, "bob")
    undo(alice, made)
    made.refresh_from_db()
    assert made.is_removed
    undo(alice, made, HandOffChange.objects.get(handoff=made, kind="removed"))
    made.refresh_from_db()
    assert not made.is_removed
    say(pair[0], made, "yes")
    with refused("came_after"):
        undo(alice, made, HandOffChange.objects.get(handoff=made, kind="added"))


def test_only_the_last_change_and_only_one_s_own_is_undone(organization, alice, pair):
    bob, forecast = pair
    edit(alice, forecast, volume=4.0)
    mine = HandOffChange.objects.get(handoff=forecast)
    with pytest.raises(NotFound):
        undo(bob, forecast, mine)
    say(bob, forecast, "yes")
    with pytest.raises(OwnProblem, match="Bob Brown changed something after it"):
        undo(alice, forecast, mine)
    HandOffChange.objects.exclude(pk=mine.pk).delete()
    HandOff.objects.filter(pk=forecast.pk).update(volume=7.0)  # an import in between
    with refused("came_after"):
        undo(alice, forecast, mine)
    assert handoff_of(organization, "alice", "bob").volume == 7.0


def test_the_history_tells_the_latest_first_and_what_can_be_undone_by_whom(organization, alice, pair):
    bob, forecast = pair
    for volume in range(4, 30):
        edit(alice, forecast, volume=float(volume))
    for user, can in ((alice, True), (bob, False)):
        own = own_handoff(user=user, organization=organization, pk=forecast.pk)
        found = history_find(own=own)
        assert (len(found.steps), found.total) == (20, 26)
        assert (found.steps[0].before, found.steps[0].after) == ({"volume": 28.0}, {"volume": 29.0})
        assert [step.can_undo for step in found.steps] == [can] + [False] * 19
    assert not HandOffChange.objects.visible_to(give_account(organization, "carla")).exists()


# ---- lists


def test_both_lists_with_shares_needs_scores_and_states(organization, alice):
    """Alice gives forecast 3 and figures 1, rated 6 and 4; she gets paper from outside."""
    given = own_rows(user=alice, organization=organization, side="given", offset=0, limit=10)
    rows = [(row.own.handoff.deliverable, row.share, [one.score for one in row.scores]) for row in given.rows]
    assert rows == [("forecast", 0.75, [6.0]), ("figures", 0.25, [4.0])]
    assert [row.state for row in given.rows] == ["unsaid", "unsaid"]
    received = own_rows(user=alice, organization=organization, side="received", offset=0, limit=10)
    assert [(row.own.other.name, row.state, row.share) for row in received.rows] == [("Paper mill", "outside", 1.0)]
    second = own_rows(user=alice, organization=organization, side="given", offset=1, limit=1)
    assert ([row.own.handoff.deliverable for row in second.rows], second.total) == (["figures"], 2)


def test_volumes_beyond_measure_have_no_share_and_are_no_usual_ones(organization, alice, pair):
    HandOff.objects.filter(supplier__code="alice").update(volume=1.7e308)
    given = own_rows(user=alice, organization=organization, side="given", offset=0, limit=10)
    assert [row.share for row in given.rows] == [None, None]
    assert add(alice, organization, "bob").volume == LARGEST_VOLUME


def test_the_number_of_queries_does_not_grow(organization, alice, django_assert_max_num_queries):
    counts = []
    for size in (10, 200):
        many_handoffs(organization, "alice", size)
        with django_assert_max_num_queries(9) as used:
            rows = own_rows(user=alice, organization=organization, side="given", offset=0, limit=1000)
        assert rows.total == len(rows.rows) >= size
        counts.append(len(used))
    assert counts[0] == counts[1]


# ---- scores given again at the end of an agreement


def ended(handoff, due_on, score, **more):
    """An agreement that is over: both said what came of it."""
    values = {"state": "ended", "supplier_outcome": "kept", "customer_outcome": "kept", "score_before": 4} | more
    return Agreement.objects.create(
        handoff=handoff, sentence=f"By {due_on}", made_by=handoff.customer, owner=handoff.supplier, due_on=due_on,
        score_after=score, **values,
    )  # fmt: skip


def rate(handoff, score, day):
    asked = handoff.organization.rounds.create(name=f"Round {day}", mode="pair", state="closed")
    Rating.objects.create(round=asked, handoff=handoff, rater=handoff.customer, score=score, given_on=day)


def test_scores_of_rounds_and_agreements_stand_in_the_order_of_their_days(alice, pair):
    """4 in May, 7 at the end of an agreement in June, 8 in a round of July, 9 at the end of the next one."""
    bob, forecast = pair
    rate(forecast, 4, date(2026, 5, 1))
    rate(forecast, 8, date(2026, 7, 1))
    ended(forecast, date(2026, 7, 1), 9)
    ended(forecast, date(2026, 6, 1), 7)
    for user in (alice, bob):
        row = handoff_find(user=user, organization=forecast.organization, handoff=forecast.pk)
        assert [one.score for one in row.said] == [4, 7, 8, 9]
        assert [one.score for one in row.scores] == [4, 8], "what rounds said stays as it was"
        assert handoff_moments(user=user, own=row.own, scores=row.said).ladder.rung == Rung.SUPPORTER


def test_a_score_given_again_is_shown_once_both_have_said_and_to_the_two_alone(organization, alice, pair, people):
    bob, forecast = pair
    made = ended(
        forecast, date(2026, 6, 1), 7, state="agreed", supplier_outcome="", shared_by_supplier=True,
        shared_by_customer=True,
    )  # fmt: skip

    def said(user):
        told = scores_said(user=user, handoffs=[forecast.pk], seen={}).get(forecast.pk, ())
        return [(one.score, one.rater, one.given_on) for one in told]

    assert [said(user) for user in (alice, bob)] == [[], []]
    assert agreement_ended(user=alice, own=own_handoff(user=alice, organization=organization, pk=forecast.pk)) is None
    Agreement.objects.filter(pk=made.pk).update(state="ended", supplier_outcome="kept")
    assert [said(user) for user in (alice, bob)] == [[(7, forecast.customer_id, date(2026, 6, 1))]] * 2
    for other in ("carla", "dora", "erik"):
        assert said(people[other]) == [], other
    give_account(organization, "carla")
    assert said(people["carla"]) == [], "a coach or manager with another place in the chain"


def test_the_agreement_that_was_over_last_comes_with_its_effect(organization, alice, pair):
    bob, forecast = pair
    for day, score in ((1, 5), (20, 8), (10, None)):
        ended(forecast, date(2026, 6, day), score)
    for user in (alice, bob):
        own = own_handoff(user=user, organization=organization, pk=forecast.pk)
        found = agreement_ended(user=user, own=own)
        assert (found.agreement.due_on, found.effect.before, found.effect.after) == (date(2026, 6, 20), 4, 8)
    ended(forecast, date(2026, 6, 25), None)
    assert agreement_ended(user=alice, own=own).effect is None


@pytest.mark.parametrize(
    ("find", "given"), [("BOB", ["forecast"]), ("ines", ["sketch"]), ("Skétch", ["sketch"]), ("c", 3), ("zz", [])]
)
def test_one_s_own_list_is_narrowed_to_a_person_or_a_deliverable(organization, alice, pair, find, given):
    Party.objects.filter(code="dan").update(name="Inés Vidal")
    add(alice, organization, "dan")
    found = own_rows(user=alice, organization=organization, side="given", offset=0, limit=9, find=find)
    names = [row.own.handoff.deliverable for row in found.rows]
    assert found.total == len(names)
    assert (names if isinstance(given, list) else len(names)) == given


# ---- claims of one side


def in_chain(organization):
    organization.refresh_from_db()
    return set(bottlenecks_find(actor=OPERATOR, organization=organization).handoffs)


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


def test_what_both_agreed_to_take_out_comes_back_as_a_claim(organization, alice, pair):
    bob, forecast = pair
    say(bob, forecast, "no")
    remove(alice, forecast)
    handoff_restore(user=alice, organization=organization, handoff=forecast.pk)
    forecast.refresh_from_db()
    assert forecast.is_claim
    say(bob, forecast, "yes")
    forecast.refresh_from_db()
    assert not forecast.is_claim


def test_an_undo_brings_back_nothing_that_may_not_be(organization, alice, pair):
    bob, forecast = pair
    edit(alice, forecast, deliverable="estimate")
    add(bob, organization, "alice", side="received", deliverable="forecast")
    with refused("came_after"):
        undo(alice, forecast)


def test_only_a_person_of_the_house_decides(organization, alice):
    with refused("outside_decides"):
        add(alice, organization, "bob", decision_owner=party(organization, "client"))
