"""What is left of a workshop: its results and agreements, for coach and manager, as a PDF, and by a link for the room.

All of it is made of the frozen results of revealed exercises by one function, so page, PDF and link cannot differ; what
was not revealed, or what the reveal kept back, is in none of them.

The link is a token of 256 bits. The database holds a hash; the token itself is worked out anew from the server's secret
key and the link's end whenever a phone of the room shows it, and changes with both.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, require
from chainmap.domain.exercise_results import (
    AgreementsResult,
    CoffeeResult,
    PurposeResult,
    RateResult,
    Result,
    result_from_json,
)
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.exercises import WorkshopMode
from chainmap.domain.questionnaires import ORIENTATION, Questionnaire
from chainmap.domain.roles import Action
from chainmap.exports.files import ExportFile
from chainmap.exports.workshop_lines import (
    Known,
    agreement_lines,
    agreements_headline,
    chain_figures,
    coffee_lines,
    exercise_lines,
    method_words,
    rate_headlines,
    took_part_words,
)
from chainmap.exports.workshop_report import ExerciseLines, Paper, WorkshopSummary, workshop_pdf
from chainmap.models import Exercise, Workshop
from chainmap.services.exercise_names import names_of
from chainmap.services.links import LinkDead
from chainmap.services.questionnaires import questionnaire_find
from chainmap.services.reporting import export_allow, export_taken
from chainmap.services.workshop_pictures import summary_picture
from chainmap.services.workshops import WorkshopProblem, workshop_held, workshop_touch

__all__ = ["LinkDead"]  # what the functions here raise, from one place

LINK_LIFE = timedelta(days=14)
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
_REVEALED = (Exercise.State.REVEALED, Exercise.State.DONE)


@dataclass(frozen=True, slots=True)
class LinkState:
    """The link of a workshop as its coach sees it: the address of its page ("" = there is none) and its end."""

    address: str
    until: datetime | None


def workshop_summary_find(*, actor: User | Operator, workshop: Workshop) -> WorkshopSummary:
    """What the results page says. Raises NotFound for a stranger, PermissionDenied without the right."""
    require(actor, Action.SEE_WORKSHOPS, workshop.organization)
    return _summary(workshop)


def workshop_report(*, actor: User | Operator, workshop: Workshop, paper: Paper) -> ExportFile:
    """The same as a PDF; counted with the reports one takes away, and written to the audit log.

    Raises DocumentError too, and TooMany after ten reports in an hour.
    """
    summary, organization = workshop_summary_find(actor=actor, workshop=workshop), workshop.organization
    of = f"workshop {workshop.pk} {workshop.version}"
    export_allow(actor=actor, organization=organization, report=of, file=paper)
    file = workshop_pdf(summary, paper)
    export_taken(actor=actor, organization=organization, of=workshop.name, file=file)
    return file


def after_link_make(*, actor: User | Operator, workshop: Workshop) -> str:
    """A new link for those who took part, for 14 days; a former one is dead. Returns the address of its page.

    Raises WorkshopProblem while nothing was revealed, NotFound, PermissionDenied.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if not revealed_results(held):
            raise WorkshopProblem(
                "nothing", _("Nothing was revealed, so there is nothing to show. Reveal a result first.")
            )
        until = timezone.now() + LINK_LIFE
        if held.results_until is not None and until <= held.results_until:
            until = held.results_until + timedelta(microseconds=1)  # another end is another token
        token = _token(held.pk, until)
        held.results_until, held.results_hash = until, _digest(token)
        held.save(update_fields=["results_until", "results_hash"])
        workshop_touch(held)
    return _address(token)


def after_link_end(*, actor: User | Operator, workshop: Workshop) -> None:
    """The link is dead from now on. Where there is none, nothing changes."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.results_hash:
            held.results_hash = ""  # its end stays, so that the next token is another one
            held.save(update_fields=["results_hash"])
            workshop_touch(held)


def after_link(*, workshop: Workshop) -> str | None:
    """The address phones of the room show when the workshop is over; None while there is no working link."""
    if not workshop.results_hash or workshop.results_until is None or workshop.results_until <= timezone.now():
        return None
    token = _token(workshop.pk, workshop.results_until)
    if not constant_time_compare(_digest(token), workshop.results_hash):
        return None  # the server's key is another one since
    return _address(token)


def link_state(*, actor: User | Operator, workshop: Workshop) -> LinkState:
    """The link as its coach sees it."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    address = after_link(workshop=workshop)
    return LinkState(address or "", workshop.results_until if address else None)


