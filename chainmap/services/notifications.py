"""Telling people what happened to them: one row each, shown on the page and gathered in a digest by mail."""

from __future__ import annotations

from collections.abc import Collection

from chainmap.domain.records import PartyKind
from chainmap.models import Agreement, Conversation, HandOff, Notification, Party, Round, Story


def notify(
    *,
    kind: Notification.Kind,
    party: Party,
    by: Party | None = None,
    handoff: HandOff | None = None,
    conversation: Conversation | None = None,
    agreement: Agreement | None = None,
    story: Story | None = None,
    round: Round | None = None,
) -> None:
    """Tell ``party`` that ``by`` did something. Nobody is told of what they did themselves; nobody who left.

    The same news that was not seen yet is told once. Call it inside the transaction of what happened.
    """
    if party.kind != PartyKind.EMPLOYEE.value or party.left_on is not None or (by is not None and by.pk == party.pk):
        return
    about = {"handoff": handoff, "conversation": conversation, "agreement": agreement, "story": story, "round": round}
    if Notification.objects.filter(party=party, kind=kind, by=by, is_seen=False, **about).exists():
        return
    Notification.objects.create(party=party, kind=kind, by=by, **about)


def settle(
    *,
    party: Party,
    kinds: Collection[Notification.Kind],
    by: Party | None = None,
    handoff: HandOff | None = None,
    conversation: Conversation | None = None,
    agreement: Agreement | None = None,
) -> None:
    """Whoever does what news asked them for has seen them: those of ``party`` about the one thing that is given.

    ``by``: only what this party told. News of a hand-off itself, not those of a talk or an agreement about it. Call it
    inside the transaction of what is done.
    """
    rows = Notification.objects.filter(party=party, kind__in=kinds, is_seen=False)
    if conversation is not None:
        rows = rows.filter(conversation=conversation)
    elif agreement is not None:
        rows = rows.filter(agreement=agreement)
    else:
        rows = rows.filter(handoff=handoff, conversation=None, agreement=None)
    (rows.filter(by=by) if by is not None else rows).update(is_seen=True)
