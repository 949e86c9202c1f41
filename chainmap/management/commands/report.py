"""Write the report of an organization, a team or a workshop as a file, or say in which formats there is one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import NotFound
from chainmap.domain.solver import SolverError
from chainmap.exports.charts import ChartError
from chainmap.exports.files import ExportFile
from chainmap.exports.picture_error import PictureError
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.exports.typst_file import DocumentError
from chainmap.management.commands._written import MOST_NAMES, hand_over, organization_called
from chainmap.models import Organization
from chainmap.services.report_requests import PAPERS
from chainmap.services.report_writing import Asked, NoSuchName, report_write


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
        organization = organization_called(options["organization"])
        if options["format"] is None:
            for key, format in REPORT_FORMATS.items():
                self.stdout.write(f"{key:<8} {format.words}: {format.meaning}")
            return
        hand_over(_file(organization, options), options["output"], self.stdout)


def _file(organization: Organization, options: dict[str, Any]) -> ExportFile:
    asked = Asked(options["round"], options["team"], options["workshop"])
    try:
        return report_write(organization=organization, asked=asked, format=options["format"], paper=options["paper"])
    except NoSuchName as error:
        raise CommandError(_no_such_name(error)) from error
    except NotFound as error:
        raise CommandError(
            _(
                "There is no report yet: nothing was rated or measured. Import ratings, close a round, or name a "
                "workshop that was held."
            )
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
    known = ", ".join(clean_text(name, 60) for name in error.known[:MOST_NAMES]) or _("none yet")
    return said % {"name": clean_text(error.name, 60), "known": known}
