"""Import people, hand-offs and ratings from CSV or XLSX files, or people and hand-offs from a GraphML file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chainmap.access import OPERATOR
from chainmap.management.commands._files import file_limits, print_report, read_source, told_as_command_errors
from chainmap.services.importing import chain_import


class Command(BaseCommand):
    help = (
        "Import people and hand-offs (two tables, CSV or XLSX, or one GraphML file) and ratings, all or nothing; "
        "the same files twice change nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, help="its name; created when it does not exist")
        parser.add_argument("--people", help="columns id, name [kind, team, role, email, capacity]")
        parser.add_argument("--handoffs", help="columns supplier, customer [deliverable, volume]")
        parser.add_argument("--graph", help="GraphML instead of these two: parties are nodes, hand-offs directed edges")
        parser.add_argument(
            "--ratings", help="columns supplier, customer, score [deliverable, rater, date, scale_min, scale_max]"
        )
        parser.add_argument("--round", default="Imported", help="the open round the ratings go into")
        parser.add_argument("--create-missing", action="store_true", help="make the hand-off of a rating that has none")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, **options: Any) -> None:
        with told_as_command_errors():
            report = chain_import(
                actor=OPERATOR,
                organization_name=options["organization"],
                **{
                    kind: read_source(options[kind])
                    for kind in ("people", "handoffs", "graph", "ratings")
                    if options[kind]
                },
                round_name=options["round"],
                create_missing=options["create_missing"],
                dry_run=options["dry_run"],
                limits=file_limits(),
            )
        print_report(report, self.stdout)
