"""Two people of Acme with accounts, so that both sides of a hand-off can be asked: Alice gives Bob the forecast.

Either the coach Bob stands for the party of his name (``give_account``), or a ``Pair``: Marta for the party bob and
Toni for dan, members without another role, so that coach, manager, administrator and auditor are no side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from django.contrib.auth.models import User
from django.utils import timezone

from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Role
from chainmap.models import Agreement, Conversation, HandOff, Organization, Party
from chainmap.services.agreements import AgreementPlan, agreement_answer, agreement_edit, agreement_make
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


def elsewhere(pair: Pair, count: int, **given: object) -> list[Agreement]:
    """So many agreements of the two, each at another hand-off between them."""
    handoffs = [
        HandOff.objects.create(
            organization=pair.organization,
            supplier=pair.supplier,
            customer=pair.customer,
            deliverable=f"{next(_numbers)}",
        )
        for _each in range(count)
    ]
    usual = {"made_by": pair.customer, "owner": pair.supplier, "due_on": timezone.localdate() + timedelta(days=1)}
    return [Agreement.objects.create(handoff=each, sentence="It comes", **usual | given) for each in handoffs]


def give_account(organization: Organization, code: str) -> User:
    """Bob the coach, or Carla the manager, is the party of the same name from now on."""
    user = User.objects.get(username=code)
    Party.objects.filter(organization=organization, code=code).update(user=user)
    return user


def party(organization: Organization, code: str) -> Party:
    return Party.objects.get(organization=organization, code=code)


def handoff_of(organization: Organization, supplier: str, customer: str, deliverable: str | None = None) -> HandOff:
    """Also one that was taken out."""
    rows = HandOff.everything.filter(organization=organization, supplier__code=supplier, customer__code=customer)
    return rows.get() if deliverable is None else rows.get(deliverable=deliverable)


def many_handoffs(organization: Organization, code: str, count: int) -> None:
    """So many hand-offs each way between a party and new colleagues, every third one disputed or one-sided."""
    own = party(organization, code)
    made = Party.objects.bulk_create(
        Party(
            organization=organization, code=f"{code}-{count}-{place}", name=f"Colleague {place}",
            kind=PartyKind.EMPLOYEE.value, capacity=1.0,
        )
        for place in range(count)
    )  # fmt: skip
    HandOff.objects.bulk_create(
        HandOff(
            organization=organization,
            supplier=own if way == "to" else one,
            customer=one if way == "to" else own,
            deliverable=f"{way} {place}",
            supplier_says=("yes", "", "no")[place % 3],
            customer_says=("", "yes", "yes")[place % 3],
            decision_owner=own,
        )
        for place, one in enumerate(made)
        for way in ("to", "from")
    )
    organization.touch()


def stored(agreement: Agreement) -> Agreement:
    """The agreement as it stands now."""
    return Agreement.objects.get(pk=agreement.pk)


def edit(pair: Pair, user: User, agreement: Agreement, version: int | None = None, **given: object) -> Agreement:
    """Change it by one who has read the version of now, or another one."""
    read = stored(agreement).version if version is None else version
    return agreement_edit(user=user, organization=pair.organization, pk=agreement.pk, plan=plan(**given), version=read)
