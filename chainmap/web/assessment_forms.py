"""The forms of self-assessments: eleven tiles a row, and the text of a questionnaire; what was typed is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.domain.questionnaires import (
    HIGHEST,
    LONGEST_END,
    LONGEST_INTRO,
    LONGEST_LABEL,
    LONGEST_TITLE,
    LOWEST,
    MOST_ROWS,
    Questionnaire,
    QuestionnaireError,
    QuestionnaireRow,
    Subject,
)
from chainmap.exports.questionnaire_words import questionnaire_fault, subject_label
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.web.own_forms import OwnForm

SCORES = range(LOWEST, HIGHEST + 1)
_PREFIX = "row_"
_SCORE = re.compile(r"0|-?[1-9][0-9]{0,8}", re.ASCII)
#: Rows offered besides those that are filled in; the others wait behind "more rows".
_SPARE = 1


class StrictForm(OwnForm):
    """A form that takes nothing that was sent twice."""

    def clean(self) -> dict[str, Any]:
        """What is sent twice is no choice."""
        for name in self.data:
            if len(self.data.getlist(name)) > 1:
                self.add_error(
                    name if name in self.fields else None,
                    _("This was sent more than once. Choose one and send it again."),
                )
        return self.cleaned_data


class AssessmentForm(StrictForm):
    """One choice a row, 0 to 10. ``shown``: the questionnaire in the reader's language; ``text``: the original."""

    edition = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, text: Questionnaire, shown: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.shown = text, shown
        for row in shown.rows:
            self.fields[_PREFIX + row.code] = forms.CharField(required=False, strip=False, label=row.label)

    @classmethod
    def of(cls, text: Questionnaire, shown: Questionnaire, answers: Mapping[str, int], version: int) -> AssessmentForm:
        """The form as it is first shown, with what was answered before."""
        initial = {_PREFIX + code: str(score) for code, score in answers.items()}
        return cls(text=text, shown=shown, initial={**initial, "version": version, "edition": text.version})

    def clean(self) -> dict[str, Any]:
        """A form that does not say which text it shows is taken as one of the text of now, once it is sent again."""
        cleaned = super().clean()
        if not cleaned.get("edition"):
            self.add_error(None, _("The form was not sent whole. What you chose is still here: send it once more."))
            self.renew()
        return cleaned

    def answers(self) -> dict[str, object]:
        """Row code -> whole number, or the text that is none; also of rows this questionnaire does not have."""
        sent = {name.removeprefix(_PREFIX): self.data[name] for name in self.data if name.startswith(_PREFIX)}
        return {code: _number(value) for code, value in sent.items() if value}

    def refuse(self, problem: OwnProblem) -> None:
        """As everywhere; where another text is asked by now, the choices stay and are kept if they are sent again."""
        super().refuse(problem)
        if problem.code == "edition":
            self.is_conflict = True
            self.renew()

    def refuse_answers(self, refused: QuestionnaireError) -> None:
        """Say beside each row what is wrong with it."""
        for fault in refused.faults:
            name = _PREFIX + fault.field
            self.add_error(name if name in self.fields else None, questionnaire_fault(fault, self.text))

    def show_stored(self, conflict: EditConflict) -> None:
        """The scores that differ from those saved meanwhile, beside those that were chosen."""
        stored = {code: str(score) for code, score in conflict.stored.items()}
        differing = {
            _PREFIX + code: score for code, score in stored.items() if self.data.get(_PREFIX + code, "") != score
        }
        self.show_conflict(conflict, differing)

    def renew(self) -> None:
        """The choices stay, and the next save is for the text that is shown now."""
        self.data = self.data.copy()
        self.data["edition"] = self.text.version

    def rows(self) -> list[tuple[QuestionnaireRow, BoundField, list[tuple[int, bool]]]]:
        """(row, its field, (score, whether it is chosen) 0..10) in order."""
        found = []
        for row in self.shown.rows:
            field = self[_PREFIX + row.code]
            chosen = field.value()
            found.append((row, field, [(score, str(score) == chosen) for score in SCORES]))
        return found


