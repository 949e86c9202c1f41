"""What stands below the chain picture, and the picture in words for those who do not see it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.exports import words
from chainmap.exports.picture_style import BAND_COUNT, BAND_LIMITS, Palette


def legend(
    handoffs: Sequence[HandOffFinding],
    notes: Sequence[str],
    palette: Palette,
    *,
    analysed: bool,
    released: bool = False,
) -> str:
    """Colours, width and dashes explained, then the ``notes``: an HTML label of our own words only, never of data."""
    rows, keys = ['<tr><td height="10"></td></tr>'], []
    if analysed and handoffs:
        rows.append(f'<tr><td align="left">{_scale(palette)}</td></tr>')
        keys.append(_("The wider the line, the more work is handed over."))
    if any(handoff.basis == Basis.ASSUMED for handoff in handoffs):
        keys.append(_("Dashed: not shown, taken as average.") if released else _("Dashed: nobody has rated it."))
    for text in [" ".join(keys), *notes]:
        if text:
            rows.append(f'<tr><td align="left" cellpadding="3">{html.escape(text)}</td></tr>')
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{"".join(rows)}</table>'


def _scale(palette: Palette) -> str:
    cells = [f"<td>{html.escape(_('Of what is handed over, this much arrives:'))}</td>"]
    for band in range(BAND_COUNT):
        cells.append(f'<td bgcolor="{palette.bands[band]}" width="20" height="8" fixedsize="true"></td>')
        cells.append(f"<td>{html.escape(_band_words(band))}</td>")
    return f'<table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr>{"".join(cells)}</tr></table>'


def _band_words(band: int) -> str:
    if band == 0:
        return _("under %(limit)s") % {"limit": words.percent(BAND_LIMITS[0])}
    if band == BAND_COUNT - 1:
        return _("%(limit)s and more") % {"limit": words.percent(BAND_LIMITS[-1])}
    return _("from %(limit)s") % {"limit": words.percent(BAND_LIMITS[band - 1])}


def left_out_notes(finding: Bottlenecks, drawn_parties: int, drawn: Sequence[HandOffFinding]) -> list[str]:
    """What the picture does not show, one sentence each."""
    notes = []
    if len(drawn) < len(finding.handoffs):
        notes.append(_left_out_sentence(finding, drawn))
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
            "%(count)s hand-off is not drawn; the table has them all.",
            "%(count)s hand-offs are not drawn; the table has them all.",
            left_out,
        )
        return text % {"count": left_out}
    share = max(1 - sum(handoff.flow or 0.0 for handoff in drawn) / whole_flow, 0.0)
    text = ngettext(
        "%(count)s smaller hand-off, carrying %(share)s of the flow, is not drawn; the table has them all.",
        "%(count)s smaller hand-offs, carrying %(share)s of the flow, are not drawn; the table has them all.",
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
