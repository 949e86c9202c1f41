"""The words of self-assessments: every built-in text can be translated, every fault says what to do."""

from __future__ import annotations

import ast
import inspect
import json

import pytest
from django.utils import translation

from chainmap.domain.questionnaire_profiles import PublishedMean
from chainmap.domain.questionnaires import (
    BUILT_IN,
    ORIENTATION,
    RELIABLE_TEAM,
    Questionnaire,
    QuestionnaireCode,
    QuestionnaireError,
    QuestionnaireFault,
    QuestionnaireRow,
    Subject,
    read_answers,
)
from chainmap.domain.release import Clip
from chainmap.exports import questionnaire_words


def texts_of(questionnaire: Questionnaire) -> list[str]:
    ends = [text for row in questionnaire.rows for text in (row.label, row.left, row.right)]
    return [questionnaire.title, questionnaire.intro, *ends]


def test_every_built_in_text_is_listed_for_the_translators_and_no_other():
    listed = questionnaire_words.BUILT_IN_TEXTS
    assert set(listed) == {text for questionnaire in BUILT_IN for text in texts_of(questionnaire)}
    assert len(set(listed)) == len(listed)
    tree = ast.parse(inspect.getsource(questionnaire_words))
    marked = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gettext_noop"
    ]
    assert marked == list(listed), "only literal texts are found by makemessages"


def test_built_in_texts_are_translated_and_own_ones_are_not(monkeypatch):
    monkeypatch.setattr(questionnaire_words, "_", lambda text: f"<{text}>")
    own = Questionnaire("x", "Ours", "", Subject.TEAM, (QuestionnaireRow("r", "Focus", "never", "Not yet"),))
    shown = questionnaire_words.questionnaire_shown(own)
    assert texts_of(shown) == ["Ours", "", "<Focus>", "never", "<Not yet>"]
    assert (shown.code, shown.about, shown.row_codes) == ("x", Subject.TEAM, ("r",))
    for questionnaire in BUILT_IN:
        translated = texts_of(questionnaire_words.questionnaire_shown(questionnaire))
        assert translated == [f"<{text}>" for text in texts_of(questionnaire)]


def test_without_a_translation_the_english_stands():
    with translation.override("en"):
        assert [questionnaire_words.questionnaire_shown(each) for each in BUILT_IN] == list(BUILT_IN)


@pytest.mark.parametrize("code", QuestionnaireCode)
@pytest.mark.parametrize("answered", [None, ORIENTATION])
def test_every_fault_has_a_sentence_with_what_to_do(code, answered):
    fault = QuestionnaireFault(code, "label", 2, limit=60, length=1075, shown="%(x)s")
    words = questionnaire_words.questionnaire_fault(fault, answered)
    assert words.endswith(".")
    assert words.count(". ") + words.count("? ") >= 1
    assert words.startswith("Row 2. ") is (answered is None)


def test_a_fault_in_words():
    def words(*faults: QuestionnaireFault) -> list[str]:
        return [questionnaire_words.questionnaire_fault(fault) for fault in faults]

    with pytest.raises(QuestionnaireError) as caught:
        Questionnaire.from_data({**_plain(ORIENTATION), "title": "T" * 1200, "mood\u202e": 1})
    assert words(*caught.value.faults) == [
        "mood: a questionnaire has no such field. Leave it out.",
        "Title: 1,200 characters are too many, 120 fit. Shorten the text by 1,080.",
    ]
    with pytest.raises(QuestionnaireError) as caught:
        Questionnaire.from_json("{")
    assert words(*caught.value.faults)[0].startswith("This is not JSON: “{”.")
    with pytest.raises(QuestionnaireError) as caught:
        Questionnaire.from_json("[]")
    assert words(*caught.value.faults)[0].startswith("The questionnaire: “[…]” cannot be read here.")


def test_a_wrong_answer_is_named_by_the_label_of_its_row():
    answers = {**dict.fromkeys(RELIABLE_TEAM.row_codes, 5), "niche": 12, "other": 1}
    del answers["results"]
    with pytest.raises(QuestionnaireError) as caught:
        read_answers(RELIABLE_TEAM, answers)
    assert [questionnaire_words.questionnaire_fault(fault, RELIABLE_TEAM) for fault in caught.value.faults] == [
        "Niche: “12” is not on the scale. Choose a whole number from 0 to 10.",
        "Results: not answered yet. Choose where things are today.",
        "other: this questionnaire has no such row. It may have changed meanwhile; load the page again.",
    ]


@pytest.mark.parametrize(
    ("mean", "words"),
    [
        (PublishedMean(6.5), "6.5"), (PublishedMean(7.0), "7.0"), (PublishedMean(2.0, Clip.AT_MOST), "2 or less"),
        (PublishedMean(9.0, Clip.AT_LEAST), "9 or more"),
    ],
)  # fmt: skip
def test_a_published_mean_in_words(mean, words):
    assert questionnaire_words.published_mean_words(mean) == words


def test_every_subject_has_a_word_of_its_own():
    assert len({questionnaire_words.subject_label(subject) for subject in Subject}) == len(Subject)


def _plain(questionnaire: Questionnaire) -> dict[str, object]:
    return json.loads(questionnaire.to_json())
