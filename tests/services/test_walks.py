"""Walks as one reader may see them: figures of the analysis, words only where they may be read."""

from __future__ import annotations

import pytest

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.exercise_entries import MomentEntry
from chainmap.domain.exercise_results import result_to_json
from chainmap.domain.exercise_tallies import Said, tally_moments
from chainmap.domain.moments import CoachingRules, Moment
from chainmap.domain.reasons import Reason
from chainmap.models import Exercise, HandOff, Participant, Party, Purpose, Rating, Round, Team
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.exercise_rooms import rules_of
from chainmap.services.moments import moment_tell
from chainmap.services.shown_findings import finding_shown
from chainmap.services.walk_sayings import QuoteKind
from chainmap.services.walks import WayGone, walk_find, walk_start
from chainmap.services.workshops import WorkshopPlan, workshop_create
from tests.crowd import close, make_round, save
from tests.pair import give_account, handoff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(organization):
    return {party.code: party.pk for party in Party.objects.filter(organization=organization)}


def texts(seen, step):
    return [quote.text for quote in seen.quotes[step]]


def test_the_figures_are_those_of_the_analysis(organization, alice, key):
    """Alice gives three quarters to Bob: left = 100 * 3/4 * y, and so on down to the client."""
    finding = bottlenecks_find(actor=OPERATOR, organization=organization)
    yields = {(one.supplier, one.customer): one.yield_ for one in finding.handoffs}
    seen = walk_find(actor=alice, organization=organization, party=key["alice"])
    assert seen.keys == (key["alice"], key["bob"], key["carla"], key["client"])
    expected = 0.75 * yields["alice", "bob"] * yields["bob", "carla"] * 2 / 3 * yields["carla", "client"]
    assert seen.walk.left == pytest.approx(expected)
    assert abs(int(seen.said.left) - 100 * expected) < 1  # rounded together with the other parts
    numbers = [int(seen.said.lost), int(seen.said.elsewhere), int(seen.said.left)]
    assert sum(numbers) == 100
    assert [step.is_worst for step in seen.said.steps] == [True, False, False]


def test_a_start_offers_oneself_the_largest_losses_and_who_is_found(organization, alice, bob, key):
    start = walk_start(actor=alice, organization=organization, find="CO")
    assert start.own.party.key == key["alice"]
    assert start.suggested[0].place == "Between Alice Adams and Bob Brown"
    assert len(start.suggested) == 3
    assert [one.name for one in start.found] == ["Carla Conti"]
    assert walk_start(actor=bob, organization=organization).own is None
    assert walk_start(actor=bob, organization=organization, find="nobody at all").total == 0


def test_strangers_unknown_parties_and_gone_ways(organization, other_organization, zoe, alice, key):
    theirs = Party.objects.filter(organization=other_organization).first().pk
    with pytest.raises(NotFound):
        walk_find(actor=zoe, organization=organization, party=key["alice"])
    for party in (theirs, 10**9):
        with pytest.raises(NotFound):
            walk_find(actor=alice, organization=organization, party=party)
    for way in ([theirs], [10**9], [key["client"]], [key["bob"], key["alice"]]):
        with pytest.raises(WayGone):
            walk_find(actor=alice, organization=organization, party=key["alice"], way=way)
    turned = walk_find(actor=alice, organization=organization, party=key["alice"], way=[key["carla"]])
    assert turned.keys == (key["alice"], key["carla"], key["client"])


@pytest.fixture
def said(organization, people):
    """An open round in which Bob, Carla and Alice say something of the hand-offs they receive."""
    for name in ("bob", "carla"):
        give_account(organization, name)
    asked = make_round(organization, mode=Round.Mode.OPEN)
    late = Card(score=4, reason=Reason.LATE, comment="comes on Fridays")
    for supplier, customer, card in (("alice", "bob", late), ("bob", "carla", Card(score=9, comment="always clear"))):
        ask = asked.asks.get(handoff__supplier__code=supplier, handoff__customer__code=customer)
        save(asked, ask, card)
    return close(asked)


def test_words_of_open_rounds_are_for_those_who_see_the_ratings(organization, said, people, key):
    def words_for(user, **more):
        return walk_find(actor=people[user], organization=organization, party=key["alice"], **more)

    coach = words_for("bob")
    assert texts(coach, 0) == ["comes on Fridays", "late"]
    assert texts(coach, 1) == ["always clear"]
    assert texts(words_for("carla", round=said), 1) == ["always clear"]
    member = words_for("alice")  # she gave the forecast, and has nothing to do with the plan
    assert texts(member, 0) == ["comes on Fridays", "late"]
    assert texts(member, 1) == []
    assert texts(words_for("dora"), 0) == texts(words_for("erik"), 0) == []
    assert texts(words_for("bob", aloud=True), 0) == []


