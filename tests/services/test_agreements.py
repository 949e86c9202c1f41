"""Agreements: proposed, agreed, due, over; what came of it; and who else learns how much of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.effects import Verdict, find_effect
from chainmap.exports.talk_words import effect_certainty, effect_sentence, summary_sentence
from chainmap.models import Agreement, Conversation, HandOff, Notification, Party, Rating
from chainmap.models.attempts import Attempt
from chainmap.services.agreement_effects import effects_find
from chainmap.services.agreement_lists import AgreementSeen, agreement_find, agreement_start, talks_find
from chainmap.services.agreements import (
    agreement_answer,
    agreement_make,
    agreement_outcome,
    agreement_share,
    agreements_due,
    agreements_remind,
    shared_agreements,
)
from chainmap.services.own import EditConflict, HandOffRemoved, OwnProblem
from tests.pair import edit, make_pair, plan, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


def today():
    return timezone.localdate()


def answer(pair, user, agreement, said, version=None, **given):
    version = stored(agreement).version if version is None else version
    return agreement_answer(
        user=user, organization=pair.organization, pk=agreement.pk, answer=said, version=version, **given
    )


def say(pair, user, agreement, outcome, score=None, **given):
    given = {"version": stored(agreement).version} | given
    return agreement_outcome(
        user=user, organization=pair.organization, pk=agreement.pk, outcome=outcome, score=score, **given
    )


def seen(pair, user, agreement) -> AgreementSeen:
    return agreement_find(user=user, organization=pair.organization, pk=agreement.pk)[1]


def told(party):
    return list(Notification.objects.filter(party=party).order_by("made_at").values_list("kind", flat=True))


def test_from_a_talk_to_an_agreement_to_what_came_of_it(pair):
    """Marta got 6, they talk, Alice promises; on the day both say what came of it and Marta scores 9."""
    talk = pair.invite()
    made = agreement_make(
        user=pair.marta, organization=pair.organization, conversation=talk.pk, plan=plan(decides=pair.customer)
    )
    assert (made.state, made.owner, made.made_by, made.score_before) == ("proposed", pair.supplier, pair.customer, 6)
    assert Conversation.objects.get().state == "ended"
    assert told(pair.supplier) == ["invited", "proposed"]
    assert agreements_due(party=pair.supplier, today=today()) == [made]
    assert agreements_due(party=pair.customer, today=today()) == []
    assert answer(pair, pair.alice, made, "yes").state == "agreed"
    assert told(pair.customer) == ["agreed"]
    assert agreements_due(party=pair.supplier, today=today()) == []
    Agreement.objects.update(due_on=today())
    assert agreements_due(party=pair.supplier, today=today()) == [made]
    say(pair, pair.alice, made, "kept")
    assert agreements_due(party=pair.supplier, today=today()) == []
    assert seen(pair, pair.marta, made).other_outcome == ""
    assert say(pair, pair.marta, made, "partly", 9).state == "ended"
    over = seen(pair, pair.alice, made)
    assert (over.my_outcome, over.other_outcome, over.agreement.score_after) == ("kept", "partly", 9)
    assert effect_sentence(over.effect) == "From 6 to 9."


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sentence": " "}, "sentence"),
        ({"sentence": "x" * 301}, "sentence"),
        ({"owner": "her"}, "owner"),
        ({"due_on": date(2020, 1, 1)}, "due_on"),
        ({"due_on": date(9999, 12, 31)}, "due_on"),
    ],
)
def test_what_makes_no_agreement_is_refused(pair, given, field):
    with pytest.raises(OwnProblem) as refused:
        pair.propose(**given)
    assert refused.value.field == field
    assert not Agreement.objects.exists()


def test_who_decides_is_somebody_who_works_here(pair, organization, other_organization):
    dan, client = (Party.objects.get(organization=organization, code=code) for code in ("dan", "client"))
    stranger = Party.objects.get(organization=other_organization, code="dan")
    assert pair.propose(decides=dan).decides == dan
    pair.leave(dan)
    for nobody in (Party.objects.get(pk=dan.pk), client, stranger):
        with pytest.raises(OwnProblem) as refused:
            pair.propose(decides=nobody)
        assert refused.value.field == "decides"


def test_nothing_is_agreed_with_whoever_left_and_what_was_can_be_ended_alone(pair):
    open_one, proposed = pair.agree(), pair.propose()
    pair.leave(pair.customer)
    with pytest.raises(OwnProblem, match="left on 31 October 2026"):
        pair.propose(pair.alice)
    for act in (lambda: edit(pair, pair.alice, open_one, 2), lambda: answer(pair, pair.alice, proposed, "yes")):
        with pytest.raises(OwnProblem, match="left on"):
            act()
    shown = seen(pair, pair.alice, open_one)
    assert (shown.other_left, shown.may_withdraw, shown.may_edit) == (True, True, False)
    assert answer(pair, pair.alice, open_one, "withdraw").state == "withdrawn"
    assert answer(pair, pair.alice, proposed, "withdraw").state == "withdrawn"


def test_the_one_who_stays_can_also_say_what_came_of_it(pair):
    made = pair.due()
    pair.leave(pair.customer)
    assert say(pair, pair.alice, made, "kept").state == "ended"


def test_neither_takes_back_alone_what_both_agreed(pair):
    made = pair.agree()
    with pytest.raises(OwnProblem) as refused:
        answer(pair, pair.alice, made, "withdraw")
    assert refused.value.code == "agreed"
    assert stored(made).state == "agreed"


def test_a_second_tap_proposes_nothing_twice(pair):
    pair.propose(sentence="the same")
    with pytest.raises(OwnProblem, match="already"):
        pair.propose(sentence="the same")
    pair.propose(pair.alice, sentence="the same")
    assert Agreement.objects.count() == 2


def test_a_proposal_is_answered_by_the_other_side_and_taken_back_by_either(pair):
    made = pair.propose()
    with pytest.raises(OwnProblem) as refused:
        answer(pair, pair.marta, made, "yes")
    assert refused.value.code == "side"
    with pytest.raises(OwnProblem):
        answer(pair, pair.alice, made, "perhaps")
    assert answer(pair, pair.alice, made, "withdraw").state == "withdrawn"
    with pytest.raises(OwnProblem, match="over already"):
        answer(pair, pair.alice, made, "yes")


def test_a_proposal_in_other_words_waits_for_the_other_side(pair):
    made = pair.propose()
    edited = edit(pair, pair.alice, made, 1, sentence="It comes by Monday", owner="me")
    assert (edited, edited.state, edited.made_by, edited.owner) == (made, "proposed", pair.supplier, pair.supplier)
    assert agreements_due(party=pair.customer, today=today()) == [made]
    assert answer(pair, pair.marta, made, "yes").state == "agreed"


def test_two_edits_at_once_keep_the_first_and_show_both(pair):
    made = pair.propose()
    edit(pair, pair.marta, made, 1, sentence="first")
    with pytest.raises(EditConflict) as conflict:
        edit(pair, pair.alice, made, 1, sentence="second")
    assert conflict.value.stored["sentence"] == "first"
    assert conflict.value.by == "Bob Brown"
    assert stored(made).sentence == "first"
    with pytest.raises(EditConflict):
        answer(pair, pair.alice, made, "yes", version=1)
    assert edit(pair, pair.alice, made, conflict.value.version, sentence="second").sentence == "second"


def test_after_somebody_said_what_came_of_it_the_words_stay(pair):
    made = pair.due()
    say(pair, pair.alice, made, "kept")
    with pytest.raises(OwnProblem) as refused:
        edit(pair, pair.marta, made, 2)
    assert refused.value.code == "said"


@pytest.mark.parametrize(
    ("outcome", "score", "field"),
    [("", 7, "outcome"), ("great", 7, "outcome"), ("kept", None, "score"), ("kept", 11, None)],
)
def test_an_outcome_that_says_nothing_is_refused(pair, outcome, score, field):
    made = pair.due()
    with pytest.raises(OwnProblem) as refused:
        say(pair, pair.marta, made, outcome, score)
    assert refused.value.field in (field, "score")
    assert stored(made).customer_outcome == ""


def test_nothing_came_of_it_before_its_day_or_before_both_agreed(pair):
    with pytest.raises(OwnProblem, match="not due yet"):
        say(pair, pair.alice, pair.agree(), "kept")
    with pytest.raises(OwnProblem, match="not agreed yet"):
        say(pair, pair.alice, pair.propose(), "kept")


def test_ending_twice_is_said(pair):
    made = pair.due()
    say(pair, pair.alice, made, "kept")
    say(pair, pair.marta, made, "kept", 8)
    with pytest.raises(OwnProblem, match="over already"):
        say(pair, pair.marta, made, "not", 0, seen=("kept", 8))
    assert stored(made).score_after == 8


def test_what_i_said_can_change_until_both_have_said_it_and_two_tabs_show_both(pair):
    made = pair.due()
    say(pair, pair.marta, made, "not", 3)
    assert say(pair, pair.marta, made, "not", 3).state == "agreed"  # the same again, from a second tap
    with pytest.raises(EditConflict) as conflict:
        say(pair, pair.marta, made, "kept", 9)
    assert conflict.value.stored == {"outcome": "not", "score": 3}
    say(pair, pair.marta, made, "kept", 9, seen=("not", 3))
    assert stored(made).score_after == 9


def test_the_supplier_s_outcome_says_no_score(pair):
    made = pair.due()
    say(pair, pair.alice, made, "kept", 10)
    assert stored(made).score_after is None


def test_the_score_before_is_the_last_one_both_see_and_never_an_anonymous_one(pair, organization):
    rounds = {mode: organization.rounds.create(name=mode, mode=mode, state="closed") for mode in ("pair", "anonymous")}
    Rating.objects.create(round=rounds["anonymous"], handoff=pair.handoff, rater=pair.customer, score=1)
    assert pair.propose(pair.alice).score_before == 6
    Rating.objects.create(round=rounds["pair"], handoff=pair.handoff, rater=pair.customer, score=4.5)
    assert pair.propose(pair.alice).score_before == 5
    assert pair.propose(score_today=9).score_before == 5  # what was said in a round counts
    Rating.objects.exclude(round=rounds["anonymous"]).delete()
    assert pair.propose(pair.alice, score_today=9).score_before is None  # the supplier does not say it
    assert pair.propose(score_today=3).score_before == 3
    assert agreement_start(user=pair.marta, organization=organization, handoff=pair.handoff.pk).asks_score
    assert not agreement_start(user=pair.alice, organization=organization, handoff=pair.handoff.pk).asks_score


def test_the_customer_may_say_how_it_is_today_with_the_yes(pair):
    Rating.objects.all().delete()
    made = pair.propose(pair.alice)
    assert seen(pair, pair.marta, made).asks_score_before
    assert answer(pair, pair.marta, made, "yes", score_today=4).score_before == 4


def test_an_agreement_comes_out_of_a_conversation_that_was_not_called_off(pair):
    talk = pair.invite()
    pair.answer(pair.alice, talk, "decline")
    with pytest.raises(OwnProblem, match="called off"):
        agreement_make(user=pair.alice, organization=pair.organization, conversation=talk.pk, plan=plan())


# ---- effects


def ended(pair, before, after):
    made = pair.due()
    Agreement.objects.filter(pk=made.pk).update(
        state="ended", score_before=before, score_after=after, supplier_outcome="kept", customer_outcome="kept"
    )
    return stored(made)


def effect(pair, user, made):
    return effects_find(user=user, organization=pair.organization, agreements=[made]).get(made.pk)


def test_the_effect_uses_the_customer_s_scores_before_and_after(pair, organization):
    """6 before (Spring), 9 at its end and 10 in a later round; the mean of all open ratings is 6.75."""
    Rating.objects.update(given_on=today() - timedelta(days=30))
    made = ended(pair, 6, 9)
    Agreement.objects.update(made_at=timezone.now() - timedelta(days=20))
    made.refresh_from_db()
    later = organization.rounds.create(name="Later", mode="pair", state="closed")
    Rating.objects.create(round=later, handoff=pair.handoff, rater=pair.customer, score=10, given_on=today())
    found = effect(pair, pair.alice, made)
    assert found == find_effect([6], [9, 10], mean=0.675, kappa=organization.kappa)
    assert effect(pair, pair.marta, made) == found
    assert effect_sentence(found) == "From 6 to 9.5."


def test_what_was_said_at_the_end_of_one_agreement_is_where_the_next_one_starts(pair, organization):
    """6 in May, an agreement that ended with 9, another one from there to 8: of 9 and 8, not of 6 and 8."""
    Rating.objects.update(given_on=today() - timedelta(days=90))
    first = ended(pair, 6, 9)
    Agreement.objects.update(made_at=timezone.now() - timedelta(days=60), due_on=today() - timedelta(days=40))
    second = pair.propose()
    assert second.score_before == 9
    Agreement.objects.filter(pk=second.pk).update(state="ended", score_after=8)
    second = stored(second)
    assert (effect(pair, pair.alice, second).before, effect(pair, pair.alice, second).after) == (9, 8)
    Rating.objects.create(
        round=organization.rounds.create(name="Later", mode="pair", state="closed"),
        handoff=pair.handoff, rater=pair.customer, score=3, given_on=today() - timedelta(days=10),
    )  # fmt: skip
    assert effect(pair, pair.alice, stored(first)).after == 6  # 9 at its end, 3 before the next one
    assert effect(pair, pair.alice, second).before == 3
    assert pair.propose().score_before == 8


def test_with_two_answers_it_is_too_early_to_tell(pair):
    found = effect(pair, pair.alice, ended(pair, 6, 8))
    assert found.verdict == Verdict.TOO_EARLY
    assert effect_certainty(found) == "Too early to tell (2 answers)."


def test_without_both_scores_there_is_no_effect(pair):
    assert effect(pair, pair.alice, ended(pair, None, 8)) is None


def test_from_five_on_the_person_sees_what_all_agreements_changed(pair, organization):
    Rating.objects.all().delete()
    for after in (5, 6, 7, 8):
        ended(pair, 4, after)
    assert talks_find(user=pair.alice, organization=organization).summary is None
    ended(pair, 4, 9)
    found = talks_find(user=pair.alice, organization=organization).summary
    assert (found.pairs, found.mean_change) == (5, 3)
    assert summary_sentence(found).startswith("Your 5 agreements moved the score up by 3 on average")
    assert talks_find(user=pair.toni, organization=organization).summary is None


# ---- lists


def test_due_comes_first_then_open_then_over_with_as_many_queries_for_many(pair, django_assert_num_queries):
    due, open_one, over = pair.due(), pair.agree(), ended(pair, 4, 7)
    pair.invite()

    def listed():
        return talks_find(user=pair.alice, organization=pair.organization)

    found = listed()
    assert [[row.agreement for row in rows] for rows in (found.due, found.agreements, found.over)] == [
        [due], [open_one], [over]
    ]  # fmt: skip
    assert len(found.invitations) == 1
    for _more in range(5):
        ended(pair, 4, 7)
        pair.due()
        edit(pair, pair.alice, pair.agree(), 2)
        Attempt.objects.all().delete()  # as if on many days
    with django_assert_num_queries(14):
        found = listed()
    assert (len(found.due), len(found.agreements), len(found.over)) == (6, 11, 6)
    with django_assert_num_queries(14):
        listed()


def test_agreements_of_a_hand_off_that_was_taken_out_are_kept_but_not_listed(pair):
    made = pair.due()
    HandOff.objects.filter(pk=pair.handoff.pk).update(is_removed=True)
    assert talks_find(user=pair.alice, organization=pair.organization).is_empty
    assert agreements_remind(today=today()) == 0
    for act in (seen, lambda *given: say(*given, "kept")):
        with pytest.raises(HandOffRemoved):
            act(pair, pair.alice, made)
    HandOff.everything.filter(pk=pair.handoff.pk).update(is_removed=False)
    assert seen(pair, pair.alice, made).is_due


def test_both_are_told_once_on_the_day(pair):
    made = pair.agree(due_on=today())
    pair.propose(due_on=today())
    assert agreements_remind(today=today() - timedelta(days=1)) == 0
    assert agreements_remind(today=today()) == 2
    assert agreements_remind(today=today() + timedelta(days=3)) == 0
    Notification.objects.update(is_seen=True)
    assert agreements_remind(today=today()) == 0
    answer(pair, pair.marta, edit(pair, pair.alice, made, 2, due_on=today() + timedelta(days=7)), "yes")
    assert agreements_remind(today=today() + timedelta(days=6)) == 0
    assert agreements_remind(today=today() + timedelta(days=7)) == 2


def test_whoever_left_is_not_told(pair):
    pair.agree(due_on=today())
    pair.leave(pair.customer)
    assert agreements_remind(today=today()) == 1


# ---- others


def test_a_third_finds_nothing(pair, bob, carla, dora, erik, zoe):
    made = pair.due()
    agreement_share(user=pair.alice, organization=pair.organization, pk=made.pk, shared=True)
    agreement_share(user=pair.marta, organization=pair.organization, pk=made.pk, shared=True)
    for nobody in (pair.toni, bob, carla, dora, erik, zoe):
        for act in (seen, lambda *given: say(*given, "kept", 1), lambda *given: answer(*given, "withdraw")):
            with pytest.raises(NotFound):
                act(pair, nobody, made)
        with pytest.raises(NotFound):
            agreement_share(user=nobody, organization=pair.organization, pk=made.pk, shared=False)


def test_the_coach_sees_it_while_both_share_it(pair, bob, carla):
    made = pair.agree()

    def tick(user, shared):
        agreement_share(user=user, organization=pair.organization, pk=made.pk, shared=shared)
        return shared_agreements(actor=bob, organization=pair.organization)

    assert tick(pair.alice, True) == []
    assert tick(pair.marta, True) == [made]
    assert tick(pair.alice, False) == []
    assert tick(pair.alice, True) == [made]
    other = edit(pair, pair.alice, made, 2, sentence="not read by Marta yet")
    assert shared_agreements(actor=bob, organization=pair.organization) == [made]
    answer(pair, pair.marta, other, "yes")
    assert shared_agreements(actor=bob, organization=pair.organization) == []
    assert (stored(other).shared_by_supplier, stored(other).shared_by_customer) == (False, False)
    for user, refusal in ((carla, PermissionDenied), (pair.alice, PermissionDenied)):
        with pytest.raises(refusal):
            shared_agreements(actor=user, organization=pair.organization)
