"""Moments of truth: who tells and answers them, what comes from the cards of a round, and the rung that follows.

The hand-off of these tests is Alice's forecast for Bob (tests/cast.py): she supplies, he receives and tells.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.ladder import Rung, Step
from chainmap.domain.moments import Moment as Encounter
from chainmap.domain.texts import TextFault
from chainmap.models import Answer, Ask, HandOff, Moment, Notification, Party, Rating, Round, Story
from chainmap.services.moments import (
    handoff_moments,
    moment_answer,
    moment_find,
    moment_tell,
    moments_list,
    moments_of_round,
    moments_recent,
)
from chainmap.services.own import EditConflict, HandOffRemoved, OwnProblem, own_handoff
from chainmap.services.rounds import round_reopen
from chainmap.services.scores import scores_find
from tests.crowd import answer_all, close, make_round, save
from tests.pair import give_account, handoff_of

pytestmark = pytest.mark.django_db

CANARY = "canary-of-a-moment"


@pytest.fixture
def forecast(organization, bob):
    """Alice -> Bob, who stands for the party of his name here."""
    give_account(organization, "bob")
    return handoff_of(organization, "alice", "bob")


@pytest.fixture
def tell(organization, forecast, bob):
    """Bob tells a moment of Alice's forecast."""

    def tell_(kind="magic", words=CANARY, user=bob, handoff=forecast):
        return moment_tell(user=user, organization=organization, handoff=handoff.pk, kind=kind, words=words)

    return tell_


@pytest.fixture
def answer(organization, alice):
    """Alice thanks or answers."""

    def answer_(moment, *, thanked=True, reply=None, version=1, user=alice):
        return moment_answer(
            user=user, organization=organization, pk=moment.pk, version=version, thanked=thanked, reply=reply
        )

    return answer_


def own_of(user, handoff):
    return own_handoff(user=user, organization=handoff.organization, pk=handoff.pk)


def told_news(kind):
    return list(Notification.objects.filter(kind=kind).values_list("party__code", "by__code", "handoff__deliverable"))


def test_a_customer_tells_and_the_supplier_is_told(tell, forecast, alice, bob):
    moment = tell(words="  It came \u202ea day early \n ")
    assert (moment.kind, moment.words, moment.told_on) == ("magic", "It came a day early", timezone.localdate())
    assert (moment.teller, moment.handoff, moment.round) == (forecast.customer, forecast, None)
    assert told_news("moment") == [("alice", "bob", "forecast")]
    seen = moments_recent(user=alice, party=forecast.supplier)
    assert (seen.told_to_me, seen.told_by_me) == ((moment,), ())
    seen = moments_recent(user=bob, party=forecast.customer)
    assert (seen.told_to_me, seen.told_by_me) == ((), (moment,))


def test_the_same_told_twice_in_a_day_is_one_moment(tell):
    assert tell() == tell()
    assert tell(kind="misery") != tell()
    assert Moment.objects.count() == 2


def test_twenty_a_day_and_no_more(tell):
    for number in range(20):
        tell(words=f"moment {number}")
    with pytest.raises(OwnProblem, match="20 moments today") as refused:
        tell(words="one more")
    assert refused.value.code == "most_a_day"
    assert tell(words="moment 3").words == "moment 3"  # told before: nothing new
    Moment.objects.update(told_on=date(2026, 1, 1))
    tell(words="one more")
    assert Moment.objects.count() == 21


def test_the_supplier_tells_none(tell, alice, forecast):
    with pytest.raises(OwnProblem, match="by whoever receives the work, here Bob Brown"):
        tell(user=alice)
    assert not Moment.objects.exists()


def test_nobody_else_tells_or_reads(tell, organization, forecast, carla, dora, erik, zoe):
    """Manager, administrator, auditor, a third person of the chain, and a stranger: as if there were nothing."""
    moment = tell()
    Party.objects.filter(organization=organization, code="carla").update(user=carla)
    for user in (carla, dora, erik, zoe):
        with pytest.raises(NotFound):
            tell(user=user)
        with pytest.raises(NotFound):
            moment_find(user=user, organization=organization, pk=moment.pk)
        assert not Moment.objects.visible_to(user).exists()
    listed = moments_list(user=carla, organization=organization, to_me=True, offset=0, limit=10)
    assert (listed.moments, listed.total) == ((), 0)