def after_find(*, token: str) -> WorkshopSummary:
    """What a link opens, however often it is looked at. Raises LinkDead, whatever the reason."""
    return _summary(_linked(token))


def after_report(*, token: str, paper: Paper) -> ExportFile:
    """The same as a PDF. Raises LinkDead, DocumentError."""
    return workshop_pdf(after_find(token=token), paper)


def revealed_results(workshop: Workshop) -> dict[Kind, Result]:
    """The frozen results of the revealed exercises, in the coach's order; of an unreadable one nothing."""
    rows = Exercise.objects.filter(workshop=workshop, state__in=_REVEALED).exclude(result="").order_by("place", "pk")
    found: dict[Kind, Result] = {}
    for kind, text in rows.values_list("kind", "result"):
        with suppress(ValueError):
            found[Kind(kind)] = result_from_json(Kind(kind), text)
    return found


def held_on(workshop: Workshop) -> date:
    """The day of a workshop: that on which it was closed, else that on which it was made."""
    return workshop.closed_on or timezone.localdate(workshop.made_at)


def _linked(token: str) -> Workshop:
    found = None
    if _TOKEN.fullmatch(token):
        rows = Workshop.objects.select_related("organization", "team")
        found = rows.filter(results_hash=_digest(token), results_until__gt=timezone.now()).first()
    if found is None:
        raise LinkDead
    return found


def _summary(workshop: Workshop) -> WorkshopSummary:
    results = revealed_results(workshop)
    known = _known(workshop)
    is_anonymous = workshop.mode == WorkshopMode.ANONYMOUS
    rates, agreements, coffee = (results.get(kind) for kind in (Kind.RATE, Kind.AGREEMENTS, Kind.COFFEE))
    headlines = list(rate_headlines(rates, known)) if isinstance(rates, RateResult) else []
    if isinstance(agreements, AgreementsResult):
        headlines.append(agreements_headline(agreements))
    return WorkshopSummary(
        name=workshop.name,
        organization=workshop.organization.name,
        team=workshop.team.name if workshop.team is not None else "",
        held_on=held_on(workshop),
        headlines=tuple(sentence for sentence in headlines if sentence),
        chain=chain_figures(rates) if isinstance(rates, RateResult) else None,
        results=tuple(_lines(results, known)),
        purpose=known.names.mask(_purpose(results)),
        agreements=agreement_lines(agreements, known) if isinstance(agreements, AgreementsResult) else (),
        coffee=coffee_lines(coffee, known) if isinstance(coffee, CoffeeResult) else (),
        took_part=took_part_words(workshop.participants.count()),
        method=method_words(is_anonymous=is_anonymous, rates=rates if isinstance(rates, RateResult) else None),
        is_invented=workshop.is_practice,
        picture=summary_picture(workshop=workshop, results=results, names=known.names),
    )


def _lines(results: Mapping[Kind, Result], known: Known) -> Iterable[ExerciseLines]:
    """Every exercise but those that have a place of their own: agreements, and a purpose said in one way."""
    for kind, result in results.items():
        lines = exercise_lines(kind, result, known)
        is_elsewhere = {
            Kind.AGREEMENTS: result.answered.is_shown,
            Kind.PURPOSE: _purpose(results) != "",
            Kind.COFFEE: isinstance(result, CoffeeResult) and len(result.pairs) > 0 and not lines.rows,
        }
        if not is_elsewhere.get(kind, False):
            yield lines


def _purpose(results: Mapping[Kind, Result]) -> str:
    """What the work is for, where the room said one thing; "" where it said several."""
    said = results.get(Kind.PURPOSE)
    return said.texts[0].words if isinstance(said, PurposeResult) and len(said.texts) == 1 else ""


def _known(workshop: Workshop) -> Known:
    """Today's names of what the results speak of; hidden as on the screen."""
    names = names_of(workshop, hides_names=False)
    shown = names_of(workshop, hides_names=True) if workshop.hides_names else names
    return Known(shown, names.parties, _orientation(workshop))


def _orientation(workshop: Workshop) -> Questionnaire:
    return questionnaire_find(organization=workshop.organization, code=ORIENTATION.code).text


def _token(workshop: int, until: datetime) -> str:
    """256 bits that only this server can work out."""
    named = f"{workshop} {until.astimezone(UTC).isoformat()}"
    made = salted_hmac("chainmap.workshop.after", named, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _address(token: str) -> str:
    return reverse("chainmap:after", args=[token])
