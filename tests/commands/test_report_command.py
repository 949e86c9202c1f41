"""``manage.py report``: any format of any report to a file or a pipe; wrong names are told with the right ones."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from chainmap.access import OPERATOR
from chainmap.domain.audit import AuditWhat
from chainmap.exports.graph_files import report_graphml
from chainmap.exports.picture_error import PictureError
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.models import AuditEntry, Organization, Round, Team
from chainmap.services.reports import report_find

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


def test_without_a_format_it_says_which_there_are(organization):
    told = run("Acme").splitlines()
    assert [line.split()[0] for line in told] == list(REPORT_FORMATS)
    assert not AuditEntry.objects.exists()


def test_the_json_is_that_of_the_latest_round_and_is_written_down(organization):
    told = json.loads(run("Acme", "--format", "json"))
    assert (told["scope"]["subject"], told["scope"]["round"]) == ("organization", "Spring")
    entry = AuditEntry.objects.get(organization=organization)
    assert (entry.what, entry.about, entry.user) == (AuditWhat.REPORT_TAKEN, "Acme · Spring · json", None)


def test_a_graph_to_a_file(organization, tmp_path):
    path = tmp_path / "chain.graphml"
    assert str(path) in run("Acme", "--round", "Spring", "--format", "graphml", "--output", str(path))
    assert path.read_bytes() == report_graphml(report_find(actor=OPERATOR, organization=organization)).content


def test_a_team_by_its_name(organization):
    team = Team.objects.filter(organization=organization).order_by("name").first()
    told = json.loads(run("Acme", "--team", f" {team.name} ", "--format", "json"))
    assert (told["scope"]["subject"], told["scope"]["name"]) == ("team", team.name)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Nope", "--format", "csv"], r"no organization 'Nope'\. Known: Acme"),
        (["Acme", "--round", "Winter", "--format", "csv"], r"no round 'Winter' with results\. Known: Spring"),
        (["Acme", "--team", "Nobody", "--format", "csv"], r"no team 'Nobody'\. Known: "),
        (["Acme", "--workshop", "Monday", "--format", "csv"], r"no workshop 'Monday' with results\. Known: none yet"),
        (["Acme", "--workshop", "Monday", "--team", "x", "--format", "csv"], "leave out --round and --team"),
        (["Acme", "--format", "exe"], "invalid choice"),
        (["Acme", "--format", "pdf", "--paper", "a3"], "invalid choice"),
        (["Acme", "--format", "csv", "--output", "/nowhere/x.csv"], "/nowhere/x.csv cannot be written"),
        ([], "organization"),
    ],
)
def test_what_is_wrong_is_said(organization, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_before_the_first_round_it_is_of_what_was_imported_or_measured(organization):
    Round.objects.filter(organization=organization).update(state=Round.State.OPEN)
    told = json.loads(run("Acme", "--format", "json"))
    assert (told["scope"]["round"], told["method"]["window"]) == ("", "all")
    assert told["totals"]["chain_yield"] is not None


def test_an_organization_without_results(organization):
    Organization.objects.create(name="Empty")
    with pytest.raises(CommandError, match="nothing was rated or measured"):
        run("Empty", "--format", "csv")


def test_a_round_without_results_is_none(organization):
    Round.objects.create(organization=organization, name="Running", mode="open", state="draft")
    with pytest.raises(CommandError, match="no round 'Running' with results"):
        run("Acme", "--round", "Running", "--format", "csv")


def test_a_workbook_for_a_terminal_wants_a_file(organization):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    with pytest.raises(CommandError, match="--output"):
        call_command("report", "Acme", "--format", "xlsx", stdout=terminal)


def test_a_picture_that_cannot_be_drawn_is_told(organization, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PictureError("time")

    monkeypatch.setattr("chainmap.exports.report_pictures.draw", refuse)
    with pytest.raises(CommandError, match="could not be written"):
        run("Acme", "--format", "svg")
    assert not AuditEntry.objects.exists()


def test_a_graph_is_imported_by_the_command(organization, tmp_path):
    path = tmp_path / "chain.graphml"
    run("Acme", "--format", "graphml", "--output", str(path))
    out = io.StringIO()
    call_command("import_chain", "--organization", "Copy", "--graph", str(path), stdout=out)
    assert "New organization: Copy" in out.getvalue()
    with pytest.raises(CommandError, match="one graph instead of both"):
        call_command("import_chain", "--organization", "Copy", stdout=out)
    path.write_text("<graphml><graph>\n<node id='a'/><edge source='a' target='b'/></graph></graphml>")
    with pytest.raises(CommandError, match=r"chain\.graphml, line 2, column target, 'b'"):
        call_command("import_chain", "--organization", "Copy", "--graph", str(path), stdout=out)
