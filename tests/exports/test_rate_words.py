"""A figure of the whole chain after a few scores: what is known comes first, and what is assumed is called so."""

from __future__ import annotations

from chainmap.domain.exercise_results import Answered, RatedLink, RateResult, Shown, Side
from chainmap.domain.release import Clip
from chainmap.exports.exercise_words import Names, arrives_sentence, result_title
from chainmap.exports.workshop_lines import Known, chain_figures, rate_headlines
from chainmap.exports.workshop_report import figure_parts

NAMES = Names({1: "Ann", 2: "Ben"}, {}, drawn={-7: (Side(1), Side(2), "plan")})


def rates(*, handoffs, assumed, before=None, created_before=None):
    link = RatedLink(-7, 5.0, 1, None, 0.5, 0.4, 0.3)
    return RateResult(
        Answered(Shown.SHOWN, 1, None), (link,), created=2.0, before=before, after=0.14, mean=None, clip=Clip.NONE,
        reasons=(), texts=(), created_before=created_before, handoffs=handoffs, assumed=assumed,
    )  # fmt: skip


def test_where_most_is_assumed_the_headline_says_what_is_known():
    one = rates(handoffs=8, assumed=7)
    assert result_title(one, NAMES) == "1 of 8 hand-offs is rated so far"
    said = arrives_sentence(one)
    assert said.startswith("Nobody has rated the others yet. If they are average, 7 of every 100 units")
    more = rates(handoffs=8, assumed=5, before=0.2, created_before=2.0)
    assert result_title(more, NAMES) == "3 of 8 hand-offs are rated so far"
    assert arrives_sentence(more).endswith("Counted in the same way, it was 10 before the workshop.")


def test_from_half_on_the_figure_stands_first_and_the_assumed_are_counted():
    half = rates(handoffs=8, assumed=4)
    assert result_title(half, NAMES) == "Of every 100 units of work we create, 7 reach the end customer"
    assert arrives_sentence(half).endswith("4 of 8 hand-offs are only assumed to be average: nobody has rated them.")
    assert "assumed" not in arrives_sentence(rates(handoffs=8, assumed=0))
    assert "assumed" not in arrives_sentence(rates(handoffs=51, assumed=2)), "nearly all are known"
    assert "assumed" not in arrives_sentence(rates(handoffs=None, assumed=None)), "kept before it was counted"


def test_page_and_paper_say_the_same_of_it():
    one = rates(handoffs=8, assumed=7)
    known = Known(NAMES, {1: "Ann", 2: "Ben"})
    first, second, third = rate_headlines(one, known)
    assert first == f"{result_title(one, NAMES)}."
    assert second == arrives_sentence(one)
    assert third.startswith("Among those rated most is lost at one hand-off")
    chain = chain_figures(one)
    assert chain is not None
    assert "if what nobody has rated is average" in figure_parts(chain)[0][2]
    sure = chain_figures(rates(handoffs=8, assumed=1))
    assert sure is not None
    assert "average" not in figure_parts(sure)[0][2]
