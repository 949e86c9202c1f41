"""What is due: rounds to open, to close, to publish, people to remind, agreements whose day came, news by mail, and
reports to make, to mail and to delete, and lines of the audit log that are old enough to go."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.services.agreements import agreements_remind
from chainmap.services.audit import audit_shorten
from chainmap.services.background import background_finish, error_without_words
from chainmap.services.digests import digests_send
from chainmap.services.kept_files import kept_files_clean, kept_files_run
from chainmap.services.report_links import report_links_clean
from chainmap.services.report_schedules import schedules_run
from chainmap.services.rounds import RoundsRun, rounds_run

#: Seconds between two looks.
_PAUSE = 60.0


class Command(BaseCommand):
    _stopping = _pausing = False
    help = (
        "Open, close and publish the rounds that are due, send the reminders that are due, remind of agreements, mail "
        "news and reports, and delete files and lines of the audit log whose time is over; once, or --watch."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="every minute until stopped, telling what was done")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            signal.signal(signal.SIGTERM, self._stop)
            with suppress(KeyboardInterrupt):  # Ctrl+C is how it is stopped
                self._watch()
        else:
            self._tell(rounds_run(now=timezone.now()))
            self._look_at_people()
            self._look_at_reports()
        background_finish()

    def _watch(self) -> None:
        while not self._stopping:
            close_old_connections()
            for look in (self._look_at_rounds, self._look_at_people, self._look_at_reports):
                try:
                    look()
                except Exception as error:
                    # a database that is away for a minute must not end the watch
                    self.stderr.write(_("This look failed, the next is in a minute: ") + error_without_words(error))
            self._pause()

    def _look_at_rounds(self) -> None:
        run = rounds_run(now=timezone.now())
        if run.opened or run.closed or run.released or run.reminders:
            self._tell(run)

    def _look_at_people(self) -> None:
        """What people agreed and what is new for them; said only where something was done."""
        now = timezone.now()
        due = agreements_remind(today=timezone.localdate(now))
        mailed = digests_send(now=now)
        if due or mailed:
            said = _("People reminded of an agreement: %(due)d. Mails with news: %(mailed)d.")
            self.stdout.write(said % {"due": due, "mailed": mailed})
            self.stdout.flush()

    def _look_at_reports(self) -> None:
        """Files that a process left half made, reports that are due by mail, and what is kept no longer."""
        now = timezone.now()
        figures = {
            "made": kept_files_run(now=now),
            "mailed": schedules_run(now=now),
            "deleted": kept_files_clean(now=now) + report_links_clean(now=now),
        }
        if any(figures.values()):
            self.stdout.write(_("Reports made: %(made)d, mailed: %(mailed)d. Files deleted: %(deleted)d.") % figures)
            self.stdout.flush()
        removed = audit_shorten(now=now)
        if removed:
            said = ngettext(
                "%(removed)d line of the audit log was 24 months old and was removed.",
                "%(removed)d lines of the audit log were 24 months old and were removed.",
                removed,
            )
            self.stdout.write(said % {"removed": removed})
            self.stdout.flush()

    def _pause(self) -> None:
        self._pausing = True
        if not self._stopping:
            time.sleep(_PAUSE)
        self._pausing = False

    def _stop(self, *_received: object) -> None:
        """End a pause at once, and work when it is done: half of the mails would be worse than a late end."""
        self._stopping = True
        if self._pausing:
            raise KeyboardInterrupt

    def _tell(self, run: RoundsRun) -> None:
        said = _("Rounds opened: %(opened)d, closed: %(closed)d, published: %(released)d. Reminders: %(reminders)d.")
        figures = {name: getattr(run, name) for name in ("opened", "closed", "released", "reminders")}
        self.stdout.write(said % figures)
        self.stdout.flush()
