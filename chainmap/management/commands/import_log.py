"""Import the hand-offs that an event log shows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chainmap.access import OPERATOR
from chainmap.management.commands._files import file_limits, print_report, read_source, told_as_command_errors
from chainmap.services.importing import log_import

_COLUMNS = ("case", "activity", "resource", "timestamp", "customer")


class Command(BaseCommand):
    help = "Import hand-offs from an event log (CSV or XLSX): every change of resource inside a case is one pass."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("events", help="the event log")
        parser.add_argument("--organization", required=True, help="its name; created when it does not exist")
        for column in _COLUMNS:
            parser.add_argument(f"--{column}", default=column, metavar="COLUMN", help=f"the column of the {column}")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, **options: Any) -> None:
        with told_as_command_errors():
            report = log_import(
                actor=OPERATOR,
                organization_name=options["organization"],
                events=read_source(options["events"]),
                columns={column: options[column] for column in _COLUMNS},
                dry_run=options["dry_run"],
                limits=file_limits(),
            )
        print_report(report, self.stdout)
