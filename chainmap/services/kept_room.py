"""How much room there is for the files of an organization: reports that are kept must not fill the disk of all."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.models import KeptFile, Organization

#: Bytes kept for one organization, the copies of links among them.
MOST_KEPT = 1024 * 1024 * 1024
_State = KeptFile.State


def room_left(*, organization: Organization, now: datetime, but: int = 0) -> int:
    """Bytes that may still be kept for the organization; ``but``: a file that is not counted.

    Exact while the caller holds the organization. What is over counts no more: the next look deletes it.
    """
    kept = KeptFile.objects.filter(organization=organization, expires_at__gt=now).exclude(pk=but)
    with_bytes = kept.filter(state__in=[_State.RUNNING, _State.READY], link__ended_at__isnull=True)
    return MOST_KEPT - (with_bytes.aggregate(size=Sum("size"))["size"] or 0)


def no_room_words(*, organization: Organization, now: datetime) -> str:
    """That no more is kept, why, when there is room again, and what to do."""
    files = KeptFile.objects.filter(organization=organization, expires_at__gt=now, state=_State.READY)
    with_bytes = files.filter(size__gt=0, link__ended_at__isnull=True).order_by("expires_at")
    first = with_bytes.values_list("expires_at", flat=True).first()
    said = _(
        "The files kept for your organization take all the room there is (%(most)d MB), so that nobody fills the disk "
        "of all. Nothing was changed. Take a CSV or JSON, which need no room, or end a link nobody needs any more."
    ) % {"most": MOST_KEPT // 2**20}
    if first is None:
        return said
    hours = max(-int(-(first - now).total_seconds() // 3600), 1)
    again = ngettext(
        "The first file goes within %(hours)d hour: ask again then.",
        "The first file goes within %(hours)d hours: ask again then.",
        hours,
    )
    return f"{said} {again % {'hours': hours}}"