def test_nothing_is_told_to_those_outside_or_gone(tell, organization, alice, forecast):
    paper = HandOff.objects.get(organization=organization, supplier__code="ext")
    with pytest.raises(OwnProblem, match="Paper mill is outside"):
        tell(user=alice, handoff=paper)
    Party.objects.filter(pk=forecast.supplier_id).update(left_on=date(2026, 3, 1))
    with pytest.raises(OwnProblem, match="Alice Adams left on 1 March 2026"):
        tell()


def test_what_cannot_be_told_is_refused(tell, forecast):
    with pytest.raises(OwnProblem) as refused:
        tell(kind="ordinary")
    assert (refused.value.code, refused.value.field) == ("kind", "kind")
    with pytest.raises(TextFault):
        tell(words="x" * 201)
    HandOff.objects.filter(pk=forecast.pk).update(is_removed=True)
    with pytest.raises(HandOffRemoved):
        tell()
    assert not Moment.objects.exists()


def test_the_supplier_thanks_and_answers_and_the_teller_is_told_once(tell, answer):
    moment = tell("misery")
    thanked = answer(moment)
    assert (thanked.is_thanked, thanked.reply, thanked.version) == (True, "", 2)
    assert told_news("thanked") == [("bob", "alice", "forecast")]
    answered = answer(moment, thanked=True, reply="On Tuesday\nfrom now on.", version=2)
    assert (answered.is_thanked, answered.reply, answered.version) == (True, "On Tuesday\nfrom now on.", 3)
    assert len(told_news("thanked")) == 1  # not seen yet: told once
    kept = answer(moment, version=3)
    assert kept.reply == "On Tuesday\nfrom now on."  # thanks in one tap keep what was answered


def test_only_the_supplier_answers(tell, answer, bob, carla, zoe):
    moment = tell()
    for user in (bob, carla, zoe):
        with pytest.raises(NotFound):
            answer(moment, user=user)
    with pytest.raises(OwnProblem, match="one of the two is needed"):
        answer(moment, thanked=False, reply=" ")
    moment.refresh_from_db()
    assert (moment.is_thanked, moment.version) == (False, 1)


def test_two_answers_at_once_lose_nothing(tell, answer):
    moment = tell()
    answer(moment, reply="first")
    with pytest.raises(EditConflict) as conflict:
        answer(moment, reply="second", thanked=False)
    assert conflict.value.stored == {"thanked": True, "reply": "first"}
    assert conflict.value.version == 2
    assert Moment.objects.get().reply == "first"
    assert answer(moment, reply="second", version=2).reply == "second"


def test_an_answer_to_somebody_who_left_is_not_sent_into_the_void(tell, answer, forecast):
    moment = tell()
    Party.objects.filter(pk=forecast.customer_id).update(left_on=date(2026, 3, 1))
    with pytest.raises(OwnProblem, match="Bob Brown left"):
        answer(moment)


def test_lists_are_cut_and_counted_and_leave_out_what_was_taken_out(tell, organization, alice, forecast):
    for number in range(5):
        tell(words=f"moment {number}")
    part = moments_list(user=alice, organization=organization, to_me=True, offset=2, limit=2)
    assert (len(part.moments), part.total) == (2, 5)
    everything = moments_list(user=alice, organization=organization, to_me=True, offset=0, limit=9).moments
    assert part.moments == everything[2:4]
    HandOff.objects.filter(pk=forecast.pk).update(is_removed=True)
    assert moments_list(user=alice, organization=organization, to_me=True, offset=0, limit=9).total == 0
    assert moments_recent(user=alice, party=forecast.supplier).told_to_me == ()


