"""The needs on the page of a hand-off."""

from __future__ import annotations

import pytest

from chainmap.models import Conversation, Need, Rating
from tests.pair import give_account, handoff_of
from tests.web.handing import at, need_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def forecast(organization, people):
    """What Alice gives Bob, who has an account; nobody rated it."""
    give_account(organization, "bob")
    Rating.objects.all().delete()
    return handoff_of(organization, "alice", "bob")


@pytest.fixture
def as_alice(signed_in, alice):
    return signed_in(alice)


@pytest.fixture
def as_bob(signed_in, bob):
    return signed_in(bob)


def test_a_need_is_told_answered_changed_and_taken_back(as_alice, as_bob, forecast):
    assert as_bob.post(at(forecast, "need_add"), need_of()).status_code == 302
    need = Need.objects.get()
    assert (need.text, need.importance) == ("by Tuesday", 3)
    said = {"reply": "cannot", "note": "holidays", "version": 1}
    assert as_alice.post(at(forecast, "need_reply", need.pk), said).status_code == 302
    assert "cannot: <bdi>holidays</bdi>" in text_of(as_bob.get(at(forecast)))
    assert 'name="note" value="holidays"' in text_of(as_alice.get(at(forecast)))
    assert "said “cannot” to these words" in text_of(as_bob.get(at(forecast, "need_edit", need.pk)))
    changed = need_of(text="by Monday", version=2)
    assert as_bob.post(at(forecast, "need_edit", need.pk), changed).status_code == 302
    assert as_bob.post(at(forecast, "need_remove", need.pk), {"version": 3}).status_code == 302
    assert "by Monday" in text_of(as_bob.get(at(forecast))), "in the history"
    assert not Need.objects.filter(is_removed=False).exists()


def test_a_need_is_answered_in_one_tap_and_the_page_stays_at_the_needs(as_alice, as_bob, forecast):
    told = as_bob.post(at(forecast, "need_add"), need_of())
    assert told["Location"] == at(forecast) + "#needs"
    need = Need.objects.get()
    page = text_of(as_alice.get(at(forecast)))
    for value, words in (("agreed", "Agreed"), ("cannot", "Cannot"), ("talk", "Let us talk")):
        assert f'<button type="submit" name="reply" value="{value}">{words}</button>' in page
    sent = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "talk", "note": "", "version": 1})
    assert sent["Location"] == at(forecast) + "#needs"
    page = text_of(as_alice.get(at(forecast)))
    needs = needs_part(page)
    assert "Said. Bob Brown is told." in needs
    assert "Said. Bob Brown is told." not in page.replace(needs, "")
    assert f'<a class="plain-button" href="{at(forecast, "coffee_new")}">Invite for a coffee</a>' in needs
    assert "<strong>You</strong> said “let us talk” to a need" in page
    seen = text_of(as_bob.get(at(forecast)))
    assert "<strong>You</strong> said what you need" in seen
    assert "said what they need" not in seen
    Conversation.objects.create(
        handoff=forecast, inviter=forecast.customer, invitee=forecast.supplier, reason="need", state="accepted"
    )
    assert "To the talk" in needs_part(as_alice.get(at(forecast)))
    wrong = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "", "note": "my line", "version": 2})
    assert (wrong.status_code, 'value="my line"' in needs_part(wrong)) == (400, True)
    assert "Choose one of the three." in needs_part(wrong)


def needs_part(answer):
    page = answer if isinstance(answer, str) else text_of(answer)
    return page[page.index('id="needs"') : page.index('id="talks-title"')]


def test_what_is_wrong_with_a_need_is_said_in_its_place(as_alice, as_bob, forecast):
    for typed in (need_of(text="z" * 10_000), need_of(text=""), need_of(importance="9"), need_of(importance="")):
        answer = as_bob.post(at(forecast, "need_add"), typed)
        assert answer.status_code == 400
        assert f'value="{typed["text"]}"' in text_of(answer) or not typed["text"]
    refused = as_alice.post(at(forecast, "need_add"), need_of(text="my own words"))
    assert refused.status_code == 400
    assert "my own words" in text_of(refused)
    assert not Need.objects.exists()


def test_two_changes_of_a_need_at_once_lose_nothing(as_alice, as_bob, forecast):
    as_bob.post(at(forecast, "need_add"), need_of())
    need = Need.objects.get()
    as_bob.post(at(forecast, "need_edit", need.pk), need_of(text="by Monday", version=1))
    late = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "from May", "version": 1})
    page = text_of(late)
    assert late.status_code == 409
    assert "Now it says: “by Monday”" in page
    assert 'value="from May"' in page
    as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "from May", "version": 2})
    stale = as_bob.post(at(forecast, "need_edit", need.pk), need_of(text="by Sunday", version=2))
    page = text_of(stale)
    assert stale.status_code == 409
    assert "said to the stored words: “agreed”" in page
    assert "<bdi>by Monday</bdi>" in page
    assert 'value="by Sunday"' in page
    assert as_bob.post(at(forecast, "need_remove", need.pk), {"version": 2}).status_code == 409
    need.refresh_from_db()
    assert (need.text, need.reply, need.is_removed) == ("by Monday", "agreed", False)


def test_words_to_a_need_that_is_gone_are_kept(as_alice, as_bob, forecast):
    as_bob.post(at(forecast, "need_add"), need_of())
    need = Need.objects.get()
    as_bob.post(at(forecast, "need_remove", need.pk), {"version": 1})
    answer = as_alice.post(at(forecast, "need_reply", need.pk), {"reply": "agreed", "note": "my word", "version": 1})
    assert (answer.status_code, "my word" in text_of(answer)) == (409, True)
    answer = as_bob.post(at(forecast, "need_edit", need.pk), need_of(text="my new words", version=1))
    assert (answer.status_code, 'value="my new words"' in text_of(answer)) == (409, True)


def test_a_need_of_another_hand_off_is_not_there(as_alice, organization, forecast):
    other = Need.objects.create(handoff=handoff_of(organization, "bob", "carla"), text="x")
    assert as_alice.post(at(forecast, "need_reply", other.pk), {"reply": "agreed", "version": 1}).status_code == 404
    assert as_alice.get(at(forecast, "need_edit", 2**60)).status_code == 404
