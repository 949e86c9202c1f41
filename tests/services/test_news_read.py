"""When news are new no longer: the page was opened, the thing was done, or it is over."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import HandOff, Moment, Need, Notification, Story
from chainmap.services.agreements import agreement_answer
from chainmap.services.handoffs import handoff_say
from chainmap.services.moments import moment_answer
from chainmap.services.needs import need_reply
from chainmap.services.news import (
    news_count,
    news_list,
    news_read,
)
from chainmap.services.rounds import round_open
from tests.pair import make_pair, party
from tests.telling import forecast, make_agreement, make_talk, tell

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


@pytest.fixture
def open_round(organization, people):
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
    return round_open(actor=OPERATOR, round=draft)


# ---- read and settled


def unseen(organization, user):
    return sorted(item.kind for item in news_list(user=user, organization=organization) if not item.is_seen)


def test_opening_a_page_reads_what_is_told_of_that_one_thing(organization, alice):
    agreement, talk = make_agreement(organization, state="agreed"), make_talk(organization)
    story = Story.objects.create(organization=organization, title="A win", text="t", told_on=timezone.localdate())
    tell(organization)
    tell(organization, Kind.NEED)
    tell(organization, Kind.MOMENT)
    tell(organization, Kind.AGREED, agreement=agreement)
    tell(organization, Kind.INVITED, conversation=talk)
    tell(organization, Kind.STORY, handoff=None, story=story)
    theirs = tell(organization, to="bob", by="alice")
    other = HandOff.objects.get(organization=organization, deliverable="figures")
    for about, left in (
        ({"handoff": other.pk}, ["agreed", "confirmed", "invited", "moment", "need", "story"]),
        ({"handoff": forecast(organization).pk, "moments": True}, ["agreed", "confirmed", "invited", "need", "story"]),
        ({"handoff": forecast(organization).pk}, ["agreed", "invited", "story"]),
        ({"agreement": agreement.pk}, ["invited", "story"]),
        ({"conversation": talk.pk}, ["story"]),
        ({"story": story.pk}, []),
    ):
        news_read(user=alice, organization=organization, **about)
        assert unseen(organization, alice) == left
    assert Notification.objects.get(pk=theirs.pk).is_seen is False, "of nobody else"
    with pytest.raises(ValueError, match="of what"):
        news_read(user=alice, organization=organization)


def test_opening_the_moments_reads_those_of_every_hand_off(organization, alice):
    tell(organization, Kind.MOMENT)
    tell(organization, Kind.THANKED, handoff=HandOff.objects.get(organization=organization, deliverable="figures"))
    tell(organization, Kind.NEED)
    assert news_read(user=alice, organization=organization, moments=True) == 2
    assert unseen(organization, alice) == ["need"]


def test_opening_a_round_reads_that_one_is_asked(organization, open_round, alice):
    assert news_read(user=alice, organization=organization, round=open_round.pk) == 1
    assert unseen(organization, alice) == []
    assert Notification.objects.filter(round=open_round, is_seen=False).count() == 2, "bob's and carla's"


def test_a_stranger_reads_nothing_away(organization, people, zoe):
    tell(organization)
    for user in (people["bob"], zoe):
        assert news_read(user=user, organization=organization, handoff=forecast(organization).pk) == 0
    assert not Notification.objects.filter(is_seen=True).exists()


def test_reading_costs_one_query_and_writes_only_where_something_is_new(organization, alice):
    about = {"user": alice, "organization": organization, "handoff": forecast(organization).pk}
    with CaptureQueriesContext(connection) as captured:
        assert news_read(**about) == 0
    assert len(captured) == 1
    assert captured[0]["sql"].startswith("SELECT")
    tell(organization)
    with CaptureQueriesContext(connection) as captured:
        assert news_read(**about) == 1
    assert [query["sql"].split()[0] for query in captured].count("UPDATE") == 1


def test_a_locked_database_leaves_the_news_new(organization, alice, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OperationalError("database is locked")

    tell(organization)
    with monkeypatch.context() as patch:
        patch.setattr(Notification.objects.none().__class__, "update", refuse)
        assert news_read(user=alice, organization=organization, handoff=forecast(organization).pk) == 0
    assert unseen(organization, alice) == ["confirmed"]


def test_what_is_done_otherwise_is_no_news_any_more(organization, alice):
    """Each of them asks Alice for something; then it happens, by whatever way."""
    given, bob = forecast(organization), party(organization, "bob")
    proposed, due = make_agreement(organization), make_agreement(organization, state="agreed")
    talk = make_talk(organization)
    needed = Need.objects.create(handoff=given, text="By noon")
    told = Moment.objects.create(handoff=given, teller=bob, kind="misery", told_on=timezone.localdate())
    tell(organization, Kind.CLAIMED)
    tell(organization, Kind.NEED)
    tell(organization, Kind.MOMENT)
    tell(organization, Kind.INVITED, conversation=talk)
    tell(organization, Kind.PROPOSED, agreement=proposed)
    tell(organization, Kind.AGREEMENT_DUE, by=None, agreement=due)
    left = ["agreement_due", "claimed", "invited", "moment", "need", "proposed"]
    assert unseen(organization, alice) == left
    for kind, row, change in (
        ("claimed", given, {"supplier_says": "no"}),
        ("need", needed, {"reply": "cannot"}),
        ("moment", told, {"is_thanked": True}),
        ("invited", talk, {"state": "accepted"}),
        ("proposed", proposed, {"state": "agreed"}),
        ("agreement_due", due, {"supplier_outcome": "kept"}),
    ):
        type(row).objects.filter(pk=row.pk).update(**change)
        left.remove(kind)
        assert unseen(organization, alice) == left
        assert news_count(user=alice, organization=organization) == len(left)
        [item] = [one for one in news_list(user=alice, organization=organization) if one.kind == kind]
        assert item.sentence.endswith("It is settled since.")
        assert item.label == "Look at it"
    assert not Notification.objects.filter(is_seen=True).exists()


def test_what_is_asked_of_the_other_side_does_not_settle_mine(organization, alice):
    """A yes of Bob, and what Bob said came of it."""
    due = make_agreement(organization, state="agreed", customer_outcome="kept")
    HandOff.objects.filter(pk=forecast(organization).pk).update(customer_says="yes")
    tell(organization, Kind.CLAIMED)
    tell(organization, Kind.AGREEMENT_DUE, by=None, agreement=due)
    assert unseen(organization, alice) == ["agreement_due", "claimed"]


def test_a_need_and_a_moment_are_settled_with_the_last_of_them(organization, alice):
    given, today = forecast(organization), timezone.localdate()
    needs = [Need.objects.create(handoff=given, text=text) for text in ("By noon", "In hours")]
    told = [Moment.objects.create(handoff=given, teller=given.customer, kind="magic", told_on=today) for _ in range(2)]
    tell(organization, Kind.NEED)
    tell(organization, Kind.MOMENT)
    where = {"user": alice, "organization": organization}
    need_reply(**where, handoff=given.pk, need=needs[0].pk, version=1, reply="agreed")
    moment_answer(**where, pk=told[0].pk, version=1, thanked=True)
    assert not Notification.objects.filter(is_seen=True).exists()
    need_reply(**where, handoff=given.pk, need=needs[1].pk, version=1, reply="talk")
    moment_answer(**where, pk=told[1].pk, version=1, thanked=True)
    assert set(told_kinds(is_seen=True)) == {"need", "moment"}


def test_doing_it_settles_what_the_doer_was_told_and_nobody_else(organization, alice):
    pair = make_pair(organization, alice)
    where = {"user": alice, "organization": organization}
    others = tell(organization, Kind.CLAIMED, to="bob", by="alice", handoff=pair.handoff)
    tell(organization, Kind.CLAIMED, handoff=pair.handoff)
    handoff_say(**where, handoff=pair.handoff.pk, version=pair.handoff.version, says="yes")
    assert told_kinds(party__code="alice", is_seen=True) == ["claimed"]
    talk = pair.invite()
    pair.answer(alice, talk, "accept")
    made = pair.propose()
    agreement_answer(**where, pk=made.pk, answer="yes", version=made.version)
    assert set(told_kinds(party__code="alice", is_seen=True)) == {"claimed", "invited", "proposed"}
    assert not Notification.objects.filter(party__code="bob", is_seen=True).exists()
    assert not Notification.objects.get(pk=others.pk).is_seen


def told_kinds(**which):
    return list(Notification.objects.filter(**which).values_list("kind", flat=True))
