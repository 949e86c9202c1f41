"""Other words for what two people agreed on: it stands until both say yes to them, whatever one of the two does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.models import Agreement, Conversation, Notification
from chainmap.services.agreement_lists import agreement_find, talks_find
from chainmap.services.agreements import (
    agreement_answer,
    agreement_make,
    agreement_outcome,
    agreement_share,
    agreements_due,
)
from chainmap.services.conversations import handoff_talks
from chainmap.services.own import EditConflict, OwnProblem, own_handoff
from tests.pair import edit, make_pair, plan, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


@pytest.fixture
def agreed(pair):
    """Both agreed that Alice sees to "first" by tomorrow."""
    return pair.agree(sentence="first")


def answer(pair, user, agreement, said, **given):
    version = stored(agreement).version
    return agreement_answer(
        user=user, organization=pair.organization, pk=agreement.pk, answer=said, version=version, **given
    )


def seen(pair, user, agreement):
    return agreement_find(user=user, organization=pair.organization, pk=agreement.pk)[1]


def told(party):
    return list(Notification.objects.filter(party=party).order_by("made_at").values_list("kind", flat=True))


def refused(code):
    return pytest.raises(OwnProblem, check=lambda problem: problem.code == code)


def test_other_words_stand_beside_what_is_agreed_until_the_other_side_says_yes(pair):
    talk = pair.invite()
    first = agreement_make(
        user=pair.marta, organization=pair.organization, conversation=talk.pk, plan=plan(decides=pair.customer)
    )
    answer(pair, pair.alice, first, "yes")
    other = edit(pair, pair.alice, first, sentence="It comes by Monday", owner="me")
    assert other.pk != first.pk
    assert (other.state, other.made_by, other.owner) == ("proposed", pair.supplier, pair.supplier)
    assert (other.replaces, other.conversation, other.score_before) == (first, talk, 6)
    assert (stored(first).state, stored(first).version) == ("agreed", 2)
    assert told(pair.customer) == ["agreed", "proposed"]
    assert agreements_due(party=pair.customer, today=timezone.localdate()) == [other]
    with refused("side"):
        answer(pair, pair.alice, other, "yes")
    assert answer(pair, pair.marta, other, "yes").state == "agreed"
    assert stored(first).state == "withdrawn"
    assert Conversation.objects.get().agreements.exclude(state="withdrawn").get() == other


def test_nobody_erases_alone_what_both_agreed(pair, agreed):
    """The attack: the same words as a proposal, which is then taken back."""
    same = {"sentence": "first", "owner": "me", "due_on": agreed.due_on}
    with refused("unchanged"):
        edit(pair, pair.alice, agreed, **same)
    other = edit(pair, pair.alice, agreed, **same | {"sentence": "first."})
    assert answer(pair, pair.alice, other, "withdraw").state == "withdrawn"
    assert (stored(agreed).state, stored(agreed).sentence) == ("agreed", "first")
    with refused("agreed"):
        answer(pair, pair.alice, agreed, "withdraw")
    assert Agreement.objects.filter(state="agreed").get() == agreed


def test_declined_words_leave_everything_as_it_was(pair, agreed):
    other = edit(pair, pair.alice, agreed)
    answer(pair, pair.marta, other, "withdraw")
    shown = seen(pair, pair.alice, agreed)
    assert (shown.proposal, shown.may_edit, shown.is_replaced) == (None, True, False)
    assert stored(other).replaces is None
    for user in (pair.alice, pair.marta):  # and both read that they were taken back
        listed = talks_find(user=user, organization=pair.organization)
        assert [row.agreement for row in listed.over] == [other]
        assert [row.agreement for row in listed.agreements] == [agreed]


def test_one_proposal_at_a_time_one_s_own_changes_and_the_other_s_is_answered_first(pair, agreed):
    first = edit(pair, pair.alice, agreed, sentence="by Monday")
    agreement_share(user=pair.marta, organization=pair.organization, pk=first.pk, shared=True)
    again = edit(pair, pair.alice, agreed, sentence="by Wednesday")
    assert (again, again.sentence, again.version, again.replaces) == (first, "by Wednesday", 2, agreed)
    assert stored(first).shared_by_customer is False  # ticked for other words
    assert edit(pair, pair.alice, first, sentence="by Thursday").pk == first.pk
    with refused("twice"):
        edit(pair, pair.alice, agreed, sentence="by Thursday")
    for addressed in (agreed, first):
        with refused("theirs"):
            edit(pair, pair.marta, addressed, sentence="never")
    assert Agreement.objects.count() == 2
    assert [seen(pair, pair.marta, each).may_edit for each in (agreed, first)] == [False, False]
    assert [seen(pair, pair.alice, each).may_edit for each in (agreed, first)] == [True, True]
    with refused("unchanged"):  # back to what stands
        edit(pair, pair.alice, first, sentence="first", owner="me", due_on=agreed.due_on)


def test_a_proposal_of_the_other_side_in_the_same_words_is_no_answer(pair):
    made = pair.propose(sentence="by Monday")
    with refused("unchanged"):
        edit(pair, pair.alice, made, sentence="by Monday", owner="me")
    assert stored(made).made_by == pair.customer


def test_who_read_other_words_does_not_say_yes_to_changed_ones(pair, agreed):
    other = edit(pair, pair.alice, agreed)
    edit(pair, pair.alice, other, sentence="something else")
    with pytest.raises(EditConflict):
        agreement_answer(user=pair.marta, organization=pair.organization, pk=other.pk, answer="yes", version=1)
    assert stored(agreed).state == "agreed"


def test_what_is_agreed_is_asked_about_on_its_day_whatever_is_proposed(pair):
    made = pair.due()
    other = edit(pair, pair.alice, made)
    assert agreements_due(party=pair.customer, today=timezone.localdate()) == [made, other]
    agreement_outcome(user=pair.marta, organization=pair.organization, pk=made.pk, outcome="not", score=3, version=2)
    assert (stored(other).state, stored(other).replaces) == ("withdrawn", None)  # too late for other words
    with refused("over"):
        answer(pair, pair.marta, other, "yes")
    with refused("said"):
        edit(pair, pair.alice, made)
    assert stored(made).customer_outcome == "not"


def test_what_was_replaced_is_asked_about_no_more_and_led_on_from(pair):
    made = pair.due()
    Notification.objects.create(kind="agreement_due", party=pair.customer, handoff=pair.handoff, agreement=made)
    other = edit(pair, pair.alice, made)
    answer(pair, pair.marta, other, "yes")
    assert agreements_due(party=pair.customer, today=timezone.localdate()) == []
    assert "agreement_due" not in told(pair.customer)
    third = edit(pair, pair.marta, other)
    answer(pair, pair.alice, third, "yes")
    former, later = seen(pair, pair.alice, made), seen(pair, pair.alice, other)
    assert (former.is_replaced, former.proposal, later.is_replaced, later.proposal) == (True, other, True, third)
    with refused("over"):
        answer(pair, pair.alice, made, "yes")
    for user in (pair.alice, pair.marta):
        listed = talks_find(user=user, organization=pair.organization)
        assert ([row.agreement for row in listed.agreements], listed.over, listed.over_total) == ([third], (), 0)


def test_where_no_score_is_known_the_customer_says_it_with_the_yes_to_other_words(pair, organization):
    organization.rounds.all().delete()
    made = pair.agree()
    other = edit(pair, pair.alice, made)
    assert other.score_before is None
    assert answer(pair, pair.marta, other, "yes", score_today=4).score_before == 4


def test_when_the_other_side_left_what_was_agreed_goes_with_what_was_proposed_for_it(pair, agreed):
    other = edit(pair, pair.marta, agreed)
    pair.leave(pair.customer)
    assert not seen(pair, pair.alice, agreed).may_edit
    with pytest.raises(OwnProblem, match="left on"):
        answer(pair, pair.alice, other, "yes")
    answer(pair, pair.alice, agreed, "withdraw")
    assert [stored(each).state for each in (agreed, other)] == ["withdrawn", "withdrawn"]
    listed = talks_find(user=pair.alice, organization=pair.organization)
    assert {row.agreement for row in listed.over} == {agreed, other}


def test_other_words_with_a_day_that_is_over_are_refused(pair):
    made = pair.due()
    with refused("past"):
        edit(pair, pair.alice, made, sentence="later", due_on=made.due_on)
    late = timezone.localdate() + timedelta(days=2)
    assert edit(pair, pair.alice, made, sentence="later", due_on=late).due_on == late


def test_lists_say_what_is_proposed_for_what(pair, agreed, django_assert_num_queries):
    other = edit(pair, pair.alice, agreed)
    listed = talks_find(user=pair.marta, organization=pair.organization)
    (row,), (open_row,) = listed.due, listed.agreements
    assert (row.agreement, row.agreement.replaces, row.may_edit) == (other, agreed, False)
    assert (open_row.agreement, open_row.proposal, open_row.proposal_is_theirs) == (agreed, other, True)
    own = own_handoff(user=pair.alice, organization=pair.organization, pk=pair.handoff.pk)
    with django_assert_num_queries(2):
        found = handoff_talks(user=pair.alice, own=own)
        assert [each.replaces for each in found.agreements if each.state == "proposed"] == [agreed]
