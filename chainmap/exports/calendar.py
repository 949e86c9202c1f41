"""A coffee conversation as a calendar file (RFC 5545): one event to add, nobody to invite.

It names no address, neither organizer nor attendee, and asks calendars to keep it private: who talks with whom about
what is theirs. Times are written in UTC, so that no time zone has to be explained.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import groupby

from icalendar import Calendar, Event, vText

from chainmap.exports.files import ExportFile
from chainmap.exports.plain_text import ELLIPSIS, clean_text

CONTENT_TYPE = "text/calendar; charset=utf-8"
FILENAME = "conversation.ics"
LONGEST_MINUTES = 24 * 60
#: Characters of title and place, of one line of the description, and lines of the description.
TITLE_LENGTH, LINE_LENGTH, MOST_LINES = 200, 1000, 60
#: What the standard lets an identifier be long, and what is plain enough for any calendar.
_UID = re.compile(r"[A-Za-z0-9@._-]{1,255}", re.ASCII)


class _LiteralText(vText):
    r"""A text with its backslashes as they are: the package alone takes ``\N`` (as in C:\New) for a line break."""

    def to_ical(self) -> bytes:
        """Escaped as RFC 5545 section 3.3.11 wants it."""
        escaped = re.sub(r"[\\;,]", r"\\\g<0>", self)
        return escaped.replace("\n", r"\n").encode()


def calendar_file(
    *,
    uid: str,
    title: str,
    description: str,
    location: str,
    starts: datetime,
    minutes: int,
    made: datetime,
    sequence: int = 0,
) -> ExportFile:
    """One event of ``minutes`` (1 to 1,440) from ``starts``; the same arguments always give the same bytes.

    ``uid`` names the event for good (1 to 255 letters, digits and ``@._-``): a later file with the same one and a
    higher ``sequence`` (0 or more) replaces the event in the calendar. ``made`` is when the file was made. Both times
    carry their time zone; parts of a second are dropped. Texts are shown literally, without unshown characters and
    cut with an ellipsis at the limits above; an empty one is left out. Raises ValueError, naming the argument, for a
    uid, minutes, sequence or time outside its range.
    """
    if not _UID.fullmatch(uid):
        raise ValueError(f"uid is 1 to 255 letters, digits and @._- in plain ASCII, not {uid[:80]!r}")
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise ValueError(f"minutes lie between 1 and {LONGEST_MINUTES}, not {minutes!r}")
    if sequence < 0:
        raise ValueError(f"sequence is 0 or more, not {sequence!r}")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", _in_utc("made", made))
    event.add("dtstart", _in_utc("starts", starts))
    event.add("dtend", _in_utc("starts", starts, later=timedelta(minutes=minutes)))
    texts = {
        "summary": clean_text(title, TITLE_LENGTH),
        "location": clean_text(location, TITLE_LENGTH),
        "description": _clean_lines(description),
    }
    for name, text in texts.items():
        if text:
            event.add(name, _LiteralText(text))
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Chainmap//Coffee conversation//EN")
    calendar.add_component(event)
    return ExportFile(filename=FILENAME, content_type=CONTENT_TYPE, content=calendar.to_ical())


def _in_utc(name: str, moment: datetime, later: timedelta = timedelta()) -> datetime:
    """The moment in UTC to the second. Raises ValueError without a time zone or beyond the calendar of Python."""
    if moment.utcoffset() is None:
        raise ValueError(f"{name} needs a time zone, which {moment!r} lacks; in Django, use timezone.make_aware")
    try:
        return moment.astimezone(UTC).replace(microsecond=0) + later
    except OverflowError:
        raise ValueError(f"{name} lies outside the years 1 to 9999: {moment!r}") from None


def _clean_lines(text: str) -> str:
    """``text`` line by line, each made harmless; empty lines together count as one, and none opens or ends it."""
    lines = [clean_text(line, LINE_LENGTH) for line in text.splitlines()]
    kept = [line for line, run in groupby(lines) for line in (run if line else [""])]
    if len(kept) > MOST_LINES:
        kept = [*kept[: MOST_LINES - 1], ELLIPSIS]
    return "\n".join(kept).strip("\n")
