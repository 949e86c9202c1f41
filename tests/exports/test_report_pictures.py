"""The picture of a report: drawn from its finding, folded to teams where there are too many people."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from xml.etree import ElementTree as ET

import pytest

from chainmap.domain.findings import Structure
from chainmap.domain.reports import Subject
from chainmap.exports.chain_picture import chain_picture, draw
from chainmap.exports.picture_error import PictureError
from chainmap.exports.report_files import report_file
from chainmap.exports.report_pictures import (
    MOST_PARTIES_DRAWN,
    drawn_finding_of,
    report_dot,
    report_dot_chunks,
    report_png,
    report_svg,
)
from tests.exports import reports

example_report, large_report = cache(reports.example_report), cache(reports.large_report)


def test_the_picture_is_that_of_the_finding():
    report = example_report()
    picture = chain_picture(report.finding)
    assert report_dot(report).content == picture.dot.encode()
    assert report_svg(report).content == draw(picture, format="svg")
    assert report_png(report).content.startswith(b"\x89PNG")
    assert b"".join(report_dot_chunks(report)) == report_dot(report).content


def test_the_picture_has_every_party_that_hands_on_or_receives():
    finding = example_report().finding
    linked = {end for one in finding.handoffs for end in (one.supplier, one.customer)}
    ids = {one.get("id") for one in ET.fromstring(report_svg(example_report()).content).iter()}
    assert {f"party-{party.key}" for party in finding.parties if party.id in linked} <= ids


def test_more_people_than_can_be_drawn_are_folded_to_teams():
    report = large_report(2500)
    assert len(report.finding.parties) > MOST_PARTIES_DRAWN
    drawn = drawn_finding_of(report)
    assert drawn.by_team
    assert len(drawn.parties) < MOST_PARTIES_DRAWN
    assert (drawn.created, drawn.delivered, drawn.lost) == (
        report.finding.created, report.finding.delivered, report.finding.lost
    )  # fmt: skip
    svg = report_svg(report).content.decode()
    assert "Team 7" in svg
    assert "Person 7 " not in svg


def test_the_report_of_a_team_and_one_of_teams_are_drawn_as_they_are():
    report = large_report(2500)
    of_team = replace(report, scope=replace(report.scope, subject=Subject.TEAM))
    assert drawn_finding_of(of_team) is report.finding
    by_team = replace(report, finding=replace(report.finding, by_team=True))
    assert drawn_finding_of(by_team) is by_team.finding


def test_the_team_picture_is_the_same_whoever_takes_it():
    assert report_dot(large_report(2500)) == report_dot(reports.large_report(2500))


def test_what_cannot_be_drawn_is_told(monkeypatch):
    def refuse(*_arguments, **_options):
        raise PictureError("time")

    monkeypatch.setattr("chainmap.exports.report_pictures.draw", refuse)
    for format in ("svg", "png"):
        with pytest.raises(PictureError):
            report_file(example_report(), format=format)
    assert report_file(example_report(), format="dot").content.startswith(b"digraph")


def test_a_report_of_nobody():
    report = example_report()
    nobody = replace(report.finding, parties=(), handoffs=(), structure=Structure())
    assert report_svg(replace(report, finding=nobody)).content.startswith(b"<svg")