class QuestionnaireForm(StrictForm):
    """The text of a questionnaire, up to twelve rows; rows with nothing in them are dropped."""

    title = forms.CharField(label=gettext_lazy("Title"), required=False, strip=False)
    intro = forms.CharField(
        label=gettext_lazy("Introduction"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    about = forms.CharField(
        label=gettext_lazy("About whom it can be answered"), required=False, widget=forms.RadioSelect
    )

    _ENDS = ("label", "left", "right")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].widget.choices = [(subject.value, subject_label(subject)) for subject in Subject]  # type: ignore[attr-defined]
        self._limit("title", LONGEST_TITLE)
        self._limit("intro", LONGEST_INTRO)
        labels = (_("What it is about"), _("Left end, 0"), _("Right end, 10"))
        for number in range(1, MOST_ROWS + 1):
            for name, label, most in zip(self._ENDS, labels, (LONGEST_LABEL, LONGEST_END, LONGEST_END), strict=True):
                field = forms.CharField(label=label, required=False, strip=False)
                field.widget.attrs |= {"data-most": str(most), "autocomplete": "off"}
                self.fields[f"{name}_{number}"] = field
            self.fields[f"code_{number}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def _limit(self, name: str, most: int) -> None:
        self.fields[name].widget.attrs |= {"data-most": str(most), "autocomplete": "off"}
        self.fields[name].help_text = _("At most %(most)s characters.") % {"most": most}

    @classmethod
    def of(cls, shown: Questionnaire, version: int) -> QuestionnaireForm:
        """The form as it is first shown."""
        return cls(initial=_flat(shown) | {"version": version})

    def data_of(self, code: str) -> dict[str, object]:
        """What was typed as the JSON types ``Questionnaire.from_data`` reads."""
        rows: list[dict[str, object]] = []
        taken = {self._typed(f"code_{number}") for number in self._filled()}
        for number in self._filled():
            row: dict[str, object] = {name: self._typed(f"{name}_{number}") for name in self._ENDS}
            row["code"] = self._typed(f"code_{number}") or _code_of(self._typed(f"label_{number}"), taken)
            taken.add(str(row["code"]))
            rows.append(row)
        typed = {name: self._typed(name) for name in ("title", "intro", "about")}
        return {"code": code, **typed, "rows": rows}

    def refuse_text(self, refused: QuestionnaireError) -> None:
        """Say beside each field what is wrong with it."""
        filled = self._filled()
        for fault in refused.faults:
            name = fault.field if fault.row is None else f"{fault.field}_{filled[fault.row - 1]}"
            self.add_error(self._place(name), questionnaire_fault(fault))

    def show_stored(self, conflict: EditConflict, stored: Questionnaire) -> None:
        """The texts that differ from those saved meanwhile, beside those that were typed."""
        flat = dict.fromkeys(self._names(), "") | _flat(stored)
        differing = {
            name: text
            for name, text in flat.items()
            if not name.startswith("code_") and self._typed(name).replace("\r\n", "\n").strip() != text
        }
        self.show_conflict(conflict, differing)
        self.conflict = [
            (self._long_label(name, label), *values)
            for name, (label, *values) in zip(differing, self.conflict, strict=True)
        ]

    def row_groups(self) -> Sequence[tuple[int, list[BoundField], BoundField]]:
        """(number, the three fields, the hidden code) of every row."""
        return [
            (number, [self[f"{name}_{number}"] for name in self._ENDS], self[f"code_{number}"])
            for number in range(1, MOST_ROWS + 1)
        ]

    @property
    def shown_rows(self) -> int:
        """How many rows are open from the beginning; the others wait behind "more rows"."""
        last = max((number for number in range(1, MOST_ROWS + 1) if self._has_text(number)), default=0)
        return min(last + _SPARE, MOST_ROWS)

    def _place(self, name: str) -> str | None:
        """The field an error stands beside; a hidden code's stands beside its label."""
        if name.startswith("code_"):
            return name.replace("code_", "label_")
        return name if name in self.fields else None

    def _long_label(self, name: str, label: str) -> str:
        """The label with its row, for where it does not stand in the row."""
        number = name.rpartition("_")[2]
        if not number.isdecimal():
            return label
        return _("Row %(number)s: %(label)s") % {"number": number, "label": label}

    def _names(self) -> list[str]:
        return [name for name in self.fields if name != "version"]

    def _typed(self, name: str) -> str:
        return str(self.data.get(name, ""))

    def _has_text(self, number: int) -> bool:
        return any(str(self[f"{name}_{number}"].value() or "").strip() for name in self._ENDS)

    def _filled(self) -> list[int]:
        """Numbers of the rows with something in them."""
        return [number for number in range(1, MOST_ROWS + 1) if self._has_text(number)]


class QuestionnaireDataForm(StrictForm):
    """The same as JSON, for taking it to another organization and back."""

    content = forms.CharField(
        label=gettext_lazy("The questionnaire as data (JSON)"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Nothing is there. Put in the text that was copied here.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="data_%s", **kwargs)  # it stands on one page with the other form

    def data_of(self, _code: str) -> str:
        """What was put in; its code stands in it."""
        return str(self.cleaned_data["content"])

    def show_stored(self, conflict: EditConflict, _stored: Questionnaire) -> None:
        """What was put in beside the data that were saved meanwhile."""
        self.show_conflict(conflict, {"content": str(conflict.stored["content"])})

    def refuse_text(self, refused: QuestionnaireError) -> None:
        """Say everything that is wrong, with its row."""
        for fault in refused.faults:
            self.add_error("content", questionnaire_fault(fault))


def _number(text: str) -> int | str:
    """Whole numbers in ASCII digits; everything else stays text, which is no score."""
    return int(text) if _SCORE.fullmatch(text) else text


def _flat(shown: Questionnaire) -> dict[str, str]:
    """Field of the form -> text."""
    flat = {"title": shown.title, "intro": shown.intro, "about": shown.about.value}
    for number, row in enumerate(shown.rows, start=1):
        texts = {"label": row.label, "left": row.left, "right": row.right, "code": row.code}
        flat |= {f"{name}_{number}": text for name, text in texts.items()}
    return flat


def _code_of(label: str, taken: set[str]) -> str:
    """A code for a new row: the letters of its label, and another where that one is taken."""
    base = re.sub(r"[^a-z]+", "_", label[:60].lower()).strip("_")[:24] or "row"
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    code = base
    while code in taken:
        code = f"{base}_{next(letters)}"
    return code
