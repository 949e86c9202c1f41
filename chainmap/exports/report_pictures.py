"""The chain of a report as a picture to keep: DOT for other programs, SVG and PNG as they are.

Drawn from the finding of the report and nothing else, as the download of the bottlenecks draws it; a chain of more
people than can be told apart is folded to teams first, and what is left out is counted in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from chainmap.domain.findings import Bottlenecks
from chainmap.domain.folded_finding import folded_finding
from chainmap.domain.reports import Report, Subject
from chainmap.exports.chain_picture import ChainPicture, chain_picture, draw
from chainmap.exports.files import ExportFile, export_filename

#: Above this many parties the picture is one of teams, as that of the bottlenecks is (services/pictures.py).
MOST_PARTIES_DRAWN = 150

DOT_TYPE, SVG_TYPE, PNG_TYPE = "text/vnd.graphviz; charset=utf-8", "image/svg+xml", "image/png"


def drawn_finding_of(report: Report) -> Bottlenecks:
    """The finding a picture of the report is made of: its own, or that folded to teams, named as the report is.

    The report of a team is not folded: of the parties around the team it holds only what touches it.
    """
    finding = report.finding
    if len(finding.parties) > MOST_PARTIES_DRAWN and not finding.by_team and report.scope.subject != Subject.TEAM:
        return folded_finding(finding, no_team=_("(no team)"), stranded=_("{team} (no way to an end customer)"))
    return finding


def report_dot(report: Report) -> ExportFile:
    """The picture before it is laid out, for Graphviz."""
    return ExportFile(_name(report, "dot"), DOT_TYPE, b"".join(report_dot_chunks(report)))


def report_dot_chunks(report: Report) -> Iterator[bytes]:
    """The same in one piece: it never holds more than a picture can show."""
    yield _picture(report).dot.encode("utf-8", "replace")


def report_svg(report: Report) -> ExportFile:
    """The picture as SVG. Raises PictureError where it cannot be drawn in time."""
    return ExportFile(_name(report, "svg"), SVG_TYPE, draw(_picture(report), format="svg"))


def report_png(report: Report) -> ExportFile:
    """The picture as PNG. Raises PictureError where it cannot be drawn in time."""
    return ExportFile(_name(report, "png"), PNG_TYPE, draw(_picture(report), format="png"))


def _picture(report: Report) -> ChainPicture:
    return chain_picture(drawn_finding_of(report), in_spreadsheet=True)


def _name(report: Report, extension: str) -> str:
    return export_filename("report", report.scope.organization, extension)
