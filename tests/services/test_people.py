"""Names: who is suggested, whom a text means, and who left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.records import PartyKind
from chainmap.models import Party
from chainmap.services.own import OwnProblem
from chainmap.services.people import Unclear, party_leave, people_near, people_suggest, person_label, person_resolve
from tests.pair import party

pytestmark = pytest.mark.django_db


def add(organization, code, name, team=None, kind="employee"):
    return Party.objects.create(organization=organization, code=code, name=name, team=team, kind=kind, capacity=0.0)


def labels(user, organization, text):
    return [one.label for one in people_suggest(user=user, organization=organization, text=text)]


def test_names_that_begin_with_the_text_come_first_whatever_its_case(organization, alice):
    add(organization, "b1", "Ann Bobbin")
    assert labels(alice, organization, "BOB") == ["Bob Brown", "Ann Bobbin"]
    assert labels(alice, organization, "plann") == ["Bob Brown"], "by team"
    assert labels(alice, organization, "mill") == ["Paper mill"], "external suppliers too"
    assert labels(alice, organization, "nobody") == labels(alice, organization, " ") == []


def test_at_most_twelve_and_one_letter_is_enough(organization, alice):
    for number in range(30):
        add(organization, f"z{number}", f"Zora {number:02}")
    assert labels(alice, organization, "z") == [f"Zora {number:02}" for number in range(12)]


def test_names_of_every_script_are_found_and_shown_without_what_turns_the_direction(organization, alice):
    add(organization, "t", "\u202egnp.exe \u05d3\u05df")
    add(organization, "e", "Élodie ŁÓDŹ")
    assert labels(alice, organization, "gnp") == ["gnp.exe דן"]
    assert labels(alice, organization, "éLO") == ["Élodie ŁÓDŹ"]
    assert person_resolve(user=alice, organization=organization, text="gnp.exe דן").code == "t"
    assert person_resolve(user=alice, organization=organization, text="élodie łódź").code == "e"


def test_the_same_name_twice_is_told_apart_by_team_or_code(organization, alice):
    """Two Sams in two teams, and two Kims without one."""
    sales, planning = organization.teams.get(name="Sales"), organization.teams.get(name="Planning")
    add(organization, "s1", "Sam", sales)
    add(organization, "s2", "Sam", planning)
    add(organization, "k1", "Kim")
    add(organization, "k2", "Kim")
    assert labels(alice, organization, "sam") == ["Sam · Sales", "Sam · Planning"]
    assert labels(alice, organization, "kim") == ["Kim · k1", "Kim · k2"]
    assert person_resolve(user=alice, organization=organization, text="sam · PLANNING").code == "s2"
    assert person_resolve(user=alice, organization=organization, text="Kim · k2").code == "k2"
    assert person_label(user=alice, organization=organization, party=party(organization, "s1")) == "Sam · Sales"
    with pytest.raises(OwnProblem) as problem:
        person_resolve(user=alice, organization=organization, text="Sam")
    assert problem.value.code == "ambiguous"
    assert "“Sam · Sales”, “Sam · Planning”" in str(problem.value)


def test_a_label_means_the_same_however_few_kinds_are_meant(organization, alice):
    """An end customer of the same name: the label of the colleague needs more, also where only people are meant."""
    add(organization, "c9", "Bob Brown", kind="end_customer")
    (label, *_rest) = labels(alice, organization, "bob brown")
    assert label == "Bob Brown · Planning"
    kinds = {PartyKind.EMPLOYEE}
    assert person_resolve(user=alice, organization=organization, text=label, kinds=kinds).code == "bob"
    assert person_resolve(user=alice, organization=organization, text="bob brown", kinds=kinds).code == "bob"
    assert person_resolve(user=alice, organization=organization, text="The client", kinds=kinds) is None


def resolved(user, organization, text, **more):
    found = person_resolve(user=user, organization=organization, text=text, **more)
    return found and found.code


def test_a_first_name_a_last_name_or_a_beginning_will_do_where_one_alone_has_it(organization, alice):
    """Bob Brown and Carla Conti of the pair; Tom Okafor, and a Tomas who makes "tom" two."""
    add(organization, "t", "Tom Okafor")
    add(organization, "anne", "Anne-Marie Lindqvist")
    for text, code in (("Tom", "t"), ("oka", "t"), ("TOM OK", "t"), ("BR", "bob"), ("marie", "anne"), ("t", "t")):
        assert resolved(alice, organization, text) == code, text
    for text in ("m", "om", "afor", "Okafor Tom", "-", "·"):  # one letter, or not the beginning of a word
        assert resolved(alice, organization, text) is None, text
    add(organization, "t2", "Tomas Berg")
    with pytest.raises(Unclear, match=r"“Tom” could mean several.*“Tom Okafor”, “Tomas Berg”") as problem:
        resolved(alice, organization, "Tom")
    assert (problem.value.code, problem.value.choices) == ("ambiguous", ("Tom Okafor", "Tomas Berg"))
    assert resolved(alice, organization, "toma") == "t2"


def test_a_whole_name_comes_before_every_longer_one_and_accents_need_not_be_written(organization, alice):
    add(organization, "i", "Inés Vidal")
    add(organization, "j", "Ines Vidalgo")
    add(organization, "l", "Łukasz Ørsted")
    add(organization, "h", "हिन्दी राम")
    assert resolved(alice, organization, "ines vidal") == "i", "the whole name but for the accent"
    assert resolved(alice, organization, "INÉS VIDALG") == "j"
    assert resolved(alice, organization, "lukasz") == resolved(alice, organization, "orst") == "l"
    assert resolved(alice, organization, "राम") == "h"
    assert labels(alice, organization, "ines") == ["Ines Vidalgo", "Inés Vidal"]


def test_beginnings_mean_only_the_kinds_asked_for_and_nobody_who_left(organization, alice):
    kinds = {PartyKind.EMPLOYEE}
    assert resolved(alice, organization, "pap") is not None
    assert resolved(alice, organization, "pap", kinds=kinds) is None, "the mill is no employee"
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 3, 1))
    assert resolved(alice, organization, "brow") is None


def test_of_many_five_are_named(organization, alice):
    for number in range(8):
        add(organization, f"z{number}", f"Zora {number:02}")
    with pytest.raises(Unclear, match="“Zora 04” and 3 more") as problem:
        resolved(alice, organization, "zora")
    assert len(problem.value.choices) == 5


def test_one_letter_off_is_near_and_two_are_not(organization, alice):
    add(organization, "t", "Tom Okafor")

    def near(text, **more):
        return people_near(user=alice, organization=organization, text=text, **more)

    for text in ("Tpm", "Toom", "okaffor", "Tom Okafro", "Tom Okaforr", "Tmo"):
        assert near(text) == ["Tom Okafor"], text
    for text in ("Txy", "to", "the people upstairs", "", "?"):
        assert near(text) == [], text
    assert near("Papr mill", kinds={PartyKind.EMPLOYEE}) == []
    Party.objects.filter(organization=organization, code="t").update(left_on=date(2026, 3, 1))
    assert near("Tpm") == []


def test_a_stranger_is_told_of_nobody_near(organization, zoe):
    with pytest.raises(NotFound):
        people_near(user=zoe, organization=organization, text="Bib Brown")


def test_only_two_queries_whoever_asks(organization, alice, django_assert_num_queries):
    for number in range(200):
        add(organization, f"z{number}", f"Zora {number}")
    with django_assert_num_queries(2):
        people_suggest(user=alice, organization=organization, text="zo")
    with django_assert_num_queries(2):
        assert person_resolve(user=alice, organization=organization, text="nobody at all") is None


def test_strangers_are_told_nothing(organization, other_organization, zoe, alice):
    with pytest.raises(NotFound):
        people_suggest(user=zoe, organization=organization, text="bob")
    with pytest.raises(NotFound):
        person_resolve(user=zoe, organization=organization, text="Bob Brown")
    assert labels(alice, organization, "canary") == [], "nor are members of one organization told of another"


def test_who_left_is_not_suggested_and_their_name_says_so(organization, alice, dora):
    left = party_leave(
        actor=dora, organization=organization, party=party(organization, "bob").pk, left_on=date(2026, 3, 1)
    )
    assert left.left_on == date(2026, 3, 1)
    assert labels(alice, organization, "bob") == []
    with pytest.raises(OwnProblem, match="Bob Brown left on 1 March 2026") as problem:
        person_resolve(user=alice, organization=organization, text="bob brown")
    assert problem.value.code == "left"
    party_leave(actor=dora, organization=organization, party=left.pk, left_on=None)
    assert labels(alice, organization, "bob") == ["Bob Brown"]


def test_only_administrators_say_who_left_and_only_of_days_that_are_over(
    organization, other_organization, alice, bob, dora, zoe
):
    someone = party(organization, "carla")
    for actor, error in ((alice, PermissionDenied), (bob, PermissionDenied), (zoe, NotFound)):
        with pytest.raises(error):
            party_leave(actor=actor, organization=organization, party=someone.pk, left_on=date(2026, 3, 1))
    with pytest.raises(NotFound):
        party_leave(
            actor=dora, organization=organization, party=party(other_organization, "bob").pk, left_on=date(2026, 3, 1)
        )
    tomorrow = timezone.localdate() + timedelta(days=1)
    for day, code in ((tomorrow, "future"), (date(1, 1, 1), "year")):
        with pytest.raises(OwnProblem) as problem:
            party_leave(actor=dora, organization=organization, party=someone.pk, left_on=day)
        assert problem.value.code == code
    someone.refresh_from_db()
    assert someone.left_on is None


def test_nobody_says_of_their_own_other_side_that_they_left(organization, dora):
    """Dora would decide alone about what two people agreed."""
    Party.objects.filter(organization=organization, code="alice").update(user=dora)
    for code in ("bob", "alice"):
        with pytest.raises(OwnProblem, check=lambda problem: problem.code == "concerned"):
            party_leave(
                actor=dora, organization=organization, party=party(organization, code).pk, left_on=date(2026, 3, 1)
            )
    assert not Party.objects.filter(left_on__isnull=False).exists()
