"""What if on the map (as a script asks), on the page without scripts, and kept scenarios."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from chainmap.domain.scenario_changes import SetYield, changes_write
from chainmap.models import HandOff, Party, Rating, Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(organization):
    return f"/organizations/{organization.pk}/"


@pytest.fixture
def ask(signed_in, alice, base):
    client = signed_in(alice)

    def ask_(body, **options):
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return client.post(base + "what-if.json", text, content_type="application/json", **options)

    return ask_


@pytest.fixture
def kept(organization, handoffs, bob):
    return Scenario.objects.create(
        organization=organization,
        name="Better <b>forecast</b>",
        note="Ask Bob",
        changes=changes_write([SetYield(handoffs["forecast"], 0.9)]),
        made_by=bob,
    )


def test_a_script_gets_sentences_and_what_the_map_shows(ask, handoffs):
    answer = ask({"changes": [{"kind": "yield", "handoff": handoffs["report"], "yield": 1}]})
    assert answer.status_code == 200
    told = answer.json()
    assert re.search(
        r"Of every 100 units of work, \d+ would reach the end customer instead of \d+: \d+ more\.", told["said"]
    )
    assert re.fullmatch(r"→ \d+ \(\+\d+\)", told["arrow"])
    assert told["links"][str(handoffs["report"])]["yield"] == 1
    assert told["links"][str(handoffs["report"])]["lost"] == 0
    assert (told["added"], told["removed"], told["warnings"]) == ([], [], [])
    assert told["sentences"] == [told["sentences"][0]]
    assert "between Carla Conti and The client (report)" in told["sentences"][0]
    before, after = told["totals"]["before"], told["totals"]["after"]
    assert after["delivered"] > before["delivered"]
    assert after["created"] == pytest.approx(after["delivered"] + after["lost"] + after["stranded"])


def test_people_are_named_and_come_back_as_numbers(ask, organization, handoffs):
    dan = Party.objects.get(organization=organization, code="dan")
    told = ask(
        {
            "changes": [
                {"kind": "reroute", "handoff": handoffs["report"], "customer": "Dan Duval"},
                {"kind": "add", "supplier": "dan", "customer": "The client", "deliverable": "report"},
            ]
        }
    ).json()
    assert told["changes"][0] == {"kind": "reroute", "handoff": handoffs["report"], "customer": dan.pk}
    assert told["changes"][1]["supplier"] == dan.pk
    assert told["removed"] == [handoffs["report"]]
    assert [one["id"] for one in told["added"]] == [-1, -2]
    assert (told["added"][0]["to"], told["added"][1]["from"]) == (dan.pk, dan.pk)


def test_it_warns(ask, handoffs):
    told = ask({"changes": [{"kind": "remove", "handoff": handoffs["report"]}]}).json()
    assert "The client receives nothing any more." in told["warnings"]
    assert "Nothing at all reaches an end customer any more." in told["warnings"]
    assert told["sign"] == -1


def test_the_best_repairs_for_a_script(ask, handoffs):
    told = ask({"best": 3}).json()
    assert len(told["steps"]) == 3
    assert told["changes"][0] == {"kind": "yield", "handoff": handoffs["report"], "yield": 1.0}
    assert told["said"].startswith("Together +")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("", ""),
        ("{", ""),
        ("[]", ""),
        ("[" * 3000, ""),
        ('{"changes": [], "more": 1}', ""),
        ('{"changes": {}}', "changes"),
        ('{"round": "1"}', "round"),
        ('{"round": true}', "round"),
        ('{"best": 2}', "best"),
        ('{"best": "5"}', "best"),
        ('{"changes": [7]}', "kind"),
        ('{"changes": [{"kind": "yield", "handoff": 7, "yield": NaN}]}', "yield"),
        ('{"changes": [{"kind": "yield", "handoff": 7, "yield": 1e999}]}', "yield"),
        ('{"changes": [{"kind": "yield", "handoff": 7, "yield": 0.5}]}', "handoff"),
        ('{"changes": [{"kind": "add", "supplier": "Nobody", "customer": "Nobody"}]}', "supplier"),
        ('{"changes": [{"kind": "add", "supplier": "", "customer": 1}]}', "supplier"),
        (json.dumps({"changes": [{"kind": "remove", "handoff": at} for at in range(51)]}), "changes"),
        (json.dumps({"changes": [{"kind": "add", "supplier": "a", "customer": "b"}] * 3}), "changes"),
        (
            json.dumps({"changes": [{"kind": "add", "supplier": 1, "customer": 2, "deliverable": "x" * 30_000}]}),
            "changes",
        ),
        (b"\xff\xfe", ""),
    ],
)
def test_what_a_script_may_not_ask(ask, body, field):
    answer = ask(body)
    assert answer.status_code == 400
    told = answer.json()
    assert (told["field"] or "") == field
    assert told["message"].endswith((".", "?"))


def test_other_methods_and_other_people(ask, signed_in, zoe, base, alice):
    assert signed_in(alice).get(base + "what-if.json").status_code == 405
    assert signed_in(zoe).post(base + "what-if.json", "{}", content_type="application/json").status_code == 404
    assert ask({"round": 10**9}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(base + "what-if.json", "{}", content_type="application/json").status_code == 403


def test_without_ratings_it_says_so(ask, organization, signed_in, alice, base):
    Rating.objects.all().delete()
    organization.touch()
    assert "Nobody has rated anything" in ask({}).json()["message"]
    page = signed_in(alice).get(base + "what-if/")
    assert page.status_code == 200
    assert "Nobody has rated anything" in page.content.decode()


# ---- without scripts


def steps(client, base, **more):
    return client.post(base + "what-if/", {"changes": "[]", **more})


def test_the_plain_page_gives_the_same_answer(signed_in, alice, base, ask, handoffs):
    client = signed_in(alice)
    page = client.get(base + "what-if/")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("<h1") == 1
    assert "Alice Adams → Bob Brown: forecast" in text
    answer = steps(client, base, do="change", handoff=handoffs["report"], what="yield", arrive="100").content.decode()
    assert ask({"changes": [{"kind": "yield", "handoff": handoffs["report"], "yield": 1}]}).json()["said"] in answer


def test_changes_travel_in_the_form_and_can_be_taken_back(signed_in, alice, base, handoffs):
    client = signed_in(alice)

    def sent(page):
        return page.context["changes_text"]

    page = steps(client, base, do="change", handoff=handoffs["report"], what="yield", arrive="90,5")
    assert json.loads(sent(page)) == [{"kind": "yield", "handoff": handoffs["report"], "yield": 0.905}]
    page = steps(client, base, changes=sent(page), do="change", handoff=handoffs["report"], what="yield", arrive="50")
    assert [row["yield"] for row in json.loads(sent(page))] == [0.5]
    page = steps(
        client, base, changes=sent(page), do="add", supplier="Alice Adams", customer="The client", deliverable="advice"
    )
    page = steps(client, base, changes=sent(page), do="change", handoff=handoffs["plan"], what="remove")
    page = steps(
        client, base, changes=sent(page), do="change", handoff=handoffs["figures"], what="reroute", customer="Bob Brown"
    )
    page = steps(client, base, changes=sent(page), do="change", handoff=handoffs["paper"], what="volume", volume="2")
    assert [row["kind"] for row in json.loads(sent(page))] == ["yield", "add", "remove", "reroute", "volume"]
    page = steps(client, base, changes=sent(page), do="undo-2")
    assert [row["kind"] for row in json.loads(sent(page))] == ["yield", "add", "reroute", "volume"]
    page = steps(client, base, changes=sent(page), do="best-3")
    assert page.status_code == 200
    page = steps(client, base, changes=page.context["repaired_text"], do="show")
    assert len(json.loads(sent(page))) == 7 - (7 - len(json.loads(sent(page))))
    assert len(page.context["rows"]) > 4


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "change", "what": "yield", "arrive": "50"}, "Choose a hand-off."),
        ({"do": "change", "what": "yield", "handoff": "report"}, "Fill this in too."),
        ({"do": "change", "what": "yield", "handoff": "report", "arrive": "101"}, "from 0 to 100"),
        ({"do": "change", "what": "yield", "handoff": "report", "arrive": "nan"}, "from 0 to 100"),
        ({"do": "change", "what": "volume", "handoff": "report", "volume": "0"}, "A volume is a number"),
        ({"do": "change", "what": "reroute", "handoff": "report", "customer": "Nobody"}, "Nobody here is called"),
        ({"do": "change", "what": "reroute", "handoff": "report", "customer": "Carla Conti"}, "to themselves"),
        ({"do": "add", "supplier": "The client", "customer": "Bob Brown"}, "hands nothing on"),
        ({"do": "add", "supplier": "Alice Adams"}, "This field is required"),
        ({"do": "best-2"}, ""),
        ({"do": ""}, ""),
        ({"do": "undo-x"}, "cannot be understood"),
        ({"do": "show", "changes": "[7]"}, "cannot be understood"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(signed_in, alice, base, handoffs, sent, said):
    sent = dict(sent)
    if "handoff" in sent:
        sent["handoff"] = handoffs[sent["handoff"]]
    page = steps(signed_in(alice), base, **sent)
    assert page.status_code == 400
    text = page.content.decode()
    assert said in text
    if "arrive" in sent and "handoff" in sent:
        assert f'value="{sent["arrive"]}"' in text


def test_it_begins_where_the_address_says(signed_in, bob, base, handoffs, kept, organization):
    client = signed_in(bob)
    page = client.get(f"{base}what-if/?handoff={handoffs['plan']}")
    assert f'<option value="{handoffs["plan"]}" selected' in page.content.decode()
    page = client.get(f"{base}what-if/?scenario={kept.pk}")
    assert [row["yield"] for row in json.loads(page.context["changes_text"])] == [0.9]
    spring = organization.rounds.get(name="Spring")
    assert client.get(f"{base}what-if/?round={spring.pk}").status_code == 200
    assert client.get(base + "what-if/?round=x").status_code == 400
    assert client.get(base + "what-if/?round=1" + "0" * 9).status_code == 404
    assert client.get(base + "what-if/?other=1").status_code == 400


# ---- kept


def test_keeping_by_form_and_by_script(signed_in, bob, base, organization, handoffs):
    client = signed_in(bob)
    changes = changes_write([SetYield(handoffs["plan"], 1.0)])
    answer = client.post(base + "scenarios/", {"name": "Perfect plan", "note": "", "changes": changes, "round": ""})
    scenario = Scenario.objects.get(name="Perfect plan")
    assert answer["Location"] == f"{base}scenarios/{scenario.pk}/"
    sent = {"name": "By script", "changes": changes, "round": organization.rounds.get(name="Spring").pk}
    told = client.post(base + "scenarios/", sent, headers={"X-Requested-With": "fetch"}).json()
    assert told["kept"]
    opened = client.get(f"{base}scenarios/{told['scenario']}/", headers={"X-Requested-With": "fetch"}).json()
    assert opened["changes"] == json.loads(changes)
    assert opened["round"] == sent["round"]


def test_what_cannot_be_kept_is_not_lost(signed_in, bob, base, handoffs, kept):
    client = signed_in(bob)
    changes = changes_write([SetYield(handoffs["plan"], 1.0)])
    page = client.post(base + "scenarios/", {"name": kept.name, "changes": changes, "round": ""})
    assert page.status_code == 400
    text = page.content.decode()
    assert "already" in text
    assert "&quot;kind&quot;:&quot;yield&quot;" in text
    for sent in ({"name": "", "changes": changes}, {"name": "x", "changes": "{"}, {"name": "x", "changes": "[]"},
                 {"name": "x", "changes": changes, "round": "zz"}):  # fmt: skip
        assert client.post(base + "scenarios/", sent).status_code == 400
        told = client.post(base + "scenarios/", sent, headers={"X-Requested-With": "fetch"})
        assert told.status_code == 400
        assert told.json()["message"]
    assert Scenario.objects.count() == 1


def test_a_member_may_ask_but_not_keep(signed_in, alice, base, handoffs, kept):
    client = signed_in(alice)
    page = client.get(base + "what-if/").content.decode()
    assert "Keep" not in page
    changes = changes_write([SetYield(handoffs["plan"], 1.0)])
    assert client.post(base + "scenarios/", {"name": "x", "changes": changes}).status_code == 403
    for address in ("scenarios/", f"scenarios/{kept.pk}/", f"what-if/?scenario={kept.pk}"):
        assert client.get(base + address).status_code == 403


def test_a_hostile_name_is_shown_as_text(signed_in, bob, base, kept):
    Scenario.objects.update(name="Better <b>forecast</b>\u202e")
    client = signed_in(bob)
    for address in ("scenarios/", f"scenarios/{kept.pk}/", f"scenarios/{kept.pk}/remove/"):
        text = client.get(base + address).content.decode()
        assert "<b>forecast</b>" not in text
        assert "Better &lt;b&gt;forecast&lt;/b&gt;" in text
        assert "\u202e" not in text


def test_renaming_and_a_version_in_between(signed_in, bob, carla, base, kept):
    address = f"{base}scenarios/{kept.pk}/edit/"
    assert signed_in(carla).post(address, {"name": "Carla's", "note": "", "version": 1}).status_code == 302
    page = signed_in(bob).post(address, {"name": "Bob's", "note": "mine", "version": 1})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Carla&#x27;s" in text
    assert "Bob&#x27;s" in text
    assert signed_in(bob).post(address, {"name": "Bob's", "note": "mine", "version": 2}).status_code == 302
    removal = f"{base}scenarios/{kept.pk}/remove/"
    assert signed_in(bob).post(removal, {"version": 1}).status_code == 409
    assert signed_in(bob).post(removal, {"version": 3}).status_code == 302
    assert not Scenario.objects.exists()


def test_side_by_side(signed_in, bob, base, organization, handoffs, kept):
    client = signed_in(bob)
    other = Scenario.objects.create(
        organization=organization,
        name="Perfect report",
        changes=changes_write([SetYield(handoffs["forecast"], 0.9), SetYield(handoffs["report"], 1.0)]),
    )
    page = client.get(f"{base}scenarios/compare/?with={kept.pk}&with={other.pk}")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.index("Better &lt;b") < text.index("Perfect report")
    assert page.context["shared"] == list(page.context["columns"][0][0].sentences)
    assert text.count("brings most to the end customer") == 1
    assert client.get(base + f"scenarios/compare/?with={kept.pk}").status_code == 400
    assert client.get(base + "scenarios/compare/").status_code == 200
    assert client.get(base + "scenarios/compare/?with=x&with=y").status_code == 400
    assert client.get(base + "scenarios/compare/?other=1").status_code == 400
    assert client.get(f"{base}scenarios/compare/?with={kept.pk}&with={10**9}").status_code == 404


def test_a_removed_handoff_is_told(signed_in, bob, base, organization, handoffs, kept):
    HandOff.objects.filter(pk=handoffs["forecast"]).update(is_removed=True)
    organization.touch()
    text = signed_in(bob).get(f"{base}scenarios/{kept.pk}/").content.decode()
    assert "no longer in the chain" in text
    assert "between Alice Adams and Bob Brown (forecast)" in text
