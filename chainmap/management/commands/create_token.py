"""A token for a program that reads the interface under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import NotFound
from chainmap.services.tokens import MOST_DAYS, USUAL_DAYS, token_create, user_named


class Command(BaseCommand):
    help = "Create a token with which a program reads what a user may read, and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="whose rights the program gets")
        parser.add_argument(
            "--days",
            type=int,
            default=USUAL_DAYS,
            help=f"how long it works, 1 to {MOST_DAYS}; {USUAL_DAYS} unless told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        try:
            token = token_create(user=user_named(username=username), days=options["days"])
        except NotFound:
            raise CommandError(_("There is no user “%(username)s”.") % {"username": username}) from None
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(token)
        self.stderr.write(_("Keep it like a password: it is not shown again."))
