"""What each address answers: the rows of the database and the figures of the services, field by field."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chainmap.models import HandOff, Party, Rating, Round, Team
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.reporting import bottlenecks_export

#: Changed only on purpose: a field here is a promise to every program that reads it.
FIELDS = {
    "parties": ["id", "code", "name", "kind", "team", "team_name", "capacity"],
    "handoffs": ["id", "supplier", "customer", "deliverable", "volume", "passes", "returned"],
    "ratings": ["id", "round", "handoff", "supplier", "customer", "rater", "score", "given_on"],
}


def codes(response):
    return [row["code"] for row in response.json()["results"]]


def scores(response):
    return [row["score"] for row in response.json()["results"]]


def test_organizations_are_those_one_belongs_to(client, alice, organization, other_organization):
    client.force_login(alice)
    acme = {"id": organization.pk, "name": "Acme", "kappa": 2.0}
    assert client.get("/api/v1/organizations/").json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [acme],
    }
    assert client.get(f"/api/v1/organizations/{organization.pk}/").json() == acme


def test_somebody_without_an_organization_gets_an_empty_list(client, db, django_user_model):
    client.force_login(django_user_model.objects.create_user(username="nobody"))
    assert client.get("/api/v1/organizations/").json()["results"] == []


def test_bottlenecks_are_the_exported_document(ask, organization, carla):
    response = ask("bottlenecks/")
    assert response["Content-Type"] == "application/json"
    assert response.content == bottlenecks_export(actor=carla, organization=organization, format="json").content
    finding = bottlenecks_find(actor=carla, organization=organization)
    document = response.json()
    assert (document["delivered"], document["lost"]) == (finding.delivered, finding.lost)
    assert document["created"] == pytest.approx(document["delivered"] + document["lost"] + document["stranded"])
    assert [row["recoverable"] for row in document["handoffs"]] == [row.recoverable for row in finding.handoffs]


def test_a_member_reads_the_same_bottlenecks_although_files_are_not_for_members(ask, alice, carla):
    assert ask("bottlenecks/", user=alice).content == ask("bottlenecks/", user=carla).content


def test_bottlenecks_without_ratings_say_null(ask):
    Rating.objects.all().delete()
    document = ask("bottlenecks/").json()
    assert (document["delivered"], document["mean_yield"]) == (None, None)
    assert document["created"] == 4.0


@pytest.mark.parametrize("kind", FIELDS)
def test_fields_of_rows(ask, things, kind):
    (pk,) = {"parties": [things.party], "handoffs": [things.handoff], "ratings": [things.rating]}[kind]
    listed = ask(f"{kind}/").json()
    assert list(listed) == ["count", "next", "previous", "results"]
    assert all(list(row) == FIELDS[kind] for row in listed["results"])
    assert ask(f"{kind}/{pk}/").json() == next(row for row in listed["results"] if row["id"] == pk)


def test_a_party_is_name_and_team_without_email(ask, things):
    Party.objects.filter(pk=things.party).update(email="alice@acme.example", job="Head of paper")
    response = ask(f"parties/{things.party}/")
    team = Team.objects.get(organization_id=things.organization, name="Sales")
    assert response.json() == {
        "id": things.party,
        "code": "alice",
        "name": "Alice Adams",
        "kind": "employee",
        "team": team.pk,
        "team_name": "Sales",
        "capacity": 1.0,
    }


def test_a_handoff(ask, things):
    bob = Party.objects.get(organization_id=things.organization, code="bob")
    assert ask(f"handoffs/{things.handoff}/").json() == {
        "id": things.handoff,
        "supplier": things.party,
        "customer": bob.pk,
        "deliverable": "forecast",
        "volume": 3.0,
        "passes": None,
        "returned": None,
    }


def test_a_rating(ask, things):
    rating = Rating.objects.get(pk=things.rating)
    assert ask(f"ratings/{things.rating}/").json() == {
        "id": things.rating,
        "round": rating.round_id,
        "handoff": things.handoff,
        "supplier": things.party,
        "customer": rating.rater_id,
        "rater": rating.rater_id,
        "score": 6.0,
        "given_on": "2026-05-04",
    }


def test_parties_narrowed_and_ordered(ask, organization):
    sales = Team.objects.get(organization=organization, name="Sales").pk
    for query, found in [
        ("kind=end_customer", ["client"]),
        ("kind=employee&search=DA", ["alice", "dan"]),
        ("search=%25", []),
        ("team={sales}", ["alice", "dan"]),
        ("team={sales}&ordering=-name", ["dan", "alice"]),
        ("ordering=id", ["alice", "bob", "carla", "dan", "ext", "client"]),
        ("ordering=-id&page_size=2&page=2", ["dan", "carla"]),
    ]:
        assert codes(ask("parties/?" + query.format(sales=sales))) == found, query


def test_handoffs_narrowed_and_ordered(ask, organization):
    keys = dict(Party.objects.filter(organization=organization).values_list("code", "pk"))
    for query, deliverables in [
        ("supplier={alice}", ["forecast", "figures"]),
        ("customer={carla}", ["figures", "plan"]),
        ("supplier={alice}&customer={carla}", ["figures"]),
        ("ordering=-volume&page_size=2", ["forecast", "report"]),
        ("supplier={alice}&ordering=volume", ["figures", "forecast"]),
    ]:
        rows = ask("handoffs/?" + query.format(**keys)).json()["results"]
        assert [row["deliverable"] for row in rows] == deliverables, query


def test_ratings_narrowed_and_ordered(ask, organization):
    keys = dict(Party.objects.filter(organization=organization).values_list("code", "pk"))
    keys |= {"forecast": HandOff.objects.get(organization=organization, deliverable="forecast").pk}
    keys |= {"round": Round.objects.get(organization=organization).pk}
    ratings = Rating.objects.filter(round__organization=organization)
    ratings.filter(score=6).update(given_on=date(2026, 5, 6))
    ratings.filter(score=8).update(given_on=date(2026, 5, 1))
    ratings.filter(score=9).update(given_on=None)
    for query, found in [
        ("", [6.0, 4.0, 9.0, 8.0]),
        ("supplier={alice}", [6.0, 4.0]),
        ("customer={carla}", [4.0, 9.0]),
        ("handoff={forecast}", [6.0]),
        ("round={round}&ordering=-score", [9.0, 8.0, 6.0, 4.0]),
        ("ordering=-given_on&page_size=1", [6.0]),  # the latest
        ("ordering=given_on&page_size=1", [8.0]),  # the earliest; those without a date come last in both
    ]:
        assert scores(ask("ratings/?" + query.format(**keys))) == found, query


def test_who_sees_which_ratings_of_an_open_round(ask, alice, bob, carla, dora, erik):
    """alice -6-> bob, alice -4-> carla, bob -9-> carla, carla -8-> client; of these users only alice is a party."""
    every = [6.0, 4.0, 9.0, 8.0]
    seen = {user.username: scores(ask("ratings/", user=user)) for user in (alice, bob, carla, dora, erik)}
    assert seen == {"alice": [6.0, 4.0], "bob": every, "carla": every, "dora": [], "erik": []}


def test_of_a_pair_round_the_two_sides_alone_see_a_rating(ask, organization, alice, bob, carla, dora, erik):
    """Alice received 6 and 4 and gave 3; the coach and the manager, who are no party here, see nothing."""
    paper = HandOff.objects.get(organization=organization, deliverable="paper")
    asked = Round.objects.get(organization=organization)
    given = Rating.objects.create(round=asked, handoff=paper, rater=alice.parties.get(), score=3)
    Round.objects.filter(pk=asked.pk).update(mode="pair")
    assert sorted(scores(ask("ratings/", user=alice))) == [3.0, 4.0, 6.0]
    for user in (bob, carla, dora, erik):
        assert ask("ratings/", user=user).json()["count"] == 0
        assert ask(f"ratings/{given.pk}/", user=user).status_code == 404


def test_of_an_anonymous_round_there_are_no_ratings(ask, organization, people):
    Round.objects.filter(organization=organization).update(mode="anonymous")
    assert [ask("ratings/", user=user).json()["count"] for user in people.values()] == [0] * 5


def test_pages_follow_each_other(ask, client):
    address, seen, pages = "handoffs/?page_size=4", [], 0
    response = ask(address)
    while True:
        page, pages = response.json(), pages + 1
        seen += [row["deliverable"] for row in page["results"]]
        assert page["count"] == 6
        if page["next"] is None:
            break
        response = client.get(page["next"])
    assert (pages, len(seen), len(set(seen))) == (2, 6, 6)
    assert client.get(page["previous"]).json()["results"][0]["deliverable"] == seen[0]


def test_a_page_holds_at_most_200(ask, organization):
    Party.objects.bulk_create(
        Party(organization=organization, code=f"p{number}", name=f"P {number}", capacity=1) for number in range(250)
    )
    page = ask("parties/?page_size=100000").json()
    assert (page["count"], len(page["results"])) == (256, 200)
    assert len(ask("parties/").json()["results"]) == 50


def test_head_has_the_headers_and_no_body(client, carla, things):
    client.force_login(carla)
    response = client.head(f"/api/v1/organizations/{things.organization}/parties/")
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Type"] == "application/json"


def test_names_go_out_as_they_are(ask, things):
    name = '<script>alert("1")</script> Łucja \u202e'
    Party.objects.filter(pk=things.party).update(name=name)
    response = ask(f"parties/{things.party}/")
    assert json.loads(response.content)["name"] == name
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
