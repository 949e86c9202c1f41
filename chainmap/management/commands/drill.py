"""Attacks on this very program, for whoever has to trust it: one line of figures, and exit code 1 for a missed goal."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import SUPPRESS, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from chainmap.services.linkage import LINK_MARGIN, LinkageFigures, NotScratch, linkage_measure
from chainmap.services.privacy_drill import KEPT_GOAL, MILLISECONDS_GOAL, privacy_measure

#: Exit code where a goal is missed; a drill that could not be made ends with Django's own, and a sentence.
_MISSED = 1
#: How the folder of a scratch database is called: no other is touched.
_FOLDER = "chainmap-drill-"


def whole(least: int, most: int) -> Any:
    """A reader of whole numbers for the command line."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(
                _("“%(text)s” is not a whole number from %(least)d to %(most)d.")
                % {"text": text, "least": least, "most": most}
            )
        return int(text)

    return read


class Command(BaseCommand):
    help = "Attack the protection of raters and print what was found; exit code 1 where a goal is missed."

    def add_arguments(self, parser: CommandParser) -> None:
        drills = parser.add_subparsers(dest="drill", required=True, metavar="DRILL")
        privacy = drills.add_parser("privacy", help="compute hidden cells and single answers from releases")
        privacy.add_argument("--companies", type=whole(1, 1000), default=50, help="how many; 50 unless told")
        linkage = drills.add_parser("linkage", help="find the raters of anonymous answers in the database file")
        linkage.add_argument("--raters", type=whole(10, 200), default=50, help="in each round; 50 unless told")
        linkage.add_argument("--rounds", type=whole(1, 100), default=10, help="how many; 10 unless told")
        linkage.add_argument("--here", action="store_true", help=SUPPRESS)  # the process that does the work

    def handle(self, *args: Any, **options: Any) -> None:
        met = {"privacy": self._privacy, "linkage": self._linkage}[options["drill"]](options)
        self.stdout.flush()
        if not met:
            sys.exit(_MISSED)

    def _privacy(self, options: dict[str, Any]) -> bool:
        found = privacy_measure(companies=options["companies"])
        self.stdout.write(
            _(
                "%(companies)d companies: %(cells)d of %(hidden)d hidden cells and %(single)d of %(answers)d single "
                "answers can be computed, by anybody or any participant; %(kept).1f %% of the cells with enough people "
                "are shown (goal %(goal)d %%); 150 people with 750 ratings take %(time).0f ms (goal %(limit)d)."
            )
            % {
                "companies": found.companies,
                "cells": found.cells_derived,
                "hidden": found.hidden,
                "single": found.answers_derived,
                "answers": found.answers,
                "kept": 100 * found.kept,
                "goal": 100 * KEPT_GOAL,
                "time": found.milliseconds,
                "limit": MILLISECONDS_GOAL,
            }
        )
        return found.is_kept

    def _linkage(self, options: dict[str, Any]) -> bool:
        if not options["here"]:
            return self._linkage_apart(options)
        if not Path(settings.DATA_DIR).name.startswith(_FOLDER):
            raise CommandError(_("This drill is made in a database of its own. Leave out --here."))
        call_command("migrate", verbosity=0)
        try:
            found = linkage_measure(raters=options["raters"], rounds=options["rounds"])
        except NotScratch:
            raise CommandError(_("This drill is made in a database of its own. Leave out --here.")) from None
        self.stdout.write(self._told(found))
        return not found.misses()

    def _linkage_apart(self, options: dict[str, Any]) -> bool:
        """In a process of its own, whose database and secret key are new and gone afterwards."""
        with tempfile.TemporaryDirectory(prefix=_FOLDER) as folder:
            done = subprocess.run(
                [sys.executable, "-m", "django", "drill", "linkage", "--here"]
                + [f"--{name}={options[name]}" for name in ("raters", "rounds")],
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
                    "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]),
                    "CHAINMAP_DATA": folder,
                    "DATABASE_URL": f"sqlite:///{Path(folder) / 'drill.sqlite3'}",
                    "SECRET_KEY": "",
                    "EMAIL_URL": "dummymail://",
                    "CHAINMAP_BACKGROUND": "off",
                },
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode not in {0, _MISSED} or not done.stdout:
            raise CommandError(_("The drill could not be made: %(why)s") % {"why": done.stderr.strip()[-500:]})
        self.stdout.write(done.stdout, ending="")
        return done.returncode == 0

    def _told(self, found: LinkageFigures) -> str:
        missed = ", ".join(found.misses()) or _("none")
        return _(
            "%(rounds)d rounds of %(raters)d: the best attack on the open file links %(open).1f %%, on its log "
            "%(log).1f %%, after closing %(closed).1f %% (chance %(chance).1f %%, goal at most %(goal).1f %%); order "
            "told for %(pairs).0f %% of %(count)d pairs (chance 50 %%); %(left)d unpublished texts left. "
            "Missed: %(missed)s."
        ) % {
            "rounds": found.rounds,
            "raters": found.raters,
            "open": 100 * found.best("open"),
            "log": 100 * found.best("log"),
            "closed": 100 * found.best("closed"),
            "chance": 100 * found.chance,
            "goal": 100 * (found.chance + LINK_MARGIN),
            "pairs": 100 * found.pairs_right,
            "count": found.pairs,
            "left": found.left_behind,
            "missed": missed,
        }
