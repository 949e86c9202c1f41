"""The invented company of a practice workshop into the database, through the ordinary import and an ordinary round."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

from django.utils import timezone

from chainmap.access import User
from chainmap.domain.records import PartyKind
from chainmap.imports.practice_company import CompanyTexts, Link, PracticeCompany, read_practice_company
from chainmap.models import (
    Agreement,
    Answer,
    Ask,
    HandOff,
    Organization,
    Participant,
    Party,
    Round,
    Scene,
    Story,
    Team,
    Workshop,
)
from chainmap.services.importing import SourceFile, chain_import
from chainmap.services.purposes import purpose_set
from chainmap.services.rounds import RoundPlan, round_close, round_create, round_open
from chainmap.services.workshops import WorkshopPlan, workshop_create

_FOLDER = Path(__file__).resolve().parent.parent / "sample" / "wendelmoor_wheels"
_SAVED = "000001"


@cache
def practice_company() -> PracticeCompany:
    """The company as its files say; read once, since they come with the program."""
    return read_practice_company({path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.is_file()})


def company_store(*, user: User, organization: Organization) -> Workshop:
    """Fill a new, empty organization of the coach: chain, purposes, stories, a closed round, agreements, a workshop.

    Runs in the caller's transaction. The user has to be coach there.
    """
    company = practice_company()
    chain_import(
        actor=user,
        organization_name=organization.name,
        people=SourceFile("people.csv", company.people),
        handoffs=SourceFile("handoffs.csv", company.handoffs),
    )
    parties = {party.code: party for party in Party.objects.filter(organization=organization)}
    _purposes(user, organization, company.texts)
    _claims(organization, company.texts, parties)
    links = handoffs_by_link(organization)
    _stories(organization, company.texts, parties, links)
    _round(user, organization, company)
    _agreements(company.texts, parties, links)
    organization.touch()
    return _workshop(user, organization, company.texts, parties)


def handoffs_by_link(organization: Organization) -> dict[Link, HandOff]:
    """The hand-offs of an organization by the ids of their two sides and the deliverable."""
    rows = HandOff.objects.filter(organization=organization).select_related("supplier", "customer")
    return {(row.supplier.code, row.customer.code, row.deliverable): row for row in rows}


def _purposes(user: User, organization: Organization, texts: CompanyTexts) -> None:
    teams = dict(Team.objects.filter(organization=organization).values_list("name", "pk"))
    for purpose in texts.purposes:
        team = None if purpose.team is None else teams[purpose.team]
        purpose_set(user=user, organization=organization, team=team, text=purpose.text, version=0)


def _claims(organization: Organization, texts: CompanyTexts, parties: dict[str, Party]) -> None:
    for claim in texts.claims:
        HandOff.objects.create(
            organization=organization,
            supplier=parties[claim.supplier],
            customer=parties[claim.customer],
            deliverable=claim.deliverable,
            volume=claim.volume,
            supplier_says=claim.supplier_says,
            customer_says=claim.customer_says,
            is_claim=True,
        )


def _stories(
    organization: Organization, texts: CompanyTexts, parties: dict[str, Party], links: dict[Link, HandOff]
) -> None:
    for told in texts.stories:
        story = Story.objects.create(
            organization=organization,
            title=told.title,
            text=told.text,
            teller=parties[told.teller],
            customer=parties[told.customer],
            told_on=timezone.localdate(),
        )
        story.handoffs.set([links[supplier, customer, what] for supplier, customer, what in told.handoffs])


def _round(user: User, organization: Organization, company: PracticeCompany) -> None:
    """An open round in which everybody answered, customers too; closing it makes the ratings and the moments."""
    plan = RoundPlan(name=company.texts.round, mode=Round.Mode.OPEN.value, asks_end_customers=True, reminder_days=())
    round = round_open(actor=user, round=round_create(actor=user, organization=organization, plan=plan))
    asks = {
        ask.pk: (ask.handoff.supplier.code, ask.handoff.customer.code, ask.handoff.deliverable)
        for ask in Ask.objects.filter(round=round).select_related("handoff__supplier", "handoff__customer")
    }
    answered = []
    for answer in Answer.objects.filter(ask__round=round):
        card = company.cards.get(asks[answer.ask_id])
        if card is not None:
            answer.score, answer.marks, answer.texts = card.to_row()
            answer.saves, answer.given_in = _SAVED, round.version
            answered.append(answer)
    Answer.objects.bulk_update(answered, ["score", "marks", "texts", "saves", "given_in"])
    round_close(actor=user, round=round)


def _agreements(texts: CompanyTexts, parties: dict[str, Party], links: dict[Link, HandOff]) -> None:
    """Shared by both sides, or the coach would not see them."""
    today = timezone.localdate()
    Agreement.objects.bulk_create(
        Agreement(
            handoff=links[text.supplier, text.customer, text.deliverable],
            sentence=text.sentence,
            made_by=parties[text.made_by],
            owner=parties[text.owner],
            due_on=today + timedelta(days=text.due_in_days),
            state=Agreement.State.AGREED,
            shared_by_supplier=True,
            shared_by_customer=True,
        )
        for text in texts.agreements
    )


def _workshop(user: User, organization: Organization, texts: CompanyTexts, parties: dict[str, Party]) -> Workshop:
    """Prepared, with everybody of the company in the lobby already and some scenes to show."""
    plan = WorkshopPlan(name=texts.workshop, team=None, mode=Workshop.Mode.OPEN.value)
    workshop = workshop_create(actor=user, organization=organization, plan=plan)
    workshop.is_practice = True
    workshop.save(update_fields=["is_practice"])
    Participant.objects.bulk_create(
        Participant(workshop=workshop, name=party.name, party=party, is_invented=True)
        for party in parties.values()
        if party.kind == PartyKind.EMPLOYEE.value
    )
    Scene.objects.bulk_create(
        Scene(
            organization=organization,
            workshop=workshop,
            place=place,
            kind=scene.kind,
            title=scene.title,
            question=scene.question,
            focus=None if scene.focus is None else parties[scene.focus],
            steps=scene.steps,
        )
        for place, scene in enumerate(texts.scenes, start=1)
    )
    return workshop
