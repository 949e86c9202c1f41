"""What a room drew, on a map: which hand-offs are new, in what line and in what words, and the data with them in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.chain_map import ChainMap, MapLink, MapParty
from chainmap.domain.exercise_results import NamedBy
from chainmap.domain.findings import Bottlenecks
from chainmap.exports import map_words
from chainmap.exports.chain_picture import LineMark
from chainmap.exports.map_json import map_json

#: Kinds of lines: whole where both sides drew it, dashed where one did, dotted where others did.
BOTH, ONE, OTHERS = "both", "one", "others"
_STYLES = {NamedBy.BOTH: BOTH, NamedBy.SUPPLIER: ONE, NamedBy.CUSTOMER: ONE, NamedBy.OTHERS: OTHERS}


@dataclass(frozen=True, slots=True)
class DrawnKey:
    """One line of the legend."""

    style: str
    words: str


def drawn_legend(new: Iterable[NamedBy]) -> tuple[DrawnKey, ...]:
    """The kinds of new hand-offs that are there.

    >>> [key.style for key in drawn_legend([NamedBy.CUSTOMER, NamedBy.BOTH, NamedBy.SUPPLIER])]
    ['both', 'one']
    """
    there = {_STYLES[by] for by in new}
    words = {
        BOTH: _("new: drawn by both sides"),
        ONE: _("new: drawn by one side, ask the other"),
        OTHERS: _("new: drawn by others, ask both"),
    }
    return tuple(DrawnKey(style, said) for style, said in words.items() if style in there)


def drawn_label(by: NamedBy) -> str:
    """What stands at the line of a new hand-off."""
    return {
        BOTH: pgettext("a new hand-off on the map", "new, both"),
        ONE: pgettext("a new hand-off on the map", "new, one side"),
        OTHERS: pgettext("a new hand-off on the map", "new"),
    }[_STYLES[by]]


def drawn_marks(new: Mapping[int, NamedBy]) -> dict[int, LineMark]:
    """How new hand-offs stand out on the still picture, in the lines of the map: key -> mark.

    >>> drawn_marks({7: NamedBy.CUSTOMER})[7].style
    'dashed'
    """
    styles = {BOTH: "solid", ONE: "dashed", OTHERS: "dotted"}
    notes = {
        BOTH: _("Blue, whole: new, drawn by both sides."),
        ONE: _("Blue, dashed: new, drawn by one side. Ask the other."),
        OTHERS: _("Blue, dotted: new, drawn by others. Ask both."),
    }
    return {key: LineMark(styles[_STYLES[by]], drawn_label(by), notes[_STYLES[by]]) for key, by in sorted(new.items())}


def drawn_json(found: ChainMap, finding: Bottlenecks, new: Mapping[int, NamedBy]) -> dict[str, object]:
    """The data of a map that leads nowhere, as ``map_json`` makes it: a new hand-off says how it is drawn and labelled.

    ``new``: key of the hand-off -> which sides drew it.
    """
    data = map_json(
        found,
        words=map_words.map_words(found, finding),
        may_arrange=False,
        party_address=_nowhere,
        link_address=_nowhere,
    )
    links = data["links"]
    assert isinstance(links, list)  # noqa: S101 - for the type checker
    marks = {key: (_STYLES[by], drawn_label(by)) for key, by in sorted(new.items())}
    for link in links:
        if link["id"] in marks:
            link["drawn"], link["drawn_words"] = marks[link["id"]]
    digest = hashlib.sha256(f"{data['version']}{marks}".encode()).hexdigest()
    return {**data, "version": digest[:20]}


def _nowhere(_part: MapParty | MapLink) -> None:
    """On a projector nothing can be clicked by mistake."""
    return
