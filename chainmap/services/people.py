"""The people of an organization by name: suggestions while somebody types, whom a text means, and who left."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.exports.plain_text import clean_text
from chainmap.models import HandOff, Organization, Party
from chainmap.services.own import OwnProblem

#: Suggestions at a time, and names said where several could be meant.
MOST_SUGGESTED, MOST_NAMED = 12, 5
#: Between a name and what tells it from the same name elsewhere.
JOINT = " · "
EVERY_KIND = frozenset(PartyKind)
#: Nobody left before this year, as far as this program goes.
FIRST_YEAR = 1950
_SHOWN = 60
#: Letters that say whom a beginning of a name means, and that a misspelled name needs to be recognised.
LEAST_BEGINNING, LEAST_MISSPELLED = 2, 3
#: Letters with a stroke, which Unicode does not take apart into a letter and an accent.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_SIGNS = re.compile(r"[^a-z0-9]+", re.ASCII)


class Unclear(OwnProblem):
    """A text could mean several parties; ``choices`` are the labels of at most :data:`MOST_NAMED` of them."""

    def __init__(self, code: str, message: str, choices: Collection[str], field: str | None = None) -> None:
        super().__init__(code, message, field)
        self.choices = tuple(choices)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One party: ``label`` means it and no other; ``team`` is "" where it has none."""

    label: str
    party: int
    team: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A party, as far as names go."""

    pk: int
    name: str
    code: str
    team: str
    kind: str
    left_on: date | None

    @property
    def shown(self) -> str:
        return clean_text(self.name)


def people_suggest(
    *, user: User, organization: Organization, text: str, limit: int = MOST_SUGGESTED
) -> list[Suggestion]:
    """Parties whose name or team has ``text``: first those whose name begins with it, then by name.

    Nobody who left, at most ``limit``, nobody for a text of white space. Two queries. Raises NotFound for a stranger.
    """
    require(user, Action.SEE_CHAIN, organization)
    wanted, folded = _key(text), _folded(text)
    if not wanted:
        return []
    known = [one for one in _known(organization) if one.left_on is None]
    places = ((_place(wanted, folded, one), one) for one in known)
    ranked = sorted((place, _key(one.name), one.pk, one) for place, one in places if place is not None)
    found = [one for *_order, one in ranked[: min(limit, MOST_SUGGESTED)]]
    labels = _labels(found, known)
    return [Suggestion(labels[one.pk], one.pk, clean_text(one.team)) for one in found]


def person_resolve(
    *, user: User, organization: Organization, text: str, kinds: Collection[PartyKind] = EVERY_KIND
) -> Party | None:
    """The party a label, a name or a code means, whatever its case; None where it means none.

    Where nobody is called that, a beginning of a name or of one of its words will do ("tom" or "oka" for Tom Okafor),
    of at least two letters, and accents need not be written. Raises NotFound for a stranger, Unclear("ambiguous") with
    the labels to choose from where it means several, and OwnProblem("left") where only somebody who left is called
    that. Three queries at most.
    """
    require(user, Action.SEE_CHAIN, organization)
    wanted = _key(text)
    if not wanted:
        return None
    everybody = _known(organization)
    known = [one for one in everybody if one.left_on is None]
    meant = _of_kinds(known, kinds)
    bearing = _bearing(wanted, meant, known)
    if not bearing:
        gone = next((one for one in everybody if one.left_on is not None and wanted in _names(one)), None)
        if gone is not None:
            raise left_problem(Party(name=gone.name, left_on=gone.left_on))
        bearing = _beginning(_folded(text), meant)
    if len(bearing) > 1:
        raise _ambiguous(text, bearing, known)
    return Party.objects.select_related("team").get(pk=bearing[0].pk) if bearing else None


def people_near(
    *, user: User, organization: Organization, text: str, kinds: Collection[PartyKind] = EVERY_KIND
) -> list[str]:
    """Labels of those whose name, or a word of it, is one letter off the text, the nearest first: "Tpm" for Tom.

    At most :data:`MOST_NAMED`, nobody who left, nobody for fewer than three letters. Two queries. Raises NotFound for a
    stranger.
    """
    require(user, Action.SEE_CHAIN, organization)
    wanted = _folded(text)
    if len(wanted) < LEAST_MISSPELLED:
        return []
    known = [one for one in _known(organization) if one.left_on is None]
    bearing: dict[str, list[_Known]] = {}
    for one in _of_kinds(known, kinds):
        name = _folded(one.shown)
        for spelling in {name, *name.split()}:
            bearing.setdefault(spelling, []).append(one)
    # one letter of n exchanged leaves the ratio 1 - 1/n; a letter more or less leaves a larger one
    cutoff = 1 - 1.02 / len(wanted)
    nearest = get_close_matches(wanted, bearing, n=MOST_NAMED, cutoff=cutoff)
    found = {one.pk: one for spelling in nearest for one in bearing[spelling]}
    return list(_labels([*found.values()][:MOST_NAMED], known).values())


def person_label(*, user: User, organization: Organization, party: Party) -> str:
    """The label that means this party in a field for names."""
    require(user, Action.SEE_CHAIN, organization)
    known = _known(organization)
    of = [one for one in known if one.pk == party.pk]
    return next(iter(_labels(of, [one for one in known if one.left_on is None or one.pk == party.pk]).values()), "")


def party_leave(*, actor: User | Operator, organization: Organization, party: int, left_on: date | None) -> Party:
    """Say on which day a person left; None takes it back.

    What the person took part in stays; nobody is asked to agree on anything new with them. Raises NotFound for a
    stranger or a party of another organization, PermissionDenied, and OwnProblem for a day that is not over.
    """
    require(actor, Action.CHANGE_PEOPLE, organization)
    with transaction.atomic():
        found = Party.objects.select_for_update(no_key=True).filter(organization=organization, pk=party).first()
        if found is None:
            raise NotFound
        _not_concerned(actor, found)
        if left_on is not None and left_on > timezone.localdate():
            raise OwnProblem("future", _("Give the last day when it is there: today, or a day before."), "left_on")
        if left_on is not None and left_on.year < FIRST_YEAR:
            raise OwnProblem("year", _("Give a day from the year %(year)s on.") % {"year": FIRST_YEAR}, "left_on")
        found.left_on = left_on
        found.save(update_fields=["left_on"])
    return found


def _not_concerned(actor: User | Operator, party: Party) -> None:
    """Raise OwnProblem where the actor hands over to the person, or gets something: they would decide for both."""
    if isinstance(actor, Operator) or actor.pk is None:
        return
    between = Q(supplier=party, customer__user__pk=actor.pk) | Q(customer=party, supplier__user__pk=actor.pk)
    if party.user_id == actor.pk or HandOff.objects.filter(between).exists():
        raise OwnProblem(
            "concerned",
            _("You and %(name)s hand work to each other, so another administrator has to say that.")
            % {"name": clean_text(party.name)},
            "left_on",
        )


def left_problem(party: Party, field: str | None = None) -> OwnProblem:
    """That nothing new can be agreed with somebody who left: who, since when, what to do."""
    return OwnProblem(
        "left",
        _("%(name)s left on %(day)s, so nothing new can be agreed with them. Name whoever does this work now.")
        % {"name": clean_text(party.name), "day": date_format(party.left_on) if party.left_on else ""},
        field,
    )


def _known(organization: Organization) -> list[_Known]:
    rows = Party.objects.filter(organization=organization).order_by("pk")
    return [
        _Known(pk, name, code, team or "", kind, left_on)
        for pk, name, code, team, kind, left_on in rows.values_list(
            "pk", "name", "code", "team__name", "kind", "left_on"
        )
    ]


def _names(one: _Known) -> tuple[str, str, str]:
    return _key(one.shown), _key(one.name), _key(one.code)


def _bearing(wanted: str, meant: Collection[_Known], known: Collection[_Known]) -> list[_Known]:
    """Those of ``meant`` with this name or code, else those whose label among all that are ``known`` it is."""
    named = [one for one in meant if wanted in _names(one)]
    if named:
        return named
    near = [one for one in meant if wanted.startswith(_key(one.shown))]
    labels = _labels(near, known)
    return [one for one in near if _key(labels[one.pk]) == wanted]


def _of_kinds(known: Collection[_Known], kinds: Collection[PartyKind]) -> list[_Known]:
    values = {kind.value for kind in kinds}
    return [one for one in known if one.kind in values]


def _beginning(wanted: str, meant: Collection[_Known]) -> list[_Known]:
    """Those of ``meant`` who are called the folded text but for accents, else those with a word that begins with it."""
    if len(wanted.replace(" ", "")) < LEAST_BEGINNING:
        return []
    names = [(one, _folded(one.shown)) for one in meant]
    return [one for one, name in names if name == wanted] or [one for one, name in names if f" {wanted}" in f" {name}"]


def _folded(text: str) -> str:
    """The words of a text without case, accents and signs: "inés-maría" is "ines maria"."""
    key = _key(text)
    if key.isascii():
        return " ".join(_SIGNS.sub(" ", key).split())
    apart = unicodedata.normalize("NFKD", key.translate(_STROKES))
    letters = (letter for letter in apart if not unicodedata.combining(letter))
    # marks that are no accents belong to their word: the vowels of many scripts
    return " ".join("".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in letters).split())


def _key(text: str) -> str:
    """Two texts with one key are the same to a reader.

    Only texts that are not plain letters are cleaned: of thousands of names that would take long.
    """
    return " ".join((text if text.isascii() and text.isprintable() else clean_text(text, 400)).split()).casefold()


def _place(wanted: str, folded: str, one: _Known) -> int | None:
    """0: the name begins with it, 1: a word of the name does, 2: it is somewhere; None: it is nowhere."""
    name, plain = _key(one.name), _folded(one.name)
    if name.startswith(wanted) or (folded and plain.startswith(folded)):
        return 0
    if f" {wanted}" in name or (folded and f" {folded}" in plain):
        return 1
    return 2 if wanted in name or wanted in _key(one.team) or (folded and folded in plain) else None


def _labels(of: Collection[_Known], known: Collection[_Known]) -> dict[int, str]:
    """Number -> the shortest of name, "name · team", "name · code" that means this party alone."""
    wanted = {_key(one.shown) for one in of}
    namesakes = [one for one in known if _key(one.name) in wanted or _key(one.shown) in wanted]
    names = Counter(_key(one.shown) for one in namesakes)
    in_teams = Counter((_key(one.shown), _key(one.team)) for one in namesakes)
    labels = {}
    for one in of:
        more = ""
        if names[_key(one.shown)] > 1:
            alone = one.team and in_teams[_key(one.shown), _key(one.team)] == 1
            more = JOINT + clean_text(one.team if alone else one.code, 220)
        labels[one.pk] = one.shown + more
    return labels


def _ambiguous(text: str, bearing: Collection[_Known], known: Collection[_Known]) -> Unclear:
    labels = list(_labels(bearing, known).values())
    named = ", ".join(f"“{label}”" for label in labels[:MOST_NAMED])
    more = len(labels) - MOST_NAMED
    if more > 0:
        named = _("%(names)s and %(count)s more") % {"names": named, "count": more}
    same = all(_key(one.shown) == _key(text) for one in bearing)
    said = (
        _("Several are called “%(name)s”. Write one of these: %(names)s.")
        if same
        else _("“%(name)s” could mean several. Write one of these: %(names)s.")
    )
    return Unclear("ambiguous", said % {"name": clean_text(text, _SHOWN), "names": named}, labels[:MOST_NAMED])
