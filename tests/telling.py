"""News of Acme for tests: one piece at a time, about the forecast that Alice gives Bob."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from chainmap.models import Agreement, Conversation, HandOff, Notification
from tests.pair import party

Kind = Notification.Kind


def forecast(organization):
    return HandOff.everything.get(organization=organization, supplier__code="alice", customer__code="bob")


def tell(organization, kind=Kind.CONFIRMED, *, to="alice", by="bob", ago=timedelta(0), **about):
    """One piece of news about the forecast that bob gets from alice."""
    values = {"handoff": forecast(organization)} | about
    row = Notification.objects.create(
        party=party(organization, to), kind=kind, by=by and party(organization, by), **values
    )
    Notification.objects.filter(pk=row.pk).update(made_at=timezone.now() - ago)
    return row


def make_agreement(organization, **fields):
    given = forecast(organization)
    values = {"sentence": "CANARY sentence", "due_on": timezone.localdate(), "owner": given.supplier} | fields
    return Agreement.objects.create(handoff=given, made_by=given.customer, **values)


def make_talk(organization, **fields):
    given = forecast(organization)
    values = {"reason": "other", "words": "CANARY words"} | fields
    return Conversation.objects.create(handoff=given, inviter=given.customer, invitee=given.supplier, **values)
