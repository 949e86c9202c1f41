"""Load the sample organization into an empty database, and show what it says."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound
from chainmap.management.commands._files import print_report
from chainmap.services import sample
from chainmap.services.organizations import organization_named
from chainmap.services.reporting import bottlenecks_export


class Command(BaseCommand):
    help = "Load the real sample organization when the database is empty, and print its worst hand-offs and sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-passwords", action="store_true", help="give the sample's users new passwords")

    def handle(self, **options: Any) -> None:
        if options["new_passwords"]:
            passwords = sample.sample_passwords_renew()
            if passwords is None:
                raise CommandError(_("The sample organization is not in this database."))
            self._print_passwords(passwords)
            return
        loaded = sample.sample_load()
        if loaded:
            print_report(loaded.report, self.stdout)
            self.stdout.write("")
        self._print_worst()
        if loaded:
            self._print_passwords(loaded.passwords)
            self.stdout.write(
                _("A round is open: sample-member is asked about %(count)s hand-offs, sample-administrator runs it.")
                % {"count": sample.ASKED}
            )
            self.stdout.write(_("sample-colleague is the most important client of sample-member: try both sides."))
        else:
            self.stdout.write(
                _("Sign-ins were printed at the first start; `make passwords` makes new ones for the sample's users.")
            )

    def _print_worst(self) -> None:
        try:
            organization = organization_named(name=sample.NAME)
        except NotFound:
            return  # a database of one's own
        table = bottlenecks_export(actor=OPERATOR, organization=organization, format="table", top=5)
        self.stdout.write(table.content.decode())

    def _print_passwords(self, passwords: Mapping[str, str]) -> None:
        self.stdout.write(_("Sign in with one of these (random passwords, shown this once):"))
        for username, password in passwords.items():
            self.stdout.write(f"  {username:<22} {password}")
