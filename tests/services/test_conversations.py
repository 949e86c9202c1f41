"""Coffee conversations: who may invite whom, about what, who sees which line, and what comes too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from chainmap.access import NotFound
from chainmap.models import Answer, Ask, Conversation, HandOff, MirrorGuess, Moment, Need, Notification, Party, Rating
from chainmap.services.conversations import (
    ConversationRunning,
    conversation_calendar,
    conversation_find,
    conversation_reasons,
    conversation_time,
    conversations_waiting,
    handoff_talks,
    preparation_save,
)
from chainmap.services.own import EditConflict, HandOffRemoved, OwnProblem, own_handoff
from tests.pair import make_pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


def own(pair, user):
    return own_handoff(user=user, organization=pair.organization, pk=pair.handoff.pk)


def reasons(pair, user):
    return {ground.reason.value: ground.sentence for ground in conversation_reasons(user=user, own=own(pair, user))}


def find(pair, user, talk):
    return conversation_find(user=user, organization=pair.organization, pk=talk.pk)


def save(pair, user, talk, version=0, **lines):
    lines = {"gets": "", "needs": "", "unsaid": "", "is_shown": False} | lines
    return preparation_save(user=user, organization=pair.organization, pk=talk.pk, version=version, **lines)


def told(party):
    return list(Notification.objects.filter(party=party).order_by("made_at").values_list("kind", flat=True))


def test_the_customer_invites_and_the_supplier_accepts(pair):
    talk = pair.invite(reason="low_score", words="shall we?", place="kitchen")
    assert (talk.state, talk.inviter, talk.invitee) == ("invited", pair.customer, pair.supplier)
    assert told(pair.supplier) == ["invited"]
    assert conversations_waiting(party=pair.supplier) == [talk]
    assert conversations_waiting(party=pair.customer) == []
    assert pair.answer(pair.alice, talk, "accept").state == "accepted"
    assert told(pair.customer) == ["invitation_answered"]
    assert conversations_waiting(party=pair.supplier) == []


def test_each_side_sees_the_grounds_it_can_see(pair, organization):
    """Marta gave 6; Alice guessed 9, which is hers alone; there is a dispute, a moment and a need."""
    spring = organization.rounds.get()
    MirrorGuess.objects.create(round=spring, handoff=pair.handoff, guess=9)
    HandOff.objects.filter(pk=pair.handoff.pk).update(customer_says="no", customer_note="I never get it")
    Moment.objects.create(
        handoff=pair.handoff, teller=pair.customer, kind="magic", words="in an hour", told_on=timezone.localdate()
    )
    Need.objects.create(handoff=pair.handoff, text="by Tuesday", reply="talk")
    supplier, customer = reasons(pair, pair.alice), reasons(pair, pair.marta)
    assert list(supplier) == ["low_score", "gap", "dispute", "magic", "need", "other"]
    assert list(customer) == ["low_score", "dispute", "magic", "need", "other"]
    assert supplier["low_score"] == "Bob Brown gave 6 of 10 in “Spring”."
    assert customer["low_score"] == "You gave 6 of 10 in “Spring”."
    assert supplier["gap"] == "You expected 9 of 10, Bob Brown gave 6 in “Spring”."
    assert supplier["dispute"] == "Bob Brown says it is not so. “I never get it”"
    assert customer["dispute"] == "You said it is not so. “I never get it”"
    assert supplier["magic"] == "A magic moment was told. “in an hour”"
    assert supplier["need"] == "“Let us talk” was the answer to the need “by Tuesday”."


def test_a_guess_within_a_point_an_old_low_score_and_an_agreed_need_are_no_ground(pair, organization):
    spring = organization.rounds.get()
    MirrorGuess.objects.create(round=spring, handoff=pair.handoff, guess=7)
    autumn = organization.rounds.create(name="Autumn", mode="pair", state="closed")
    Rating.objects.create(round=autumn, handoff=pair.handoff, rater=pair.customer, score=8)
    Need.objects.create(handoff=pair.handoff, text="by Tuesday", reply="agreed")
    Need.objects.create(handoff=pair.handoff, text="by Monday", is_removed=True)
    assert list(reasons(pair, pair.alice)) == ["other"]


def test_a_moment_on_a_card_is_a_ground(pair, organization):
    spring = organization.rounds.get()
    ask = Ask.objects.create(round=spring, handoff=pair.handoff, rater=pair.customer, rater_team="p", supplier_team="s")
    Answer.objects.create(ask=ask, score="06", marks="-x------", texts='{"moment_line":"no plan"}', given_in=1)
    assert reasons(pair, pair.alice)["misery"] == "A moment of misery was told. “no plan”"


def test_an_anonymous_rating_is_no_ground(pair, organization):
    Rating.objects.all().delete()
    hidden = organization.rounds.create(name="Hidden", mode="anonymous", state="closed")
    Rating.objects.create(round=hidden, handoff=pair.handoff, rater=pair.customer, score=1)
    MirrorGuess.objects.create(round=hidden, handoff=pair.handoff, guess=9)
    assert list(reasons(pair, pair.alice)) == ["other"]
    assert list(reasons(pair, pair.marta)) == ["other"]


def test_only_a_ground_that_is_there_can_be_given(pair):
    with pytest.raises(OwnProblem) as refused:
        pair.invite(reason="gap")
    assert refused.value.field == "reason"
    assert not Conversation.objects.exists()


def test_one_running_conversation_a_hand_off(pair):
    first = pair.invite()
    with pytest.raises(ConversationRunning) as refused:
        pair.invite(pair.alice)
    assert refused.value.conversation == first.pk
    pair.answer(pair.alice, first, "decline")
    assert pair.invite(pair.alice).inviter == pair.supplier


def test_nobody_invites_whoever_left_or_a_client(pair, organization, carla):
    pair.leave(pair.supplier)
    with pytest.raises(OwnProblem, match=r"Alice Adams left on 31 October 2026\..*Nothing new"):
        pair.invite()
    Party.objects.filter(organization=organization, code="carla").update(user=carla)
    report = HandOff.objects.get(organization=organization, customer__code="client")
    ground = own_handoff(user=carla, organization=organization, pk=report.pk)
    assert "outside your organization" in handoff_talks(user=carla, own=ground).why_not


def test_a_removed_hand_off_says_so_and_a_third_finds_nothing(pair, bob, carla, zoe):
    talk = pair.invite()
    for nobody in (pair.toni, bob, carla, zoe):
        with pytest.raises(NotFound):
            find(pair, nobody, talk)
        with pytest.raises(NotFound):
            pair.answer(nobody, talk, "end")
        with pytest.raises(NotFound):
            pair.invite(nobody)
    HandOff.objects.filter(pk=pair.handoff.pk).update(is_removed=True)
    for act in (find, save, lambda pair, user, talk: pair.answer(user, talk, "accept")):
        with pytest.raises(HandOffRemoved):
            act(pair, pair.alice, talk)


@pytest.mark.parametrize(
    ("who", "answer", "code"),
    [
        ("marta", "accept", "side"),
        ("marta", "decline", "side"),
        ("alice", "withdraw", "side"),
        ("alice", "x", "answer"),
    ],
)
def test_an_answer_of_the_wrong_side_is_refused(pair, who, answer, code):
    talk = pair.invite()
    with pytest.raises(OwnProblem) as refused:
        pair.answer(getattr(pair, who), talk, answer)
    assert refused.value.code == code
    assert Conversation.objects.get().state == "invited"


@pytest.mark.parametrize("then", ["end", "withdraw", "accept", "decline"])
def test_what_is_over_stays_over(pair, then):
    talk = pair.invite()
    pair.answer(pair.marta, talk, "end")
    with pytest.raises(OwnProblem, match="over already"):
        pair.answer(pair.marta if then in ("end", "withdraw") else pair.alice, talk, then)


def test_taking_it_back_takes_the_news_back(pair):
    talk = pair.invite()
    assert told(pair.supplier) == ["invited"]
    pair.answer(pair.marta, talk, "withdraw")
    assert told(pair.supplier) == []


def test_nobody_accepts_a_time_they_did_not_see(pair):
    soon = timezone.now() + timedelta(days=1)
    talk = pair.invite(starts_at=soon)
    later = soon + timedelta(hours=3)
    conversation_time(
        user=pair.marta, organization=pair.organization, pk=talk.pk, starts_at=later, minutes=30, place="", version=1
    )
    with pytest.raises(EditConflict) as conflict:
        pair.answer(pair.alice, talk, "accept", version=1)
    assert conflict.value.stored == {"starts_at": later, "minutes": 30, "place": ""}
    assert pair.answer(pair.alice, talk, "accept", version=conflict.value.version).state == "accepted"


def test_who_accepted_is_asked_again_when_the_inviter_changes_the_time(pair):
    talk = pair.invite(starts_at=timezone.now() + timedelta(days=1), place="kitchen")
    pair.answer(pair.alice, talk, "accept")
    same = {"organization": pair.organization, "pk": talk.pk, "starts_at": talk.starts_at, "minutes": 20}
    assert conversation_time(user=pair.marta, place="kitchen", version=2, **same).state == "accepted"
    assert conversation_time(user=pair.alice, place="roof", version=3, **same).state == "accepted"
    assert conversation_time(user=pair.marta, place="cellar", version=4, **same).state == "invited"
    assert conversations_waiting(party=pair.supplier) == [talk]
    assert pair.answer(pair.alice, talk, "accept").state == "accepted"


def test_two_times_at_once_keep_the_first_and_show_both(pair):
    talk = pair.invite()
    when = timezone.now() + timedelta(days=2)
    given = {"organization": pair.organization, "pk": talk.pk, "minutes": 20, "version": 1}
    conversation_time(user=pair.alice, starts_at=when, place="roof", **given)
    with pytest.raises(EditConflict) as conflict:
        conversation_time(user=pair.marta, starts_at=None, place="cellar", **given)
    assert conflict.value.stored["place"] == "roof"
    assert Conversation.objects.get().starts_at == when
    assert told(pair.customer) == ["invitation_answered"]


@pytest.mark.parametrize(
    ("days", "minutes", "field"),
    [(-1, 20, "starts_at"), (800, 20, "starts_at"), (1, 4, "minutes"), (1, 241, "minutes")],
)
def test_a_time_that_makes_no_sense_is_refused(pair, days, minutes, field):
    with pytest.raises(OwnProblem) as refused:
        pair.invite(starts_at=timezone.now() + timedelta(days=days), minutes=minutes)
    assert refused.value.field == field


def test_a_place_can_be_changed_after_the_time_has_begun(pair):
    talk = pair.invite()
    begun = timezone.now() - timedelta(minutes=5)
    Conversation.objects.update(starts_at=begun)
    moved = conversation_time(
        user=pair.marta, organization=pair.organization, pk=talk.pk, starts_at=begun, minutes=20, place="B", version=1
    )
    assert moved.place == "B"


def test_lines_are_the_writer_s_until_they_show_them(pair):
    talk = pair.invite()
    save(pair, pair.marta, talk, gets="a table", unsaid="it hurts")
    assert find(pair, pair.alice, talk).theirs is None
    assert find(pair, pair.marta, talk).mine.unsaid == "it hurts"
    save(pair, pair.marta, talk, version=1, unsaid="it hurts", is_shown=True)
    assert find(pair, pair.alice, talk).theirs.unsaid == "it hurts"
    save(pair, pair.marta, talk, version=2, unsaid="it hurts", is_shown=False)
    assert find(pair, pair.alice, talk).theirs is None


def test_lines_of_two_tabs_are_not_lost(pair):
    talk = pair.invite()
    save(pair, pair.alice, talk, gets="first")
    with pytest.raises(EditConflict) as conflict:
        save(pair, pair.alice, talk, gets="second")
    assert conflict.value.stored["gets"] == "first"
    assert save(pair, pair.alice, talk, version=conflict.value.version, gets="second").gets == "second"
    pair.answer(pair.alice, talk, "decline")
    with pytest.raises(OwnProblem):
        save(pair, pair.alice, talk, version=2, gets="third")


def test_the_page_has_the_two_sides_cards_needs_and_questions(pair, organization):
    """An answer that somebody else gave in an open round is not among the customer's, even where the reader sees it."""
    spring = organization.rounds.get()
    Rating.objects.create(round=spring, handoff=pair.handoff, rater=Party.objects.get(code="dan"), score=1)
    Need.objects.create(handoff=pair.handoff, text="by Tuesday")
    seen = find(pair, pair.alice, pair.invite(reason="low_score"))
    assert [score.score for score in seen.scores] == [6]
    assert [need.text for need in seen.needs] == ["by Tuesday"]
    assert seen.questions[0] == "What would make this a 10 for you?"
    assert seen.waits_for_reader
    assert seen.may_agree


