"""Who talks to whom: checked by hand, and against every possible way to pair a few people.

        10 ──.5──> 20 ──.75──> 30 ──.5──> 40        50 ──.1──> 20

The largest gain alone (20, 30) is not in the best choice: (10, 20) and (30, 40) bring 1.0 together.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.coffee_pairs import CoffeePair, Link, find_coffee_pairs, pair_of, pair_weights

LINKS = [Link(1, 10, 20, 0.5), Link(2, 20, 30, 0.75), Link(3, 30, 40, 0.5), Link(4, 50, 20, 0.1)]


def test_the_best_pairs_together_win_over_the_best_single_pair():
    plan = find_coffee_pairs([10, 20, 30, 40], LINKS)
    assert plan.pairs == (CoffeePair(10, 20, 1, 0.5), CoffeePair(30, 40, 3, 0.5))
    assert find_coffee_pairs([10, 20, 30], LINKS).pairs == (CoffeePair(20, 30, 2, 0.75, (10,)),)


def test_who_is_left_over_listens_in_where_they_have_most_to_do():
    plan = find_coffee_pairs([10, 20, 30, 40, 50], LINKS)
    assert plan.pair_of(50) == CoffeePair(10, 20, 1, 0.5, (50,))
    assert plan.pair_of(40).listeners == ()
    assert plan.pair_of(99) is None


def test_somebody_without_any_hand_off_sits_somewhere_too():
    plan = find_coffee_pairs([10, 20, 70], LINKS)
    assert plan.pair_of(70) == CoffeePair(10, 20, 1, 0.5, (70,))
    alone = find_coffee_pairs([10, 70], LINKS)
    assert (alone.pairs, alone.apart) == ((), (10, 70))
    assert find_coffee_pairs([], LINKS).pairs == ()


def test_the_hand_off_with_most_to_gain_is_the_reason_whoever_gives():
    links = [Link(1, 10, 20, 0.2), Link(2, 20, 10, 0.3), Link(3, 10, 20, None)]
    assert find_coffee_pairs([10, 20], links).pairs == (CoffeePair(20, 10, 2, 0.3),)


def test_what_nobody_rated_is_talked_about_only_where_nothing_better_is_left():
    links = [Link(1, 10, 20, None), Link(2, 20, 30, 0.001)]
    assert find_coffee_pairs([10, 20, 30], links).pairs[0].handoff == 2
    assert find_coffee_pairs([10, 20], links).pairs == (CoffeePair(10, 20, 1, None),)


def test_who_was_paired_lately_is_paired_with_somebody_else_where_it_costs_little():
    triangle = [Link(1, 10, 20, 0.5), Link(2, 20, 30, 0.4)]
    assert find_coffee_pairs([10, 20, 30], triangle).pairs[0].handoff == 1
    assert find_coffee_pairs([10, 20, 30], triangle, {(10, 20): 1}).pairs[0].handoff == 2
    assert find_coffee_pairs([10, 20], triangle, {(10, 20): 99}).pairs[0].handoff == 1


LINK_LISTS = st.lists(
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.none() | st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.3])),
    max_size=14,
).map(lambda rows: [Link(number, *row) for number, row in enumerate(rows, start=1)])


def best_total(people, weights):
    """The most weight any choice of pairs has, by trying all of them."""
    if len(people) < 2:
        return 0
    first, rest = people[0], people[1:]
    best = best_total(rest, weights)
    for place, other in enumerate(rest):
        weight = weights.get(pair_of(first, other))
        if weight is not None:
            best = max(best, weight + best_total(rest[:place] + rest[place + 1 :], weights))
    return best


@settings(max_examples=120, deadline=None)
@given(st.sets(st.integers(1, 7)), LINK_LISTS, st.randoms(use_true_random=False))
def test_no_other_choice_of_pairs_has_more_weight_and_order_does_not_matter(people, links, chance):
    lately = {(1, 2): 2, (3, 4): 1}
    plan = find_coffee_pairs(people, links, lately)
    weights = pair_weights(links, frozenset(people), lately)
    total = sum(weights[pair_of(pair.supplier, pair.customer)] for pair in plan.pairs)
    assert total == best_total(sorted(people), weights)
    seated = [person for pair in plan.pairs for person in pair.people] + list(plan.apart)
    assert sorted(seated) == sorted(people)
    sizes = [len(pair.listeners) for pair in plan.pairs]
    assert not sizes or max(sizes) <= -(-sum(sizes) // len(sizes))
    mixed = list(links)
    chance.shuffle(mixed)
    assert find_coffee_pairs(list(people)[::-1], mixed, lately) == plan
