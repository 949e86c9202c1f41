"""A workshop of Acme that is open, and phones in it, for tests. Bob coaches; Bert is a second coach."""

from __future__ import annotations

from chainmap.access import OPERATOR
from chainmap.domain.roles import Role
from chainmap.models import Exercise, Organization, Workshop
from chainmap.services.joining import Room, join, participant_of
from chainmap.services.workshop_steps import StepDone, step_do
from chainmap.services.workshops import WorkshopPlan, workshop_create, workshop_open
from tests import cast

HERE = "203.0.113.9"


def make_workshop(organization: Organization, mode: str = "open", *, is_open: bool = True, **plan: object) -> Workshop:
    """By nobody in particular, about the whole organization."""
    made = workshop_create(
        actor=OPERATOR, organization=organization, plan=WorkshopPlan(name="Monday", mode=mode, **plan)
    )
    return workshop_open(actor=OPERATOR, workshop=made) if is_open else made


def second_coach(organization: Organization):
    return cast.make_user("bert", organization, Role.COACH)


def come_in(workshop: Workshop, name: str = "", **given: object) -> Room:
    """A phone that joins."""
    joined = join(code=fresh(workshop).code, address=HERE, name=name, **given)
    return participant_of(workshop=workshop.pk, token=joined.token)


def fresh(workshop: Workshop) -> Workshop:
    return Workshop.objects.select_related("organization", "current", "scene").get(pk=workshop.pk)


def exercise(workshop: Workshop, kind: str) -> Exercise:
    return Exercise.objects.get(workshop=workshop, kind=kind)


def step(actor, workshop: Workshop, name: str, kind: str = "", version: int | None = None, **given) -> StepDone:
    """One step, looking at the console as it is unless a version is given."""
    pk = exercise(workshop, kind).pk if kind else None
    seen = fresh(workshop).version if version is None else version
    return step_do(actor=actor, workshop=workshop, step=name, version=seen, exercise=pk, **given)
