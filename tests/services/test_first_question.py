"""The first question: what is meant, what the chain says, and what everybody may know of all answers."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.first_clients import ClientBasis
from chainmap.domain.texts import TextFault
from chainmap.models import ClientAnswer, GroupFigure, HandOff, Membership, Party, Rating
from chainmap.services.analysis import analysis_find, party_chain_find
from chainmap.services.first_question import (
    chain_client_of,
    clarity_find,
    client_answer_find,
    client_answer_save,
    matches,
)
from chainmap.services.own import OwnProblem, own_party
from chainmap.services.people import Unclear
from tests.pair import party

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(alice, organization):
    return lambda words, user=alice, **more: client_answer_save(
        user=user, organization=organization, words=words, **more
    )


def chain_client_find(*, user, organization):
    """Whom the chain shows as this person's most important client."""
    return chain_client_of(
        analysis_find(actor=user, organization=organization), own_party(user=user, organization=organization)
    )


def join(organization, code):
    """A member who stands for the party."""
    user = User.objects.create(username=f"user {code}")
    Membership.objects.create(organization=organization, user=user, role="member")
    Party.objects.filter(organization=organization, code=code).update(user=user)
    return user


def test_a_name_is_the_party_it_means(save, alice, organization):
    answer = save("  bob   BROWN ")
    assert (answer.words, answer.client.code) == ("bob BROWN", "bob")
    assert client_answer_find(user=alice, organization=organization) == answer
    assert save("The client").client.kind == "end_customer"
    assert ClientAnswer.objects.count() == 1, "changed, not added"


def test_i_do_not_know_is_an_answer(save, alice, organization):
    assert client_answer_find(user=alice, organization=organization) is None
    answer = save("")
    assert (answer.words, answer.client) == ("", None)
    assert client_answer_find(user=alice, organization=organization) == answer
    assert not matches(answer, chain_client_find(user=alice, organization=organization))


def test_words_that_mean_nobody_are_kept_as_words(save):
    for words in (
        "the people upstairs",
        "Paper mill",
        "CANARY Bob Brown",
    ):  # an external supplier serves, and is not served
        answer = save(words)
        assert (answer.words, answer.client) == (words, None)


def test_a_first_name_is_the_party_it_means(save):
    assert save("bob").client.code == "bob"
    assert save("Conti").client.code == "carla"


def test_nearly_a_name_is_asked_about_and_kept_as_written_where_it_is_meant(save):
    with pytest.raises(Unclear, match="Nobody in the chain is called “Bib Brown”") as refused:
        save("Bib Brown")
    assert (refused.value.code, refused.value.field, refused.value.choices) == ("near", "words", ("Bob Brown",))
    assert ClientAnswer.objects.count() == 0
    answer = save("Bib Brown", as_written=True)
    assert (answer.words, answer.client) == ("Bib Brown", None)
    assert save("bob", as_written=True).client.code == "bob", "only what is unclear is taken as written"


def test_another_organization_s_names_mean_nobody(save, other_organization):
    Party.objects.filter(organization=other_organization, code="bob").update(name="Only There")
    assert save("Only There").client is None


def test_several_of_one_name_are_named_to_choose_from(save, organization):
    Party.objects.create(organization=organization, code="bob2", name="Bob Brown", capacity=1)
    with pytest.raises(OwnProblem) as refused:
        save("Bob Brown")
    assert (refused.value.code, refused.value.field) == ("ambiguous", "words")
    assert "“Bob Brown · Planning”" in str(refused.value)
    assert "“Bob Brown · bob2”" in str(refused.value)
    assert ClientAnswer.objects.count() == 0
    assert save("Bob Brown · Planning").client.code == "bob"


def test_somebody_who_left_is_said_so(save, organization):
    save("Carla Conti")
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 5, 4))
    with pytest.raises(OwnProblem) as refused:
        save("bob brown")
    assert (refused.value.code, refused.value.field) == ("left", "words")
    assert str(refused.value).startswith("Bob Brown left on 4 May 2026")
    assert ClientAnswer.objects.get().client.code == "carla", "the former answer stays"


def test_a_namesake_who_is_still_here_is_meant(save, organization):
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 5, 4))
    here = Party.objects.create(organization=organization, code="bob2", name="Bob Brown", capacity=1)
    assert save("Bob Brown").client == here


def test_oneself_is_no_client(save):
    with pytest.raises(OwnProblem, match="That is you") as refused:
        save("Alice Adams")
    assert refused.value.field == "words"


def test_what_does_not_fit_is_refused_whole(save):
    with pytest.raises(TextFault):
        save("x" * 201)
    with pytest.raises(TextFault):
        save("Bob\x00")
    assert ClientAnswer.objects.count() == 0
    assert save("\u202eBob Brown").client.code == "bob", "a mark that turns the direction is not part of a name"


def test_only_who_stands_for_a_party_is_asked(organization, carla, zoe):
    for user in (carla, zoe):
        for asked in (client_answer_find, chain_client_find):
            with pytest.raises(NotFound):
                asked(user=user, organization=organization)
        with pytest.raises(NotFound):
            client_answer_save(user=user, organization=organization, words="Bob Brown")


