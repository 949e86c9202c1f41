"""News in sentences: who did what, whatever they are called, and never what was written."""

import re

import pytest

from chainmap.exports.news_words import NewsWords, news_label, news_sentence
from chainmap.models import Notification

KINDS = [kind.value for kind in Notification.Kind]
SIDES = ["supplier", "customer", ""]


def said(kind, side="supplier", deliverable="forecast", **other):
    values = {"who": "Bob Brown", "organization": "Acme", "name": "Summer"} | other
    return news_sentence(NewsWords(kind=kind, side=side, deliverable=deliverable, **values))


def test_some_of_them():
    assert said("confirmed") == "Bob Brown confirmed: you hand over “forecast”."
    assert said("confirmed", "customer") == "Bob Brown confirmed: you receive “forecast”."
    assert said("disputed") == "Bob Brown says “forecast” does not come from you."
    assert said("disputed", "customer") == "Bob Brown says “forecast” does not go to you."
    assert said("claimed", "customer") == "Bob Brown says: they hand you “forecast”. Is it so?"
    assert said("agreement_due") == "Your agreement with Bob Brown about “forecast” is due: was it kept?"
    assert said("need", deliverable="") == "Bob Brown said what they need from you."
    assert said("edited", about="agreement") == "Bob Brown changed an agreement with you."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("deliverable", ["forecast", ""])
def test_every_kind_has_a_sentence_on_every_side(kind, side, deliverable):
    sentence = said(kind, side, deliverable)
    assert sentence != said("nobody knows it"), "one of its own"
    assert re.fullmatch(r"[A-Z].*[.?]", sentence)
    assert not re.search(r"%|\(who\)|  ", sentence)
    assert ("forecast" in sentence) == (bool(deliverable) and kind != "asked")
    assert kind == "asked" or "Bob Brown" in sentence
    assert news_label(kind)


def test_no_two_kinds_say_the_same():
    assert len({said(kind) for kind in KINDS}) == len(KINDS)


def test_the_title_of_a_story_stands_in_it_where_there_is_one():
    assert said("story").endswith("It is called “Summer”.")
    assert "called" not in said("story", name="")


def test_what_changed_since_is_said():
    assert said("proposed", is_over=True).endswith("about “forecast”. It was taken back since.")
    assert said("confirmed", is_removed=True).endswith("The hand-off was taken out of the chain since.")
    assert "since" not in said("removed", is_removed=True), "that is the news itself"
    assert said("invited", is_done=True) == "Bob Brown invites you for a coffee about “forecast”. It is settled since."
    assert "settled" not in said("invited", is_done=True, is_over=True), "taken back says more"


def test_a_round_is_asked_about_until_it_takes_no_answers():
    assert said("asked") == "Acme asks you about the work that is handed to you, in the round “Summer”."
    assert said("asked", is_over=True) == "You were asked in the round “Summer”. It takes no answers any more."


@pytest.mark.parametrize(
    "name", ["a\r\nBcc: x@y.example", "\u202egnp.exe\u200b", "%(what)s %s 100%", "{{ x }}", "x" * 900]
)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_stay_text_on_one_line(kind, name):
    sentence = said(kind, deliverable=name, who=name, name=name, organization=name)
    assert not re.search(r"[\x00-\x1f\u202e\u200b\u2028]", sentence)
    assert len(sentence) < 500


def test_somebody_who_is_gone_is_somebody():
    assert said("confirmed", who="\u200b") == "Somebody confirmed: you hand over “forecast”."
