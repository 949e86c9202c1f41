"""People, hand-offs and ratings: what is read, what is rejected, and what one file alone can tell."""

from datetime import date
from pathlib import Path

import pytest

from chainmap.domain.records import PartyKind
from chainmap.imports.chain_files import (
    HandOffRow,
    PersonRow,
    RatingRow,
    match_ratings,
    read_handoffs,
    read_people,
    read_ratings,
)
from chainmap.imports.errors import MAX_LISTED, ImportRefused
from tests.imports.samples import workbook_bytes

SHARED = Path(__file__).parents[3] / "shared" / "data"


def people(text):
    return read_people(text.encode(), name="people.csv")


def handoffs(text):
    return read_handoffs(text.encode(), name="handoffs.csv")


def ratings(text):
    return read_ratings(text.encode(), name="ratings.csv")


def found(file):
    return [(error.code, error.line, error.column, error.value) for error in file.errors]


def test_people():
    file = people(
        "Name,ID,Kind,Team,Role,Email,Capacity,Hobby\n"
        " Łucja\u200b  Nowak ,a,Employee,Lab,Lead,Lucja@x.pl,0.5,chess\n"
        "Bo,b,,,,,,\n"
        "Client,c,end customer,,,,0,\n"
    )
    assert file.rows == (
        PersonRow(2, "a", "Łucja Nowak", PartyKind.EMPLOYEE, "Lab", "Lead", "Lucja@x.pl", 0.5),
        PersonRow(3, "b", "Bo", None, None, None, None, None),
        PersonRow(4, "c", "Client", PartyKind.END_CUSTOMER, None, None, None, 0.0),
    )
    assert (file.errors, file.omitted) == ((), 0)
    assert [(warning.code, warning.column) for warning in file.warnings] == [("unknown_column", "hobby")]


def test_people_with_only_the_required_columns():
    assert people("id,name\na,Ana\n").rows == (PersonRow(2, "a", "Ana", None, None, None, None, None),)


def test_rejected_people():
    file = people(
        "id,name,kind,team,role,email,capacity\n"
        ",Ana,,,,,\n"
        "b,\u200b,,,,,\n"
        f"{'c' * 201},{'n' * 201},,{'t' * 121},{'r' * 121},{'e' * 250}@x.pl,\n"
        "d,Di,boss,,,d@x,-1\n"
        "e,Ed,,,,ed@x.pl,NaN\n"
        "f,Fe,,,,ana@x.pl,1\n"
        "g,Gu,,,,ANA@X.pl,1\n"
        "f,Fy,,,,,\n"
        f"{'h' * 200},{'n' * 200},,{'t' * 120},{'r' * 120},,\n"
    )
    assert [row.line for row in file.rows] == [7, 10]
    assert [entry[:3] for entry in found(file)] == [
        ("required", 2, "id"),
        ("required", 3, "name"),
        ("too_long", 4, "id"),
        ("too_long", 4, "name"),
        ("too_long", 4, "team"),
        ("too_long", 4, "role"),
        ("too_long", 4, "email"),
        ("unknown_kind", 5, "kind"),
        ("bad_email", 5, "email"),
        ("capacity_range", 5, "capacity"),
        ("not_a_number", 6, "capacity"),
        ("duplicate_email", 8, "email"),
        ("duplicate_id", 9, "id"),
    ]
    repeated = [error.reason for error in file.errors if error.code.startswith("duplicate")]
    assert all("line 7" in reason for reason in repeated)


def test_ids_that_would_be_syntax_elsewhere_are_plain_text():
    names = ["a:b:c", "<>", "node", "graph", "; x", "=1+1"]
    assert [row.id for row in people("id,name\n" + "".join(f"{name},N\n" for name in names)).rows] == names


def test_handoffs():
    file = handoffs("supplier;customer;deliverable;volume\na;b;report;2,5\na;b;;\nb;c; weekly  plan ;1\n")
    assert file.rows == (
        HandOffRow(2, "a", "b", "report", 2.5),
        HandOffRow(3, "a", "b", "", None),
        HandOffRow(4, "b", "c", "weekly plan", 1.0),
    )
    assert file.errors == file.warnings == ()


def test_rejected_handoffs():
    file = handoffs(
        "supplier,customer,deliverable,volume\n"
        "a,a,,1\n"
        "a,b,,0\n"
        "a,b,report,1\n"
        'a,c,,"2,5"\n'
        "a, b ,report,3\n"
        ",,,\n"
        ",b,x,\n"
        f"a,b,{'d' * 201},1\n"
        "a,b,plan, x,1\n"
        f"a,c,{'d' * 2001},1\n"
    )
    assert [row.line for row in file.rows] == [4]
    assert found(file)[:5] == [
        ("self_handoff", 2, "customer", "a"),
        ("volume_range", 3, "volume", "0"),
        ("not_a_number", 5, "volume", "2,5"),
        ("duplicate_handoff", 6, "deliverable", "report"),
        ("required", 8, "supplier", ""),
    ]
    assert [entry[:3] for entry in found(file)[5:]] == [
        ("too_long", 9, "deliverable"),
        ("extra_cells", 10, ""),
        ("cell_too_long", 11, "deliverable"),
    ]


def test_ratings():
    file = ratings(
        "supplier,customer,deliverable,score,rater,date,scale_min,scale_max\n"
        "a,b,report,4,,2025-03-31,1,5\n"
        "a,b,,7.5,c,,,\n"
        "a,b,,1,b,,0,1\n"
    )
    assert file.rows == (
        RatingRow(2, "a", "b", "report", 7.5, None, date(2025, 3, 31)),
        RatingRow(3, "a", "b", None, 7.5, "c", None),
        RatingRow(4, "a", "b", None, 10.0, "b", None),
    )
    assert file.errors == ()


