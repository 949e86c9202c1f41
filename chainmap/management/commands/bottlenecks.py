"""Print or write where an organization loses value."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR
from chainmap.domain.solver import SolverError
from chainmap.exports.bottlenecks import EXPORT_FORMATS
from chainmap.exports.picture_error import PictureError
from chainmap.management.commands._written import hand_over, organization_called
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
        organization = organization_called(options["organization"])
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
        hand_over(file, options["output"], self.stdout)
