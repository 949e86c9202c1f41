"""Findings as files."""

from __future__ import annotations

from chainmap.access import Operator, User, require
from chainmap.domain.roles import Action
from chainmap.exports.bottlenecks import ExportFormat, export_bottlenecks
from chainmap.exports.files import ExportFile
from chainmap.models import Organization
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.limits import EXPORT, attempt_require
from chainmap.services.pictures import drawn_finding

#: Formats that show the chain as a picture, folded where it is too large to draw.
_PICTURES = {"dot", "svg", "png"}


def bottlenecks_export(
    *, actor: User | Operator, organization: Organization, format: ExportFormat, top: int | None = None
) -> ExportFile:
    """The bottleneck finding as a file: table, json, csv, dot, svg or png.

    Pictures of more than 150 parties are folded to teams. Raises NotFound for a stranger, PermissionDenied without
    the right, TooMany after ten files in an hour, KeyError for an unknown format, PictureError when a picture cannot
    be drawn in time.
    """
    export_allow(actor=actor, organization=organization)
    find = drawn_finding if format in _PICTURES else bottlenecks_find
    return export_bottlenecks(find(actor=actor, organization=organization), format=format, top=top)


def export_allow(*, actor: User | Operator, organization: Organization) -> None:
    """Count one file for the actor. Raises NotFound, PermissionDenied, and TooMany after ten in an hour."""
    require(actor, Action.EXPORT_BOTTLENECKS, organization)
    if not isinstance(actor, Operator):
        attempt_require(limit=EXPORT, who=f"user {actor.pk}")