@pytest.mark.parametrize("reader", ["alice", "bob"])
def test_the_rung_follows_from_scores_moments_and_stories(tell, answer, forecast, organization, people, reader):
    """Score by score: the one in cast.py is a 6; somebody else's score and story move nothing."""

    def place():
        own = own_of(people[reader], forecast)
        scores = scores_find(user=people[reader], handoffs=[forecast.pk]).get(forecast.pk, ())
        found = handoff_moments(user=people[reader], own=own, scores=scores).ladder
        return found.rung, found.missing

    def rate(score, day, rater=forecast.customer):
        asked, _new = Round.objects.get_or_create(
            organization=organization, name=f"Round {day}", state="closed", mode="pair"
        )
        Rating.objects.create(round=asked, handoff=forecast, rater=rater, score=score, given_on=date(2026, 6, day))

    assert place() == (Rung.CUSTOMER, (Step.LAST_GOOD,))
    rate(8, 1)
    misery = tell("misery")
    rate(2, 1, rater=Party.objects.get(organization=organization, code="dan"))
    assert place() == (Rung.CLIENT, (Step.TWICE_GOOD, Step.NO_OPEN_MISERY))
    rate(9, 2)
    answer(misery)  # thanks alone are no answer
    assert place() == (Rung.CLIENT, (Step.NO_OPEN_MISERY,))
    answer(misery, reply="Fixed.", version=2)
    assert place() == (Rung.SUPPORTER, (Step.MAGIC,))
    tell("magic")
    assert place() == (Rung.ADVOCATE, (Step.TWICE_EXCELLENT, Step.TELLS))
    rate(10, 3)
    story = Story.objects.create(
        organization=organization, title="S", text="T", teller=forecast.supplier, told_on=date(2026, 7, 1)
    )
    story.handoffs.add(forecast)
    assert place() == (Rung.ADVOCATE, (Step.TELLS,))
    Story.objects.update(teller=forecast.customer)
    assert place() == (Rung.APOSTLE, ())


def test_the_page_of_a_hand_off_shows_the_newest_and_says_how_many_more(tell, answer, forecast, alice, bob):
    for number in range(7):
        tell(words=f"moment {number}")
    for user, can_tell, can_answer in ((alice, False, True), (bob, True, False)):
        seen = handoff_moments(user=user, own=own_of(user, forecast), scores=())
        assert (len(seen.moments), seen.total, seen.further) == (5, 7, 2)
        assert (seen.can_tell, seen.can_answer, seen.is_supplier) == (can_tell, can_answer, user == alice)


def test_queries_do_not_grow_with_the_moments(tell, forecast, alice, django_assert_num_queries, organization):
    def queries(count):
        with django_assert_num_queries(count):
            seen = handoff_moments(user=alice, own=own, scores=())
            assert [one.teller.name for one in seen.moments]
            moments = moments_recent(user=alice, party=own.party).told_to_me
            assert [(one.handoff.customer.name, one.handoff.supplier.name, one.teller.name) for one in moments]

    tell()
    own = own_of(alice, forecast)
    queries(6)
    Moment.objects.bulk_create(
        Moment(handoff=forecast, teller=forecast.customer, kind="magic", words=str(number), told_on=date(2026, 1, 1))
        for number in range(200)
    )
    queries(6)


# ---- from the cards of a round


def card(kind, words="", score=5):
    return Card(score=score, moment=kind, moment_line=words)


@pytest.fixture
def asked(organization, forecast):
    """A pair round in which Bob says something about the forecast, and carla about everything she gets."""
    return make_round(organization, "pair")


def bobs(round, forecast):
    return Ask.objects.get(round=round, handoff=forecast)


def test_moments_of_a_pair_round_are_there_when_it_closes_and_not_before(asked, forecast, alice, bob):
    save(asked, bobs(asked, forecast), card(Encounter.MAGIC, CANARY))
    assert not Moment.objects.exists()
    assert not Notification.objects.filter(kind="moment").exists()
    with pytest.raises(ValueError, match="when it is closed"):
        moments_of_round(round=Round.objects.get(pk=asked.pk))
    closed = close(asked)
    moment = Moment.objects.get()
    assert (moment.kind, moment.words, moment.round, moment.told_on) == ("magic", CANARY, closed, closed.closed_on)
    assert (moment.teller, moment.handoff) == (forecast.customer, forecast)
    assert told_news("moment") == [("alice", "bob", "forecast")]
    assert list(Moment.objects.visible_to(alice)) == list(Moment.objects.visible_to(bob)) == [moment]


