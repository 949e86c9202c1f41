"""Whether the audit log is as it was written."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound
from chainmap.exports.audit_lines import chain_words
from chainmap.exports.plain_text import clean_text
from chainmap.services.audit import audit_has_seal, audit_state
from chainmap.services.organizations import organization_named, organizations_list


class Command(BaseCommand):
    help = "Checks the seals of the audit log, of every organization or of one; exit code 1 where a line was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="NAME", help="of this one alone")
        parser.add_argument("--seal", metavar="SEAL", help="a seal that was written down before; it has to be there")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._organizations(options["organization"])
        broken = 0
        for organization in found:
            state = audit_state(actor=OPERATOR, organization=organization)
            broken += state.broken is not None
            said = [
                clean_text(organization.name) + ": " + chain_words(state.broken, state.lines, state.removed),
                state.seal,
            ]
            self.stdout.write(" ".join(part for part in said if part))
        seal = options["seal"]
        if seal and not any(audit_has_seal(organization=each, seal=seal.strip().lower()) for each in found):
            raise CommandError(
                _(
                    "This seal is not in the log: lines were taken off its end, the log is another one, or its line "
                    "was removed when it was 24 months old."
                )
            )
        if broken:
            raise CommandError(_("A log is not as it was written. Keep this database as it is, and a copy of it."))

    def _organizations(self, name: str | None) -> Any:
        try:
            return [organization_named(name=name)] if name else list(organizations_list(actor=OPERATOR))
        except NotFound:
            raise CommandError(_("There is no organization “%(name)s”.") % {"name": clean_text(name or "")}) from None