def test_rejected_ratings():
    file = ratings(
        "supplier,customer,score,rater,date,scale_min,scale_max\n"
        "a,b,11,,,,\n"
        "a,b,6,,,1,5\n"
        "a,b,3,,,5,1\n"
        "a,b,3,,,1,\n"
        "a,b,７,,,,\n"
        f"a,b,{'9' * 1000},,,,\n"
        "a,b,,,,,\n"
        "a,b,3,a,,,\n"
        "a,a,3,,,,\n"
        "a,b,3,,31.3.2025,,\n"
        "a,b,3,,2025-03-31,,\n"
        "a,b,4,b,2025-03-31,,\n"
        "a,b,4,c,2025-03-31,,\n"
    )
    assert [row.line for row in file.rows] == [12, 14]
    assert [entry[:3] for entry in found(file)] == [
        ("score_range", 2, "score"),
        ("score_range", 3, "score"),
        ("scale_empty", 4, "score"),
        ("scale_incomplete", 5, "score"),
        ("not_a_number", 6, "score"),
        ("not_a_number", 7, "score"),
        ("required", 8, "score"),
        ("self_rating", 9, "rater"),
        ("self_handoff", 10, "customer"),
        ("bad_date", 11, "date"),
        ("duplicate_rating", 13, "rater"),  # line 12 is by the customer b, too
    ]
    reasons = {error.line: error.reason for error in file.errors}
    assert "0 to 10" in reasons[2]
    assert "1 to 5" in reasons[3]
    assert "30 digits" in reasons[7]


@pytest.mark.parametrize(
    ("read", "header", "missing"),
    [
        (read_people, "nombre,id", ["name"]),
        (read_people, "a,b", ["id", "name"]),
        (read_handoffs, "supplier,client", ["customer"]),
        (read_ratings, "supplier,customer,grade", ["score"]),
    ],
)
def test_a_missing_column_refuses_the_file(read, header, missing):
    with pytest.raises(ImportRefused) as caught:
        read(f"{header}\n1,2,3\n".encode()[:200], name="file.csv")
    assert [(error.code, error.column) for error in caught.value.errors] == [("column_missing", c) for c in missing]
    assert header.replace(",", ", ") in caught.value.errors[0].reason


def test_only_the_first_errors_are_written_out_in_the_order_of_the_file():
    file = handoffs("supplier,customer,volume\n" + "".join(f"a{n},b,{'x' if n % 2 else ''}\n" for n in range(500)))
    assert len(file.rows) == 250
    assert (len(file.errors), file.omitted) == (MAX_LISTED, 250 - MAX_LISTED)
    assert [error.line for error in file.errors] == [3 + 2 * n for n in range(MAX_LISTED)]


def test_a_workbook_reads_like_its_csv():
    rows = [["supplier", "customer", "score", "scale_min", "scale_max"], ["a", 7, 4, 1, 5], ["a", "c", "2,5", 1, 5]]
    file = read_ratings(workbook_bytes(rows), name="ratings.xlsx")
    assert file.rows == (RatingRow(2, "a", "7", None, 7.5, None, None), RatingRow(3, "a", "c", None, 3.75, None, None))


def rating(line, deliverable, supplier="a", customer="b", rater=None):
    return RatingRow(line, supplier, customer, deliverable, 5.0, rater, None)


def test_ratings_find_their_handoffs():
    """a hands two named things to b, one unnamed and one named to c, one named to d.

    a -> b: plan, report      a -> c: "", report      a -> d: report
    """
    known = {("a", "b"): {"plan", "report"}, ("a", "c"): {"", "report"}, ("a", "d"): ("report",)}
    given = (
        rating(2, "plan"),
        rating(3, None),  # plan or report?
        rating(4, "music"),  # not there
        rating(5, None, customer="c"),  # the unnamed one
        rating(6, None, customer="d"),  # the only one
        rating(7, "report", customer="d"),  # the same once more, by the same rater
        rating(8, "report", customer="d", rater="x"),
        rating(9, None, supplier="z"),  # no hand-off at all
    )
    result = match_ratings(given, known, name="ratings.csv")
    assert [(row.line, row.deliverable) for row in result.matched] == [
        (2, "plan"),
        (5, ""),
        (6, "report"),
        (8, "report"),
    ]
    assert [row.line for row in result.missing] == [4, 9]
    assert [(e.code, e.line, e.file) for e in result.errors] == [
        ("ambiguous_deliverable", 3, "ratings.csv"),
        ("duplicate_rating", 7, "ratings.csv"),
    ]
    assert "plan, report" in result.errors[0].reason
    assert "line 6" in result.errors[1].reason


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize(
    ("folder", "counts"), [("consulting", (47, 542, 855, 510, 345)), ("bank_branch", (12, 36, 64, 30, 34))]
)
def test_real_data(folder, counts):
    """Of the 855 ratings of the consultants, 345 belong to no hand-off of the file."""
    files = [
        read((SHARED / folder / name).read_bytes(), name=name)
        for read, name in ((read_people, "people.csv"), (read_handoffs, "handoffs.csv"), (read_ratings, "ratings.csv"))
    ]
    assert [file.errors + file.warnings for file in files] == [()] * 3
    matching = match_ratings(files[2].rows, {(row.supplier, row.customer): {row.deliverable} for row in files[1].rows})
    assert matching.errors == ()
    assert (*(len(file.rows) for file in files), len(matching.matched), len(matching.missing)) == counts
    assert all(0 <= row.score <= 10 for row in matching.matched)
