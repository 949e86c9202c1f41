"""Where value is lost: the finding that everything else on screen, in a file or over the API is read from."""

from __future__ import annotations

import numpy as np

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.clients import read_party_chain
from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyChain, PartyFinding
from chainmap.domain.folding import fold_to_teams
from chainmap.domain.records import NOT_MEASURED, Chain, FloatArray, LongArray
from chainmap.domain.structure import find_structure
from chainmap.domain.yields import BASES, DEFAULT_KAPPA, LINEAR, Curve


def find_bottlenecks(
    chain: Chain,
    *,
    organization: str,
    kappa: float = DEFAULT_KAPPA,
    curve: Curve = LINEAR,
    by_team: bool = False,
    analysis: Analysis | None = None,
) -> Bottlenecks:
    """Rank every hand-off of the chain by what repairing it would bring to the end customers.

    ``organization`` is the name shown with the finding. ``by_team`` says that the parties of this chain are teams; to
    fold a chain of people first, use :func:`find_team_bottlenecks`. An ``analysis`` of the same chain, kept from an
    earlier call, saves solving again; ``kappa`` and ``curve`` are then the ones it was made with.

    Ranking: recoverable value, then value lost, then volume, each largest first, then the ids of supplier, customer
    and deliverable. Hand-offs with an assumed yield have no rank and come last. Raises SolverError when a loop is so
    nearly closed that the figures could not be certified.

    >>> from chainmap.domain.records import HandOff, Party, PartyKind, Rating
    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("ben", "Ben"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...     [HandOff("ann", "ben"), HandOff("ben", "cli")],
    ...     [Rating("ann", "ben", 4), Rating("ben", "cli", 8)])
    >>> found = find_bottlenecks(chain, organization="Acme")
    >>> found.ranked[0].supplier, round(found.delivered, 3), round(found.lost, 3)
    ('ben', 1.022, 0.978)
    """
    solved = analyse(chain, kappa=kappa, curve=curve) if analysis is None else analysis
    flow, yields = solved.flow, solved.yields
    return Bottlenecks(
        organization=organization,
        analysed=flow is not None,
        created=float(solved.chain.capacity.sum()) if flow is None else flow.created,
        delivered=None if flow is None else flow.delivered,
        lost=None if flow is None else flow.total_lost,
        stranded=None if flow is None else flow.stranded,
        chain_yield=None if flow is None or flow.created == 0 else flow.delivered / flow.created,
        mean_yield=yields.mean if yields.known else None,
        handoffs=_handoff_findings(solved),
        parties=_party_findings(solved),
        structure=find_structure(solved.network, flow, solved.gains),
        by_team=by_team,
    )


def find_team_bottlenecks(
    chain: Chain,
    *,
    organization: str,
    kappa: float = DEFAULT_KAPPA,
    curve: Curve = LINEAR,
    analysis: Analysis | None = None,
    no_team: str = "(no team)",
    stranded: str = "{team} (no way to an end customer)",
) -> Bottlenecks:
    """Fold the employees of a chain of people into their teams and rank what is handed over between and inside teams.

    Created, delivered, lost and stranded are those of the people. ``no_team`` names the party that holds everybody
    without a team, ``stranded`` the part of a team from which no end customer is reached (both may be translated
    text). Teams have the key -1 (there is no one row they stand for); end customers and external suppliers keep
    theirs. A hand-off between teams is assumed only if everything folded into it is.
    """
    solved = analyse(chain, kappa=kappa, curve=curve) if analysis is None else analysis
    folding = fold_to_teams(solved.network, solved.yields, solved.flow, no_team=no_team, stranded=stranded)
    folded = Analysis(network=folding.network, yields=folding.yields)
    return find_bottlenecks(folding.chain, organization=organization, by_team=True, analysis=folded)


def find_party_chain(
    chain: Chain,
    party: int,
    *,
    kappa: float = DEFAULT_KAPPA,
    curve: Curve = LINEAR,
    analysis: Analysis | None = None,
) -> PartyChain:
    """One party's own view: who it serves, who serves it, and its main chain to an end customer.

    ``party`` is the position of the party in ``chain.party_ids``. ``analysis`` as in :func:`find_bottlenecks`.
    Raises IndexError for a position the chain does not have.
    """
    if not 0 <= party < chain.party_count:
        raise IndexError(f"the chain has {chain.party_count} parties; there is none at position {party}")
    solved = analyse(chain, kappa=kappa, curve=curve) if analysis is None else analysis
    return read_party_chain(solved.network, solved.yields, solved.clients, party)


