"""Findings worked by hand, for the tests of exports: no engine is needed to check how a finding is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding, Structure
from chainmap.domain.records import PartyKind

#: SECURITY.md section 7, items 20-28: names that broke charts, tables or spreadsheets somewhere.
HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    '<<table href="javascript:alert(1)"><tr><td>x</td></tr></table>>',
    "a\\",
    'a\\"]; evil [URL="javascript:alert(1)"]; //',
    "a\x00b",
    "a\x01\x08\x1b[2Jb",
    "a\ufffeb",
    "x" * 20_000,
    "\\N \\G \\L",
    "&lt;img src=x onerror=alert(1)&gt;",
    "a:b:c",
    "<>",
    "<b>bold</b>",
    "node",
    "graph",
    '"; x',
    "half \ud800 pair",
    "\u202egnp.exe",
    " \u200b ",
    "\ufeffx",
    "山田太郎",
    "مرحبا",
    "e" + "\u0301" * 40,
    "%s %(x)s {0}",
    "--> ]]>",
    "=1+1",
)


def party(
    place: int, name: str, kind: PartyKind = PartyKind.EMPLOYEE, team: str = "", client: str | None = None
) -> PartyFinding:
    """A party with id ``p<place>`` and key 100 + place."""
    return PartyFinding(100 + place, f"p{place}", name, kind, team, 1.0, 0.5, 0.5, 0.0, client)


def handoff(
    key: int,
    supplier: str,
    customer: str,
    *,
    rank: int | None = 1,
    yield_: float = 0.5,
    flow: float = 1.0,
    deliverable: str = "",
    basis: Basis = Basis.RATED,
    ratings: int = 1,
) -> HandOffFinding:
    """A hand-off that loses ``flow * (1 - yield_)``, all of it recoverable."""
    lost = flow * (1 - yield_)
    return HandOffFinding(
        key,
        rank,
        supplier,
        customer,
        deliverable,
        1.0,
        1.0,
        basis,
        ratings,
        None,
        None,
        yield_,
        flow,
        lost,
        0.1,
        lost,
        0.0,
    )


def small_finding() -> Bottlenecks:
    r"""Ann -.5-> Ben -.8-> Client, and Ben - - -> Client (assumed), each person creating 1.

    ann: flow 1, lost 0.5.   ben: 1.5 present, 1.25 through the rated hand-off (lost 0.25), 0.25 through the other
    (assumed at the mean 0.6: lost 0.1).   delivered 1.0 + 0.15 = 1.15 of 2 created, lost 0.85, stranded 0.
    """
    return Bottlenecks(
        organization="Müller & Co",
        analysed=True,
        created=2.0,
        delivered=1.15,
        lost=0.85,
        stranded=0.0,
        chain_yield=0.575,
        mean_yield=0.6,
        handoffs=(
            HandOffFinding(
                11, 1, "ann", "ben", "plan", 1.0, 1.0, Basis.RATED, 4, None, None, 0.5, 1.0, 0.5, 0.5 / 0.85, 0.38, 0.0
            ),
            HandOffFinding(
                12,
                2,
                "ben",
                "cli",
                "goods",
                5.0,
                5 / 6,
                Basis.MEASURED,
                0,
                34,
                5,
                0.8,
                1.25,
                0.25,
                0.25 / 0.85,
                0.25,
                0.01,
            ),
            HandOffFinding(
                13,
                None,
                "ben",
                "cli",
                "-2",
                1.0,
                1 / 6,
                Basis.ASSUMED,
                0,
                None,
                None,
                0.6,
                0.25,
                0.1,
                0.1 / 0.85,
                0.1,
                0.0,
            ),
        ),
        parties=(
            PartyFinding(1, "ann", "Ann", PartyKind.EMPLOYEE, "Sales", 1.0, 0.383, 0.3, 0.0, "ben"),
            PartyFinding(2, "ben", "Ben", PartyKind.EMPLOYEE, "Works", 1.5, 0.767, 1.0, 0.0, "cli"),
            PartyFinding(3, "cli", "Client", PartyKind.END_CUSTOMER, "", 1.15, 1.0, 1.0, 0.0, None),
        ),
        structure=Structure(),
    )


def unanalysed(finding: Bottlenecks, structure: Structure | None = None) -> Bottlenecks:
    """The same chain before anybody has rated anything."""
    return replace(
        finding,
        analysed=False,
        delivered=None,
        lost=None,
        stranded=None,
        chain_yield=None,
        mean_yield=None,
        handoffs=tuple(
            replace(
                h,
                rank=None,
                basis=Basis.ASSUMED,
                ratings=0,
                passes=None,
                returned=None,
                yield_=None,
                flow=None,
                lost=None,
                lost_share=None,
                recoverable=None,
                recoverable_error=None,
            )
            for h in finding.handoffs
        ),
        parties=tuple(
            replace(p, inflow=None, reach=None, dependence=None, dependence_error=None) for p in finding.parties
        ),
        structure=structure or Structure(),
    )


def row_finding(names: Sequence[str], organization: str = "Row") -> Bottlenecks:
    """Every name a party that hands something of that name to one end customer, named like the first."""
    parties = [party(place, name, team=name) for place, name in enumerate(names)]
    handoffs = [
        handoff(place, f"p{place}", "end", rank=place + 1, deliverable=name) for place, name in enumerate(names)
    ]
    end = PartyFinding(9, "end", names[0], PartyKind.END_CUSTOMER, names[0], 1.0, 1.0, 1.0, 0.0, None)
    created = float(len(names))
    return Bottlenecks(
        organization, True, created, created / 2, created / 2, 0.0, 0.5, 0.5, handoffs, [*parties, end], Structure()
    )


def empty_finding() -> Bottlenecks:
    """An organization that has just been opened."""
    return Bottlenecks("New", False, 0.0, None, None, None, None, None, (), (), Structure())
