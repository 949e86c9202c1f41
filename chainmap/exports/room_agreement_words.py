"""How far an agreement of a room came, in words: who proposed it, who was not asked, and whether both said yes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chainmap.domain.exercise_results import AgreementSaid, AgreementShown, NamedBy


def agreement_state(one: AgreementShown, supplier: str, customer: str) -> str:
    """``supplier``, ``customer``: as they may be shown, cleaned. Whoever was asked and did not say yes is not named."""
    if one.said == AgreementSaid.BOTH:
        return _("both said yes")
    if one.said == AgreementSaid.ROOM:
        return _("both said yes in the room")
    by, other = {NamedBy.SUPPLIER: (supplier, customer), NamedBy.CUSTOMER: (customer, supplier)}.get(
        one.named_by or NamedBy.OTHERS, ("", "")
    )
    if one.said == AgreementSaid.NOT_ASKED:
        if by:
            return _("proposed by %(name)s; %(other)s was not asked here") % {"name": by, "other": other}
        return _("written down here; one of the two was not asked")
    return _("still open: proposed by %(name)s") % {"name": by} if by else _("still open")
