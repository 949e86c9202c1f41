"""What the tests of one's own hand-offs do and look at."""

from __future__ import annotations

import pytest

from chainmap.access import OPERATOR
from chainmap.models import HandOff, Notification
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.handoffs import (
    handoff_add,
    handoff_edit,
    handoff_find,
    handoff_remove,
    handoff_say,
)
from chainmap.services.own import OwnProblem
from tests.pair import party


def add(user, organization, other, deliverable="sketch", side="given", **more):
    return handoff_add(
        user=user, organization=organization, side=side, other=party(organization, other), deliverable=deliverable,
        **more,
    )  # fmt: skip


def edit(user, handoff, **more):
    now = HandOff.everything.get(pk=handoff.pk)
    values = {"deliverable": now.deliverable, "volume": None, "decision_owner": now.decision_owner}
    values |= {"version": now.version} | more
    return handoff_edit(user=user, organization=handoff.organization, handoff=handoff.pk, **values)


def say(user, handoff, says, note=""):
    version = HandOff.everything.get(pk=handoff.pk).version
    return handoff_say(
        user=user, organization=handoff.organization, handoff=handoff.pk, version=version, says=says, note=note
    )


def remove(user, handoff):
    version = HandOff.everything.get(pk=handoff.pk).version
    return handoff_remove(user=user, organization=handoff.organization, handoff=handoff.pk, version=version)


def state(user, handoff):
    return handoff_find(user=user, organization=handoff.organization, handoff=handoff.pk).state


def told(code):
    return sorted(Notification.objects.filter(party__code=code).values_list("kind", flat=True))


def refused(code):
    return pytest.raises(OwnProblem, check=lambda problem: problem.code == code)


# ---- claims of one side


def in_chain(organization):
    organization.refresh_from_db()
    return set(bottlenecks_find(actor=OPERATOR, organization=organization).handoffs)
