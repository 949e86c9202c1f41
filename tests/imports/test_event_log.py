"""Event logs: hand-offs, returns and end customers, counted by hand on small cases."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.imports.errors import ImportRefused
from chainmap.imports.event_log import LogHandOff, customer_id, read_event_log

SAMPLE = Path(__file__).parents[2] / "chainmap" / "sample" / "replication_lab" / "events.csv"


def log(rows, header="case,resource,timestamp,customer"):
    return read_event_log("\n".join([header, *rows]).encode(), name="log.csv")


def links(result):
    return {(handoff.supplier, handoff.customer): (handoff.passes, handoff.returned) for handoff in result.handoffs}


def test_passes_returns_and_customers():
    """Case 1: A -> B -> A -> B -> C -> Journal.  A>B, B>A, A>B again, B>C; the first two went straight back.
    Case 2: A -> C -> A -> Journal.  A>C, C>A; the first went straight back.
    """
    result = log(
        [
            *("1,A,2025-01-01,", "1,B,2025-01-02,", "1,A,2025-01-03,", "1,B,2025-01-04,", "1,B,2025-01-05,Old"),
            *("1,C,2025-01-06,Journal", "2,A,2025-01-01,Journal", "2,C,2025-01-02,", "2,A,2025-01-03,"),
        ]
    )
    assert links(result) == {
        ("A", "B"): (2, 1),
        ("B", "A"): (1, 1),
        ("B", "C"): (1, 0),
        ("A", "C"): (1, 1),
        ("C", "A"): (1, 0),
        ("C", "customer:Journal"): (1, 0),
        ("A", "customer:Journal"): (1, 0),
    }
    assert (result.cases, result.events, result.passes, result.returned) == (2, 9, 6, 3)
    assert result.people == ("A", "B", "C")
    assert result.customers == ("Old", "Journal")


def test_time_decides_the_order_and_the_file_at_equal_times():
    """02:00 in Warsaw is midnight in London: B comes first; C and D share a moment."""
    result = log(
        ["1,A,2025-06-01T00:30Z,", "1,C,2025-06-02,", "1,D,2025-06-02T00:00+00:00,", "1,B,2025-06-01T02:00+02:00,"]
    )
    assert set(links(result)) == {("B", "A"), ("A", "C"), ("C", "D")}


def test_placeholders_are_skipped_and_counted():
    result = log(
        [
            "1,A,2025-01-01,",
            "1,-,2025-01-02,",
            "1,?,2025-01-03,?",
            "1,\u200b,2025-01-04,X",
            "1,A,2025-01-05,",
            "2,,2025-01-01,X",
        ]
    )
    assert (result.skipped_events, result.cases_without_resource, result.cases_without_customer) == (4, 1, 0)
    assert result.people == ("A",)
    assert links(result) == {("A", customer_id("X")): (1, 0)}


def test_cases_without_a_customer_are_counted():
    with_column = log(["1,A,2025-01-01,", "1,B,2025-01-02,", "2,A,2025-01-01,X"])
    assert with_column.cases_without_customer == 1
    without_column = log(["1,A,2025-01-01", "1,B,2025-01-02"], header="case,resource,timestamp")
    assert (without_column.cases_without_customer, without_column.customers) == (1, ())
    assert links(without_column) == {("A", "B"): (1, 0)}


def test_a_resource_and_a_customer_of_one_name_are_two_parties():
    result = log(["1,Ana,2025-01-01,Ana"])
    assert result.handoffs == (LogHandOff("Ana", "customer:Ana", 1, 0),)


def test_rejected_events():
    result = log(
        [
            *(",A,2025-01-01,", "1,A,yesterday,", "1,A,,", "1,customer:X,2025-01-02,", f"1,{'r' * 201},2025-01-02,"),
            *(f"1,A,2025-01-02,{'c' * 192}", f"1,B,2025-01-03,{'c' * 191}"),
        ]
    )
    assert [(error.code, error.line, error.column) for error in result.errors] == [
        ("required", 2, "case"),
        ("bad_timestamp", 3, "timestamp"),
        ("required", 4, "timestamp"),
        ("reserved_name", 5, "resource"),
        ("too_long", 6, "resource"),
        ("too_long", 7, "customer"),
    ]
    assert (result.events, result.people) == (1, ("B",))


def test_the_columns_can_have_other_names():
    text = b"Ticket;Step;Agent;When;Client\n1;open;A;2025-01-01;X\n1;close;B;2025-01-02;\n"
    result = read_event_log(
        text, name="log.csv", case="ticket", activity="Step", resource="AGENT", timestamp="When", customer="client"
    )
    assert set(links(result)) == {("A", "B"), ("B", "customer:X")}


@pytest.mark.parametrize("column", ["case", "resource", "timestamp"])
def test_required_columns(column):
    header = "case,resource,timestamp".replace(column, "other")
    with pytest.raises(ImportRefused) as caught:
        log(["1,A,2025-01-01"], header=header)
    assert [(error.code, error.column) for error in caught.value.errors] == [("column_missing", column)]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ABC-")), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_file_plays_no_part_when_all_times_differ(events, random):
    rows = [f"{case},{resource},2025-01-01T00:{minute:02},X" for minute, (case, resource) in enumerate(events)]
    result = log(rows)
    random.shuffle(rows)
    assert log(rows).handoffs == result.handoffs
    between_people = [handoff for handoff in result.handoffs if handoff.customer in result.people]
    assert sum(handoff.passes for handoff in between_people) == result.passes
    assert all(0 <= handoff.returned <= handoff.passes for handoff in result.handoffs)
    to_customers = sum(handoff.passes for handoff in result.handoffs) - result.passes
    assert to_customers == result.cases - result.cases_without_resource - result.cases_without_customer


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample is not installed")
def test_the_replication_lab():
    result = read_event_log(SAMPLE.read_bytes(), name="events.csv")
    people = [handoff for handoff in result.handoffs if not handoff.customer.startswith("customer:")]
    delivered = [handoff for handoff in result.handoffs if handoff.customer.startswith("customer:")]
    assert (result.cases, result.events, result.skipped_events) == (649, 10_194, 2_164)
    assert (len(result.people), len(result.customers)) == (59, 10)
    assert (len(people), sum(handoff.passes for handoff in people), result.passes) == (483, 2_468, 2_468)
    assert (sum(handoff.returned for handoff in people), result.returned) == (365, 365)
    assert (len(delivered), sum(handoff.passes for handoff in delivered)) == (113, 635)
    assert (result.cases_without_resource, result.cases_without_customer) == (14, 0)
    assert result.errors == ()