def test_open_rounds_too_and_only_the_two_kinds_given_with_a_score(organization, forecast):
    asked = make_round(organization, "open")
    said = {
        "forecast": card(Encounter.MISERY, "late"),
        "plan": card(Encounter.ORDINARY, "as always"),
        "figures": Card(not_this_period=True, moment=Encounter.MAGIC, moment_line="no score, so nobody sees it"),
        "questions": card(None, "a line alone"),
    }
    answer_all(asked, lambda ask: said.get(ask.handoff.deliverable))
    close(asked)
    assert list(Moment.objects.values_list("handoff__deliverable", "kind", "words")) == [("forecast", "misery", "late")]


def test_an_anonymous_round_leaves_none(organization, forecast, bob):
    asked = make_round(organization, "anonymous")
    answer_all(asked, lambda ask: card(Encounter.MISERY, CANARY))
    closed = close(asked)
    # even a signed row behind the program's back is not copied
    Answer.objects.create(ask=bobs(asked, forecast), score="05", marks="-x------", given_in=1)
    assert moments_of_round(round=closed) == 0
    assert not Moment.objects.exists()
    assert not Notification.objects.filter(kind="moment").exists()


def test_closing_again_changes_what_changed_and_nothing_else(organization, asked, forecast, answer):
    """The same words keep thanks and answer; other words lose them; what was taken back goes."""
    kinds = {"forecast": Encounter.MAGIC, "plan": Encounter.MAGIC, "figures": Encounter.MISERY}
    answer_all(
        asked, lambda ask: card(kinds[ask.handoff.deliverable], "first") if ask.handoff.deliverable in kinds else None
    )
    closed = close(asked)
    Moment.objects.update(is_thanked=True, reply="Thank you", version=2, told_on=date(2026, 1, 1))
    assert moments_of_round(round=closed) == 3  # once more changes nothing
    before = {one.handoff.deliverable: one for one in Moment.objects.select_related("handoff")}
    assert {one.reply for one in before.values()} == {"Thank you"}
    Notification.objects.all().update(is_seen=True)

    asked = round_reopen(actor=OPERATOR, round=closed, closes_at=None)
    again = {"plan": card(Encounter.MAGIC, "second"), "figures": card(None), "forecast": card(Encounter.MAGIC, "first")}
    answer_all(asked, lambda ask: again.get(ask.handoff.deliverable))
    assert {one.words for one in Moment.objects.all()} == {"first"}  # nothing moves while it is open again
    close(asked)
    after = {one.handoff.deliverable: one for one in Moment.objects.select_related("handoff")}
    assert after.keys() == {"forecast", "plan"}
    kept, changed = after["forecast"], after["plan"]
    assert (kept.pk, kept.reply, kept.is_thanked, kept.version, kept.told_on) == (
        before["forecast"].pk, "Thank you", True, 2, date(2026, 1, 1),
    )  # fmt: skip
    assert (changed.pk, changed.words, changed.reply, changed.is_thanked) == (before["plan"].pk, "second", "", False)
    assert (changed.version, changed.told_on) == (3, timezone.localdate())
    news = Notification.objects.filter(kind="moment", is_seen=False)
    assert list(news.values_list("handoff__deliverable", flat=True)) == ["plan"]


def test_closing_tells_nobody_outside_or_gone(organization, asked, forecast):
    Party.objects.filter(organization=organization, code="alice").update(left_on=date(2026, 1, 1))
    answer_all(asked, lambda ask: card(Encounter.MAGIC))
    close(asked)
    told = set(Notification.objects.filter(kind="moment").values_list("party__code", flat=True))
    assert told == {"bob", "carla"}  # not alice, who left, and not the paper mill
    assert Moment.objects.filter(handoff__supplier__code__in=["alice", "ext"]).count() == 3


def test_copying_takes_the_same_queries_for_any_number(organization, forecast, django_assert_num_queries):
    counts = []
    for name, only in (("one", {"forecast"}), ("all", {"forecast", "figures", "plan", "questions"})):
        asked = make_round(organization, "pair", name=name)
        answer_all(asked, lambda ask, only=only: card(Encounter.MAGIC) if ask.handoff.deliverable in only else None)
        closed = close(asked)
        counts.append(Moment.objects.filter(round=closed).delete()[0])
        Notification.objects.all().delete()
        with django_assert_num_queries(8):
            assert moments_of_round(round=closed) == len(only)
    assert counts == [1, 4]
