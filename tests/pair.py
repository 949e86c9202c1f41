"""Two people of Acme who can talk: Alice gives the forecast, Marta (the party bob) gets it, Toni (dan) is a third.

Marta and Toni are members without another role, so that coach, manager, administrator and auditor are no side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from django.contrib.auth.models import User
from django.utils import timezone

from chainmap.domain.roles import Role
from chainmap.models import Agreement, Conversation, HandOff, Organization, Party
from chainmap.services.agreements import AgreementPlan, agreement_answer, agreement_make
from chainmap.services.conversations import conversation_answer, conversation_invite
from tests import cast


@dataclass(frozen=True)
class Pair:
    """Supplier Alice and customer Marta of one hand-off."""

    organization: Organization
    handoff: HandOff
    alice: User
    marta: User
    toni: User

    @property
    def supplier(self) -> Party:
        return self.handoff.supplier

    @property
    def customer(self) -> Party:
        return self.handoff.customer

    def invite(self, user: User | None = None, **given: object) -> Conversation:
        """By Marta, unless told otherwise."""
        given = {"reason": "other", **given}
        return conversation_invite(
            user=user or self.marta, organization=self.organization, handoff=self.handoff.pk, **given
        )

    def answer(self, user: User, talk: Conversation, answer: str, version: int | None = None) -> Conversation:
        version = Conversation.objects.get(pk=talk.pk).version if version is None else version
        return conversation_answer(
            user=user, organization=self.organization, pk=talk.pk, answer=answer, version=version
        )

    def propose(self, user: User | None = None, *, score_today: int | None = None, **given: object) -> Agreement:
        """By Marta, unless told otherwise: Alice's ("other") by tomorrow."""
        return agreement_make(
            user=user or self.marta,
            organization=self.organization,
            handoff=self.handoff.pk,
            plan=plan(**given),
            score_today=score_today,
        )

    def agree(self, **given: object) -> Agreement:
        """Proposed by Marta and agreed by Alice."""
        made = self.propose(**given)
        return agreement_answer(user=self.alice, organization=self.organization, pk=made.pk, answer="yes", version=1)

    def due(self, **given: object) -> Agreement:
        """Agreed, and its day was yesterday."""
        made = self.agree(**given)
        made.due_on = timezone.localdate() - timedelta(days=1)
        made.save()
        return made

    def leave(self, party: Party) -> None:
        """The party left at the end of October."""
        Party.objects.filter(pk=party.pk).update(left_on=date(2026, 10, 31))


_numbers = count(1)


def plan(**given: object) -> AgreementPlan:
    """One sentence, another one each time, the other side's, by tomorrow."""
    usual = {
        "sentence": f"It comes by Tuesday ({next(_numbers)})",
        "owner": "other",
        "due_on": timezone.localdate() + timedelta(days=1),
    }
    return AgreementPlan(**usual | given)


def make_pair(organization: Organization, alice: User) -> Pair:
    """Marta stands for the party bob, Toni for dan."""
    users = []
    for name, code in (("marta", "bob"), ("toni", "dan")):
        user = cast.make_user(name, organization, Role.MEMBER)
        Party.objects.filter(organization=organization, code=code).update(user=user)
        users.append(user)
    handoff = HandOff.objects.select_related("supplier", "customer").get(
        organization=organization, supplier__code="alice", customer__code="bob"
    )
    return Pair(organization, handoff, alice, *users)
