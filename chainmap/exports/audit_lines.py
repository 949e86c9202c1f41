"""The audit log in words, and as a table to keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.audit import AuditLine, AuditWhat
from chainmap.domain.formula_guard import guarded
from chainmap.exports.files import ExportFile, export_filename

COLUMNS = ("number", "at", "who", "what", "about", "seal")


def what_words(what: str) -> str:
    """What was done, for people; a code this version does not know is shown as it is."""
    words = {
        AuditWhat.REPORT_TAKEN: _("took a report away as a file"),
        AuditWhat.LOG_TAKEN: _("took this log away as a file"),
        AuditWhat.LINK_MADE: _("made a link to a report"),
        AuditWhat.LINK_OPENED: _("opened a link to a report"),
        AuditWhat.LINK_REFUSED: _("gave a wrong password for a link to a report"),
        AuditWhat.LINK_ENDED: _("ended a link to a report"),
        AuditWhat.MAIL_MADE: _("asked for reports by mail"),
        AuditWhat.MAIL_SENT: _("was sent a report by mail"),
        AuditWhat.MAIL_ENDED: _("ended reports by mail"),
        AuditWhat.MAIL_STOPPED: _("gets no more reports by mail: the role does not include them any more"),
        AuditWhat.LEAD_NAMED: _("named who leads a team"),
        AuditWhat.LEAD_REMOVED: _("took back who leads a team"),
    }
    return words.get(what, what)  # type: ignore[call-overload, no-any-return]


def who_words(who: str, what: str = AuditWhat.LINK_OPENED) -> str:
    """Who did it; somebody without an account is whoever had the link, or runs the server."""
    if who:
        return who
    by_link = what in (AuditWhat.LINK_OPENED, AuditWhat.LINK_REFUSED)
    return _("Whoever had the link") if by_link else _("Whoever runs the server")


def chain_words(broken: int | None, lines: int, removed: int = 0) -> str:
    """Whether the chain of seals is whole; ``removed``: the number of the last line that went because it was old."""
    said = _chain_words(broken, lines, removed)
    if not removed:
        return said
    gone = ngettext(
        "Line %(removed)d was removed when it was 24 months old; its seal is kept, and the first line left follows it.",
        "Lines 1 to %(removed)d were removed when they were 24 months old; the seal of the last one is kept, and the "
        "first line left follows it.",
        removed,
    )
    return f"{said} {gone % {'removed': removed}}"


def _chain_words(broken: int | None, lines: int, removed: int) -> str:
    if broken is not None:
        said = _(
            "The chain of seals is broken at line %(number)d: this line, or one before it, was changed or removed."
        )
        return said % {"number": broken}
    said = ngettext(
        "The chain of seals is whole: its %(lines)d line is as it was written.",
        "The chain of seals is whole: all %(lines)d lines are as they were written, and none between them is missing.",
        lines,
    )
    if lines:
        return said % {"lines": lines}
    return _("Nothing was logged in the last 24 months.") if removed else _("Nothing was logged yet.")


def audit_csv(organization: str, lines: Iterable[AuditLine]) -> ExportFile:
    """Every line, first to last: RFC 4180, UTF-8 with a byte order mark; times in UTC; codes, not words.

    Where the oldest lines were removed, the first row says so ("removed_until_here") with the seal of the last of them.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
        writer.writerow((line.number, at, guarded(line.who), line.what, guarded(line.about), line.seal))
    content = text.getvalue().encode("utf-8-sig", "replace")
    return ExportFile(export_filename("audit", organization, "csv"), "text/csv; charset=utf-8", content)
