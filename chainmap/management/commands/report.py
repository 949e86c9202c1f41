"""Write the report of an organization, a team or a workshop as a file, or say in which formats there is one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.solver import SolverError
from chainmap.exports.charts import ChartError
from chainmap.exports.files import ExportFile
from chainmap.exports.picture_error import PictureError
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.exports.typst_file import DocumentError
from chainmap.models import Organization
from chainmap.services.organizations import organization_named, organizations_list
from chainmap.services.report_requests import PAPERS
from chainmap.services.report_writing import Asked, NoSuchName, report_write

_KNOWN = 20
_TEXT = ("text/", "application/json", "application/graphml+xml", "application/gexf+xml", "image/svg+xml")


class Command(BaseCommand):
    help = "Write the bottleneck report of an organization, a team or a workshop; without --format: the formats."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="its name")
        parser.add_argument("--round", default="", help="a round with results, by name; the latest unless told")
        parser.add_argument("--team", default="", help="the report of this team alone")
        parser.add_argument("--workshop", default="", help="the report of this workshop, instead of a round")
        parser.add_argument("--format", choices=list(REPORT_FORMATS), help="without it: print what there is")
        parser.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="of a document with pages")
        parser.add_argument("--output", help="a file to write; default: standard output")

    def handle(self, **options: Any) -> None:
        organization = _organization(options["organization"])
        if options["format"] is None:
            for key, format in REPORT_FORMATS.items():
                self.stdout.write(f"{key:<8} {format.words}: {format.meaning}")
            return
        self._hand_over(_file(organization, options), options["output"])

    def _hand_over(self, file: ExportFile, output: str | None) -> None:
        if output:
            try:
                Path(output).write_bytes(file.content)
            except OSError as error:
                raise CommandError(
                    _("%(path)s cannot be written: %(reason)s") % {"path": output, "reason": error.strerror}
                ) from error
            self.stdout.write(_("Written: %(path)s") % {"path": output})
        elif file.content_type.startswith(_TEXT):
            self.stdout.write(file.content.decode("utf-8"), ending="")
        elif self.stdout.isatty():
            raise CommandError(_("This format is no text for a terminal; give --output FILE."))
        else:
            sys.stdout.buffer.write(file.content)


def _organization(name: str) -> Organization:
    try:
        return organization_named(name=name)
    except NotFound as error:
        known = ", ".join(found.name for found in organizations_list(actor=OPERATOR)[:_KNOWN]) or _("none yet")
        raise CommandError(
            _("There is no organization %(name)r. Known: %(known)s.") % {"name": name, "known": known}
        ) from error


def _file(organization: Organization, options: dict[str, Any]) -> ExportFile:
    asked = Asked(options["round"], options["team"], options["workshop"])
    try:
        return report_write(organization=organization, asked=asked, format=options["format"], paper=options["paper"])
    except NoSuchName as error:
        raise CommandError(_no_such_name(error)) from error
    except NotFound as error:
        raise CommandError(
            _("There is no report yet: no round has results. Close a round, or name a workshop that was held.")
        ) from error
    except ValueError as error:
        raise CommandError(_("A workshop has a report of its own: leave out --round and --team.")) from error
    except (SolverError, DocumentError, PictureError, ChartError) as error:
        raise CommandError(_("The report could not be written: %(reason)s") % {"reason": error}) from error


def _no_such_name(error: NoSuchName) -> str:
    said = {
        "round": _("There is no round %(name)r with results. Known: %(known)s."),
        "team": _("There is no team %(name)r. Known: %(known)s."),
        "workshop": _("There is no workshop %(name)r with results. Known: %(known)s."),
    }[error.what]
    known = ", ".join(clean_text(name, 60) for name in error.known[:_KNOWN]) or _("none yet")
    return said % {"name": clean_text(error.name, 60), "known": known}
