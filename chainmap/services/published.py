"""A published release as one person may read it: organization and teams, and the cell about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.access import NotFound, User, require
from chainmap.domain.cells import Table
from chainmap.domain.release import Release as ReleaseTable
from chainmap.domain.release import ReleasedCell
from chainmap.domain.roles import Action
from chainmap.models import Round
from chainmap.services.parties import party_of_user
from chainmap.services.releases import release_of, release_table
from chainmap.services.structure import structure_of


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a release; ``names`` are those of the groups that are keys of its cells.

    ``proof`` is the same for all readers: the SHA-256 of the cells everybody sees. That of the whole release would let
    anybody try out the figures in the cells of single persons, of which there are few hundred possible ones each.
    """

    round: Round
    version: int
    versions: tuple[int, ...]  # all that were published, oldest first
    k: int
    proof: str
    cells: tuple[ReleasedCell, ...]
    names: Mapping[str, str]


def published_find(*, actor: User, round: Round, version: int | None = None) -> Published:
    """The latest release of a round, or one version of it.

    A cell about one supplier is there for that supplier alone. Raises NotFound for a stranger, for an open round, for
    one that was never closed, and for a version that was not published; PermissionDenied without the right.
    """
    require(actor, Action.SEE_RELEASE, round.organization)
    release = release_of(round=round, version=version)
    if release is None:
        raise NotFound
    table = release_table(release)
    common = [cell for cell in table.cells if cell.table != Table.SUPPLIER]
    own = party_of_user(user=actor, organization=round.organization)
    own_key = None if own is None else (own.pk,)
    return Published(
        round=round,
        version=release.version,
        versions=tuple(round.releases.order_by("version").values_list("version", flat=True)),
        k=table.k,
        proof=ReleaseTable.of(table.k, common).proof,
        cells=tuple(cell for cell in table.cells if cell.table != Table.SUPPLIER or cell.key == own_key),
        names=structure_of(round=round).names,
    )
