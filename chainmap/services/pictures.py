"""The chain as a picture, drawn once per data version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import get_language

from chainmap.access import Operator, User
from chainmap.domain.findings import Bottlenecks
from chainmap.exports.chain_picture import LineMark, chain_picture, draw
from chainmap.exports.picture_error import PictureError
from chainmap.exports.picture_words import PictureKey
from chainmap.models import Organization
from chainmap.services.analysis import bottlenecks_find

#: Above this many parties the picture is folded to teams: the layout would take too long and say too little.
MOST_PARTIES_DRAWN = 150


@dataclass(frozen=True, slots=True)
class DrawnChain:
    """The picture of a chain. ``svg`` is None when it could not be drawn in time; ``trouble`` then says why."""

    svg: str | None
    description: str
    by_team: bool
    left_out_handoffs: int
    trouble: str = ""
    key: PictureKey | None = None  # where it stands beside the picture and not inside


def drawn_finding(*, actor: User | Operator, organization: Organization) -> Bottlenecks:
    """The finding a picture is made of: by person, or by team where there are too many persons to draw."""
    finding = bottlenecks_find(actor=actor, organization=organization)
    if len(finding.parties) > MOST_PARTIES_DRAWN:
        finding = bottlenecks_find(actor=actor, organization=organization, by_team=True)
    return finding


def chain_draw(*, actor: User | Operator, organization: Organization) -> DrawnChain:
    """The picture for a page. Raises NotFound for a stranger, PermissionDenied without the right."""
    finding = drawn_finding(actor=actor, organization=organization)
    key = f"drawn:1:{organization.pk}:{organization.data_version}:{organization.kappa!r}:{get_language()}"
    return drawn_once(finding=finding, key=key)


def drawn_once(*, finding: Bottlenecks, key: str, marks: Mapping[int, LineMark] | None = None) -> DrawnChain:
    """Draw a finding, or take the picture kept under ``key``, which names everything the finding and the ``marks`` on
    its hand-offs depend on."""
    drawn: DrawnChain | None = cache.get(key)
    if drawn is None:
        picture = chain_picture(finding, marks=marks)
        svg, trouble = None, ""
        try:
            svg = draw(picture, format="svg").decode()
        except PictureError as error:
            trouble = str(error)
        drawn = DrawnChain(
            svg=svg,
            description=picture.description,
            by_team=finding.by_team,
            left_out_handoffs=picture.left_out_handoffs,
            trouble=trouble,
        )
        # a failure is kept too, but shortly: the next reader should not wait for the time limit again
        cache.set(key, drawn, 3600 if svg else 60)
    return drawn
