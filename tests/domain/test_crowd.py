"""How many people an answer hides among, against the definition spelled out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.crowd import Crowd

ENDS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=30
)


def spelled_out(ends, chosen, needed, *, pair) -> bool:
    """Some raters but fewer than needed; or, for a supplier who looks, some others but fewer than needed - 1."""
    kept = [end for end, is_chosen in zip(ends, chosen, strict=True) if is_chosen]
    if 0 < len({rater for rater, _ in kept}) < needed:
        return True
    viewers = {supplier for _, supplier in kept} if pair else set()
    left = (len({rater for rater, supplier in kept if viewer not in (rater, supplier)}) for viewer in viewers)
    return any(0 < count < needed - 1 for count in left)


@given(ENDS, st.data(), st.integers(2, 7), st.booleans())
def test_too_few_is_what_the_definition_says(ends, data, needed, pair):
    chosen = data.draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    crowd = Crowd.of([(rater, supplier, "", 0) for rater, supplier in ends], needed, pair=pair)
    assert crowd.is_small(np.array(chosen, np.bool_)) == spelled_out(ends, chosen, needed, pair=pair)


@pytest.mark.parametrize("pair", [False, True])
def test_so_many_answers_are_always_enough(pair):
    ends = [(rater, supplier) for rater in range(8) for supplier in range(8, 12)]
    crowd = Crowd.of([(rater, supplier, "", 0) for rater, supplier in ends], 6, pair=pair)
    chosen = np.zeros(len(ends), np.bool_)
    chosen[: crowd.always_enough] = True
    assert not crowd.is_small(chosen)
