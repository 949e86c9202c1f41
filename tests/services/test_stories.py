"""Stories of customer success: told by one person with the hand-offs that made them possible, read by everybody.

The main chain of Alice (tests/cast.py) goes forecast -> Bob, plan -> Carla, report -> the client.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.texts import TextFault
from chainmap.models import HandOff, Notification, Party, Rating, Story
from chainmap.services.analysis import findings_forget
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.stories import (
    StoryWords,
    handoff_line,
    own_story,
    stories_list,
    story_edit,
    story_find,
    story_offer,
    story_remove,
    story_tell,
)
from tests.pair import give_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(organization, alice):
    def tell_(title="Open in a week", text="They could open.", customer=None, handoffs=(), user=alice):
        words = StoryWords(title, text, customer, handoffs)
        return story_tell(user=user, organization=organization, words=words)

    return tell_


def names(handoffs):
    return [handoff.deliverable for handoff in handoffs]


def test_along_the_main_chain_everything_is_ticked_and_one_s_own_is_offered(
    organization, alice, handoffs, client_party
):
    offer = story_offer(user=alice, organization=organization)
    assert names(offer.handoffs) == ["forecast", "plan", "report", "paper", "figures"]
    assert offer.customer == client_party
    assert offer.customers == (client_party,)
    assert offer.ticked == {handoffs[name] for name in ("forecast", "plan", "report")}


def test_with_another_end_customer_what_reaches_them_is_ticked(organization, alice, handoffs):
    other = Party.objects.create(
        organization=organization, code="second", name="Second", kind="end_customer", capacity=0.0
    )
    party = Party.objects.get(organization=organization, code="alice")
    direct = HandOff.objects.create(organization=organization, supplier=party, customer=other, volume=0.1)
    organization.touch()
    findings_forget()
    offer = story_offer(user=alice, organization=organization, customer=other.pk)
    assert offer.ticked == {direct.pk}
    assert [each.name for each in offer.customers] == ["Second", "The client"]
    default = story_offer(user=alice, organization=organization)
    assert default.ticked == {handoffs[name] for name in ("forecast", "plan", "report")}


def test_without_ratings_or_a_way_on_a_story_can_still_be_told(organization, alice, tell):
    Rating.objects.all().delete()
    organization.touch()
    findings_forget()
    offer = story_offer(user=alice, organization=organization)
    assert (offer.customer, offer.ticked) == (None, frozenset())
    assert names(offer.handoffs) == ["forecast", "paper", "figures"]
    assert tell().handoffs.count() == 0


def test_a_story_is_for_everybody_of_the_organization_and_nobody_else(
    tell, organization, people, zoe, handoffs, client_party
):
    story = tell(customer=client_party.pk, handoffs=[handoffs["forecast"], handoffs["plan"]])
    for user in people.values():
        seen = story_find(actor=user, organization=organization, pk=story.pk)
        assert (seen.title, seen.customer, names(seen.handoffs.all())) == (
            "Open in a week", client_party, ["forecast", "plan"],
        )  # fmt: skip
        assert stories_list(actor=user, organization=organization).stories == (story,)
    for call in (
        lambda: story_find(actor=zoe, organization=organization, pk=story.pk),
        lambda: stories_list(actor=zoe, organization=organization),
        lambda: tell(user=zoe),
    ):
        with pytest.raises(NotFound):
            call()


def test_those_who_made_it_possible_are_told_once_and_the_teller_is_not(tell, organization, handoffs):
    story = tell(handoffs=[handoffs[name] for name in ("forecast", "plan", "report", "paper")])
    news = Notification.objects.filter(kind="story")
    assert sorted(news.values_list("party__code", flat=True)) == ["bob", "carla"]  # people; not alice herself
    assert {(one.story, one.by.code) for one in news.select_related("by", "story")} == {(story, "alice")}


def test_those_who_stand_for_no_party_tell_none(tell, carla):
    with pytest.raises(NotFound):
        tell(user=carla)


def test_what_belongs_to_others_is_refused_like_what_never_was(tell, handoffs, other_organization, organization, alice):
    theirs = HandOff.objects.filter(organization=other_organization).first().pk
    client = Party.objects.get(organization=other_organization, code="client").pk
    employee = Party.objects.get(organization=organization, code="bob").pk

    def said(**values):
        with pytest.raises(OwnProblem) as refused:
            tell(**values)
        return refused.value.field, str(refused.value)

    # another's, a missing one, and one of the organization that has nothing to do with Alice
    assert said(handoffs=[theirs]) == said(handoffs=[10**9]) == said(handoffs=[handoffs["questions"]])
    assert said(customer=client) == said(customer=10**9) == said(customer=employee)
    for number in (client, 10**9, employee):
        with pytest.raises(NotFound):
            story_offer(user=alice, organization=organization, customer=number)
    HandOff.objects.filter(pk=handoffs["forecast"]).update(is_removed=True)
    assert said(handoffs=[handoffs["forecast"]])[0] == "handoffs"
    assert not Story.objects.exists()


def test_title_and_text_are_needed_and_fit(tell, organization):
    for values, field in (({"title": " "}, "title"), ({"text": "\u200b"}, "text")):
        with pytest.raises(OwnProblem) as refused:
            tell(**values)
        assert refused.value.field == field
    for values in ({"title": "x" * 121}, {"text": "x" * 10_000}):
        with pytest.raises(TextFault):
            tell(**values)
    assert not Story.objects.exists()


def test_a_story_names_no_more_hand_offs_and_a_day_has_no_more_stories_than_fit(tell, organization, alice):
    codes = {party.code: party for party in Party.objects.filter(organization=organization)}
    many = HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=codes["alice"], customer=codes["dan"], deliverable=str(number))
        for number in range(21)
    )
    with pytest.raises(OwnProblem, match="up to 20 hand-offs"):
        tell(handoffs=[each.pk for each in many])
    assert tell(handoffs=[each.pk for each in many[:20]]).handoffs.count() == 20
    today = Story.objects.get().told_on
    Story.objects.bulk_create(
        Story(organization=organization, title="t", text="t", teller=codes["alice"], told_on=today)
        for _number in range(19)
    )
    with pytest.raises(OwnProblem, match="20 stories today"):
        tell("One more")


def test_the_same_story_told_twice_is_kept_once(tell, organization, alice, handoffs):
    """A second tap, also one after midnight; other words, another teller or another day are another story."""
    first = tell(handoffs=[handoffs["forecast"]])
    assert tell(" Open in  a week ", handoffs=[handoffs["forecast"]]) == first
    assert Notification.objects.filter(party__code="bob").count() == 1
    assert tell(text="They could open, and did.") != first
    assert tell(user=give_account(organization, "bob")) != first
    Story.objects.filter(pk=first.pk).update(told_on=first.told_on - timedelta(days=1))
    assert tell() == first
    Story.objects.filter(pk=first.pk).update(told_on=first.told_on - timedelta(days=2))
    assert tell() != first


def test_only_the_teller_changes_a_story(tell, organization, alice, bob, carla, dora, zoe, handoffs):
    story = tell(handoffs=[handoffs["forecast"]])
    Notification.objects.all().delete()
    words = StoryWords("Another", "Changed.", None, [handoffs["forecast"], handoffs["report"]])
    for user in (bob, carla, dora):
        with pytest.raises(PermissionDenied):
            story_edit(user=user, organization=organization, pk=story.pk, words=words, version=1)
        with pytest.raises(PermissionDenied):
            story_remove(user=user, organization=organization, pk=story.pk, version=1)
    with pytest.raises(NotFound):
        own_story(user=zoe, organization=organization, pk=story.pk)
    edited = story_edit(user=alice, organization=organization, pk=story.pk, words=words, version=1)
    assert (edited.title, edited.version, names(edited.handoffs.all())) == ("Another", 2, ["forecast", "report"])
    # newly part of it: carla, who gives the report; bob knew, the client is outside
    assert list(Notification.objects.values_list("party__code", flat=True)) == ["carla"]
    story_remove(user=alice, organization=organization, pk=story.pk, version=2)
    assert not Story.objects.exists()
    with pytest.raises(NotFound):
        story_remove(user=alice, organization=organization, pk=story.pk, version=2)


def test_two_edits_at_once_lose_nothing(tell, organization, alice, handoffs, client_party):
    story = tell(customer=client_party.pk, handoffs=[handoffs["report"]])
    words = StoryWords("Second", "text")
    story_edit(user=alice, organization=organization, pk=story.pk, words=StoryWords("First", "Text"), version=1)
    with pytest.raises(EditConflict) as conflict:
        story_edit(user=alice, organization=organization, pk=story.pk, words=words, version=1)
    assert conflict.value.stored == {"title": "First", "text": "Text", "customer": "", "handoffs": ""}
    with pytest.raises(EditConflict):
        story_remove(user=alice, organization=organization, pk=story.pk, version=1)
    assert story_find(actor=alice, organization=organization, pk=story.pk).title == "First"
    edited = story_edit(user=alice, organization=organization, pk=story.pk, words=words, version=2)
    assert (edited.title, edited.version) == ("Second", 3)


def test_a_hand_off_that_left_the_chain_leaves_the_story(tell, organization, alice, handoffs):
    story = tell(handoffs=[handoffs["forecast"], handoffs["paper"]])
    HandOff.objects.filter(pk=handoffs["forecast"]).update(is_removed=True)
    assert names(story_find(actor=alice, organization=organization, pk=story.pk).handoffs.all()) == ["paper"]


def test_newest_first_in_parts_and_by_customer(organization, client_party, alice):
    Story.objects.bulk_create(
        Story(
            organization=organization, title=f"Story {number}", text="t", told_on=date(2026, 1, number),
            customer=client_party if number % 2 else None,
        )
        for number in range(1, 8)
    )  # fmt: skip
    part = stories_list(actor=alice, organization=organization, offset=2, limit=3)
    assert ([each.title for each in part.stories], part.total, part.further) == (
        ["Story 5", "Story 4", "Story 3"],
        7,
        4,
    )
    reached = stories_list(actor=OPERATOR, organization=organization, customer=client_party.pk, limit=2)
    assert ([each.title for each in reached.stories], reached.total) == (["Story 7", "Story 5"], 4)


def test_queries_do_not_grow(organization, alice, handoffs, django_assert_num_queries):
    party = Party.objects.get(organization=organization, code="alice")
    for count in (10, 200):
        Story.objects.all().delete()
        made = Story.objects.bulk_create(
            Story(organization=organization, title=f"{number}", text="t", told_on=date(2026, 1, 1), teller=party)
            for number in range(count)
        )
        for one in made:
            one.handoffs.set(list(handoffs.values())[:2])
        with django_assert_num_queries(4):
            rows = stories_list(actor=alice, organization=organization, limit=count)
            assert all(handoff_line(each) for story in rows.stories for each in story.handoffs.all())


def test_a_line_names_both_sides_and_the_deliverable(organization, handoffs):
    rows = HandOff.objects.select_related("supplier", "customer")
    assert handoff_line(rows.get(pk=handoffs["forecast"])) == "Alice Adams → Bob Brown: forecast"
