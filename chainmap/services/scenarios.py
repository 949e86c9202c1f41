"""Kept what-ifs: named, opened again, compared. They are read anew against the chain as it is today.

What a scenario changes may be gone since, or what it adds may be there by now: such a change is told and left out of
the figures, and kept in the scenario, because the chain may get it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.roles import Action
from chainmap.domain.scenario_chain import changes_possible
from chainmap.domain.scenario_changes import (
    Change,
    Changes,
    Reroute,
    ScenarioCode,
    ScenarioError,
    changes_read,
    changes_write,
)
from chainmap.domain.scenarios import ScenarioFinding, scenario_find
from chainmap.domain.solver import SolverError
from chainmap.domain.texts import read_text
from chainmap.exports.plain_text import clean_text
from chainmap.exports.scenario_words import HandOffWords, change_sentence, gone_sentence, reroute_sentence
from chainmap.models import HandOff, Organization, Party, Round, Scenario
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.what_if import WhatIfBase, what_if_base

#: A longer name would be cut where it is shown.
LONGEST_NAME, LONGEST_NOTE = 80, 500
#: Scenarios an organization keeps; compared at a time.
MOST_SCENARIOS = 200
LEAST_COMPARED, MOST_COMPARED = 2, 4


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A change of a kept scenario that cannot be made today: what it was, and why."""

    change: Change
    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class OpenedScenario:
    """A kept scenario as it reads today. ``base`` and ``finding`` are None where nothing can be worked out.

    ``problem``: "" or why there is no finding ("no_figures": its round shows nothing (any more); "nothing_rated";
    "unsolvable": the changed chain has a loop that nearly nothing leaves).
    """

    scenario: Scenario
    kept: Changes  # all of them, as they were kept
    changes: Changes  # those that can be made today
    sentences: tuple[str, ...]  # of those
    left_out: tuple[LeftOut, ...]
    base: WhatIfBase | None
    finding: ScenarioFinding | None
    problem: str = ""


def scenarios_list(*, actor: User | Operator, organization: Organization) -> list[Scenario]:
    """Everything kept, by name. Raises NotFound for a stranger, PermissionDenied without the right."""
    require(actor, Action.KEEP_SCENARIOS, organization)
    return list(Scenario.objects.filter(organization=organization).select_related("round", "made_by"))


def scenario_open(*, actor: User | Operator, organization: Organization, pk: int) -> OpenedScenario:
    """One kept scenario, solved against today's chain. Raises NotFound, PermissionDenied without the right."""
    return _opened(actor, _found(actor, organization, pk))


def scenario_compare(
    *, actor: User | Operator, organization: Organization, pks: Sequence[int]
) -> tuple[OpenedScenario, ...]:
    """Two to four different scenarios beside each other, in the order asked for.

    Raises as :func:`scenario_open`, and OwnProblem for fewer, more, or the same one twice.
    """
    require(actor, Action.KEEP_SCENARIOS, organization)
    if not LEAST_COMPARED <= len(set(pks)) == len(pks) <= MOST_COMPARED:
        said = _("Choose from %(least)s to %(most)s different scenarios to compare.")
        raise OwnProblem("compared", said % {"least": LEAST_COMPARED, "most": MOST_COMPARED}, "with")
    return tuple(_opened(actor, _found(actor, organization, pk)) for pk in pks)


def scenario_keep(
    *,
    actor: User | Operator,
    organization: Organization,
    round: Round | None,
    name: str,
    changes: Sequence[Change],
    note: str = "",
) -> Scenario:
    """Keep a question under a name. The same changes twice under the same name (a second tap) are kept once.

    Raises NotFound for a stranger, PermissionDenied without the right, TextFault, ScenarioError for changes that
    cannot be made, OwnProblem for no name, a name that is taken, no change, or too many scenarios.
    """
    require(actor, Action.KEEP_SCENARIOS, organization)
    line, more = _read_words(name, note)
    base = what_if_base(actor=actor, organization=organization, round=round)
    if not changes:
        raise OwnProblem("no_change", _("Nothing is changed yet, so there is nothing to keep. Change something first."))
    scenario_find(base.analysis, changes, allow_self=base.by_team)
    text = changes_write(changes)
    with transaction.atomic():
        Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
        same = Scenario.objects.filter(organization=organization, name=line).first()
        if same is not None and (same.changes, same.round_id) == (text, round.pk if round else None):
            return same
        if same is not None:
            raise _taken(line)
        if Scenario.objects.filter(organization=organization).count() >= MOST_SCENARIOS:
            said = _("%(most)s scenarios are kept, which is as many as fit. Remove one first.")
            raise OwnProblem("most_scenarios", said % {"most": MOST_SCENARIOS})
        return Scenario.objects.create(
            organization=organization,
            round=round,
            name=line,
            note=more,
            changes=text,
            made_by_id=None if isinstance(actor, Operator) else actor.pk,
        )


