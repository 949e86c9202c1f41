"""One round against another, all rounds, and the matrix of teams, as pages and files."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from chainmap.domain.cards import Card
from chainmap.domain.compared_map import Turn
from chainmap.domain.roles import Role
from chainmap.exports.compare_picture import COLOURS
from chainmap.models import AuditEntry, MapPlace, Organization, Party, Round, TeamLead
from chainmap.services.map_places import map_placed
from chainmap.services.round_analysis import round_bottlenecks_find
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db
CSS = Path(__file__).resolve().parents[2] / "static" / "chainmap" / "css" / "compare.css"
WAYS = ("compare/", "trend/", "matrix/")


def run(organization, mode, score, name, *, days_ago=0):
    """A round in which every hand-off gets ``score(deliverable)``, closed so many days ago."""
    made = make_round(organization, mode, name=name)
    answer_all(made, lambda ask: Card(score=score(ask.handoff.deliverable)))
    closed = close(made)
    Round.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate() - timedelta(days=days_ago))
    return Round.objects.get(pk=closed.pk)


def better(what):
    return 8 if what == "spec" else 6


def worse(what):
    return 4 if what == "spec" else 6


@pytest.fixture
def crowd(db):
    return make_crowd()


@pytest.fixture
def two(crowd):
    return run(crowd, "open", worse, "First", days_ago=40), run(crowd, "open", better, "Second")


@pytest.fixture
def get(crowd, signed_in):
    """Rest of an address -> the answer a manager of the crowd gets; ``text`` -> its words."""
    client = signed_in(make_user("mara", crowd, Role.MANAGER))
    return lambda rest: client.get(f"/organizations/{crowd.pk}/{rest}")


def text(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text(answer)).split())


# ---- two rounds


def test_the_page_says_how_much_more_arrives_and_where(get, two):
    page = get("compare/")
    said = words(page)
    assert re.search(r"Of every 100 units of work \d+ arrive, \d+(?:\.\d)? more than in “First”", said)
    assert "Red 0 → Blue 0" in said
    assert "What moved the loss" in said
    assert "at least six that agreed" in said
    markup = text(page)
    for part in ("picture.svg", "charts/parts.svg", "charts/moved.svg", "files/csv/", "files/json/", "files/svg/"):
        assert f"compare/{part}?before={two[0].pk}&amp;now={two[1].pk}" in markup, part
    assert f"?before={two[1].pk}&amp;now={two[0].pk}" in markup  # swap
    assert " fewer than in “Second”" in words(get(f"compare/?before={two[1].pk}&now={two[0].pk}"))
    assert " style=" not in markup
    assert markup.count("<h1") == 1


def test_without_numbers_the_two_latest_of_one_kind_are_taken(crowd, get, two):
    pair = run(crowd, "pair", better, "Alone")
    assert "“First”" in words(get("compare/"))
    mixed = words(get(f"compare/?before={two[0].pk}&now={pair.pk}"))
    assert "Choose two rounds of one kind." in mixed
    assert get(f"compare/picture.svg?before={two[0].pk}&now={pair.pk}").status_code == 404
    assert get(f"compare/files/json/?before={two[0].pk}&now={pair.pk}").json()["obstacle"] == "modes"
    assert "“First”" in words(get(f"compare/?now={two[1].pk}"))
    assert "“First”" in words(get(f"compare/?before={two[0].pk}"))


def test_protected_rounds_are_shown_team_by_team_and_without_a_range(crowd, get):
    run(crowd, "pair", worse, "First", days_ago=40)
    run(crowd, "pair", better, "Second")
    said = words(get("compare/"))
    assert "of releases no range is known" in said
    assert "Team links that changed most" in said
    assert "Red → Blue" in said
    assert "Red 0" not in said


def test_the_picture_has_everybody_where_the_map_has_them(crowd, get, two):
    red = Party.objects.get(organization=crowd, code="red0")
    MapPlace.objects.create(organization=crowd, party=red, x=1234.0, y=777.0, is_moved=True)
    drawn = get("compare/picture.svg?theme=dark")
    assert drawn["Content-Type"].startswith("image/svg+xml")
    assert drawn["Content-Security-Policy"] == "default-src 'none'; sandbox"
    texts = {
        "".join(one.itertext()): (float(one.get("x")), float(one.get("y")))
        for one in ET.fromstring(drawn.content).iter("{http://www.w3.org/2000/svg}text")
    }
    assert texts["Red 0"] == (1234.0, 782.0)
    placed = map_placed(organization=crowd, finding=round_bottlenecks_find(actor=make_admin(crowd), round=two[1]))
    assert {party.name: party.x for party in placed.parties} == {
        name: x for name, (x, _y) in texts.items() if name in {party.name for party in placed.parties}
    }


def make_admin(organization):
    return make_user("admin", organization, Role.ADMINISTRATOR)


def test_charts_and_files(crowd, get, two):
    assert b"<svg" in get("compare/charts/parts.svg?size=narrow").content
    assert get("compare/charts/nothing.svg").status_code == 404
    assert b"<svg" in get("trend/charts/yield.svg?theme=print").content
    file = get("compare/files/csv/")
    assert file["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    told = get("compare/files/json/").json()
    assert len(rows) == len(told["handoffs"]) == 56
    parts = told["parts"]
    summed = sum(parts[name] for name in ("by_yield", "by_assumed", "by_flow", "new", "removed"))
    assert summed == pytest.approx(told["lost_now"] - told["lost_before"], abs=1e-9)
    assert sum(float(row["change"]) for row in rows) == pytest.approx(summed, abs=1e-9)
    assert sum(float(row["by_yield"]) + float(row["by_flow"]) for row in rows) == pytest.approx(summed, abs=1e-9)
    picture = get("compare/files/svg/").content
    assert b"more arrives of what is handed over" in picture  # its legend goes with it
    assert picture == get("compare/files/svg/").content
    assert get("compare/files/png/").status_code == 404
    assert list(AuditEntry.objects.order_by("number").values_list("about", flat=True)) == [
        "compare-crowd.csv", "compare-crowd.json", "compare-crowd.svg", "compare-crowd.svg",
    ]  # fmt: skip


def test_names_that_a_spreadsheet_would_run_stay_text(crowd, get, two):
    Party.objects.filter(organization=crowd, code="red0").update(name="=1+1")
    crowd.touch()
    rows = csv.DictReader(io.StringIO(get("compare/files/csv/").content.decode("utf-8-sig")))
    assert {row["supplier_name"] for row in rows if row["supplier"] == "red0"} == {"'=1+1"}
    told = json.loads(get("compare/files/json/").content)
    assert "=1+1" in {row["supplier_name"] for row in told["handoffs"]}


def test_ten_files_an_hour(get, two):
    assert [get("trend/files/csv/").status_code for _again in range(10)] == [200] * 10
    assert get("matrix/files/csv/").status_code == 429


# ---- what is wrong


NO_SENSE = (
    "compare/?x=1", "compare/?before=abc", "compare/?before=0", "compare/?now=1&now=2", "compare/?now=%C2%B2",
    "compare/picture.svg?theme=pink", "compare/charts/parts.svg?size=huge", "trend/?round=1", "matrix/?show=me",
    "matrix/?round=-1", "matrix/files/csv/?show=nps", f"compare/?now={2**64}",
)  # fmt: skip


def test_an_address_that_makes_no_sense_is_refused_in_plain_words(organization, carla, signed_in):
    client = signed_in(carla)
    for rest in NO_SENSE:
        answer = client.get(f"/organizations/{organization.pk}/{rest}")
        assert answer.status_code == 400, rest
        assert "This address cannot be understood" in answer.content.decode(), rest


def test_a_round_is_not_set_against_itself(organization, carla, signed_in):
    spring = organization.rounds.get(name="Spring").pk
    answer = signed_in(carla).get(f"/organizations/{organization.pk}/compare/?before={spring}&now={spring}")
    assert answer.status_code == 400
    assert "against itself" in answer.content.decode()


ASK_FOR = (
    "compare/?before={}", "compare/?now={}", "compare/picture.svg?now={}", "compare/files/json/?now={}",
    "compare/charts/parts.svg?before={}", "matrix/?round={}", "matrix/files/csv/?round={}",
)  # fmt: skip


def test_rounds_of_elsewhere_and_those_without_results_are_not_there(crowd, get, two, other_organization):
    elsewhere = Round.objects.get(organization=other_organization).pk
    still_open = make_round(crowd, "pair", name="Open").pk
    missing = get("compare/?before=999999").content
    for number in (elsewhere, still_open):
        for rest in ASK_FOR:
            answer = get(rest.format(number))
            assert (answer.status_code, answer.content) == (404, missing), rest


def test_strangers_find_nothing_and_members_are_refused(organization, people, signed_in, zoe):
    for way in WAYS:
        address = f"/organizations/{organization.pk}/{way}"
        assert signed_in(zoe).get(address).status_code == 404
        assert signed_in(zoe).get(address).content == signed_in(zoe).get("/organizations/999999/compare/").content
        assert signed_in(people["alice"]).get(address).status_code == 403
        assert signed_in(people["carla"]).post(address).status_code == 405


def test_a_manager_who_leads_one_team_sees_what_is_of_the_whole_organization(crowd, two, signed_in):
    lead = make_user("lea", crowd, Role.MANAGER)
    TeamLead.objects.create(team=crowd.teams.get(name="Blue"), user=lead)
    client = signed_in(lead)
    assert [client.get(f"/organizations/{crowd.pk}/{way}").status_code for way in WAYS] == [200] * 3
    assert client.get(f"/organizations/{crowd.pk}/matrix/files/csv/").status_code == 200


def test_a_name_that_reads_from_the_right_does_not_turn_the_way_of_the_work(crowd, get, two):
    """In one element with both names the whole would read from the right, and its arrow point from the receiver."""
    Party.objects.filter(organization=crowd, code="red0").update(name="דבורה כהן")
    crowd.touch()
    page = re.sub(r"\s+", " ", get("compare/").content.decode())
    rows = page.split('class="cards compare-rows"', 1)[1].split("</table>", 1)[0]
    assert '<bdi>דבורה כהן</bdi><span class="arrow" aria-hidden="true">→</span>' in rows
    assert "→ <bdi>" not in rows
    assert '<bdi dir="ltr">דבורה כהן → ' in page


# ---- none, and one


def test_without_a_round_every_page_says_what_is_missing(db, signed_in):
    empty = Organization.objects.create(name="Empty")
    client = signed_in(make_user("mara", empty, Role.MANAGER))
    for way in WAYS:
        said = words(client.get(f"/organizations/{empty.pk}/{way}"))
        assert "no round has results" in said
        assert "Go to the rounds" in said
        assert "What is known so far is in the report." in said
        assert "Back to the report" in said
    titles = [words(client.get(f"/organizations/{empty.pk}/{way}")).split(" · ")[0].strip() for way in WAYS]
    assert titles == ["What changed", "All rounds", "Team by team"]
    for rest in ("compare/picture.svg", "compare/files/csv/", "trend/files/csv/", "matrix/files/csv/",
                 "trend/charts/yield.svg", "compare/charts/parts.svg", "matrix/?round=7"):  # fmt: skip
        assert client.get(f"/organizations/{empty.pk}/{rest}").status_code == 404


def test_one_round_has_a_trend_of_one_and_nothing_to_be_set_against(crowd, get):
    run(crowd, "open", better, "Only")
    assert "one round has results" in words(get("compare/"))
    assert "“Only” is the first one." in words(get("compare/"))
    trend = words(get("trend/"))
    assert "the next round like it makes a trend" in trend
    assert "One round is a start." in trend
    assert b"<svg" in get("trend/charts/yield.svg").content


def test_a_round_that_nobody_rated_is_told_of(crowd, get):
    close(make_round(crowd, "open", name="Silent"))
    run(crowd, "open", better, "Loud")
    silent = Round.objects.get(name="Silent")
    said = words(get(f"compare/?before={silent.pk}"))
    assert "of “Silent” that is not known" in said
    assert "ask again and compare then" in said
    assert "–" in words(get("trend/"))
    matrix = words(get(f"matrix/?round={silent.pk}"))
    assert "cannot be said yet" in matrix
    assert "not rated" in matrix


# ---- all rounds, and team by team


def test_the_trend_has_every_round_and_its_table(crowd, get, two):
    run(crowd, "pair", better, "Pairs", days_ago=10)
    said = words(get("trend/"))
    assert said.index("First") < said.index("Pairs") < said.rindex("Second")
    assert "A square is a release" in said
    rows = list(csv.DictReader(io.StringIO(get("trend/files/csv/").content.decode("utf-8-sig"))))
    assert [row["round"] for row in rows] == ["First", "Pairs", "Second"]
    assert (rows[1]["yield_low"], rows[1]["nps"]) == ("", "")
    assert float(rows[0]["yield_low"]) < float(rows[0]["chain_yield"]) < float(rows[0]["yield_high"])
    assert get("trend/files/json/").json()["rounds"][2]["mode"] == "open"


def cells(page) -> dict[str, list[str]]:
    """Row -> its cells as shown."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", text(page), re.DOTALL)
    strip = re.compile(r"<[^>]*>")
    return {
        strip.sub("", name).strip(): [
            strip.sub("", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for name, row in rows
    }


def test_rows_supply_columns_receive_and_sums_are_those_of_what_is_shown(get, two):
    assert words(get("matrix/")).count("Between teams most is lost from Blue to Green") == 1
    shown = cells(get("matrix/?show=loss"))
    assert list(shown) == ["Blue", "Green", "Red", "All"]
    amounts = {name: [float(cell.replace("≈", "")) if cell else 0.0 for cell in row] for name, row in shown.items()}
    for row in amounts.values():
        assert sum(row[:-1]) == pytest.approx(row[-1], abs=1e-9)
    for place in range(5):
        assert sum(amounts[name][place] for name in ("Blue", "Green", "Red")) == pytest.approx(
            amounts["All"][place], abs=1e-9
        )
    assert shown["Green"][3].startswith("≈")  # nobody asked the client
    arrives = cells(get("matrix/?show=yield"))
    assert arrives["Green"][3] == "not rated"
    assert cells(get("matrix/?show=nps"))["Red"] == ["0", "", "", ""]
    assert cells(get("matrix/?show=flow"))["Blue"][0] == ""


def test_what_a_release_does_not_show_stays_hidden(crowd, get):
    run(crowd, "anonymous", better, "Only")
    shown = cells(get("matrix/?show=yield"))
    assert shown["Red"][0] == "80"
    assert shown["Green"][3] == "not shown"
    rows = list(csv.DictReader(io.StringIO(get("matrix/files/csv/").content.decode("utf-8-sig"))))
    client = next(row for row in rows if row["customer_kind"] == "end_customer")
    assert (client["yield"], client["answers"], client["mean_score"]) == ("", "", "")


def test_the_style_sheet_has_the_colours_of_the_picture():
    css = CSS.read_text()
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")[:2]
    for part, theme in ((light, "light"), (dark, "dark")):
        for name, turn in (("more", Turn.MORE), ("less", Turn.LESS), ("same", Turn.SAME), ("new", Turn.NEW)):
            assert f"--{name}: {COLOURS[theme].turn[turn]};" in part, (theme, name)


def test_ink_is_readable_on_every_band():
    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bands = re.findall(r"\.matrix \.(?:band|amount)-\d \{ background: (#\w{6});", CSS.read_text())
    assert len(bands) == 18
    for place, band in enumerate(bands):
        ink = COLOURS["light" if place < 9 else "dark"].ink
        high, low = sorted((light(ink), light(band)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, band
