"""A finding of persons folded to teams from the finding alone: for a picture of more people than can be drawn.

Nothing but the finding goes in, so that what is drawn of a report can show nothing that the report does not say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_team_bottlenecks
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.records import Chain, HandOff, Party
from chainmap.domain.yields import BASES


def folded_finding(
    finding: Bottlenecks, *, no_team: str = "(no team)", stranded: str = "{team} (no way to an end customer)"
) -> Bottlenecks:
    """The same finding by team, as ``domain.bottlenecks.find_team_bottlenecks`` gives it for the chain itself.

    A person's capacity is what is present there less what arrives, ``c_j = x_j - sum_i x_i p_ij y_ij``; volumes and
    yields stand in the finding. So it has to hold every hand-off of its parties: a finding of one team does not.
    Totals are those of the finding. Raises SolverError as the finding itself would.
    """
    arrives: defaultdict[str, float] = defaultdict(float)
    for each in finding.handoffs:
        arrives[each.customer] += (each.flow or 0.0) - (each.lost or 0.0)
    parties = [
        Party(one.id, one.name, one.kind, one.team, max((one.inflow or 0.0) - arrives[one.id], 0.0))
        for one in finding.parties
    ]
    links = [
        HandOff(one.supplier, one.customer, one.deliverable, one.volume, given_yield=one.yield_)
        for one in finding.handoffs
    ]
    chain = Chain.from_records(parties, links, allow_self=True)
    analysis = analyse(chain)
    basis = np.array([BASES.index(one.basis) for one in finding.handoffs], dtype=np.int8)
    ratings = np.array([one.ratings for one in finding.handoffs], dtype=np.int64)
    known = replace(analysis.yields, basis=basis, ratings=ratings)
    folded = find_team_bottlenecks(
        chain,
        organization=finding.organization,
        analysis=Analysis(network=analysis.network, yields=known),
        no_team=no_team,
        stranded=stranded,
    )
    return replace(
        folded,
        created=finding.created,
        delivered=finding.delivered,
        lost=finding.lost,
        stranded=finding.stranded,
        chain_yield=finding.chain_yield,
        mean_yield=finding.mean_yield,
        released=finding.released,
    )
