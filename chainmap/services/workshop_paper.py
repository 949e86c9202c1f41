"""The paper form of a workshop: one for anybody, or one for each of its people with what they receive."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, require
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.exports.files import ExportFile
from chainmap.exports.paper_form import PaperForm, PaperForms, PaperQuestion, paper_form_pdf
from chainmap.exports.paper_questions import Asked, paper_questions
from chainmap.exports.workshop_report import Paper
from chainmap.exports.workshop_words import mode_sentence
from chainmap.models import HandOff, Party, Workshop
from chainmap.services.joining import code_shown
from chainmap.services.questionnaires import questionnaire_find
from chainmap.services.workshop_drawn import drawn_received
from chainmap.services.workshops import WorkshopProblem, exercises_of

#: Forms with names of one file: a room holds no more.
MOST_FORMS = 60
#: Hand-offs asked about on one form, those with the most work.
MOST_RATED = 8


def workshop_paper(
    *, actor: User | Operator, workshop: Workshop, paper: Paper, each_person: bool = False
) -> ExportFile:
    """The form as a PDF; ``each_person``: one with the name of each of the workshop's people.

    Raises NotFound, PermissionDenied, DocumentError, and WorkshopProblem where names are not asked or there are too
    many.
    """
    return paper_form_pdf(paper_forms_find(actor=actor, workshop=workshop, each_person=each_person), paper)


def paper_forms_find(*, actor: User | Operator, workshop: Workshop, each_person: bool = False) -> PaperForms:
    """What is on the forms. Raises as :func:`workshop_paper` does."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    if each_person:
        forms = _forms_with_names(workshop)
    else:
        forms = (PaperForm("", _questions(workshop, ()), asks_name=not workshop.is_anonymous),)
    is_open = workshop.state == Workshop.State.OPEN and workshop.code
    address = settings.CHAINMAP_URL + reverse("chainmap:room_join", args=[workshop.code]) if is_open else ""
    return PaperForms(
        workshop=workshop.name,
        organization=workshop.organization.name,
        made_on=timezone.localdate(),
        mode_sentence=mode_sentence(workshop.mode),
        forms=forms,
        join_address=address,
        join_code=code_shown(workshop.code),
    )


def _forms_with_names(workshop: Workshop) -> tuple[PaperForm, ...]:
    if workshop.is_anonymous:
        raise WorkshopProblem("anonymous", _("This workshop is without names, so its forms have none. Print the one."))
    people = Party.objects.filter(
        organization=workshop.organization_id, kind=PartyKind.EMPLOYEE.value, left_on__isnull=True
    )
    if workshop.team_id is not None:
        people = people.filter(team=workshop.team_id)
    named = list(people.order_by("name", "pk")[: MOST_FORMS + 1])
    if not named:
        raise WorkshopProblem("nobody", _("Nobody of the chain belongs to this workshop. Print the form for anybody."))
    if len(named) > MOST_FORMS:
        said = _("These would be more than %(most)s forms. Print the form for anybody as often as you need it.")
        raise WorkshopProblem("too_many", said % {"most": MOST_FORMS})
    received = _received(workshop, [party.pk for party in named])
    return tuple(PaperForm(party.name, _questions(workshop, received[party.pk])) for party in named)


def _received(workshop: Workshop, people: list[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Person -> what they receive and from whom: what the room drew and nobody rated yet, then the most work first."""
    drawn = drawn_received(workshop)
    rows = HandOff.objects.in_chain().filter(organization=workshop.organization_id, customer__in=people)
    found = {
        person: tuple((one.deliverable, one.supplier) for one in drawn.get(person, ()))[:MOST_RATED]
        for person in people
    }
    for customer, what, supplier in rows.order_by("-volume", "pk").values_list(
        "customer_id", "deliverable", "supplier__name"
    ):
        found[customer] = (*found[customer], (what, supplier))[:MOST_RATED]
    return found


def _questions(workshop: Workshop, received: tuple[tuple[str, str], ...]) -> tuple[PaperQuestion, ...]:
    asked = [Asked(Kind(row.kind), row.instruction) for row in exercises_of(workshop)]
    orientation = questionnaire_find(organization=workshop.organization, code=ORIENTATION.code).text
    return paper_questions(asked, is_anonymous=workshop.is_anonymous, received=received, orientation=orientation)
