"""The audit log: what is written down, and the seals that show whether a line was changed or taken out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class AuditWhat(StrEnum):
    """What somebody did. Nothing here is an answer, nor does it say when one was given."""

    REPORT_TAKEN = "report_taken"  # a report became a file
    LOG_TAKEN = "audit_log_taken"  # this log became a file
    LINK_MADE = "link_made"
    LINK_OPENED = "link_opened"
    LINK_REFUSED = "link_refused"  # a wrong password
    LINK_ENDED = "link_ended"
    MAIL_MADE = "report_mail_made"
    MAIL_SENT = "report_mail_sent"
    MAIL_ENDED = "report_mail_ended"
    MAIL_STOPPED = "report_mail_stopped"  # its owner lost the right
    LEAD_NAMED = "lead_named"
    LEAD_REMOVED = "lead_removed"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line as it is kept. ``number``: 1 and up within the organization; ``who``: the name of that day."""

    organization: int
    number: int
    at: datetime  # aware; kept to the microsecond
    who: str
    what: str
    about: str
    seal: str = ""


def audit_seal(before: str, line: AuditLine) -> str:
    """SHA-256, in hexadecimal, of the seal before it and of the line written as canonical JSON.

    Sorted keys, no blanks, UTC: the same line gives the same bytes on every machine. ``before`` is "" for the first.

    >>> line = AuditLine(1, 1, datetime(2026, 11, 3, tzinfo=UTC), "Anna", "link_made", "Acme")
    >>> audit_seal("", line)[:16], audit_seal("x", line)[:16]
    ('6ec004cc22b1ee19', 'b9a707eb0077e6d5')
    """
    fields = {
        "about": line.about,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "number": line.number,
        "organization": line.organization,
        "what": line.what,
        "who": line.who,
    }
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}{written}".encode()).hexdigest()
