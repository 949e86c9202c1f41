"""Every word of a template can be translated, and every template is well formed."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "chainmap" / "templates").rglob("*.html"))
#: Attributes whose value is read out or shown, and so must be translated as well.
SPOKEN = re.compile(r'\s(?:aria-label|title|alt|placeholder|data-label|content)="([^"]*)"')
PRODUCT = "Chainmap"
#: What is not for people to read: machine words in attributes.
MACHINE = {"width=device-width, initial-scale=1", "light dark", "same-origin"}


def literal_text(source: str) -> str:
    """What is left of a template outside comments, tags, variables and translated blocks.

    >>> literal_text("{% translate 'Hello' %} <b>World</b> {{ name }}").strip()
    'World'
    >>> literal_text("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}{# note #}<!-- note -->")
    ''
    """
    for untouched in (
        r"\{#.*?#\}",
        r"\{% comment.*?endcomment %\}",
        r"\{% verbatim %\}.*?\{% endverbatim %\}",
        r"\{% blocktranslate.*?endblocktranslate %\}",
        r"<!--.*?-->",
        r"<!DOCTYPE[^>]*>",
    ):
        source = re.sub(untouched, "", source, flags=re.DOTALL)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", source))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_stands_outside_a_translated_block(path):
    source = path.read_text()
    assert set(re.findall(r"[^\W\d_]+", literal_text(source))) <= {PRODUCT}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_spoken_attribute_is_untranslated(path):
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
    spoken = {value for value in SPOKEN.findall(bare) if re.search(r"[^\W\d_]", value)}
    assert spoken <= MACHINE


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_switches_escaping_off(path):
    source = path.read_text()
    assert "|safe" not in source
    assert "autoescape" not in source


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 10
