"""What may not be done with a hand-off, said to people: what, why, what to do."""

from __future__ import annotations

from math import isfinite

from django.utils.translation import gettext as _

from chainmap.access import NotFound
from chainmap.domain.records import PartyKind
from chainmap.exports.plain_text import clean_text
from chainmap.models import Ask, HandOff, Organization, Party, Rating, Round
from chainmap.services.handoff_rows import GIVEN, claims_of
from chainmap.services.own import OwnHandOff, OwnProblem
from chainmap.services.people import left_problem

#: Volumes people type: anything beyond is a slip of the finger.
SMALLEST_VOLUME, LARGEST_VOLUME = 1e-6, 1e9
#: Characters of a deliverable.
LONGEST_DELIVERABLE = 200
_SHOWN = 60


def check_other(*, party: Party, other: Party, side: str) -> None:
    """Raise NotFound for a party of elsewhere, OwnProblem for oneself, one who left, and an end customer who gives."""
    if other.organization_id != party.organization_id:
        raise NotFound
    if other.pk == party.pk:
        raise OwnProblem(
            "self",
            _("This is you. A hand-off goes from one to another: name the person before or after you."),
            "other",
        )
    if other.left_on is not None:
        raise left_problem(other, "other")
    supplier = party if side == GIVEN else other
    if supplier.kind == PartyKind.END_CUSTOMER.value:
        raise OwnProblem(
            "end_customer_gives",
            _("%(name)s is an end customer, where the chain ends: nothing is handed on from there. Choose “I give it”.")
            % {"name": clean_text(supplier.name)},
            "other",
        )


def check_deliverable(deliverable: str) -> None:
    """Raise OwnProblem where nothing is named or more than there is room for."""
    if not deliverable.strip():
        raise OwnProblem(
            "unnamed", _("Say in a word or two what is handed over, for example “forecast”."), "deliverable"
        )
    if len(deliverable) > LONGEST_DELIVERABLE:
        raise OwnProblem(
            "too_long",
            _("This has %(length)s characters, and %(limit)s fit. Shorten it.")
            % {"length": len(deliverable), "limit": LONGEST_DELIVERABLE},
            "deliverable",
        )


def check_decides(*, organization: Organization, decision_owner: Party | None) -> None:
    """Raise NotFound for a party of elsewhere, OwnProblem for one who left or is no person of the house."""
    if decision_owner is None:
        return
    if decision_owner.organization_id != organization.pk:
        raise NotFound
    if decision_owner.left_on is not None:
        raise left_problem(decision_owner, "decision_owner")
    if decision_owner.kind != PartyKind.EMPLOYEE.value:
        raise OwnProblem(
            "outside_decides",
            _("%(name)s is not a person of the house, so nobody could ask them. Name somebody who works here.")
            % {"name": clean_text(decision_owner.name)},
            "decision_owner",
        )


def checked_volume(volume: float) -> float:
    """The volume. Raises OwnProblem for one that is no number, not above 0, or beyond all measure."""
    if isfinite(volume) and SMALLEST_VOLUME <= volume <= LARGEST_VOLUME:
        return float(volume)
    raise OwnProblem(
        "volume_range",
        _(
            "Give a number above 0 and up to 1,000,000,000, such as 3 or 0.5. If nothing is handed over any more, take "
            "the hand-off out instead."
        ),
        "volume",
    )


def volume_of_supplier(supplier: Party) -> OwnProblem:
    """That only who gives can say how much."""
    return OwnProblem(
        "volume_of_supplier",
        _("How much of their work this is, %(name)s alone can say. Leave it as it is.")
        % {"name": clean_text(supplier.name)},
        "volume",
    )


def there_already(handoff: HandOff) -> OwnProblem:
    """That there is such a hand-off, in the chain or taken out."""
    values = {
        "deliverable": clean_text(handoff.deliverable, _SHOWN) or _("without a name"),
        "supplier": clean_text(handoff.supplier.name),
        "customer": clean_text(handoff.customer.name),
    }
    if handoff.is_removed:
        message = _(
            "There was a hand-off “%(deliverable)s” from %(supplier)s to %(customer)s, and it was taken out. Bring "
            "that one back from your chain, or give this one another name."
        )
    else:
        message = _(
            "There is a hand-off “%(deliverable)s” from %(supplier)s to %(customer)s already. Confirm or change that "
            "one in your chain, or give this one another name."
        )
    return OwnProblem("there_already", message % values, "deliverable")


def check_removable(own: OwnHandOff) -> None:
    """Raise OwnProblem where taking it out is not for one side alone."""
    handoff, (_mine, theirs) = own.handoff, claims_of(own)
    if handoff.is_claim:
        return
    name = {"name": clean_text(own.other.name)}
    asked = Ask.objects.filter(handoff=handoff)
    if asked.filter(round__state=Round.State.OPEN).exists():
        raise OwnProblem(
            "asked_now",
            _("It is being asked about in a round right now. Wait until that round is closed, or ask %(name)s.") % name,
        )
    if theirs == "no" or own.other.left_on is not None:
        return
    if own.other_can_say:
        raise OwnProblem(
            "confirmed" if theirs == "yes" else "in_chain",
            _(
                "It is part of the chain, and one side alone does not take that out. Dispute it, or talk about it: "
                "once %(name)s disputes it too, it can be taken out."
            )
            % name,
        )
    if asked.exists() or Rating.objects.filter(handoff=handoff).exists():
        raise OwnProblem(
            "rated",
            _("It was asked about, and %(name)s cannot say here that it is over. Ask your administrator.") % name,
        )
