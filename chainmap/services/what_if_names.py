"""Whom a name means in a what-if: a person of the chain, or a team where teams are the parties."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chainmap.access import User
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization
from chainmap.services.own import OwnProblem
from chainmap.services.people import people_near, person_resolve
from chainmap.services.what_if import WhatIfBase

_SHOWN = 60


def party_named(*, user: User, organization: Organization, base: WhatIfBase, text: str, field: str) -> int:
    """The key of the party a text means in this chain.

    Raises OwnProblem with the field where it means nobody, somebody who left, or several.
    """
    if base.by_team:
        wanted = clean_text(text).casefold()
        meant = [key for key, name in base.parties() if name.casefold() == wanted]
        if len(meant) != 1:
            raise _unknown(text, [], field)
        return meant[0]
    try:
        party = person_resolve(user=user, organization=organization, text=text)
    except OwnProblem as problem:
        raise OwnProblem(problem.code, str(problem), field) from None
    if party is None:
        raise _unknown(text, people_near(user=user, organization=organization, text=text), field)
    return party.pk


def _unknown(text: str, near: list[str], field: str) -> OwnProblem:
    said = _("Nobody here is called “%(name)s”. Type the beginning of the name and choose one that is suggested.")
    if near:
        said = _("Nobody here is called “%(name)s”. Did you mean %(names)s?")
    values = {"name": clean_text(text, _SHOWN), "names": ", ".join(f"“{label}”" for label in near)}
    return OwnProblem("unknown_name", said % values, field)
