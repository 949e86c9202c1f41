"""No personal link in a log: whoever reads logs must not be able to answer for somebody, nor choose their mails,
nor enter a workshop."""

from __future__ import annotations

import logging
import re

#: The part of an address behind which a token stands, however long and broken it is.
_LINK = re.compile(r"(/a/|/after/|/mail/|/shared/|/w/|/api/v1/links/)[^\s/\"'?#<>]+")
HIDDEN = "…"


def without_links(text: str) -> str:
    """The text with the token of every personal link in it replaced, also of those in mails to choose
    how often, of those to the results of a workshop or to a report, and the code that lets a phone into one.

    >>> without_links("Not Found: /a/Zm9v/3/ and http://x:8000/api/v1/links/Zm9v/")
    'Not Found: /a/…/3/ and http://x:8000/api/v1/links/…/'
    """
    return _LINK.sub(rf"\1{HIDDEN}", text)


class HideLinks(logging.Filter):
    """Takes links out of the message, its arguments and the trace of an error, whatever handler comes after."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.msg, record.args = without_links(record.getMessage()), ()
        except (TypeError, ValueError):  # arguments that do not fit: let logging say so, without them
            record.msg, record.args = without_links(str(record.msg)), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_links(record.exc_text)
        if record.stack_info:
            record.stack_info = without_links(record.stack_info)
        return True