def test_the_file_for_the_calendar_has_a_higher_number_after_each_change(pair):
    when = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    talk = pair.invite(starts_at=when, place="kitchen", words="CANARY")
    first = conversation_calendar(
        user=pair.alice, organization=pair.organization, pk=talk.pk, address="https://c.test/"
    )
    conversation_time(
        user=pair.alice, organization=pair.organization, pk=talk.pk, starts_at=when, minutes=45, place="roof", version=1
    )
    second = conversation_calendar(
        user=pair.marta, organization=pair.organization, pk=talk.pk, address="https://c.test/"
    )
    events = [Calendar.from_ical(file.content).walk("VEVENT")[0] for file in (first, second)]
    assert events[0]["UID"] == events[1]["UID"]
    assert events[0]["SEQUENCE"] < events[1]["SEQUENCE"]
    assert [str(event["SUMMARY"]) for event in events] == ["Coffee with Bob Brown", "Coffee with Alice Adams"]
    assert events[0].decoded("DTSTART") == when
    assert events[1].decoded("DTEND") == when + timedelta(minutes=45)
    assert b"CANARY" not in first.content


def test_without_a_time_there_is_nothing_for_the_calendar(pair):
    talk = pair.invite()
    with pytest.raises(OwnProblem) as refused:
        conversation_calendar(user=pair.alice, organization=pair.organization, pk=talk.pk, address="")
    assert refused.value.code == "no_time"


def test_the_part_of_the_hand_off_s_page_takes_two_queries(pair, django_assert_num_queries):
    talk, agreement = pair.invite(), pair.propose()
    ground = own(pair, pair.alice)
    with django_assert_num_queries(2):
        found = handoff_talks(user=pair.alice, own=ground)
    assert (found.running, found.waits_for_reader, found.why_not) == (talk, True, "")
    assert found.agreements == (agreement,)
    assert not handoff_talks(user=pair.marta, own=own(pair, pair.marta)).waits_for_reader
