"""Print or write where an organization loses value."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.solver import SolverError
from chainmap.exports.bottlenecks import EXPORT_FORMATS
from chainmap.exports.files import ExportFile
from chainmap.exports.picture_error import PictureError
from chainmap.services.organizations import organization_named, organizations_list
from chainmap.services.reporting import bottlenecks_export


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Command(BaseCommand):
    help = "Where does the organization lose value before it reaches the end customer?"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, help="its name")
        parser.add_argument("--format", choices=EXPORT_FORMATS, default="table")
        parser.add_argument("--output", help="a file to write; default: standard output")
        parser.add_argument("--top", type=_whole, default=10, help="rows of the table; the other formats list all")

    def handle(self, **options: Any) -> None:
        try:
            organization = organization_named(name=options["organization"])
        except NotFound as error:
            known = ", ".join(found.name for found in organizations_list(actor=OPERATOR)[:20]) or _("none yet")
            raise CommandError(
                _("There is no organization %(name)r. Known: %(known)s.")
                % {"name": options["organization"], "known": known}
            ) from error
        try:
            file = bottlenecks_export(
                actor=OPERATOR, organization=organization, format=options["format"], top=options["top"]
            )
        except SolverError as error:
            raise CommandError(str(error)) from error
        except PictureError as error:
            raise CommandError(
                _("The picture could not be drawn: %(reason)s Use --format table, json, csv or dot.")
                % {"reason": error}
            ) from error
        self._hand_over(file, options["output"])

    def _hand_over(self, file: ExportFile, output: str | None) -> None:
        if output:
            try:
                Path(output).write_bytes(file.content)
            except OSError as error:
                raise CommandError(
                    _("%(path)s cannot be written: %(reason)s") % {"path": output, "reason": error.strerror}
                ) from error
            self.stdout.write(_("Written: %(path)s") % {"path": output})
        elif file.content_type == "image/png":
            if self.stdout.isatty():
                raise CommandError(_("A PNG is no text for a terminal; give --output FILE."))
            sys.stdout.buffer.write(file.content)
        else:
            self.stdout.write(file.content.decode("utf-8"), ending="")
