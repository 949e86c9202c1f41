"""What the tests of my page share."""

from __future__ import annotations

from chainmap.models import HandOff


def handoff(deliverable):
    return HandOff.objects.get(deliverable=deliverable)