def scenario_rename(
    *, actor: User | Operator, organization: Organization, pk: int, name: str, note: str, version: int
) -> Scenario:
    """Give a scenario another name and note. Raises as :func:`scenario_keep`, and EditConflict where somebody did so
    since ``version``."""
    found = _found(actor, organization, pk)
    line, more = _read_words(name, note)
    try:
        with transaction.atomic():
            held = _held(found, version)
            held.name, held.note, held.version = line, more, version + 1
            held.save(update_fields=["name", "note", "version"])
    except IntegrityError:
        raise _taken(line) from None
    return held


def scenario_remove(*, actor: User | Operator, organization: Organization, pk: int, version: int) -> None:
    """Throw a scenario away. Raises NotFound, PermissionDenied, EditConflict as :func:`scenario_rename`."""
    found = _found(actor, organization, pk)
    with transaction.atomic():
        _held(found, version).delete()


def _found(actor: User | Operator, organization: Organization, pk: int) -> Scenario:
    require(actor, Action.KEEP_SCENARIOS, organization)
    rows = Scenario.objects.filter(organization=organization, pk=pk)
    scenario = rows.select_related("round__organization", "made_by").first()
    if scenario is None:
        raise NotFound
    scenario.organization = organization
    return scenario


def _held(scenario: Scenario, version: int) -> Scenario:
    """The scenario, held to the end of the transaction. Raises NotFound where it is gone, EditConflict if changed."""
    held = Scenario.objects.select_for_update(of=("self",), no_key=True).filter(pk=scenario.pk).first()
    if held is None:
        raise NotFound
    if held.version != version:
        raise EditConflict({"name": held.name, "note": held.note}, held.version)
    return held


def _read_words(name: str, note: str) -> tuple[str, str]:
    line = read_text(name, LONGEST_NAME, one_line=True)
    if not line:
        raise OwnProblem("no_name", _("Give it a name, so that it is found again."), "name")
    return line, read_text(note, LONGEST_NOTE)


def _taken(name: str) -> OwnProblem:
    said = _("There is a scenario “%(name)s” already. Choose another name.")
    return OwnProblem("taken", said % {"name": clean_text(name)}, "name")


# ---- reading a kept one


def _opened(actor: User | Operator, scenario: Scenario) -> OpenedScenario:
    kept = _kept(scenario)
    try:
        base = what_if_base(actor=actor, organization=scenario.organization, round=scenario.round)
    except NotFound:  # its round is open again, or shows nothing yet
        return OpenedScenario(scenario, kept, (), (), (), None, None, "no_figures")
    made, errors = changes_possible(base.analysis, kept, allow_self=base.by_team)
    finding, problem = _finding(base, made)
    names = _Gone(scenario.organization, base, kept)
    return OpenedScenario(
        scenario=scenario,
        kept=kept,
        changes=made,
        sentences=tuple(base.sentence(change) for change in made),
        left_out=tuple(
            LeftOut(kept[error.place], names.sentence(kept[error.place]), gone_sentence(kept[error.place], error))
            for error in errors
            if error.place is not None
        ),
        base=base,
        finding=finding,
        problem=problem,
    )


def _kept(scenario: Scenario) -> Changes:
    try:
        return changes_read(scenario.changes)
    except ScenarioError:
        return ()  # written behind the program's back


def _finding(base: WhatIfBase, changes: Changes) -> tuple[ScenarioFinding | None, str]:
    try:
        return scenario_find(base.analysis, changes, allow_self=base.by_team), ""
    except ScenarioError as error:
        if error.code != ScenarioCode.NOTHING_RATED:
            raise
        return None, "nothing_rated"
    except SolverError:
        return None, "unsolvable"


class _Gone:
    """Words for changes whose hand-off is no longer in the chain of persons: rows that were taken out are kept."""

    def __init__(self, organization: Organization, base: WhatIfBase, changes: Changes) -> None:
        self.base = base
        self.rows: dict[int, HandOff] = {}
        missing = [
            change.handoff
            for change in changes
            if hasattr(change, "handoff") and not base.knows_handoff(change.handoff)
        ]
        if missing and not base.by_team:
            rows = HandOff.everything.filter(organization=organization, pk__in=missing)
            self.rows = {row.pk: row for row in rows.select_related("supplier", "customer")}

    def sentence(self, change: Change) -> str:
        key = getattr(change, "handoff", None)
        row = None if key is None else self.rows.get(key)
        if key is None or self.base.knows_handoff(key):
            return self.base.sentence(change)
        if row is None:
            return _("A change of a hand-off that is no longer there.")
        handoff = HandOffWords(_name(row.supplier), _name(row.customer), clean_text(row.deliverable))
        if isinstance(change, Reroute):
            return reroute_sentence(handoff, self.base.party_name(change.customer))
        return change_sentence(change, handoff=handoff, mean=None)


def _name(party: Party) -> str:
    return clean_text(party.name) or clean_text(party.code) or "?"