def _handoff_findings(solved: Analysis) -> list[HandOffFinding]:
    """All hand-offs in the order of the ranking. Columns become lists first: a numpy scalar a cell costs ten times."""
    chain, yields, flow, gains = solved.chain, solved.yields, solved.flow, solved.gains
    count = chain.handoff_count
    unknown: list[float | None] = [None] * count
    order = _ranking(solved)
    ids = np.asarray(chain.party_ids, dtype=object)
    assumed = (yields.basis == BASES.index(Basis.ASSUMED))[order]
    ranks: list[int | None] = [None] * count
    if flow is not None:
        ranks = [None if is_question else place for place, is_question in enumerate(assumed.tolist(), start=1)]
    total_lost = 0.0 if flow is None else flow.total_lost
    known = flow is not None and gains is not None
    return [
        HandOffFinding(*row)
        for row in zip(
            _keys(chain.handoff_keys, count)[order].tolist(),
            ranks,
            ids[chain.supplier[order]].tolist() if count else [],
            ids[chain.customer[order]].tolist() if count else [],
            [chain.deliverables[place] for place in order.tolist()],
            chain.volume[order].tolist(),
            solved.network.share[order].tolist(),
            [BASES[code] for code in yields.basis[order].tolist()],
            yields.ratings[order].tolist(),
            _counts_or_none(chain.passes[order]),
            _counts_or_none(chain.returned[order]),
            yields.value[order].tolist() if known else unknown,
            flow.flow[order].tolist() if flow is not None else unknown,
            flow.lost[order].tolist() if flow is not None else unknown,
            (flow.lost[order] / total_lost).tolist() if flow is not None and total_lost > 0 else unknown,
            gains.recoverable[order].tolist() if gains is not None else unknown,
            gains.recoverable_error[order].tolist() if gains is not None else unknown,
            strict=True,
        )
    ]


def _ranking(solved: Analysis) -> LongArray:
    """[m] positions of the hand-offs, best to repair first; figures are rounded so that rounding errors tie."""
    chain, flow, gains = solved.chain, solved.flow, solved.gains
    place = _places(chain.party_ids)
    deliverable = _places(chain.deliverables)
    ends = place[chain.supplier].astype(np.int64) * max(chain.party_count, 1) + place[chain.customer]
    if flow is None or gains is None:
        return np.lexsort((deliverable, ends))
    assumed = solved.yields.basis == BASES.index(Basis.ASSUMED)
    unit = flow.created if flow.created > 0 else 1.0
    return np.lexsort(
        (
            deliverable,
            ends,
            -chain.volume,
            -np.round(flow.lost / unit, 13),
            -np.round(gains.recoverable / unit, 13),
            assumed,
        )
    )


def _party_findings(solved: Analysis) -> list[PartyFinding]:
    """All parties in the order of the chain. Outside of every way to an end customer the inflow is not defined."""
    chain, flow, gains = solved.chain, solved.flow, solved.gains
    count = chain.party_count
    unknown: list[float | None] = [None] * count
    clients = [None if best < 0 else chain.party_ids[best] for best in solved.clients.most_important.tolist()]
    dependence = None if gains is None else gains.dependence
    return [
        PartyFinding(*row)
        for row in zip(
            _keys(chain.party_keys, count).tolist(),
            chain.party_ids,
            chain.party_names,
            chain.party_kinds,
            chain.party_teams,
            unknown if flow is None else _none_where_nan(flow.inflow),
            unknown if flow is None else flow.reach.tolist(),
            unknown if dependence is None else dependence.tolist(),
            unknown if dependence is None or gains is None else gains.dependence_error.tolist(),
            clients,
            strict=True,
        )
    ]


def _keys(keys: LongArray, count: int) -> LongArray:
    """The caller's own numbers; positions where the caller gave none."""
    return keys if len(keys) == count else np.arange(count, dtype=np.int64)


def _places(texts: object) -> LongArray:
    """[n] the place of each text in sorted order, equal texts at the same place."""
    listed = list(texts)  # type: ignore[call-overload]
    place = {text: number for number, text in enumerate(sorted(set(listed)))}
    return np.fromiter((place[text] for text in listed), np.int64, len(listed))


def _counts_or_none(counts: LongArray) -> list[int | None]:
    return [None if count == NOT_MEASURED else count for count in counts.tolist()]


def _none_where_nan(values: FloatArray) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]
