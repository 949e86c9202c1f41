"""The picture of two rounds in words: its legend, and what it shows for whoever does not see it."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.compared_map import SAME, ComparedLink, ComparedMap, Turn
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import MINUS
from chainmap.exports.report_link_words import link_title

#: Lines with a sign and a number on the picture, and a sentence of their own beside it.
MOST_TOLD = 6


def told_links(found: ComparedMap) -> list[ComparedLink]:
    """The few lines that changed most, by what the change of their yield means in person-equivalents."""
    moved = [link for link in found.links if link.turn in (Turn.MORE, Turn.LESS)]
    return sorted(moved, key=lambda link: -round(link.weight, 12))[:MOST_TOLD]


def tag_words(link: ComparedLink) -> str:
    """What stands on a line: "▲ +12", "▼ −8", "+", "×"; "" for any other."""
    if link.turn in (Turn.NEW, Turn.REMOVED):
        return "+" if link.turn == Turn.NEW else "×"
    if link.more is None or link.turn not in (Turn.MORE, Turn.LESS):
        return ""
    shown = number_format(round(abs(link.more) * 100), 0)
    return f"▲ +{shown}" if link.turn == Turn.MORE else f"▼ {MINUS}{shown}"


def legend_rows(found: ComparedMap) -> list[tuple[str, str]]:
    """(turn, words) of every kind of line that is on the picture."""
    same = number_format(round(SAME * 100), 0)
    rows = {
        Turn.MORE: _("more arrives of what is handed over (▲)"),
        Turn.LESS: _("less arrives of it (▼)"),
        Turn.SAME: _("about the same: less than %(same)s of 100 apart") % {"same": same},
        Turn.UNKNOWN: _("not shown in one of the rounds") if found.released else _("not rated in one of the rounds"),
        Turn.NEW: _("new (+)"),
        Turn.REMOVED: _("gone (×)"),
    }
    return [(turn.value, words) for turn, words in rows.items() if found.counted(turn)]


def how_to_read(found: ComparedMap) -> str:
    """What place, width, colour and number of the picture mean."""
    who = _("Every box is a team.") if found.by_team else _("Everybody stands where the map has them.")
    text = _(
        "%(who)s The wider a line, the more work goes along it now. Its colour and pattern say whether more or less of "
        "what is handed over arrives than before; a number is how many more or fewer of 100. At a single line that may "
        "be chance."
    )
    return text % {"who": who}


def picture_title(before: str, now: str) -> str:
    """Of what the picture is."""
    values = {"before": clean_text(before, 120), "now": clean_text(now, 120)}
    return _("What changed from “%(before)s” to “%(now)s”") % values


def picture_sentences(found: ComparedMap) -> list[str]:
    """What the picture shows: how many lines became what, and the few that changed most, one by one."""
    return [_counted(found), *[_link_sentence(found, link) for link in told_links(found)], *_come_and_gone(found)]


def _counted(found: ComparedMap) -> str:
    many = len(found.links)
    text = (
        ngettext("The picture has %(count)s team link:", "The picture has %(count)s team links:", many)
        if found.by_team
        else ngettext("The picture has %(count)s hand-off:", "The picture has %(count)s hand-offs:", many)
    )
    parts = {
        Turn.MORE: _("at %(count)s more arrives"),
        Turn.LESS: _("at %(count)s less arrives"),
        Turn.SAME: _("at %(count)s about as much"),
        Turn.UNKNOWN: _("of %(count)s it cannot be said"),
        Turn.NEW: _("%(count)s new"),
        Turn.REMOVED: _("%(count)s gone"),
    }
    told = [words % {"count": number_format(found.counted(turn), 0)} for turn, words in parts.items()
            if found.counted(turn)]  # fmt: skip
    return f"{text % {'count': number_format(many, 0)}} {', '.join(told)}." if told else _("Nothing is handed over.")


def _link_sentence(found: ComparedMap, link: ComparedLink) -> str:
    values = {
        "where": _where(found, link),
        "now": number_format(round((link.yield_now or 0.0) * 100), 0),
        "before": number_format(round((link.yield_before or 0.0) * 100), 0),
    }
    return _("%(where)s: of every 100 handed over %(now)s arrive instead of %(before)s.") % values


def _come_and_gone(found: ComparedMap) -> list[str]:
    said = []
    for turn, text in ((Turn.NEW, _("New: %(where)s.")), (Turn.REMOVED, _("Gone: %(where)s."))):
        links = [link for link in found.links if link.turn == turn]
        if links:
            names = ", ".join(_where(found, link) for link in links[:MOST_TOLD])
            more = len(links) - MOST_TOLD
            if more > 0:
                names += " " + _("and %(count)s more") % {"count": number_format(more, 0)}
            said.append(text % {"where": names})
    return said


def _where(found: ComparedMap, link: ComparedLink) -> str:
    names = [found.parties[end].name for end in (link.supplier, link.customer)]
    title = link_title(names[0], names[1], by_team=found.by_team)
    what = clean_text(link.deliverable, 60)
    return f"{title} ({what})" if what else title
