"""What if: the chain as it stands, or that of one round, with a few hand-offs changed. Nothing is written.

Of a protected round the chain of teams of its release is asked, and nothing else: every answer is a function of the
release and of the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chainmap.access import Operator, User
from chainmap.domain.analysis import Analysis
from chainmap.domain.repairs import Repairs, best_repairs
from chainmap.domain.scenario_chain import apply_changes, keys_of, party_keys_of
from chainmap.domain.scenario_changes import Add, Change, Changes, Remove, Reroute, SetVolume, SetYield
from chainmap.domain.scenarios import ScenarioFinding, scenario_find
from chainmap.exports.plain_text import clean_text
from chainmap.exports.scenario_words import HandOffWords, change_sentence, reroute_sentence
from chainmap.models import Organization, Round
from chainmap.services.analysis import analysis_find
from chainmap.services.round_analysis import round_analysis_find

#: How many repairs may be asked for at a time.
REPAIR_COUNTS = (1, 3, 5)
#: Hand-offs offered in a list to choose from.
MOST_OFFERED = 500


@dataclass(frozen=True, eq=False)
class WhatIfBase:
    """What a what-if starts from, with the names in it. ``by_team``: the parties are teams of a protected round."""

    analysis: Analysis
    by_team: bool

    @cached_property
    def _party_at(self) -> dict[int, int]:
        return {key: at for at, key in enumerate(party_keys_of(self.analysis.chain).tolist())}

    @cached_property
    def _handoff_at(self) -> dict[int, int]:
        return {key: at for at, key in enumerate(keys_of(self.analysis.chain).tolist())}

    def knows_handoff(self, key: int) -> bool:
        return key in self._handoff_at

    def party_name(self, key: int) -> str:
        """The cleaned name of a party; "?" for none of this chain."""
        at = self._party_at.get(key)
        return "?" if at is None else self._name(at)

    def handoff_words(self, key: int) -> HandOffWords:
        """A hand-off as sentences name it; "?" for its ends where the chain has none of this number."""
        at, chain, yields = self._handoff_at.get(key), self.analysis.chain, self.analysis.yields
        if at is None:
            return HandOffWords("?", "?")
        return HandOffWords(
            supplier=self._name(int(chain.supplier[at])),
            customer=self._name(int(chain.customer[at])),
            deliverable=clean_text(chain.deliverables[at]),
            yield_=float(yields.value[at]) if yields.known else None,
            volume=float(chain.volume[at]),
        )

    def sentence(self, change: Change) -> str:
        """A change in words."""
        mean = self.analysis.yields.mean if self.analysis.yields.known else None
        if isinstance(change, Add):
            ends = self.party_name(change.supplier), self.party_name(change.customer)
            return change_sentence(change, handoff=HandOffWords(*ends, clean_text(change.deliverable)), mean=mean)
        handoff = self.handoff_words(change.handoff)
        if isinstance(change, Reroute):
            return reroute_sentence(handoff, self.party_name(change.customer))
        return change_sentence(change, handoff=handoff, mean=mean)

    def parties(self, *, giving: bool = False) -> list[tuple[int, str]]:
        """Key and name of every party, by name; ``giving``: of those that something can leave."""
        ends = self.analysis.chain.is_end_customer
        named = [(key, self._name(at)) for key, at in self._party_at.items() if not (giving and ends[at])]
        return sorted(named, key=lambda one: (one[1].casefold(), one[0]))

    def handoffs(self, also: int | None = None) -> list[tuple[int, HandOffWords]]:
        """The hand-offs that could bring most, at most :data:`MOST_OFFERED`, by supplier; ``also`` one of them."""
        flow, keys = self.analysis.flow, keys_of(self.analysis.chain)
        order = np.arange(len(keys)) if flow is None else np.argsort(-flow.lost, kind="stable")
        chosen = keys[order[:MOST_OFFERED]].tolist()
        if also is not None and also not in chosen and self.knows_handoff(also):
            chosen.append(also)
        named = [(key, self.handoff_words(key)) for key in chosen]
        return sorted(
            named,
            key=lambda one: (one[1].supplier.casefold(), one[1].customer.casefold(), one[1].deliverable, one[0]),
        )

    def _name(self, at: int) -> str:
        chain = self.analysis.chain
        return clean_text(chain.party_names[at]) or clean_text(chain.party_ids[at]) or "?"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A question and its answer."""

    base: WhatIfBase
    changes: Changes
    finding: ScenarioFinding


@dataclass(frozen=True, slots=True)
class RepairsFound:
    """The best few repairs of the chain with ``changes`` made, and these repairs as changes."""

    base: WhatIfBase
    repairs: Repairs

    @property
    def changes(self) -> Changes:
        return tuple(SetYield(step.handoff, 1.0) for step in self.repairs.steps)


def what_if_base(*, actor: User | Operator, organization: Organization, round: Round | None) -> WhatIfBase:
    """What a what-if on the organization, or on one of its rounds, starts from.

    Raises NotFound for a stranger and before the round shows anything, PermissionDenied without the right.
    """
    if round is None:
        return WhatIfBase(analysis_find(actor=actor, organization=organization), by_team=False)
    return WhatIfBase(round_analysis_find(actor=actor, round=round), by_team=round.is_protected)


def what_if_find(
    *, actor: User | Operator, organization: Organization, round: Round | None, changes: Sequence[Change]
) -> WhatIf:
    """What would be different with these changes. Whoever sees the bottlenecks may ask.

    Raises as :func:`what_if_base`, ScenarioError for changes that cannot be made, SolverError as the analysis does.
    """
    base = what_if_base(actor=actor, organization=organization, round=round)
    return WhatIf(base, tuple(changes), scenario_find(base.analysis, changes, allow_self=base.by_team))


def repairs_find(
    *,
    actor: User | Operator,
    organization: Organization,
    round: Round | None,
    count: int,
    changes: Sequence[Change] = (),
) -> RepairsFound:
    """The best ``count`` repairs, greedy, besides ``changes``: hand-offs these are about already are not chosen.

    Raises as :func:`what_if_find`, and ValueError for a count that is none of :data:`REPAIR_COUNTS`.
    """
    if count not in REPAIR_COUNTS:
        raise ValueError(f"{count} repairs; there are {REPAIR_COUNTS}")
    base = what_if_base(actor=actor, organization=organization, round=round)
    applied = apply_changes(base.analysis, changes, allow_self=base.by_team)
    touched = {each.handoff for each in changes if isinstance(each, SetYield | SetVolume | Remove | Reroute)}
    touched |= {-1 - place for place in range(len(changes))}  # what the changes themselves make
    return RepairsFound(base, best_repairs(applied.analysis, count, without=touched))
