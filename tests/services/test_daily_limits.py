"""How much one person can ask of others in a day, and what happens to what is too much."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chainmap.models import Agreement, Conversation, Need, Notification
from chainmap.models.attempts import Attempt
from chainmap.services.agreements import agreement_edit
from chainmap.services.conversations import conversations_waiting
from chainmap.services.limits import AGREEMENTS, INVITATIONS, NEEDS, TooMany
from chainmap.services.needs import need_add, need_edit
from chainmap.services.own import OwnProblem
from tests.pair import make_pair, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


def used(limit, count):
    """As if somebody had done so much today already."""
    Attempt.objects.filter(what=limit.what).update(count=count)


def tomorrow():
    Attempt.objects.update(since=timezone.now() - timedelta(days=1, seconds=1))


def test_twenty_invitations_a_day(pair):
    assert (INVITATIONS.most, INVITATIONS.window) == (20, timedelta(days=1))
    for number in range(20):
        pair.answer(pair.marta, pair.invite(), "withdraw")
        with pytest.raises(OwnProblem):
            pair.invite(reason="gap")  # refused for another reason: not counted
        assert Attempt.objects.get(what="invitations").count == number + 1
    with pytest.raises(TooMany):
        pair.invite()
    assert Conversation.objects.count() == 20
    assert pair.invite(pair.alice).inviter == pair.supplier  # each person for themselves
    pair.answer(pair.alice, Conversation.objects.get(inviter=pair.supplier), "withdraw")
    tomorrow()
    assert pair.invite().state == "invited"


def test_who_is_invited_again_and_again_is_told_three_times_a_day(pair):
    for _times in range(3):
        talk = pair.invite()
        assert Notification.objects.filter(party=pair.supplier, kind="invited").update(is_seen=True) >= 1
        pair.answer(pair.marta, talk, "withdraw")
    assert Notification.objects.filter(party=pair.supplier).count() == 3
    talk = pair.invite()
    assert Notification.objects.filter(party=pair.supplier).count() == 3
    assert conversations_waiting(party=pair.supplier) == [talk]  # it can be answered all the same
    pair.answer(pair.marta, talk, "withdraw")
    pair.invite(pair.alice)
    assert Notification.objects.filter(party=pair.customer, kind="invited").count() == 1
    pair.answer(pair.alice, Conversation.objects.get(state="invited"), "withdraw")
    tomorrow()
    pair.invite()
    assert Notification.objects.filter(party=pair.supplier).count() == 4


def test_twenty_agreements_a_day_proposed_or_put_in_other_words(pair):
    assert (AGREEMENTS.most, AGREEMENTS.window) == (20, timedelta(days=1))
    made = pair.propose()
    used(AGREEMENTS, 19)
    given = {"user": pair.marta, "organization": pair.organization, "pk": made.pk}
    assert agreement_edit(plan=plan(sentence="other"), version=1, **given).version == 2
    with pytest.raises(TooMany):
        agreement_edit(plan=plan(), version=2, **given)
    with pytest.raises(TooMany):
        pair.propose()
    assert Agreement.objects.get().sentence == "other"


def test_sixty_needs_a_day_told_or_changed(pair):
    assert (NEEDS.most, NEEDS.window) == (60, timedelta(days=1))
    given = {"user": pair.marta, "organization": pair.organization, "handoff": pair.handoff.pk, "importance": 2}
    need = need_add(text="early", **given)
    used(NEEDS, 59)
    need_edit(need=need.pk, version=1, text="earlier", **given)
    with pytest.raises(TooMany):
        need_edit(need=need.pk, version=2, text="at once", **given)
    with pytest.raises(TooMany):
        need_add(text="complete", **given)
    assert Need.objects.get().text == "earlier"


def test_too_much_is_answered_with_how_long_to_wait(pair, client):
    pair.answer(pair.marta, pair.invite(), "withdraw")
    used(INVITATIONS, 20)
    client.force_login(pair.marta)
    sent = {"reason": "other", "words": "", "starts_at": "", "minutes": "20", "place": ""}
    answer = client.post(reverse("chainmap:coffee_new", args=[pair.organization.pk, pair.handoff.pk]), sent)
    assert answer.status_code == 429
    assert 86000 < int(answer["Retry-After"]) <= 86401
