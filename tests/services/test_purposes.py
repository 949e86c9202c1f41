"""Purposes: for everybody to read; written by those who may, without one writing over another."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.texts import TextFault
from chainmap.models import Party, Purpose, Team
from chainmap.services.own import EditConflict
from chainmap.services.purposes import purpose_find, purpose_set, purpose_texts, purposes_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams(organization):
    return {team.name: team.pk for team in Team.objects.filter(organization=organization)}


@pytest.fixture
def write(organization):
    def write_(user, team=None, text="We help.", version=0):
        return purpose_set(user=user, organization=organization, team=team, text=text, version=version)

    return write_


def test_coach_manager_and_administrator_write_the_organization_s(write, organization, bob, carla, dora, alice, erik):
    assert write(bob, text="one").version == 1
    assert write(carla, text="two", version=1).version == 2
    assert write(dora, text="three", version=2).text == "three"
    for user in (alice, erik):
        with pytest.raises(PermissionDenied):
            write(user, text="mine", version=3)
    assert purpose_texts(actor=erik, organization=organization).organization == "three"
    assert Purpose.objects.get().changed_by == dora


def test_a_team_s_own_people_write_theirs_and_no_other(write, teams, organization, alice, erik, carla):
    """Alice is in Sales; the manager may write any; who left Sales may not any more."""
    assert write(alice, teams["Sales"], "We listen.").text == "We listen."
    for team in (teams["Planning"], None):
        with pytest.raises(PermissionDenied):
            write(alice, team)
    with pytest.raises(PermissionDenied):
        write(erik, teams["Sales"], version=1)
    write(carla, teams["Planning"], "We keep promises.")
    texts = purpose_texts(actor=alice, organization=organization)
    assert (texts.organization, texts.teams) == (
        "", {teams["Sales"]: "We listen.", teams["Planning"]: "We keep promises."},
    )  # fmt: skip
    Party.objects.filter(organization=organization, code="alice").update(left_on=date(2026, 1, 1))
    with pytest.raises(PermissionDenied):
        write(alice, teams["Sales"], version=1)


def test_another_organization_s_team_is_like_one_that_never_was(write, other_organization, carla, zoe, organization):
    theirs = Team.objects.filter(organization=other_organization).first().pk
    for team in (theirs, 10**9):
        with pytest.raises(NotFound):
            write(carla, team)
    for call in (
        lambda: write(zoe),
        lambda: purpose_find(user=zoe, organization=organization, team=None),
        lambda: purpose_texts(actor=zoe, organization=organization),
        lambda: purposes_list(user=zoe, organization=organization),
    ):
        with pytest.raises(NotFound):
            call()
    assert not Purpose.objects.exists()


def test_two_edits_at_once_lose_nothing(write, bob, carla, organization):
    write(bob, text="first")
    with pytest.raises(EditConflict) as conflict:
        write(carla, text="second", version=0)
    assert (conflict.value.stored, conflict.value.version, conflict.value.by) == ({"text": "first"}, 1, "Bob")
    assert purpose_texts(actor=OPERATOR, organization=organization).organization == "first"
    write(carla, text="second", version=1)


def test_an_empty_text_takes_it_away_and_an_old_page_still_cannot_write_over_the_next(write, bob, carla, organization):
    write(bob, text="first")
    assert write(bob, text=" \n ", version=1).text == ""
    assert purpose_texts(actor=bob, organization=organization).organization == ""
    assert purpose_find(user=bob, organization=organization, team=None).version == 2
    write(bob, text="anew", version=2)
    with pytest.raises(EditConflict):
        write(carla, text="from the page of the first", version=1)


def test_a_text_that_is_too_long_is_refused(write, bob):
    with pytest.raises(TextFault):
        write(bob, text="x" * 10_000)
    assert not Purpose.objects.exists()


def test_the_list_has_what_is_written_and_what_the_reader_may_write(write, teams, organization, alice, erik, carla):
    write(carla, teams["Planning"], "We keep promises.")

    def listed(user):
        seen = purposes_list(user=user, organization=organization)
        return [(one.team.name, one.text != "", one.may_change) for one in seen.teams], seen.own_team

    planning, sales = ("Planning", True, False), ("Sales", False, True)
    assert listed(erik) == ([planning], None)
    assert listed(alice) == ([planning, sales], teams["Sales"])
    assert listed(carla) == ([("Delivery", False, True), ("Planning", True, True), sales], None)


def test_queries_do_not_grow_with_the_teams(organization, carla, django_assert_num_queries):
    for count in (3, 60):
        new = count - Team.objects.filter(organization=organization).count()
        made = Team.objects.bulk_create(Team(organization=organization, name=f"T{number}") for number in range(new))
        Purpose.objects.bulk_create(Purpose(organization=organization, team=team, text="why") for team in made)
        with django_assert_num_queries(5):
            assert [one.team.name for one in purposes_list(user=carla, organization=organization).teams]
