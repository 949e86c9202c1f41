"""What the database itself refuses, on SQLite and PostgreSQL alike, whoever writes."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from chainmap.models import HandOff, Membership, Organization, Party, Rating, Round, Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(organization):
    return {party.code: party for party in Party.objects.filter(organization=organization)}


@pytest.fixture
def rating(organization):
    return Rating.objects.filter(round__organization=organization).order_by("pk").first()


def refused(write):
    """Whether the database refuses the write."""
    try:
        with transaction.atomic():
            write()
            if connection.vendor == "postgresql":
                connection.check_constraints()
    except IntegrityError:
        return True
    return False


def link(organization, supplier, customer, **values):
    return lambda: HandOff.objects.create(
        organization=organization, supplier=supplier, customer=customer, **{"deliverable": "x", **values}
    )


def test_no_handoff_to_oneself(organization, party):
    assert refused(link(organization, party["alice"], party["alice"]))


@pytest.mark.parametrize("volume", [0, -1, float("inf"), float("nan")])
def test_volume_is_positive_and_finite(organization, party, volume):
    assert refused(link(organization, party["alice"], party["dan"], volume=volume))


def test_nothing_leaves_an_end_customer(organization, party):
    assert refused(link(organization, party["client"], party["alice"]))
    handoff = HandOff.objects.get(supplier=party["alice"], customer=party["bob"])
    assert refused(lambda: HandOff.objects.filter(pk=handoff.pk).update(supplier=party["client"]))


def test_a_party_that_gives_does_not_become_an_end_customer(party):
    assert refused(lambda: Party.objects.filter(pk=party["alice"].pk).update(kind="end_customer"))
    assert not refused(lambda: Party.objects.filter(pk=party["dan"].pk).update(kind="end_customer"))


@pytest.mark.parametrize("foreign", ["supplier", "customer"])
def test_both_ends_belong_to_the_organization(organization, other_organization, party, foreign):
    stranger = Party.objects.get(organization=other_organization, code="dan")
    ends = {"supplier": party["alice"], "customer": party["dan"], foreign: stranger}
    assert refused(link(organization, **ends))


def test_a_party_with_handoffs_keeps_its_organization(other_organization, party):
    team_free = Party.objects.filter(pk=party["ext"].pk)
    assert refused(lambda: team_free.update(organization=other_organization))


def test_a_party_and_its_team_belong_together(other_organization, party):
    team = Team.objects.filter(organization=other_organization).first()
    assert refused(lambda: Party.objects.filter(pk=party["dan"].pk).update(team=team))


def test_the_same_deliverable_is_handed_over_once(organization, party):
    assert refused(link(organization, party["alice"], party["bob"], deliverable="forecast"))
    assert not refused(link(organization, party["alice"], party["bob"], deliverable="gossip"))


@pytest.mark.parametrize(
    ("passes", "returned"), [(None, 1), (3, None), (0, 0), (3, 4), (3, -1)], ids=lambda value: str(value)
)
def test_passes_and_returns_agree(organization, party, passes, returned):
    assert refused(link(organization, party["alice"], party["dan"], passes=passes, returned=returned))


@pytest.mark.parametrize("score", [-0.1, 10.1, float("inf"), float("nan")])
def test_a_score_is_0_to_10(rating, score):
    assert refused(lambda: Rating.objects.filter(pk=rating.pk).update(score=score))


@pytest.mark.parametrize("day", [date(2026, 6, 1), None])
def test_one_rating_per_rater_handoff_round_and_date(rating, day):
    again = {"round": rating.round, "handoff": rating.handoff, "rater": rating.rater, "given_on": day}
    Rating.objects.create(score=3, **again)
    assert refused(lambda: Rating.objects.create(score=4, **again))


def test_nobody_rates_what_they_gave(rating):
    assert refused(lambda: Rating.objects.filter(pk=rating.pk).update(rater=rating.handoff.supplier))


@pytest.mark.parametrize("foreign", ["round", "handoff", "rater"])
def test_the_sides_of_a_rating_belong_to_one_organization(rating, other_organization, foreign):
    strangers = {
        "round": Round.objects.get(organization=other_organization),
        "handoff": HandOff.objects.filter(organization=other_organization).first(),
        "rater": Party.objects.get(organization=other_organization, code="dan"),
    }
    assert refused(lambda: Rating.objects.filter(pk=rating.pk).update(**{foreign: strangers[foreign]}))


@pytest.mark.parametrize(
    "write",
    [
        lambda organization: Organization.objects.create(name=organization.name),
        lambda organization: Organization.objects.create(name=""),
        lambda organization: Organization.objects.create(name="Third", kappa=-1),
        lambda organization: Team.objects.create(organization=organization, name="Sales"),
        lambda organization: Party.objects.create(organization=organization, code="alice", name="A", capacity=1),
        lambda organization: Party.objects.create(organization=organization, code="new", name="", capacity=1),
        lambda organization: Party.objects.create(organization=organization, code="new", name="N", capacity=-1),
        lambda organization: Party.objects.create(
            organization=organization, code="new", name="N", capacity=1, kind="robot"
        ),
        lambda organization: Round.objects.create(organization=organization, name="Spring"),
        lambda organization: Round.objects.create(organization=organization, name="Autumn", mode="secret"),
    ],
)
def test_names_kinds_and_modes(organization, write):
    assert refused(lambda: write(organization))


def test_a_role_is_held_once_and_known(organization, alice):
    assert refused(lambda: Membership.objects.create(organization=organization, user=alice, role="member"))
    assert refused(lambda: Membership.objects.create(organization=organization, user=alice, role="emperor"))
