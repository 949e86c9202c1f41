"""Plays an anonymous workshop in a database file of its own and prints what a thief of file and log would find.

Run as a process by ``test_workshop_linkage``: the tests' own database is in memory and has no log.
"""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

PHONES = 12


def main() -> None:
    """Prints one JSON object: the order in which texts were said, and what was seen when."""
    django.setup()
    call_command("migrate", verbosity=0)
    from chainmap.access import OPERATOR
    from chainmap.services.exercise_entries import entry_save, entry_take_back
    from chainmap.services.workshops import workshop_close
    from tests import cast, workshop

    room = workshop.make_workshop(cast.make_organization("Room"), "anonymous", kinds=("purpose", "ladder", "moments"))
    order = random.Random(7).sample(range(PHONES), PHONES)
    phones = [workshop.come_in(room) for _number in range(PHONES)]
    found: dict[str, object] = {"order": order, "joined": _log_size()}

    def say(asked_kind: str, mark: str, number: int, **fields: str) -> None:
        phone = phones[number]
        now = type(phone)(workshop.fresh(room), phone.participant, phone.phone, phone.token)
        asked = workshop.exercise(room, asked_kind).pk
        data = {"words": f"{mark}{number:02d}Q said here", **fields}
        entry_save(room=now, exercise=asked, key="one", data=data)
        if number == order[0]:
            entry_take_back(room=now, exercise=asked, key="one")

    # too few for texts; then a former edition; then one that is never revealed
    workshop.step(OPERATOR, room, "start", "purpose")
    for number in order:
        say("purpose", "FORMER", number)
    found["open"] = _seen("FORMER", log_alone=True)
    workshop.step(OPERATOR, room, "anew", "purpose")
    for number in order[:9]:
        say("purpose", "TOOFEW", number)
    workshop.step(OPERATOR, room, "reveal", "purpose")
    found["revealed"] = _seen("FORMER") + _seen("TOOFEW")
    workshop.step(OPERATOR, room, "start", "moments")
    for number in order:
        say("moments", "UNSEEN", number, kind="magic")
    workshop_close(actor=OPERATOR, workshop=workshop.fresh(room))
    found["closed"] = _seen("FORMER") + _seen("TOOFEW") + _seen("UNSEEN")
    found["log"] = _log_size()
    sys.stdout.write(json.dumps(found))


def _files() -> list[Path]:
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    return [path.with_name(f"{path.name}-wal"), path]


def _log_size() -> int:
    return len(_files()[0].read_bytes())


def _seen(mark: str, *, log_alone: bool = False) -> list[str]:
    files = _files()[:1] if log_alone else _files()
    data = b"".join(path.read_bytes() for path in files)
    return [match.decode() for match in re.findall(mark.encode() + rb"\d\dQ", data)]


if __name__ == "__main__":
    main()
