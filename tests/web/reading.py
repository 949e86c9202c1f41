"""What a reader sees of an answer, for tests that ask what a page says and not how it is made."""

from __future__ import annotations

import html
import re

#: Elements inside a sentence: without them its words stand together as they are read.
_IN_A_SENTENCE = re.compile(r"</?(?:bdi|strong|em)\b[^>]*>")
_UNSEEN = re.compile(r"<script.*?</script>|<[^>]+>", re.DOTALL)


def text_of(answer):
    """An answer, or a piece of a page, without tags and scripts, entities resolved, spaces collapsed."""
    page = answer if isinstance(answer, str) else answer.content.decode()
    return " ".join(html.unescape(_UNSEEN.sub(" ", _IN_A_SENTENCE.sub("", page))).split())
