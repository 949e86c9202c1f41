"""The pages of purposes and stories: for everybody to read, written by those who may, and nothing typed is lost."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.models import HandOff, Party, Purpose, Story, Team
from chainmap.services.stories import StoryWords, story_edit, story_tell
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

WHY = "Builders open on the day they planned."


@pytest.fixture
def sales(organization):
    return Team.objects.get(organization=organization, name="Sales")


@pytest.fixture
def story(organization, alice, handoffs, client_party):
    words = StoryWords(
        "Open in a week", "They opened.\nOn time.", client_party.pk, [handoffs["forecast"], handoffs["plan"]]
    )
    return story_tell(user=alice, organization=organization, words=words)


# ---- purposes


def test_the_purpose_is_written_read_by_all_and_shown_where_the_chain_ends(
    signed_in, at, people, bob, organization, client_party, party_url, sales
):
    client = signed_in(bob)
    assert "Write the purpose" in text_of(client.get(at("purpose")))
    sent = client.post(at("purpose_edit"), {"text": WHY, "version": 0}, follow=True)
    assert sent.redirect_chain == [(at("purpose"), 302)]
    assert "Saved." in text_of(sent)
    Purpose.objects.create(organization=organization, team=sales, text="We listen first.")
    for user in people.values():
        page = signed_in(user).get(at("purpose"))
        assert re.search(rf"<h1[^>]*><bdi>{WHY}</bdi></h1>", page.content.decode())
        assert "We listen first." in text_of(page)
        for address in (at("chain"), party_url("alice"), party_url("client")):
            assert WHY in text_of(signed_in(user).get(address))
    end = text_of(signed_in(bob).get(party_url("alice"))).partition("of 100 are left")[2]
    assert "What Sales is here for: We listen first. What it is all for: " + WHY in end


def test_a_purpose_is_taken_away_and_the_next_step_is_said(signed_in, at, alice, bob, organization):
    Purpose.objects.create(organization=organization, text=WHY)
    sent = signed_in(bob).post(at("purpose_edit"), {"text": " ", "version": 1}, follow=True)
    assert "The purpose is taken away." in text_of(sent)
    page = signed_in(alice).get(at("purpose"))
    assert "Next step: ask a coach, a manager or an administrator" in text_of(page)
    assert at("purpose_edit") not in page.content.decode()
    assert WHY not in text_of(signed_in(alice).get(at("chain")))


def test_a_member_writes_for_her_own_team_alone(signed_in, at, alice, sales, organization):
    planning = Team.objects.get(organization=organization, name="Planning")
    client = signed_in(alice)
    page = client.get(at("purpose"))
    assert at("purpose_team_edit", sales.pk) in page.content.decode()
    assert at("purpose_team_edit", planning.pk) not in page.content.decode()
    assert client.post(at("purpose_team_edit", sales.pk), {"text": "We listen.", "version": 0}).status_code == 302
    for address in (at("purpose_team_edit", planning.pk), at("purpose_edit")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"text": "not mine", "version": 0}).status_code == 403
    assert list(Purpose.objects.values_list("team__name", "text")) == [("Sales", "We listen.")]


def test_two_write_at_once_and_both_texts_are_there(signed_in, at, bob, carla):
    signed_in(bob).post(at("purpose_edit"), {"text": "the coach’s", "version": 0})
    answer = signed_in(carla).post(at("purpose_edit"), {"text": "the manager’s", "version": 0})
    assert answer.status_code == 409
    text = text_of(answer)
    assert "the coach’s" in text
    assert "the manager’s" in text
    assert 'name="version" value="1"' in answer.content.decode()
    assert signed_in(carla).post(at("purpose_edit"), {"text": "the manager’s", "version": 1}).status_code == 302
    assert Purpose.objects.get().text == "the manager’s"


@pytest.mark.parametrize(
    ("text", "said"),
    [("x" * 10_000, "This text has 10000 characters, and 300 fit."), ("a\x00b", "a character that cannot be shown")],
)
def test_what_cannot_be_a_purpose_is_said_and_kept(signed_in, at, bob, text, said):
    answer = signed_in(bob).post(at("purpose_edit"), {"text": text, "version": 0})
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert text in answer.content.decode()
    assert "Open the page again" in text_of(signed_in(bob).post(at("purpose_edit"), {"text": "fine"}))
    assert not Purpose.objects.exists()


def test_another_organization_s_team_is_like_none(signed_in, at, carla, other_organization):
    theirs = Team.objects.filter(organization=other_organization).first().pk
    answers = [signed_in(carla).get(at("purpose_team_edit", number)) for number in (theirs, 10**9)]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content


# ---- stories


def test_a_story_is_told_with_the_ticks_of_the_main_chain(signed_in, at, alice, handoffs, client_party):
    client = signed_in(alice)
    page = client.get(at("story_new")).content.decode()
    ticked = {int(number) for number in re.findall(r'name="handoffs" value="(\d+)"[^>]*checked', page)}
    assert ticked == {handoffs[name] for name in ("forecast", "plan", "report")}
    assert f'<option value="{client_party.pk}" selected>' in page
    sent = client.post(
        at("story_new"),
        {"title": "Open in a week", "text": "They opened.", "customer": client_party.pk, "handoffs": sorted(ticked)},
        follow=True,
    )
    made = Story.objects.get()
    assert sent.redirect_chain == [(at("story", made.pk), 302)]
    text = text_of(sent)
    for words in ("Open in a week", "They opened.", "The client", "Alice Adams", "· plan", "Change the story"):
        assert words in text


def test_everybody_reads_a_story_where_its_customer_is(signed_in, at, story, people, party_url):
    for name, user in people.items():
        page = text_of(signed_in(user).get(at("story", story.pk)))
        assert "They opened. On time." in page
        assert ("Change the story" in page) == (name == "alice")
        reached = text_of(signed_in(user).get(party_url("client")))
        assert "Stories that reached The client" in reached
        assert "Open in a week" in reached
        assert "Bob Brown → to Carla Conti · plan" in reached
        assert ("Tell a story" in reached) == (name == "alice")
        assert "Open in a week" in text_of(signed_in(user).get(at("purpose")))
    assert "Stories that reached" not in text_of(signed_in(people["alice"]).get(party_url("bob")))


def test_only_the_teller_changes_it_and_takes_it_back(signed_in, at, story, alice, bob, dora):
    for user in (bob, dora):
        for name in ("story_edit", "story_remove"):
            assert signed_in(user).get(at(name, story.pk)).status_code == 403
            assert signed_in(user).post(at(name, story.pk), {"version": 1}).status_code == 403
    client = signed_in(alice)
    page = client.get(at("story_edit", story.pk)).content.decode()
    assert 'value="Open in a week"' in page
    assert "They opened.\nOn time." in page.replace("\r\n", "\n")
    sent = {"title": "Open in five days", "text": "Sooner.", "customer": "", "handoffs": [], "version": 1}
    assert client.post(at("story_edit", story.pk), sent).status_code == 302
    story.refresh_from_db()
    assert (story.title, story.customer, story.handoffs.count(), story.version) == ("Open in five days", None, 0, 2)
    assert "Take back “Open in five days”?" in text_of(client.get(at("story_remove", story.pk)))
    assert client.post(at("story_remove", story.pk), {"version": 1}).status_code == 409
    assert client.post(at("story_remove", story.pk), {}).status_code == 400
    assert client.post(at("story_remove", story.pk), {"version": 2}).status_code == 302
    assert not Story.objects.exists()
    assert client.get(at("story", story.pk)).status_code == 404


def test_two_edits_at_once_show_both_with_names(signed_in, at, story, alice, organization, handoffs, client_party):
    words = StoryWords("From the phone", "They opened.\nOn time.", None, [handoffs["forecast"]])
    story_edit(user=alice, organization=organization, pk=story.pk, words=words, version=1)
    sent = {
        "title": "From the desk", "text": "They opened.\nOn time.", "customer": client_party.pk,
        "handoffs": [handoffs["plan"]], "version": 1,
    }  # fmt: skip
    answer = signed_in(alice).post(at("story_edit", story.pk), sent)
    assert answer.status_code == 409
    source = answer.content.decode()
    table = text_of(re.search(r'<table class="conflict.*?</table>', source, re.DOTALL)[0])
    for words in (
        "From the phone",
        "From the desk",
        "The client",
        "Bob Brown → Carla Conti: plan",
        "Alice Adams → Bob Brown",
    ):
        assert words in table
    assert "They opened." not in table  # what does not differ is not compared
    assert 'name="version" value="2"' in source
    assert signed_in(alice).post(at("story_edit", story.pk), sent | {"version": 2}).status_code == 302
    story.refresh_from_db()
    assert (story.title, story.customer) == ("From the desk", client_party)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "x" * 10_000}, "This text has 10000 characters, and 2000 fit."),
        ({"title": "x" * 121}, "This text has 121 characters, and 120 fit."),
        ({"title": ""}, "This field is required."),
        ({"text": "a\x0cb\x00"}, "a character that cannot be shown (U+0000)"),
        ({"customer": "999999999"}, "This end customer is not in the chain"),
        ({"handoffs": ["999999999"]}, "One of the hand-offs is not in your chain"),
        ({"handoffs": ["x"]}, "One of the hand-offs is not in your chain"),
    ],
)
def test_a_story_that_cannot_be_kept_is_said_with_everything_typed(signed_in, at, alice, change, said):
    sent = {"title": "The title", "text": "The text.", "customer": "", "handoffs": []} | change
    answer = signed_in(alice).post(at("story_new"), sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert sent["title"] in answer.content.decode()
    assert sent["text"] in answer.content.decode()
    assert not Story.objects.exists()


def test_what_is_of_another_organization_is_refused_like_what_never_was(
    signed_in, at, alice, other_organization, story, organization
):
    client = signed_in(alice)
    theirs = {
        "handoffs": HandOff.objects.filter(organization=other_organization).first().pk,
        "customer": Party.objects.get(organization=other_organization, code="client").pk,
    }
    for field, number in theirs.items():
        answers = [client.post(at("story_new"), {"title": "t", "text": "t", field: each}) for each in (number, 10**9)]
        assert {answer.status_code for answer in answers} == {400}
        assert "CANARY" not in answers[0].content.decode()
        assert text_of(answers[0]) == text_of(answers[1])
    for number in (theirs["customer"], 10**9):
        assert client.get(at("story_new") + f"?customer={number}").status_code == 404
    assert client.get(at("story_new") + "?customer=x").status_code == 400
    other = Story.objects.create(organization=other_organization, title="CANARY", text="t", told_on="2026-01-01")
    for name in ("story", "story_edit", "story_remove"):
        answers = [client.get(at(name, number)) for number in (other.pk, 10**9)]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].content == answers[1].content


def test_from_the_page_of_an_end_customer_that_customer_is_chosen(signed_in, at, alice, organization, party_url):
    other = Party.objects.create(
        organization=organization, code="second", name="\u202eSecond\u200b", kind="end_customer", capacity=0.0
    )
    organization.touch()
    link = f"{at('story_new')}?customer={other.pk}"
    assert html.escape(link) in signed_in(alice).get(party_url("second")).content.decode()
    page = signed_in(alice).get(link).content.decode()
    assert f'<option value="{other.pk}" selected>Second</option>' in page
    assert "\u202e" not in page


def test_stories_have_pages_and_their_queries_do_not_grow(signed_in, at, alice, organization, client_party, party_url):
    client, counts = signed_in(alice), []
    party = Party.objects.get(organization=organization, code="alice")
    first = HandOff.objects.filter(organization=organization)[:2]
    client.get(party_url("client"))  # the findings are kept from here on
    for new in (2, 43):
        made = Story.objects.bulk_create(
            Story(
                organization=organization, title=f"Title {number}!", text="t", told_on="2026-01-01", teller=party,
                customer=client_party,
            )
            for number in range(new)
        )  # fmt: skip
        Story.handoffs.through.objects.bulk_create(
            Story.handoffs.through(story=one, handoff=each) for one in made for each in first
        )
        row = []
        for address in (at("purpose"), at("story", made[0].pk), party_url("client")):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            row.append(len(captured))
        counts.append(row)
    assert counts[0] == counts[1]
    shown = [client.get(at("purpose") + f"?page={number}").content.decode().count("!</bdi>") for number in (1, 2, 3)]
    assert shown == [20, 20, 5]
    assert client.get(at("purpose") + "?page=4").status_code == 400
    assert client.get(party_url("client")).content.decode().count("!</bdi>") == 5
    assert "40 more stories" in text_of(client.get(party_url("client")))


def test_many_teams_stand_behind_more(signed_in, at, carla, organization):
    Team.objects.bulk_create(Team(organization=organization, name=f"T{number:02}") for number in range(20))
    page = text_of(signed_in(carla).get(at("purpose")))
    assert "11 more teams" in page
    assert "T19" in page
