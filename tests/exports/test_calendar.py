"""The calendar file of a conversation: what a calendar reads back, and what hostile text cannot do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from chainmap.exports.calendar import LINE_LENGTH, MOST_LINES, TITLE_LENGTH, calendar_file
from tests.exports.examples import HOSTILE_NAMES

STARTS = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
INJECTION = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:eve@example.org\nORGANIZER:mailto:eve@example.org"
HOSTILE_TEXTS = (
    *HOSTILE_NAMES,
    INJECTION,
    "x\\nEND:VEVENT\\nATTENDEE:y",
    "a\u2028END:VEVENT\x85BEGIN:VALARM\x0bACTION:EMAIL\x0cz",
    '; , : \\ \\\\ " \' ^n ;ALTREP="http://example.org":x',
    "👩🏽‍💻🏳️‍🌈" * 60,
    "é" * 400,
    " " * 500 + "x",
)


def made_file(**changes):
    usual = {
        "uid": "5f0c.1@chainmap",
        "title": "Coffee with Anna",
        "description": "What I get: the plan.\nWhat I need: a week earlier.",
        "location": "Kitchen",
        "starts": STARTS,
        "minutes": 30,
        "made": datetime(2026, 3, 1, 9, 0, 5, 999, tzinfo=UTC),
    }
    return calendar_file(**usual | changes)


def read_event(file):
    """The only event of the file, which holds nothing else."""
    calendar = Calendar.from_ical(file.content)
    (event,) = calendar.walk("VEVENT")
    assert calendar.subcomponents == [event]
    assert event.subcomponents == []
    assert not event.errors
    return event


def test_what_a_calendar_reads_back():
    file = made_file(sequence=2)
    event = read_event(file)
    assert (file.filename, file.content_type) == ("conversation.ics", "text/calendar; charset=utf-8")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (STARTS, STARTS + timedelta(minutes=30))
    assert event.decoded("dtstamp") == datetime(2026, 3, 1, 9, 0, 5, tzinfo=UTC)
    assert (str(event["uid"]), int(event["sequence"]), str(event["class"])) == ("5f0c.1@chainmap", 2, "PRIVATE")
    assert str(event["summary"]) == "Coffee with Anna"
    assert str(event["location"]) == "Kitchen"
    assert str(event["description"]) == "What I get: the plan.\nWhat I need: a week earlier."


def test_the_bytes_as_the_standard_wants_them():
    assert made_file(title="A, B; C\\", description="one\ntwo", location="").content == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Chainmap//Coffee conversation//EN\r\n"
        b"BEGIN:VEVENT\r\nSUMMARY:A\\, B\\; C\\\\\r\nDTSTART:20260304T143000Z\r\nDTEND:20260304T150000Z\r\n"
        b"DTSTAMP:20260301T090005Z\r\nUID:5f0c.1@chainmap\r\nSEQUENCE:0\r\nCLASS:PRIVATE\r\n"
        b"DESCRIPTION:one\\ntwo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_no_address_no_method_no_alarm_is_in_it():
    names = {line.split(b":")[0].split(b";")[0] for line in made_file().content.split(b"\r\n")}
    assert not names & {b"ORGANIZER", b"ATTENDEE", b"CONTACT", b"METHOD", b"ATTACH", b"URL"}
    assert b"VALARM" not in made_file().content


@pytest.mark.parametrize(
    "starts",
    [
        STARTS.astimezone(ZoneInfo("America/New_York")),
        STARTS.astimezone(timezone(timedelta(hours=5, minutes=45))),
        STARTS.replace(microsecond=1),
    ],
)
def test_whatever_the_time_zone_the_moment_is_the_same(starts):
    assert made_file(starts=starts).content == made_file().content


def test_a_conversation_across_the_change_of_clocks_lasts_as_long_as_it_should():
    """New York, 8 March 2026: at two in the morning it becomes three."""
    starts = datetime(2026, 3, 8, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    event = read_event(made_file(starts=starts, minutes=60))
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=1)
    assert event.decoded("dtend").astimezone(ZoneInfo("America/New_York")).hour == 3


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_is_text_and_lines_are_short(text):
    file = made_file(title=text, location=text, description=f"before\n{text}\nafter")
    event = read_event(file)
    assert set(event) <= {
        "SUMMARY", "LOCATION", "DESCRIPTION", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CLASS"
    }  # fmt: skip
    assert event.decoded("dtstart") == STARTS
    assert not any(event[name].params for name in ("DESCRIPTION", "UID"))
    description = str(event["description"])
    assert description.startswith("before\n")
    assert description.endswith("\nafter")
    shown = description + str(event.get("summary", "")) + str(event.get("location", ""))
    assert not set(shown) & set("\r\x00\x01\x08\x0b\x0c\x1b\x85\u2028\u202e\u200b\ufeff")
    assert "\n" not in str(event.get("summary", "")) + str(event.get("location", ""))
    lines = file.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert [line for line in lines if line.startswith((b"BEGIN", b"END"))] == [
        b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"END:VCALENDAR"
    ]  # fmt: skip
    for line in lines:
        line.decode()  # no character is cut in two


def test_an_injection_is_shown_literally():
    event = read_event(made_file(title=INJECTION, description=INJECTION))
    assert str(event["summary"]).startswith("x END:VEVENT BEGIN:VEVENT ATTENDEE:mailto:eve")
    assert str(event["description"]).split("\n")[:3] == ["x", "END:VEVENT", "BEGIN:VEVENT"]


def test_backslashes_are_shown_as_they_are():
    text = r"C:\New\notes \\server\N \; \, \\n end\ "
    file = made_file(title=text, description=f"{text}\n{text}")
    assert str(read_event(file)["summary"]) == text.strip()
    assert str(read_event(file)["description"]) == f"{text.strip()}\n{text.strip()}"
    assert rb"SUMMARY:C:\\New\\notes \\\\server\\N \\\; \\\, " in file.content


def test_long_lines_are_folded_and_come_back_whole():
    title, description = "Łódź, " * 30, "山田太郎; " * 140
    file = made_file(title=title, description=description)
    assert file.content.count(b"\r\n ") > 25
    assert str(read_event(file)["summary"]) == title.strip()
    assert str(read_event(file)["description"]) == description.strip()


def test_texts_have_limits_that_are_seen():
    event = read_event(made_file(title="t" * 10_000, location="l" * 10_000, description="d" * 10_000 + "\nlast"))
    assert str(event["summary"]) == "t" * (TITLE_LENGTH - 1) + "…"
    assert str(event["location"]) == "l" * (TITLE_LENGTH - 1) + "…"
    assert str(event["description"]) == "d" * (LINE_LENGTH - 1) + "…\nlast"
    lines = str(read_event(made_file(description="\n".join(map(str, range(500)))))["description"]).split("\n")
    assert (len(lines), lines[-2], lines[-1]) == (MOST_LINES, str(MOST_LINES - 2), "…")


def test_empty_lines_count_once_and_empty_texts_are_left_out():
    assert str(read_event(made_file(description="\n\n a \n\u200b\n\n b\n\n"))["description"]) == "a\n\nb"
    event = read_event(made_file(title="\u202e", location=" ", description="\n\n"))
    assert not {"SUMMARY", "LOCATION", "DESCRIPTION"} & set(event)


def test_the_same_arguments_give_the_same_bytes_and_others_do_not():
    assert made_file().content == made_file().content
    assert made_file(sequence=1).content != made_file().content


@pytest.mark.parametrize("uid", ["", "a b", "a\r\nATTENDEE:x", "a;b", "ü", "x" * 256, "a\n"])
def test_an_identifier_that_is_not_plain_is_refused(uid):
    with pytest.raises(ValueError, match="uid"):
        made_file(uid=uid)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"starts": datetime(2026, 3, 4, 14, 30)}, "starts needs a time zone"),  # noqa: DTZ001
        ({"made": datetime(2026, 3, 4, 14, 30)}, "made needs a time zone"),  # noqa: DTZ001
        ({"minutes": 0}, "minutes"),
        ({"minutes": -5}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"sequence": -1}, "sequence"),
        ({"starts": datetime(9999, 12, 31, 23, 50, tzinfo=UTC)}, "starts lies outside"),
        ({"starts": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3)))}, "starts lies outside"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changes, said):
    with pytest.raises(ValueError, match=said):
        made_file(**changes)


def test_the_ends_of_the_allowed_range():
    assert read_event(made_file(minutes=1)).decoded("dtend") == STARTS + timedelta(minutes=1)
    assert read_event(made_file(minutes=1440)).decoded("dtend") == STARTS + timedelta(days=1)
    early = datetime(33, 4, 3, 12, tzinfo=UTC)
    assert b"DTSTART:00330403T120000Z" in made_file(starts=early).content
