"""The pages of the chain map: what is sent, what is refused, and what nobody learns."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.roles import Role
from chainmap.models import HandOff, MapPlace, Membership, Party, Round
from chainmap.services.maps import MovedPlace, map_places_keep
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.pair import make_pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def forecast(organization):
    return HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")


@pytest.fixture
def send(at, bob, signed_in):
    """What is sent to the places -> the answer."""

    def go(body, user=bob):
        body = body if isinstance(body, str | bytes) else json.dumps(body)
        return signed_in(user).post(at("map_places"), body, content_type="application/json")

    return go


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.json()


class TestData:
    def test_it_is_the_map_with_addresses_that_lead_on(self, at, bob, signed_in, organization):
        client = signed_in(bob)
        data = read(client, at("map_data"))
        assert (len(data["parties"]), len(data["links"]), data["may_arrange"]) == (6, 6, True)
        for one in [*data["parties"], *data["links"]]:
            assert client.get(one["href"]).status_code == 200

    def test_whoever_has_it_already_is_told_so(self, at, bob, signed_in, organization):
        client = signed_in(bob)
        first = client.get(at("map_data"))
        again = client.get(at("map_data"), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        map_places_keep(
            actor=bob,
            organization=organization,
            places=[MovedPlace(5, 5, party=Party.objects.get(organization=organization, code="dan").pk)],
        )
        changed = client.get(at("map_data"), headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200

    def test_only_who_may_arrange_is_told_they_may(self, at, people, signed_in):
        told = {name: read(signed_in(user), at("map_data"))["may_arrange"] for name, user in people.items()}
        assert told == {"alice": False, "bob": True, "carla": True, "dora": True, "erik": False}

    def test_it_holds_nothing_of_the_other_organization(self, at, bob, signed_in, other_organization):
        assert "CANARY" not in signed_in(bob).get(at("map_data")).content.decode()

    def test_a_round_has_its_own(self, at, bob, signed_in, organization):
        spring = Round.objects.get(organization=organization)
        data = read(signed_in(bob), f"{at('map_data')}?round={spring.pk}")
        assert all(f"?round={spring.pk}" in link["href"] for link in data["links"])

    @pytest.mark.parametrize("query", ["round=x", "round=-1", "round=1&round=2", "other=1", "round="])
    def test_a_question_that_makes_no_sense_is_refused(self, at, bob, signed_in, query):
        answer = signed_in(bob).get(f"{at('map_data')}?{query}")
        assert answer.status_code == 400

    @pytest.mark.parametrize("query", ["round=987654321", f"round={10**18 * 9 + 9 * 10**17}", "round=0"])
    def test_a_round_that_is_not_there_is_not_found(self, at, bob, signed_in, query):
        assert signed_in(bob).get(f"{at('map_data')}?{query}").status_code == 404

    def test_an_open_and_another_organizations_round_are_not_found(
        self, at, bob, signed_in, organization, other_organization
    ):
        running = make_round(organization, "open")
        elsewhere = Round.objects.get(organization=other_organization)
        for one in (running, elsewhere):
            assert signed_in(bob).get(f"{at('map_data')}?round={one.pk}").status_code == 404


class TestPage:
    def test_everybody_inside_sees_it_and_the_same_as_a_table(self, at, people, signed_in, organization):
        for user in people.values():
            page = signed_in(user).get(at("map")).content.decode()
            assert "Alice Adams" in page
            assert 'id="map-table"' in page
            assert 'id="map-data"' in page

    def test_a_chain_without_anybody_says_what_to_do(self, at, bob, signed_in, organization):
        Party.objects.filter(organization=organization).delete()
        organization.touch()
        page = signed_in(bob).get(at("map")).content.decode()
        assert "There is no chain yet" in page
        assert "Next step" in page

    def test_a_long_table_is_cut_and_says_where_the_rest_is(self, at, people, signed_in, organization):
        made = Party.objects.bulk_create(
            Party(organization=organization, code=f"m{number}", name=f"More {number}", capacity=1)
            for number in range(110)
        )
        hub = Party.objects.get(organization=organization, code="carla")
        HandOff.objects.bulk_create(
            HandOff(organization=organization, supplier=one, customer=hub, deliverable="x") for one in made
        )
        organization.touch()
        page = signed_in(people["carla"]).get(at("map")).content.decode()
        assert "16 more rows are not on this page." in page
        assert "bottlenecks.csv" in page
        member = signed_in(people["alice"]).get(at("map")).content.decode()
        assert "bottlenecks.csv" not in member
        assert "See them page by page" in member

    def test_hostile_names_are_shown_as_text(self, at, bob, signed_in, organization):
        Party.objects.filter(organization=organization, code="dan").update(name="</script><script>alert(1)</script>")
        organization.touch()
        page = signed_in(bob).get(at("map")).content.decode()
        assert "<script>alert" not in page

    def test_queries_do_not_grow_with_the_chain(self, at, bob, signed_in, organization):
        client = signed_in(bob)

        def counted():
            client.get(at("map"))
            with CaptureQueriesContext(connection) as made:
                client.get(at("map"))
            return len(made)

        before = counted()
        hub = Party.objects.get(organization=organization, code="carla")
        made = Party.objects.bulk_create(
            Party(organization=organization, code=f"m{number}", name=f"M {number}", capacity=1) for number in range(30)
        )
        HandOff.objects.bulk_create(
            HandOff(organization=organization, supplier=one, customer=hub, deliverable="x") for one in made
        )
        organization.touch()
        assert counted() == before


class TestSheet:
    def test_the_sentence_comes_first(self, at, bob, signed_in, forecast):
        page = signed_in(bob).get(at("map_handoff", forecast.pk)).content.decode()
        assert "of every 100 units of work" in page
        assert page.index("of every 100 units of work") < page.index("Handed over (flow)")
        assert "<h1" in page
        assert f"handoff={forecast.pk}" in page

    def test_a_script_gets_the_bare_sheet(self, at, bob, signed_in, forecast):
        answer = signed_in(bob).get(at("map_handoff", forecast.pk), headers={"X-Requested-With": "fetch"})
        text = answer.content.decode()
        assert "<html" not in text
        assert "<h1" not in text
        assert "<article" in text
        assert "X-Requested-With" in answer["Vary"]

    def test_the_two_sides_are_led_to_their_own_page(self, at, signed_in, organization, alice, forecast):
        pair = make_pair(organization, alice)
        own = reverse("chainmap:handoff", args=[organization.pk, forecast.pk])
        assert own in signed_in(pair.marta).get(at("map_handoff", forecast.pk)).content.decode()
        assert own not in signed_in(pair.toni).get(at("map_handoff", forecast.pk)).content.decode()

    def test_a_member_sees_no_single_score(self, at, people, signed_in, organization, alice, forecast):
        pair = make_pair(organization, alice)
        other = signed_in(pair.toni).get(at("map_handoff", forecast.pk)).content.decode()
        assert "</strong> of 10" not in other
        assert "Single answers are for the two sides" in other
        assert "</strong> of 10" in signed_in(people["bob"]).get(at("map_handoff", forecast.pk)).content.decode()

    def test_what_is_not_there_and_what_is_elsewhere_look_the_same(self, at, bob, signed_in, other_organization):
        elsewhere = HandOff.objects.filter(organization=other_organization).first()
        answers = [signed_in(bob).get(at("map_handoff", number)) for number in (elsewhere.pk, 987_654_321)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content

    def test_a_stranger_finds_nothing_and_nobody_is_sent_to_sign_in(self, at, zoe, signed_in, forecast):
        assert signed_in(zoe).get(at("map_handoff", forecast.pk)).status_code == 404
        assert Client().get(at("map_handoff", forecast.pk)).status_code == 302


class TestTeams:
    @pytest.fixture
    def closed(self, db):
        made = make_round(make_crowd(), "pair")
        answer_all(made, lambda ask: Card(score=7, comment="CANARY words"))
        return close(made)

    def test_the_map_of_a_protected_round_shows_groups_and_leads_to_their_sheets(self, closed, signed_in):
        crowd = closed.organization
        client = signed_in(make_user("c", crowd, Role.COACH))
        data = read(client, f"{reverse('chainmap:map_data', args=[crowd.pk])}?round={closed.pk}")
        assert (data["by_team"], data["released"], data["may_arrange"], data["teams"]) == (True, True, False, [])
        assert {party["href"] for party in data["parties"]} == {None}
        for link in data["links"]:
            for headers in ({}, {"X-Requested-With": "fetch"}):
                answer = client.get(link["href"], headers=headers)
                assert answer.status_code == 200
                assert "CANARY" not in answer.content.decode()
                assert "Red 0" not in answer.content.decode()
        page = client.get(f"{reverse('chainmap:map', args=[crowd.pk])}?round={closed.pk}").content.decode()
        assert "Red 0" not in page
        assert "not shown, taken as average" in page
        assert "nobody has said yet" not in page, "more may have been said than is shown"
        assert 'data-walk=""' in page, "a group of this map is no place to walk from"

    def test_where_only_a_release_knows_anything_the_map_opens_on_it_and_on_nothing_else(self, closed, signed_in):
        client = signed_in(make_user("cora", closed.organization, Role.COACH))
        whole = reverse("chainmap:map", args=[closed.organization.pk])
        opened, chosen = client.get(whole), client.get(whole, {"round": closed.pk})
        assert opened.context["round"] == closed
        assert opened.context["map_data"] == chosen.context["map_data"]
        assert opened.context["headline"] == chosen.context["headline"]
        assert f'data-round="{closed.pk}"' in opened.text, "what if asks about the same round"
        assert f'{whole}?all=yes"' in opened.text, "the chain of everybody is one tap away"
        everybody = client.get(whole, {"all": "yes"})
        assert everybody.context["round"] is None
        assert not everybody.context["map_data"]["analysed"]

    def test_a_group_that_is_not_there(self, closed, signed_in):
        client = signed_in(make_user("c", closed.organization, Role.COACH))
        address = reverse("chainmap:map_team_link", args=[closed.organization_id, 50, 51])
        assert client.get(f"{address}?round={closed.pk}").status_code == 404
        assert client.get(address).status_code == 404

    def test_a_hand_off_of_a_person_has_no_sheet_of_that_round(self, closed, signed_in):
        client = signed_in(make_user("c", closed.organization, Role.COACH))
        handoff = HandOff.objects.filter(organization=closed.organization).first()
        address = reverse("chainmap:map_handoff", args=[closed.organization_id, handoff.pk])
        assert client.get(f"{address}?round={closed.pk}").status_code == 404


class TestPlaces:
    def test_what_is_dragged_is_kept_and_the_new_version_told(self, at, send, bob, signed_in, organization):
        dan = Party.objects.get(organization=organization, code="dan")
        answer = send({"places": [{"party": dan.pk, "x": 12.5, "y": 700}]})
        assert answer.status_code == 200
        data = read(signed_in(bob), at("map_data"))
        assert answer.json() == {"kept": 1, "version": data["version"]}
        assert [(one["x"], one["y"]) for one in data["parties"] if one["id"] == dan.pk] == [(12.5, 700.0)]

    def test_a_team_can_be_dragged(self, send, organization):
        team = organization.teams.first()
        assert send({"places": [{"team": team.pk, "x": 1, "y": 2}]}).status_code == 200
        assert MapPlace.objects.filter(team=team, x=1, y=2).exists()

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "{",
            "null",
            "[]",
            '{"places": 3}',
            '{"places": [3]}',
            '{"places": [{"x": 1, "y": 1}]}',
            '{"places": [{"party": "1", "x": 1, "y": 1}]}',
            '{"places": [{"party": true, "x": 1, "y": 1}]}',
            '{"places": [{"party": 1.5, "x": 1, "y": 1}]}',
            '{"places": [{"party": 1, "team": 1, "x": 1, "y": 1}]}',
            '{"places": [{"party": %s, "x": 1, "y": 1}]}' % 2**70,
            '{"places": [{"party": 1, "x": 1, "y": 1, "more": 1}]}',
            '{"places": [{"party": 1, "x": 1}]}',
            '{"places": [{"party": 1, "x": "1", "y": 1}]}',
            '{"places": [{"party": 1, "x": NaN, "y": 1}]}',
            '{"places": [{"party": 1, "x": Infinity, "y": 1}]}',
            '{"places": [{"party": 1, "x": 1e400, "y": 1}]}',
            '{"places": [{"party": 1, "x": 1%s, "y": 1}]}' % ("0" * 400),
            '{"places": [{"party": 1, "x": 1e300, "y": 1}]}',
            '{"places": ' + "[" * 5000 + "]" * 5000 + "}",
            b"\xff\xfe\x00",
        ],
    )
    def test_what_makes_no_sense_is_said_and_nothing_is_kept(self, send, body):
        answer = send(body)
        assert answer.status_code == 400
        assert answer.json()["message"]
        assert not MapPlace.objects.exists()

    def test_more_places_than_fit(self, send, organization):
        dan = Party.objects.get(organization=organization, code="dan").pk
        for count in (5_001, 10_001):
            answer = send({"places": [{"party": dan, "x": 1, "y": 1}] * count})
            assert answer.status_code == 400
            assert "can be kept" in answer.json()["message"]
        assert not MapPlace.objects.exists()

    def test_who_may_not_is_refused_whatever_they_send(self, send, people, organization):
        for name in ("alice", "erik"):
            assert send({"places": []}, people[name]).status_code == 403
            assert send("{", people[name]).status_code == 403
        Membership.objects.filter(user=people["carla"]).delete()
        assert send({"places": []}, people["carla"]).status_code == 404

    def test_other_methods_and_a_missing_token_are_refused(self, at, bob, signed_in):
        for name in ("map_places", "map_places_reset"):
            assert signed_in(bob).get(at(name)).status_code == 405
            assert signed_in(bob).put(at(name)).status_code == 405
            strict = Client(enforce_csrf_checks=True)
            strict.force_login(bob)
            assert strict.post(at(name), "{}", content_type="application/json").status_code == 403

    def test_resetting_works_without_a_script(self, at, bob, signed_in, organization):
        map_places_keep(actor=OPERATOR, organization=organization, places=[])
        answer = signed_in(bob).post(at("map_places_reset"), follow=True)
        assert answer.redirect_chain == [(at("map"), 302)]
        assert not MapPlace.objects.exists()
