"""Mails with a personal link: what they say, and how they leave.

A mail names the organization, the round and its reader, and nobody else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.exports.round_words import mode_sentence
from chainmap.models import Party, Round
from chainmap.services.background import error_without_words

_logger = logging.getLogger(__name__)
#: Times in a row that the server cannot be reached before the rest is not tried any more.
_GIVE_UP = 2
#: So that no program answers a mail that a program wrote.
PROGRAM_HEADERS: Final = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class MailKind(StrEnum):
    """Why a link is mailed; the name of the template of its text."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class MailedLink:
    """A link as its mail shows it. ``code`` is shown in two halves."""

    token: str
    code: str
    expires_at: datetime


def mail_address(party: Party) -> str | None:
    """The one address mail for this party goes to; None when there is none that can be one."""
    try:
        validate_email(party.email)
    except ValidationError:
        return None
    return party.email


def link_address(token: str) -> str:
    """The whole address of a personal link."""
    return f"{settings.CHAINMAP_URL}/a/{token}/"


def mail_compose(*, kind: MailKind, round: Round, rater: Party, link: MailedLink) -> EmailMessage:
    """The mail with one person's own link. Texts of one kind differ in the reader's name and the link alone."""
    words = {
        "rater": clean_text(rater.name),
        "round": clean_text(round.name),
        "organization": clean_text(round.organization.name),
        "closes_at": round.closes_at,
        "expires_at": link.expires_at,
        "mode_sentence": mode_sentence(round.mode, None, round.k),
        "link": link_address(link.token),
        "join": f"{settings.CHAINMAP_URL}/join/",
        "code": link.code,
    }
    subjects = {
        MailKind.INVITATION: _("%(organization)s asks you: %(round)s"),
        MailKind.REMINDER: _("Still open: %(round)s (%(organization)s)"),
        MailKind.AGAIN: _("Your new link: %(round)s (%(organization)s)"),
    }
    return EmailMessage(
        subject=clean_text(subjects[kind] % words, limit=200),
        body=render_to_string(f"chainmap/mail/{kind.value}.txt", words).strip() + "\n",
        to=[rater.email],
        headers=PROGRAM_HEADERS,
    )


def mails_send(*, messages: Iterable[EmailMessage]) -> Iterator[bool]:
    """Send one after the other over one connection, and say of each whether it left.

    A server that fails is logged, without address or text, and never raised. One that cannot be reached is not tried
    for everybody.
    """
    connection: BaseEmailBackend = get_connection()
    unreachable = 0
    try:
        for message in messages:
            if unreachable < _GIVE_UP:
                unreachable = 0 if _opened(connection) else unreachable + 1
            yield unreachable == 0 and _sent(connection, message)
    finally:
        _close(connection)


def _opened(connection: BaseEmailBackend) -> bool:
    try:
        connection.open()
    except OSError as error:
        _logger.warning("The mail server cannot be reached: %s", error_without_words(error))
        return False
    return True


def _sent(connection: BaseEmailBackend, message: EmailMessage) -> bool:
    try:
        return connection.send_messages([message]) == 1
    except (OSError, ValueError, MessageError) as error:
        _logger.warning("A mail could not be sent: %s", error_without_words(error))
        _close(connection)
        return False


def _close(connection: BaseEmailBackend) -> None:
    with suppress(OSError):
        connection.close()
