"""The command line as an operator uses it: files in, tables and files out, sentences when something is wrong."""

import csv
import io
import json
import subprocess

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from chainmap.models import Organization, Party
from chainmap.services.ballots import waiting_list
from tests.services.test_importing import HANDOFFS, LOG, PEOPLE, RATINGS, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    for name, text in (("people", PEOPLE), ("handoffs", HANDOFFS), ("ratings", RATINGS), ("log", LOG)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def run(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def import_files(files, *more):
    return run(
        "import_chain", "--organization", "Acme", "--people", str(files / "people.csv"),
        "--handoffs", str(files / "handoffs.csv"), "--ratings", str(files / "ratings.csv"), *more,
    )  # fmt: skip


def test_import_chain_says_what_it_did(files):
    first = import_files(files)
    assert "New organization: Acme" in first
    assert "People: 4 new, 0 changed, 0 the same" in first
    again = import_files(files)
    assert "No change" in again
    assert "Ratings: 0 new, 0 changed, 3 the same" in again


def test_dry_run_writes_nothing(files):
    before = everything()
    assert "Dry run: nothing was written." in import_files(files, "--dry-run")
    assert everything() == before


def test_import_chain_lists_what_it_leaves_out(files):
    with (files / "ratings.csv").open("a") as stream:
        stream.write("mill,ben,,7,,,,\n")
    told = import_files(files)
    assert "1 rating has no hand-off" in told
    assert "line 5: mill -> ben" in told
    assert "1 hand-off was made for ratings" in import_files(files, "--create-missing")


def test_errors_are_told_by_place_and_nothing_is_written(files):
    (files / "handoffs.csv").write_text("supplier,customer\nann,ghost\ncli,ann\n")
    before = everything()
    with pytest.raises(CommandError) as told:
        import_files(files)
    message = str(told.value)
    assert "handoffs.csv, line 2, column customer, 'ghost'" in message
    assert "handoffs.csv, line 3, column supplier, 'cli'" in message
    assert "Nothing was imported" in message
    assert everything() == before


def test_a_missing_file_is_named(files):
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read: No such file"):
        run("import_log", str(files / "nowhere.csv"), "--organization", "Log")


def test_import_log_with_other_column_names(files):
    text = LOG.replace("case,activity,resource,timestamp,customer", "Ticket,Status,Who,When,For")
    (files / "log.csv").write_text(text)
    told = run(
        "import_log", str(files / "log.csv"), "--organization", "Log", "--case", "Ticket", "--activity", "Status",
        "--resource", "Who", "--timestamp", "When", "--customer", "For",
    )  # fmt: skip
    assert "2 cases, 7 events, 1 events without a resource skipped" in told
    assert "4 passes between people, 2 of them returned" in told


def bottlenecks(*arguments):
    return run("bottlenecks", "--organization", "Acme", *arguments)


def test_the_json_has_its_shape_and_the_ids_of_the_files(files):
    import_files(files)
    found = json.loads(bottlenecks("--format", "json"))
    assert list(found) == [
        "organization", "created", "delivered", "lost", "stranded", "chain_yield", "mean_yield", "handoffs", "parties",
    ]  # fmt: skip
    assert list(found["handoffs"][0]) == [
        "rank", "supplier", "customer", "deliverable", "volume", "share", "basis", "ratings", "passes", "returned",
        "yield", "flow", "lost", "lost_share", "recoverable", "recoverable_error",
    ]  # fmt: skip
    assert list(found["parties"][0]) == [
        "id", "name", "kind", "team", "inflow", "reach", "dependence", "dependence_error", "most_important_client",
    ]  # fmt: skip
    assert len(found["handoffs"]) == 4, "every hand-off, whatever --top says"
    assert {h["supplier"] for h in found["handoffs"]} == {"ann", "ben", "mill"}
    assert [h["rank"] for h in found["handoffs"] if h["basis"] == "assumed"] == [None, None]
    assert found["created"] == pytest.approx(found["delivered"] + found["lost"] + found["stranded"], rel=1e-9)


def test_every_format_can_be_written(files):
    import_files(files)
    for format, begins in (("csv", b"\xef\xbb\xbfrank"), ("dot", b"digraph"), ("svg", b"<"), ("png", b"\x89PNG")):
        path = files / f"out.{format}"
        assert str(path) in bottlenecks("--format", format, "--output", str(path))
        assert path.read_bytes().startswith(begins), format
    rows = list(csv.DictReader(io.StringIO((files / "out.csv").read_text("utf-8-sig"))))
    assert len(rows) == 4


def test_the_table_is_cut_by_top(files):
    import_files(files)
    table = bottlenecks()
    assert "Ann" in table
    assert "Of every 100 units" in table
    assert "forecast" in table
    assert "forecast" not in (cut := bottlenecks("--top", "1"))
    assert "1 more hand-off is not listed here" in cut


def test_png_for_a_terminal_wants_a_file(files, monkeypatch):
    import_files(files)
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    with pytest.raises(CommandError, match="--output"):
        call_command("bottlenecks", "--organization", "Acme", "--format", "png", stdout=terminal)


def test_an_unknown_organization_is_told_with_those_that_are_known(organization):
    with pytest.raises(CommandError, match=r"no organization 'Nope'\. Known: Acme"):
        run("bottlenecks", "--organization", "Nope")


@pytest.mark.parametrize("top", ["0", "-1", "many"])
def test_top_is_a_whole_number(organization, top):
    with pytest.raises(CommandError):
        run("bottlenecks", "--organization", "Acme", "--top", top)


def test_the_sample_is_loaded_once_with_passwords_that_work():
    told = run("load_sample")
    organization = Organization.objects.get()
    assert organization.name == "Replication lab"
    assert "649 cases, 10194 events" in told
    assert "2468 passes between people, 365 of them returned" in told
    signs = dict(line.split() for line in told.splitlines() if line.startswith("  sample-"))
    assert len(set(signs.values())) == 5
    sides = Party.objects.exclude(user=None).values_list("user__username", "code")
    assert sorted(sides) == [("sample-colleague", "R2"), ("sample-member", "R8")]
    for username, password in signs.items():
        assert authenticate(username=username, password=password), username
    member = get_user_model().objects.get(username="sample-member")
    assert [(one.answered, one.total) for one in waiting_list(user=member)] == [(0, 3)]
    again = run("load_sample")
    assert Organization.objects.count() == 1
    assert not [line for line in again.splitlines() if line.startswith("  sample-")]
    renewed = run("load_sample", "--new-passwords")
    assert signs["sample-coach"] not in renewed
    assert not authenticate(username="sample-coach", password=signs["sample-coach"])


def test_the_sample_stays_out_of_a_database_in_use(organization):
    before = Party.objects.count()
    run("load_sample")
    assert Party.objects.count() == before
    with pytest.raises(CommandError, match="not in this database"):
        run("load_sample", "--new-passwords")


def test_make_lists_its_targets():
    told = subprocess.run(["make", "help"], capture_output=True, text=True, check=True).stdout
    assert "run -" in told
    assert "test -" in told


def test_what_a_service_refuses_is_a_sentence_too(files):
    """An empty name of the organization, and a round that is not open."""
    log = ["import_log", str(files / "log.csv"), "--organization"]
    with pytest.raises(CommandError, match=r"1 to 200 characters\. Nothing was imported"):
        run(*log, " ")
    import_files(files)
    Organization.objects.get().rounds.create(name="Secret", mode="pair")
    with pytest.raises(CommandError, match=r"open rounds only.* Nothing was imported"):
        import_files(files, "--round", "Secret")
