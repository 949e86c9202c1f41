"""The words of the ladder: every rung and every step has its own, for both sides, with the figures of the rules."""

from __future__ import annotations

import pytest

from chainmap.domain.ladder import RULES, LadderPlace, Rung, Step, find_ladder
from chainmap.exports.ladder_words import ladder_words, rule_sentence, rung_label, rung_sentence


@pytest.mark.parametrize("is_supplier", [True, False])
def test_every_step_says_to_each_side_what_would_take_them_there(is_supplier):
    place = LadderPlace(Rung.PROSPECT, Rung.CUSTOMER, tuple(Step))
    missing = ladder_words(place, is_supplier=is_supplier, other="Bob").missing
    assert len(set(missing)) == len(Step)
    assert not any("%" in step for step in missing)
    assert sum("7" in step for step in missing) == 2
    assert sum("9" in step for step in missing) == 2


def test_the_two_sides_read_different_words_for_every_step():
    place = LadderPlace(Rung.PROSPECT, Rung.CUSTOMER, tuple(Step))
    supplier, customer = (ladder_words(place, is_supplier=side, other="Bob").missing for side in (True, False))
    assert all(one != other for one, other in zip(supplier, customer, strict=True))


def test_rungs_and_rules_are_all_told():
    assert len({rung_label(rung) for rung in Rung}) == len({rung_sentence(rung) for rung in Rung}) == 6
    assert len({rule_sentence(step) for step in Step}) == len(Step)
    words = ladder_words(find_ladder([], magic=0, misery_unanswered=0, stories=0), is_supplier=True, other="Bob")
    assert [rung.name for rung in words.rungs] == [rung_label(rung) for rung in reversed(Rung)]
    told = [rule for rung in words.rungs for rule in rung.rules]
    assert sorted(told) == sorted(rule_sentence(step) for steps in RULES.values() for step in steps)
    assert "The last two scores are 7 or more." in told


def test_the_current_and_the_next_rung_are_marked():
    """Scores 8 and 9 and no open misery: supporter; a magic moment is missing for the next."""
    place = find_ladder([8, 9], magic=0, misery_unanswered=0, stories=0)
    words = ladder_words(place, is_supplier=True, other="Bob")
    marks = {rung.name: (rung.is_reached, rung.is_current, rung.is_next) for rung in words.rungs}
    assert marks == {
        "apostle": (False, False, False),
        "advocate": (False, False, True),
        "supporter": (True, True, False),
        "client": (True, False, False),
        "customer": (True, False, False),
        "prospect": (True, False, False),
    }
    assert (words.current, words.next_name) == ("supporter", "advocate")
    assert words.standing == "Bob stands on the rung “supporter” here."
    assert words.missing == ("A moment that Bob finds worth telling: a little more than what was asked for.",)


def test_on_the_highest_rung_nothing_is_missing():
    place = find_ladder([9, 10], magic=2, misery_unanswered=0, stories=0)
    words = ladder_words(place, is_supplier=False, other="Alice")
    assert (words.current, words.next_name, words.missing) == ("apostle", "", ())
    assert words.standing == "You stand on the rung “apostle” here."
    assert not any(rung.is_next for rung in words.rungs)


def test_a_name_cannot_turn_the_sentence_round():
    place = find_ladder([], magic=0, misery_unanswered=0, stories=0)
    words = ladder_words(place, is_supplier=True, other="\u202eevil\u200b")
    assert words.standing == "evil stands on the rung “prospect” here."
    assert "\u202e" not in "".join(words.missing)
