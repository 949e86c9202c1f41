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


def who_words(who: str) -> str:
    """Who did it; somebody without an account is whoever had the link."""
    return who or _("Whoever had the link")


def chain_words(broken: int | None, lines: int) -> str:
    """Whether the chain of seals is whole."""
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
    return said % {"lines": lines} if lines else _("Nothing was logged yet.")


def audit_csv(organization: str, lines: Iterable[AuditLine]) -> ExportFile:
    """Every line, first to last: RFC 4180, UTF-8 with a byte order mark; times in UTC; codes, not words."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
        writer.writerow((line.number, at, guarded(line.who), line.what, guarded(line.about), line.seal))
    content = text.getvalue().encode("utf-8-sig", "replace")
    return ExportFile(export_filename("audit", organization, "csv"), "text/csv; charset=utf-8", content)
