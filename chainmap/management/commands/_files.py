"""What the import commands share: reading the named files and printing a report or the errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.imports.errors import ImportRefused
from chainmap.imports.limits import Limits
from chainmap.services.chain_store import Tally
from chainmap.services.importing import ImportReport, SourceFile

#: Ratings without a hand-off listed one by one; the count is always complete.
_LISTED = 20


def file_limits() -> Limits:
    """The limits of this installation: the settings raise size and rows, everything else stays."""
    megabytes = settings.CHAINMAP_IMPORT_MAX_MEGABYTES
    return Limits(
        max_bytes=megabytes * 1_000_000,
        max_unpacked=megabytes * 4_000_000,
        max_rows=settings.CHAINMAP_IMPORT_MAX_ROWS,
    )


def read_source(path: str) -> SourceFile:
    """The named file. Raises CommandError with what to do when it cannot be read."""
    try:
        return SourceFile(name=Path(path).name, data=Path(path).read_bytes())
    except OSError as error:
        raise CommandError(
            _("%(path)s cannot be read: %(reason)s. Nothing was imported.")
            % {"path": path, "reason": error.strerror or error}
        ) from error


@contextmanager
def told_as_command_errors() -> Iterator[None]:
    """What an import refuses becomes the sentence a command ends with."""
    try:
        yield
    except ImportRefused as error:
        raise _refusal(error) from error
    except ValueError as error:
        raise CommandError(_("%(reason)s Nothing was imported.") % {"reason": error}) from error


def _refusal(error: ImportRefused) -> CommandError:
    """Every error with file, line, column, value, reason and remedy, one a line."""
    lines = [
        "{place}: {reason} {remedy}".format(
            place=", ".join(_place_words(found.file, found.line, found.column, found.value)),
            reason=found.reason,
            remedy=found.remedy,
        )
        for found in error.errors
    ]
    count = len(lines) + error.omitted
    head = ngettext("%(count)d error. Nothing was imported.", "%(count)d errors. Nothing was imported.", count)
    if error.omitted:
        lines.append(_("… and %(count)d more") % {"count": error.omitted})
    return CommandError("\n".join([head % {"count": count}, *lines]))


def _place_words(file: str, line: int | None, column: str, value: str) -> list[str]:
    words = [file]
    if line:
        words.append(_("line %(line)d") % {"line": line})
    if column:
        words.append(_("column %(column)s") % {"column": column})
    if value:
        words.append(repr(value[:80]))
    return words


def print_report(report: ImportReport, out: OutputWrapper) -> None:
    """Counts of what is new, changed and the same; what was left out; whether anything was written."""
    organization = {"organization": report.organization}
    if report.organization_created:
        out.write(_("New organization: %(organization)s") % organization)
    out.write(_tally_words(_("People"), report.people))
    out.write(_tally_words(_("Hand-offs"), report.handoffs))
    out.write(_tally_words(_("Ratings"), report.ratings))
    if report.log:
        _print_log(report, out)
    if report.handoffs_created_for_ratings:
        count = report.handoffs_created_for_ratings
        out.write(
            ngettext(
                "%(count)d hand-off was made for ratings that had none.",
                "%(count)d hand-offs were made for ratings that had none.",
                count,
            )
            % {"count": count}
        )
    _print_missing(report, out)
    for warning in report.warnings:
        out.write(_("Note: %(warning)s") % {"warning": f"{warning.file}: {warning.reason}"})
    if report.dry_run:
        out.write(_("Dry run: nothing was written."))
    elif not report.changed:
        out.write(_("No change: everything in the files was here already."))


def _tally_words(name: str, tally: Tally) -> str:
    return _("%(name)s: %(created)d new, %(updated)d changed, %(unchanged)d the same") % {
        "name": name,
        "created": tally.created,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
    }


def _print_log(report: ImportReport, out: OutputWrapper) -> None:
    log = report.log
    if log is None:
        return
    out.write(
        _(
            "Log: %(cases)d cases, %(events)d events, %(skipped)d events without a resource skipped; "
            "%(passes)d passes between people, %(returned)d of them returned"
        )
        % {
            "cases": log.cases,
            "events": log.events,
            "skipped": log.skipped_events,
            "passes": log.passes,
            "returned": log.returned,
        }
    )


def _print_missing(report: ImportReport, out: OutputWrapper) -> None:
    missing = report.ratings_without_handoff
    if not missing:
        return
    out.write(
        ngettext(
            "%(count)d rating has no hand-off and was not imported (--create-missing makes the hand-off):",
            "%(count)d ratings have no hand-off and were not imported (--create-missing makes the hand-offs):",
            len(missing),
        )
        % {"count": len(missing)}
    )
    for row in missing[:_LISTED]:
        out.write(
            _("  line %(line)d: %(supplier)s -> %(customer)s")
            % {"line": row.line, "supplier": row.supplier, "customer": row.customer}
        )
    if len(missing) > _LISTED:
        out.write(_("  … and %(count)d more") % {"count": len(missing) - _LISTED})
