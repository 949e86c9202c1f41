"""The loyalty ladder: each rung worked by hand, and the table of rules read a second way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.ladder import RULES, LadderPlace, Rung, Step, find_ladder
from chainmap.domain.nps import Bucket, bucket_of

RUNGS = list(Rung)
HISTORIES = st.tuples(
    st.lists(st.sampled_from([0, 6, 6.9, 7, 8.9, 9, 10]), max_size=4),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 2),
)


def place(scores, magic=0, misery_unanswered=0, stories=0):
    return find_ladder(scores, magic=magic, misery_unanswered=misery_unanswered, stories=stories)


def plain_rung(scores, magic, misery, stories):
    """The issue's rules as one chain of questions, without the table."""
    if not scores:
        return Rung.PROSPECT
    if scores[-1] < 7:
        return Rung.CUSTOMER
    if len(scores) < 2 or scores[-2] < 7 or misery:
        return Rung.CLIENT
    if scores[-1] < 9 or not magic:
        return Rung.SUPPORTER
    if scores[-2] < 9 or (not stories and magic < 2):
        return Rung.ADVOCATE
    return Rung.APOSTLE


@pytest.mark.parametrize(
    ("scores", "said", "rung", "missing"),
    [
        ([], {}, Rung.PROSPECT, (Step.RATED,)),
        ([], {"magic": 3, "stories": 2}, Rung.PROSPECT, (Step.RATED,)),
        ([6.9], {}, Rung.CUSTOMER, (Step.LAST_GOOD,)),
        ([10, 10, 3], {"magic": 2}, Rung.CUSTOMER, (Step.LAST_GOOD,)),
        ([7], {}, Rung.CLIENT, (Step.TWICE_GOOD,)),
        ([10], {"misery_unanswered": 1}, Rung.CLIENT, (Step.TWICE_GOOD, Step.NO_OPEN_MISERY)),
        ([9, 9], {"misery_unanswered": 1, "magic": 2}, Rung.CLIENT, (Step.NO_OPEN_MISERY,)),
        ([3, 7, 7], {}, Rung.SUPPORTER, (Step.LAST_EXCELLENT, Step.MAGIC)),
        ([7, 8.9], {"magic": 1}, Rung.SUPPORTER, (Step.LAST_EXCELLENT,)),
        ([9, 9], {}, Rung.SUPPORTER, (Step.MAGIC,)),
        ([7, 9], {"magic": 1}, Rung.ADVOCATE, (Step.TWICE_EXCELLENT, Step.TELLS)),
        ([9, 9], {"magic": 1}, Rung.ADVOCATE, (Step.TELLS,)),
        ([8, 10], {"magic": 1, "stories": 1}, Rung.ADVOCATE, (Step.TWICE_EXCELLENT,)),
    ],
)
def test_every_rung_and_what_is_missing_to_the_next(scores, said, rung, missing):
    next_rung = RUNGS[RUNGS.index(rung) + 1]
    assert place(scores, **said) == LadderPlace(rung=rung, next_rung=next_rung, missing=missing)


@pytest.mark.parametrize("said", [{"magic": 2}, {"magic": 1, "stories": 1}])
def test_the_highest_rung_misses_nothing(said):
    assert place([2, 9, 10], **said) == LadderPlace(rung=Rung.APOSTLE, next_rung=None, missing=())


def test_a_story_alone_is_no_magic_moment():
    assert place([10, 10], stories=3).rung is Rung.SUPPORTER


def test_a_fall_is_seen_at_once():
    """An apostle with one bad score is a customer again: the ladder is about now."""
    assert place([10, 10], magic=2).rung is Rung.APOSTLE
    assert place([10, 10, 6], magic=2).rung is Rung.CUSTOMER


def test_the_table_names_every_rung_in_order_and_every_step_once():
    assert list(RULES) == RUNGS
    assert sorted(step for steps in RULES.values() for step in steps) == sorted(Step)


@given(HISTORIES)
@settings(max_examples=100, deadline=None)
def test_the_table_says_what_the_issue_says(history):
    scores, magic, misery, stories = history
    found = place(scores, magic, misery, stories)
    assert found.rung is plain_rung(scores, magic, misery, stories)
    assert (found.next_rung is None) == (found.missing == ()) == (found.rung is Rung.APOSTLE)
    if found.next_rung:
        assert set(found.missing) <= set(RULES[found.next_rung])


@given(HISTORIES)
@settings(max_examples=50, deadline=None)
def test_more_of_what_is_good_never_leads_down(history):
    scores, magic, misery, stories = history
    rung = RUNGS.index(place(scores, magic, misery, stories).rung)
    better = [
        place(scores, magic + 1, misery, stories),
        place(scores, magic, 0, stories),
        place(scores, magic, misery, stories + 1),
        place([*scores, 10], magic, misery, stories),
    ]
    assert all(RUNGS.index(other.rung) >= rung for other in better)


@pytest.mark.parametrize("score", [6.9, 7, 8.9, 9])
def test_good_and_excellent_are_those_of_the_net_promoter_score(score):
    assert (place([score]).rung is Rung.CLIENT) == (bucket_of(score) is not Bucket.DETRACTOR)
    is_advocate = place([7, score], magic=1).rung is Rung.ADVOCATE
    assert is_advocate == (bucket_of(score) is Bucket.PROMOTER)


@pytest.mark.parametrize("score", [-0.1, 11, float("nan")])
def test_a_score_outside_its_range_is_refused(score):
    with pytest.raises(ValueError, match="between 0 and 10"):
        place([5, score, 5])


@pytest.mark.parametrize("name", ["magic", "misery_unanswered", "stories"])
def test_a_negative_count_is_refused(name):
    with pytest.raises(ValueError, match=name):
        place([5], **{name: -1})