def test_words_of_another_round_are_not_told_of_this_one(organization, said, bob, key):
    spring = organization.rounds.get(name="Spring")
    assert texts(walk_find(actor=bob, organization=organization, party=key["alice"], round=spring), 0) == []


def test_moments_are_for_their_two_sides_alone(organization, people, key):
    give_account(organization, "bob")
    forecast = handoff_of(organization, "alice", "bob")
    moment_tell(user=people["bob"], organization=organization, handoff=forecast.pk, kind="magic", words="saved my week")
    seen = {
        name: walk_find(actor=people[name], organization=organization, party=key["alice"]).quotes[0]
        for name in ("alice", "bob", "carla", "dora", "erik")
    }
    assert [(quote.kind, quote.text) for quote in seen["alice"]] == [(QuoteKind.MAGIC, "saved my week")]
    assert seen["bob"] == seen["alice"]
    assert seen["carla"] == seen["dora"] == seen["erik"] == ()


def test_the_last_purpose_is_that_of_the_team_before_the_end_customer(organization, alice, key):
    team = Team.objects.get(organization=organization, name="Delivery")
    Purpose.objects.create(organization=organization, team=team, text="Nobody waits")
    Purpose.objects.create(organization=organization, text="Paper that people keep")
    seen = walk_find(actor=alice, organization=organization, party=key["alice"])
    assert (seen.last_team, seen.last_purpose, seen.purpose) == ("Delivery", "Nobody waits", "Paper that people keep")


def test_without_a_rating_there_is_a_walk_without_figures(organization, alice, key):
    Rating.objects.all().delete()
    organization.touch()
    seen = walk_find(actor=alice, organization=organization, party=key["alice"])
    assert seen.said.steps[0].lost == ""
    assert "nobody has said yet" in seen.said.headline
    assert walk_start(actor=alice, organization=organization).suggested == ()


def test_whoever_hands_nothing_on_is_told_so(organization, alice, key):
    dan = walk_find(actor=alice, organization=organization, party=key["dan"])
    client = walk_find(actor=alice, organization=organization, party=key["client"])
    assert "no way leads on" in dan.said.headline
    assert "every walk ends here" in client.said.headline
    assert HandOff.objects.filter(supplier__code="dan").count() == 0


@pytest.fixture
def revealed(organization, bob):
    """An open workshop whose magic and misery were revealed: one about the forecast, one about nothing at all."""
    made = workshop_create(actor=bob, organization=organization, plan=WorkshopPlan(name="Friday"))
    forecast = handoff_of(organization, "alice", "bob")
    result = tally_moments(
        [Said("one", MomentEntry(Moment.MISERY, "it came on Friday", forecast.pk), None)],
        rules_of(made),
        rules=CoachingRules(),
    )
    Exercise.objects.filter(workshop=made, kind="moments").update(
        state=Exercise.State.REVEALED, result=result_to_json(result)
    )
    return made


def test_what_a_workshop_revealed_is_heard_by_the_whole_room(organization, bob, key, revealed):
    def heard():
        shown = finding_shown(actor=bob, organization=organization, workshop=revealed)
        seen = walk_find(actor=bob, organization=organization, party=key["alice"], finding=shown, aloud=True)
        return [(quote.kind, quote.text) for quote in seen.quotes[0]]

    assert heard() == [(QuoteKind.ROOM, "it came on Friday")]
    Exercise.objects.filter(workshop=revealed).update(state=Exercise.State.RUNNING)
    assert heard() == []
    # outside of the workshop they are nobody's words about the chain
    assert texts(walk_find(actor=bob, organization=organization, party=key["alice"]), 0) == []


def test_a_name_in_the_words_of_a_workshop_is_hidden_too(organization, bob, key, revealed):
    Participant.objects.create(workshop=revealed, name="Zacharias")
    exercise = Exercise.objects.get(workshop=revealed, kind="moments")
    Exercise.objects.filter(pk=exercise.pk).update(
        result=exercise.result.replace("it came on Friday", "Zacharias and Alice came")
    )
    shown = finding_shown(actor=bob, organization=organization, workshop=revealed, hides_names=True)
    seen = walk_find(actor=bob, organization=organization, party=key["alice"], finding=shown, aloud=True)
    assert texts(seen, 0) == ["… and … came"]
