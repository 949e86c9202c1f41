"""What stands below the chain picture, and the picture in words for those who do not see it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.exports import words
from chainmap.exports.picture_style import BAND_COUNT, BAND_LIMITS, Palette


@dataclass(frozen=True, slots=True)
class PictureKey:
    """How to read a picture: the scale of its colours (none where none is used), and sentences. Our own words only."""

    scale_title: str
    scale: tuple[tuple[str, str], ...]  # colour, what it stands for
    sentences: tuple[str, ...]


def picture_key(
    handoffs: Sequence[HandOffFinding],
    notes: Sequence[str],
    palette: Palette,
    *,
    analysed: bool,
    released: bool = False,
) -> PictureKey:
    """Colours, width and dashes explained, then the ``notes``."""
    keys: list[str] = []
    scale: tuple[tuple[str, str], ...] = ()
    if analysed and handoffs:
        scale = tuple((palette.bands[band], _band_words(band)) for band in range(BAND_COUNT))
        keys.append(_("The wider the line, the more work is handed over."))
    if any(handoff.basis == Basis.ASSUMED for handoff in handoffs):
        keys.append(_("Dashed: not shown, taken as average.") if released else _("Dashed: nobody has rated it."))
    sentences = tuple(text for text in (" ".join(keys), *notes) if text)
    return PictureKey(_("Of what is handed over, this much arrives:"), scale, sentences)


def legend(key: PictureKey) -> str:
    """The key as an HTML label of DOT."""
    rows = ['<tr><td height="10"></td></tr>']
    if key.scale:
        rows.append(f'<tr><td align="left">{_scale(key)}</td></tr>')
    rows += [f'<tr><td align="left" cellpadding="3">{html.escape(text)}</td></tr>' for text in key.sentences]
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{"".join(rows)}</table>'


def _scale(key: PictureKey) -> str:
    cells = [f"<td>{html.escape(key.scale_title)}</td>"]
    for colour, words_of_band in key.scale:
        cells.append(f'<td bgcolor="{colour}" width="20" height="8" fixedsize="true"></td>')
        cells.append(f"<td>{html.escape(words_of_band)}</td>")
    return f'<table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr>{"".join(cells)}</tr></table>'


def _band_words(band: int) -> str:
    if band == 0:
        return _("under %(limit)s") % {"limit": words.percent(BAND_LIMITS[0])}
    if band == BAND_COUNT - 1:
        return _("%(limit)s and more") % {"limit": words.percent(BAND_LIMITS[-1])}
    return _("from %(limit)s") % {"limit": words.percent(BAND_LIMITS[band - 1])}


def left_out_notes(
    finding: Bottlenecks, drawn_parties: int, drawn: Sequence[HandOffFinding], *, in_spreadsheet: bool = False
) -> list[str]:
    """What the picture does not show, one sentence each; all of it is in the table beside it, or in the spreadsheet."""
    notes = []
    if len(drawn) < len(finding.handoffs):
        rest = _("The spreadsheet has them all.") if in_spreadsheet else _("The table has them all.")
        notes.append(f"{_left_out_sentence(finding, drawn)} {rest}")
    unseen = len(finding.parties) - drawn_parties
    if unseen:
        text = ngettext(
            "%(count)s party without a drawn hand-off is left out.",
            "%(count)s parties without a drawn hand-off are left out.",
            unseen,
        )
        notes.append(text % {"count": unseen})
    return notes


def _left_out_sentence(finding: Bottlenecks, drawn: Sequence[HandOffFinding]) -> str:
    left_out = len(finding.handoffs) - len(drawn)
    whole_flow = sum(handoff.flow or 0.0 for handoff in finding.handoffs)
    if not whole_flow:
        text = ngettext(
            "%(count)s hand-off is not drawn.",
            "%(count)s hand-offs are not drawn.",
            left_out,
        )
        return text % {"count": left_out}
    share = max(1 - sum(handoff.flow or 0.0 for handoff in drawn) / whole_flow, 0.0)
    text = ngettext(
        "%(count)s smaller hand-off, carrying %(share)s of the flow, is not drawn.",
        "%(count)s smaller hand-offs, carrying %(share)s of the flow, are not drawn.",
        left_out,
    )
    return text % {"count": left_out, "share": words.percent(share)}


def description(finding: Bottlenecks, handoffs: int, parties: Sequence[PartyFinding], notes: Sequence[str]) -> str:
    """The picture told: its size, where value goes, what to repair first, what is not known or not drawn."""
    customers = sum(party.kind == PartyKind.END_CUSTOMER for party in parties)
    shape = _(
        "A chain read from left to right; parties: %(parties)s, of them end customers at the right edge: "
        "%(customers)s; hand-offs: %(handoffs)s."
    ) % {"parties": len(parties), "handoffs": handoffs, "customers": customers}
    said = [shape, words.where_the_rest_goes(finding), words.worst_handoff_sentence(finding)]
    said += [words.assumed_sentence(finding), *notes, words.next_step(finding)]
    return " ".join(sentence for sentence in said if sentence)


def spoken_handoff(handoff: HandOffFinding, names: Mapping[str, str]) -> str:
    """One hand-off in words: "41 % arrives between Sales and Planning (forecast); 6 ratings"."""
    text = words.between(handoff, names)
    if handoff.yield_ is not None and handoff.basis != Basis.ASSUMED:
        text = _("%(arrives)s arrives %(place)s") % {"arrives": words.percent(handoff.yield_), "place": text}
    return f"{text}; {words.evidence(handoff)}"
