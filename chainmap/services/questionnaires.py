"""The questionnaires of the self-assessments of an organization: the ones built in, and what it made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.questionnaires import BUILT_IN
from chainmap.domain.questionnaires import Questionnaire as Text
from chainmap.domain.roles import Action
from chainmap.exports.questionnaire_words import questionnaire_shown
from chainmap.models import Organization, Questionnaire
from chainmap.services.own import EditConflict, OwnProblem

#: Together with the built-in ones; more is no list to choose from.
MOST_QUESTIONNAIRES = 20
_BUILT_IN: Mapping[str, Text] = {text.code: text for text in BUILT_IN}


@dataclass(frozen=True, slots=True)
class QuestionnaireSeen:
    """One questionnaire as it is asked today.

    ``text`` is what answers belong to (``text.version`` names the edition), ``shown`` the same in the reader's
    language. ``version`` counts the changes, from 0 for one that was never changed.
    """

    text: Text
    version: int
    is_own: bool  # written by the organization, or changed by it
    is_built_in: bool  # whether there is a text of ours to go back to

    @property
    def shown(self) -> Text:
        return questionnaire_shown(self.text)

    def is_about(self, about: str) -> bool:
        """Whether it can be answered about a "person" or a "team"."""
        return self.text.about.value in (about, "both")


def questionnaires_list(*, actor: User | Operator, organization: Organization) -> list[QuestionnaireSeen]:
    """All questionnaires of the organization: the built-in ones first, then its own by code. One query for them."""
    require(actor, Action.SEE_OWN_PAGE, organization)
    return [*questionnaires_of(organization=organization).values()]


def questionnaire_find(*, organization: Organization, code: str) -> QuestionnaireSeen:
    """One questionnaire: the organization's own text if there is one, else the built-in one. Raises NotFound.

    Whoever calls has asked whether the reader belongs to the organization.
    """
    row = Questionnaire.objects.filter(organization=organization, code=code).first()
    return _seen(code, row)


def questionnaires_of(*, organization: Organization) -> Mapping[str, QuestionnaireSeen]:
    """Code -> questionnaire, as :func:`questionnaires_list` orders them; for other services."""
    rows = {row.code: row for row in Questionnaire.objects.filter(organization=organization).order_by("code")}
    codes = [*_BUILT_IN, *(code for code, row in rows.items() if row.content and code not in _BUILT_IN)]
    return {code: _seen(code, rows.get(code)) for code in codes}


def questionnaire_set(
    *, actor: User | Operator, organization: Organization, code: str, data: object, version: int
) -> bool:
    """Keep another text. Returns False where it is the text that is asked already, and nothing was changed.

    ``data`` is the questionnaire as JSON types, or as text in the form of ``Questionnaire.to_json``; ``version`` the
    one that was shown. Answers given before stay with the former text and are not compared any more. Raises NotFound,
    PermissionDenied, QuestionnaireError with all that is wrong, OwnProblem where its code is another one, and
    EditConflict where somebody changed it meanwhile.
    """
    require(actor, Action.CHANGE_QUESTIONNAIRES, organization)
    with transaction.atomic():
        stored, row = _locked(organization, code)
        text = Text.from_json(data) if isinstance(data, str) else Text.from_data(data)
        if text.code != code:
            raise OwnProblem(
                "other_code",
                _("This text is of the questionnaire “%(other)s”, and this page is of “%(code)s”. Nothing was changed.")
                % {"other": text.code, "code": code},
                "content",
            )
        if text in (stored.text, stored.shown):
            return False
        _check_version(stored, version)
        _store(row, text.to_json())
        return True


def questionnaire_add(*, actor: User | Operator, organization: Organization, data: str) -> str:
    """A new questionnaire from its JSON; returns its code.

    Raises PermissionDenied, QuestionnaireError with all that is wrong, and OwnProblem where there is one of this code
    already or there are too many.
    """
    require(actor, Action.CHANGE_QUESTIONNAIRES, organization)
    with transaction.atomic():
        _lock(organization)
        text = Text.from_json(data)
        known = questionnaires_of(organization=organization)
        if text.code in known:
            raise OwnProblem(
                "code_taken",
                _("There is a questionnaire with the code “%(code)s” already. Open it to change it, or take another.")
                % {"code": text.code},
                "content",
            )
        if len(known) >= MOST_QUESTIONNAIRES:
            raise OwnProblem(
                "too_many",
                _("There are %(count)s questionnaires, and more cannot be kept. Remove one first.")
                % {"count": len(known)},
                "content",
            )
        row = Questionnaire.objects.filter(organization=organization, code=text.code).first()
        _store(row or Questionnaire(organization=organization, code=text.code, version=0), text.to_json())
    return text.code


def questionnaire_reset(*, actor: User | Operator, organization: Organization, code: str, version: int) -> bool:
    """Go back to the built-in text; a questionnaire without one is removed. What was answered is kept.

    Returns False where there was nothing to go back from. Raises as :func:`questionnaire_set` does.
    """
    require(actor, Action.CHANGE_QUESTIONNAIRES, organization)
    with transaction.atomic():
        stored, row = _locked(organization, code)
        if not stored.is_own:
            return False
        _check_version(stored, version)
        _store(row, "")
        return True


def _lock(organization: Organization) -> None:
    Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk).values_list("pk").first()


def _locked(organization: Organization, code: str) -> tuple[QuestionnaireSeen, Questionnaire]:
    """What is stored now, and its row, which may be a new one; until the transaction ends nobody else changes it."""
    _lock(organization)
    row = Questionnaire.objects.filter(organization=organization, code=code).first()
    return _seen(code, row), row or Questionnaire(organization=organization, code=code, version=0)


def _check_version(stored: QuestionnaireSeen, version: int) -> None:
    if stored.version != version:
        shown = asdict(stored.shown)
        raise EditConflict({**shown, "content": stored.text.to_json()}, stored.version)


def _store(row: Questionnaire, content: str) -> None:
    """A row stays when its text goes: the next change must not count from the beginning."""
    row.content = content
    row.version += 1
    row.save()


def _seen(code: str, row: Questionnaire | None) -> QuestionnaireSeen:
    built_in = _BUILT_IN.get(code)
    version = 0 if row is None else row.version
    if row is not None and row.content:
        return QuestionnaireSeen(Text.from_json(row.content), version, is_own=True, is_built_in=built_in is not None)
    if built_in is None:
        raise NotFound
    return QuestionnaireSeen(built_in, version, is_own=False, is_built_in=True)