def test_the_chain_shows_the_client_with_the_largest_share(save, alice, organization):
    """alice gives 3 of 4 to bob: the same figure as on her page in the chain."""
    found = chain_client_find(user=alice, organization=organization)
    shown = party_chain_find(actor=alice, organization=organization, party=party(organization, "alice"))
    assert (found.name, found.basis) == ("Bob Brown", ClientBasis.SHARE)
    assert found.share == shown.customers[0].share
    assert matches(save("Bob Brown"), found)
    assert not matches(save("Carla Conti"), found)


def test_before_the_first_rating_it_is_the_volume(alice, organization):
    Rating.objects.all().delete()
    organization.touch()
    found = chain_client_find(user=alice, organization=organization)
    assert (found.name, found.basis, found.share, found.volume) == ("Bob Brown", ClientBasis.UNRATED, None, 3.0)


def test_who_hands_nothing_on_has_no_client(organization):
    assert chain_client_find(user=join(organization, "dan"), organization=organization) is None


def test_who_came_after_the_analysis_has_no_client_yet(alice, organization):
    chain_client_find(user=alice, organization=organization)
    Party.objects.create(organization=organization, code="late", name="Late", capacity=1)
    late = join(organization, "late")
    assert chain_client_find(user=late, organization=organization) is None


@pytest.fixture
def crowd(organization):
    """Twelve givers g0..g11, each to bob alone, with a user each."""
    bob = party(organization, "bob")
    made = []
    for number in range(12):
        giver = Party.objects.create(organization=organization, code=f"g{number}", name=f"Giver {number}", capacity=1)
        HandOff.objects.create(organization=organization, supplier=giver, customer=bob)
        made.append(join(organization, giver.code))
    organization.touch()
    return made


def test_clarity_is_published_from_six_people_on(organization, crowd, save):
    for user in crowd[:5]:
        save("Bob Brown", user)
    assert clarity_find(actor=OPERATOR, organization=organization).people is None
    save("", crowd[5])
    found = clarity_find(actor=OPERATOR, organization=organization)
    assert (found.people, found.share, found.half_or_more) == ("5-7", None, True), "of so few no steps of 10 %"
    assert ClientAnswer.objects.filter(is_counted=True).count() == 6


def test_it_is_published_again_only_after_six_new_or_other_answers(organization, crowd, save):
    for user in crowd[:6]:
        save("Bob Brown", user)
    before = GroupFigure.objects.values().get()
    for user in crowd[:5]:
        save("Carla Conti", user)
    for user in crowd[:5]:
        save("Carla Conti", user)  # the same again is no change
    assert GroupFigure.objects.values().get() == before
    save("", crowd[6])
    found = clarity_find(actor=OPERATOR, organization=organization)
    assert (found.people, found.half_or_more) == ("5-7", False), "one of seven"


def test_the_same_answer_again_stays_counted(organization, crowd, save):
    for user in crowd[:6]:
        save("Bob Brown", user)
    save("Bob Brown", crowd[0])
    assert ClientAnswer.objects.filter(is_counted=False).count() == 0
    save("Bob", crowd[0])
    assert ClientAnswer.objects.filter(is_counted=False).count() == 1


def test_from_21_people_on_the_share_has_steps_of_ten(organization, crowd, save, alice):
    """31 answers, of which 18 name bob: 58 %. Published at the first, the 7th and the 13th of those saved here."""
    made = Party.objects.bulk_create(
        Party(organization=organization, code=f"h{number}", name=f"Helper {number}", capacity=1) for number in range(18)
    )
    bob = party(organization, "bob")
    HandOff.objects.bulk_create(HandOff(organization=organization, supplier=each, customer=bob) for each in made)
    organization.touch()
    ClientAnswer.objects.bulk_create(
        ClientAnswer(party=each, words="Bob Brown", client=bob, answered_on=date(2026, 5, 4)) for each in made
    )
    for user in crowd:
        save("", user)
    save("Carla Conti")
    found = clarity_find(actor=alice, organization=organization)
    assert (found.people, found.share) == (">20", 60)


def test_those_who_left_are_not_counted(organization, crowd, save):
    for user in crowd[:5]:
        save("Bob Brown", user)
    Party.objects.filter(code="g0").update(left_on=date(2026, 5, 4))
    save("Bob Brown", crowd[5])
    assert clarity_find(actor=OPERATOR, organization=organization).people is None


def test_claims_are_counted_over_hand_offs_of_two_people_of_the_house(organization, crowd, django_assert_num_queries):
    """12 to bob and 4 among alice, bob and carla; paper and report have an end outside."""
    rows = list(HandOff.objects.filter(organization=organization).order_by("pk"))
    HandOff.objects.update(supplier_says="yes")
    HandOff.objects.filter(pk__in=[rows[1].pk, rows[2].pk]).update(customer_says="yes")
    HandOff.objects.filter(pk=rows[3].pk).update(customer_says="no")
    HandOff.objects.filter(supplier__code="g0").update(supplier_says="")
    HandOff.everything.filter(supplier__code="g1").update(is_removed=True)
    Party.objects.filter(code="g2").update(left_on=date(2026, 5, 4))
    with django_assert_num_queries(2):
        claims = clarity_find(actor=OPERATOR, organization=organization).claims
    assert (claims.confirmable, claims.both, claims.disputed, claims.nobody) == (14, 2, 1, 1)
    assert claims.one_sided == 10


def test_few_hand_offs_say_nothing_of_claims(organization, alice, zoe):
    assert clarity_find(actor=alice, organization=organization).claims is None, "four between people of the house"
    with pytest.raises(NotFound):
        clarity_find(actor=zoe, organization=organization)
