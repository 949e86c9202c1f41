"""What may follow the question mark of an address: known names, once each, with a value that makes sense."""

from __future__ import annotations

import re
from typing import TypeVar

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text

Row = TypeVar("Row")

_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_SHOWN = 40


class QueryError(BadRequest):
    """The query of an address makes no sense; ``str()`` says what, why and what to do."""


def require_known(request: HttpRequest, *known: str) -> None:
    """Raise QueryError for a parameter this page does not know, or one that is given twice."""
    for name in request.GET:
        if name not in known:
            raise QueryError(
                _("The address asks for “%(name)s”, which this page does not know. Leave out what follows the “?”.")
                % {"name": clean_text(name, _SHOWN)}
            )
        if len(request.GET.getlist(name)) > 1:
            raise QueryError(_("The address gives “%(name)s” more than once. Keep one of them.") % {"name": name})


def page_of(request: HttpRequest, paginator: Paginator[Row]) -> Page[Row]:
    """The page ``?page=`` asks for, the first one without it. Raises QueryError for anything that is not a page."""
    asked = request.GET.get("page", "1")
    if not _PAGE_NUMBER.fullmatch(asked) or int(asked) > paginator.num_pages:
        raise QueryError(
            _("There is no page “%(asked)s” of this table. Use a whole number from 1 to %(last)s.")
            % {"asked": clean_text(asked, _SHOWN), "last": paginator.num_pages}
        )
    return paginator.page(int(asked))
