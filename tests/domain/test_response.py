"""What the response tells: by counting every possible outcome, never anything about one person."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest

from chainmap.domain.response import band_of_response, response_by_group


@pytest.mark.parametrize(
    "sizes", [(5, 1), (8, 1), (5, 5), (5, 5, 5), (10,), (10, 1), (10, 9), (8, 8, 8, 1), (12, 10, 3)]
)
@pytest.mark.parametrize("insider", [False, True])
def test_no_outcome_tells_whether_a_team_has_answered_whole_or_not_at_all(sizes, insider):
    """``insider``: somebody of the first team, who has answered and knows it."""
    outcomes = defaultdict(list)
    for answered in product(*(range(size + 1) for size in sizes)):
        if insider and not answered[0]:
            continue
        told = response_by_group({f"t{place}": (sizes[place], count) for place, count in enumerate(answered)})
        outcomes[told].append(answered)
    for possible in outcomes.values():
        for place, size in enumerate(sizes):
            known = int(insider and place == 0)
            others = {count[place] - known for count in possible}
            if size - known:
                assert len(others) >= 2, (sizes, possible)


def test_bands_are_quarters():
    for asked in range(10, 60):
        bands = [band_of_response(asked, answered) for answered in range(asked + 1)]
        assert all(bands.count(band) >= 2 for band in set(bands))
        assert len(set(bands)) == 4
    with pytest.raises(ValueError, match="nothing is told"):
        band_of_response(9, 5)
