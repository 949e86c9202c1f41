"""What happened to a person, in one sentence each, the same on the page and in a mail, in the reader's language.

A sentence says who did what. What was written (a need, a moment, an agreement, a story) is never in it, so that it can
stand in a mail. Names come cleaned but not escaped: a template still escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from chainmap.exports.plain_text import clean_text

#: Of what is told: the same thing said of a hand-off the reader gives, of one they receive, and of none that is known.
_Said = tuple[str | Promise, str | Promise, str | Promise]


@dataclass(frozen=True, slots=True)
class NewsWords:
    """What the sentence about one piece of news is made of.

    ``kind``: of a Notification. ``who``: name of the one who did it, "" when not known. ``side``: the reader's side of
    the hand-off: "supplier", "customer", or "" when it is none of theirs (any more). ``deliverable``: "" where it has
    no name, or must not be told. ``about``: "agreement", "conversation" or "" for what was changed. ``name``: of the
    round, or title of the story. ``is_over``: a round that takes no answers any more, an agreement or an invitation
    that was taken back. ``is_removed``: the hand-off was taken out of the chain. ``is_done``: nothing is asked of the
    reader any more.
    """

    kind: str
    who: str = ""
    side: str = ""
    deliverable: str = ""
    about: str = ""
    name: str = ""
    organization: str = ""
    is_over: bool = False
    is_removed: bool = False
    is_done: bool = False


#: Kind -> what is said of a hand-off whose deliverable has a name.
_NAMED: Mapping[str, _Said] = {
    "claimed": (
        _lazy("%(who)s says: you hand them “%(what)s”. Is it so?"),
        _lazy("%(who)s says: they hand you “%(what)s”. Is it so?"),
        _lazy("%(who)s named you in a hand-off: “%(what)s”."),
    ),
    "confirmed": (
        _lazy("%(who)s confirmed: you hand over “%(what)s”."),
        _lazy("%(who)s confirmed: you receive “%(what)s”."),
        _lazy("%(who)s confirmed “%(what)s”."),
    ),
    "disputed": (
        _lazy("%(who)s says “%(what)s” does not come from you."),
        _lazy("%(who)s says “%(what)s” does not go to you."),
        _lazy("%(who)s says “%(what)s” is not so."),
    ),
    "edited": (
        _lazy("%(who)s changed what is kept of “%(what)s”, which you hand over."),
        _lazy("%(who)s changed what is kept of “%(what)s”, which you receive."),
        _lazy("%(who)s changed what is kept of “%(what)s”."),
    ),
    "removed": (
        _lazy("%(who)s took “%(what)s”, which you hand over, out of the chain."),
        _lazy("%(who)s took “%(what)s”, which you receive, out of the chain."),
        _lazy("%(who)s took “%(what)s” out of the chain."),
    ),
    "need": (_lazy("%(who)s said what they need from “%(what)s”."),) * 3,
    "need_answered": (_lazy("%(who)s answered what you need from “%(what)s”."),) * 3,
    "invited": (_lazy("%(who)s invites you for a coffee about “%(what)s”."),) * 3,
    "invitation_answered": (_lazy("%(who)s answered about the talk on “%(what)s”."),) * 3,
    "proposed": (_lazy("%(who)s proposes an agreement about “%(what)s”."),) * 3,
    "agreed": (_lazy("%(who)s agreed to the agreement about “%(what)s”."),) * 3,
    "agreement_due": (_lazy("Your agreement with %(who)s about “%(what)s” is due: was it kept?"),) * 3,
    "moment": (_lazy("%(who)s told you of a moment with “%(what)s”."),) * 3,
    "thanked": (_lazy("%(who)s thanked you for the moment you told about “%(what)s”, or answered it."),) * 3,
    "story": (
        _lazy("%(who)s told a story that “%(what)s”, which you hand over, made possible."),
        _lazy("%(who)s told a story that “%(what)s”, which you receive, made possible."),
        _lazy("%(who)s told a story that “%(what)s” made possible."),
    ),
}
#: The same where the deliverable has no name.
_UNNAMED: Mapping[str, _Said] = {
    "claimed": (
        _lazy("%(who)s says: you hand work on to them. Is it so?"),
        _lazy("%(who)s says: they hand work on to you. Is it so?"),
        _lazy("%(who)s named you in a hand-off."),
    ),
    "confirmed": (
        _lazy("%(who)s confirmed a hand-off you give."),
        _lazy("%(who)s confirmed a hand-off you receive."),
        _lazy("%(who)s confirmed a hand-off."),
    ),
    "disputed": (
        _lazy("%(who)s says it is not so, of a hand-off you give."),
        _lazy("%(who)s says it is not so, of a hand-off you receive."),
        _lazy("%(who)s says it is not so, of a hand-off."),
    ),
    "edited": (
        _lazy("%(who)s changed what is kept of a hand-off you give."),
        _lazy("%(who)s changed what is kept of a hand-off you receive."),
        _lazy("%(who)s changed what is kept of a hand-off."),
    ),
    "removed": (
        _lazy("%(who)s took a hand-off you give out of the chain."),
        _lazy("%(who)s took a hand-off you receive out of the chain."),
        _lazy("%(who)s took a hand-off out of the chain."),
    ),
    "need": (_lazy("%(who)s said what they need from you."),) * 3,
    "need_answered": (_lazy("%(who)s answered what you need."),) * 3,
    "invited": (_lazy("%(who)s invites you for a coffee."),) * 3,
    "invitation_answered": (_lazy("%(who)s answered about your talk."),) * 3,
    "proposed": (_lazy("%(who)s proposes an agreement."),) * 3,
    "agreed": (_lazy("%(who)s agreed to your agreement."),) * 3,
    "agreement_due": (_lazy("Your agreement with %(who)s is due: was it kept?"),) * 3,
    "moment": (_lazy("%(who)s told you of a moment."),) * 3,
    "thanked": (_lazy("%(who)s thanked you for a moment you told, or answered it."),) * 3,
    "story": (_lazy("%(who)s told a story that your work made possible."),) * 3,
}
#: Where something else than the hand-off itself was changed or taken back.
_CHANGED: Mapping[tuple[str, str], str | Promise] = {
    ("edited", "agreement"): _lazy("%(who)s changed an agreement with you."),
    ("edited", "conversation"): _lazy("%(who)s changed something about your talk."),
    ("removed", "agreement"): _lazy("%(who)s took an agreement with you back."),
    ("removed", "conversation"): _lazy("%(who)s took the invitation to a talk back."),
}


def news_sentence(news: NewsWords) -> str:
    """One sentence, and another one for what changed since. Of a kind nobody knows: that something is new."""
    if news.kind == "asked":
        return _asked_sentence(news)
    what = clean_text(news.deliverable)
    said = (_NAMED if what else _UNNAMED).get(news.kind)
    if said is None:
        return _("There is something new for you.")
    template = _CHANGED.get((news.kind, news.about)) or said[{"supplier": 0, "customer": 1}.get(news.side, 2)]
    sentence = str(template) % {"who": clean_text(news.who) or _("Somebody"), "what": what}
    if news.kind == "story" and clean_text(news.name):
        sentence = _("%(sentence)s It is called “%(name)s”.") % {"sentence": sentence, "name": clean_text(news.name)}
    return " ".join([sentence, *_since(news)])


def news_label(kind: str) -> str:
    """What leads to the thing a piece of news is about."""
    labels = {
        "asked": _("Go to your questions"),
        "claimed": _("Say whether it is so"),
        "invited": _("Answer"),
        "proposed": _("Read and answer"),
        "agreement_due": _("Say how it went"),
        "moment": _("Read and thank"),
        "story": _("Read the story"),
    }
    return labels.get(kind) or _("Look at it")


def _asked_sentence(news: NewsWords) -> str:
    """The same whether the reader answered or not."""
    values = {"organization": clean_text(news.organization), "round": clean_text(news.name)}
    if news.is_over:
        return _("You were asked in the round “%(round)s”. It takes no answers any more.") % values
    return _("%(organization)s asks you about the work that is handed to you, in the round “%(round)s”.") % values


def _since(news: NewsWords) -> list[str]:
    said = []
    if news.is_over and news.kind != "removed":
        said.append(_("It was taken back since."))
    if news.is_removed and news.kind != "removed":
        said.append(_("The hand-off was taken out of the chain since."))
    if news.is_done and not said:
        said.append(_("It is settled since."))
    return said
