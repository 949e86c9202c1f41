"""What a person is told, who else can see it (nobody), and that it never tells whether somebody answered.

Acme (tests/cast.py): Alice hands forecast to bob and figures to carla, and receives paper. She alone is a user here.
"""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.models import Agreement, Conversation, HandOff, Notification, Party, Round, Story
from chainmap.services.news import (
    NewsAddress,
    news_count,
    news_list,
    news_of_round,
    news_seen,
    news_total,
    own_links_find,
)
from chainmap.services.own import OwnProblem
from chainmap.services.rounds import round_close, round_open, round_reopen
from tests.crowd import make_crowd
from tests.services.test_links import answer

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


def party(organization, code):
    return Party.objects.get(organization=organization, code=code)


def forecast(organization):
    return HandOff.everything.get(organization=organization, supplier__code="alice", customer__code="bob")


def tell(organization, kind=Kind.CONFIRMED, *, to="alice", by="bob", ago=timedelta(0), **about):
    """One piece of news about the forecast that bob gets from alice."""
    values = {"handoff": forecast(organization)} | about
    row = Notification.objects.create(
        party=party(organization, to), kind=kind, by=by and party(organization, by), **values
    )
    Notification.objects.filter(pk=row.pk).update(made_at=timezone.now() - ago)
    return row


def make_agreement(organization, **fields):
    given = forecast(organization)
    values = {"sentence": "CANARY sentence", "due_on": timezone.localdate(), "owner": given.supplier} | fields
    return Agreement.objects.create(handoff=given, made_by=given.customer, **values)


def make_talk(organization, **fields):
    given = forecast(organization)
    values = {"reason": "other", "words": "CANARY words"} | fields
    return Conversation.objects.create(handoff=given, inviter=given.customer, invitee=given.supplier, **values)


@pytest.fixture
def open_round(organization, people):
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
    return round_open(actor=OPERATOR, round=draft)


# ---- the list


def test_news_say_who_did_what_and_lead_there(organization, alice):
    row = tell(organization)
    [item] = news_list(user=alice, organization=organization)
    assert item.sentence == "Bob Brown confirmed: you hand over “forecast”."
    assert (item.pk, item.kind, item.is_seen) == (row.pk, "confirmed", False)
    assert item.address == NewsAddress("handoff", (organization.pk, row.handoff_id))


def test_every_kind_leads_to_what_it_is_about(organization, alice):
    agreement, talk = make_agreement(organization), make_talk(organization)
    story = Story.objects.create(organization=organization, title="A win", text="t", told_on=timezone.localdate())
    where, given = organization.pk, forecast(organization).pk
    about = {key: {} for key in ("claimed", "confirmed", "disputed", "edited", "removed", "need", "need_answered")}
    about |= {key: {} for key in ("moment", "thanked")}
    about |= {key: {"conversation": talk} for key in ("invited", "invitation_answered")}
    about |= {key: {"agreement": agreement} for key in ("proposed", "agreed", "agreement_due")}
    about |= {"story": {"story": story}}
    for kind, values in about.items():
        tell(organization, kind, **values)
    found = {item.kind: item.address for item in news_list(user=alice, organization=organization)}
    of_handoff = NewsAddress("handoff", (where, given))
    assert found.keys() == set(Kind.values) - {"asked"}
    for kind in ("claimed", "confirmed", "disputed", "edited", "removed", "need", "need_answered"):
        assert found[kind] == of_handoff
    assert found["moment"] == found["thanked"] == NewsAddress("moments", (where,))
    assert found["invited"] == found["invitation_answered"] == NewsAddress("talk", (where, talk.pk))
    assert {found[kind] for kind in ("proposed", "agreed", "agreement_due")} == {
        NewsAddress("agreement", (where, agreement.pk))
    }
    assert found["story"] == NewsAddress("story", (where, story.pk))


def test_what_was_written_is_never_in_a_sentence(organization, alice):
    tell(organization, Kind.PROPOSED, agreement=make_agreement(organization))
    tell(organization, Kind.INVITED, conversation=make_talk(organization))
    assert not [one for one in news_list(user=alice, organization=organization) if "CANARY" in one.sentence]


def test_unseen_first_each_half_newest_first(organization, alice):
    order = {}
    for name, hours, seen in (("a", 1, True), ("b", 2, False), ("c", 3, False), ("d", 9, True)):
        order[tell(organization, ago=timedelta(hours=hours), is_seen=seen).pk] = name
    found = news_list(user=alice, organization=organization)
    assert [order[item.pk] for item in found] == ["b", "c", "a", "d"]
    assert [order[item.pk] for item in news_list(user=alice, organization=organization, offset=1, limit=2)] == [
        "c",
        "a",
    ]
    assert news_total(user=alice, organization=organization) == 4


def test_a_hand_off_taken_out_still_reads_well(organization, alice):
    tell(organization)
    HandOff.everything.filter(pk=forecast(organization).pk).update(is_removed=True)
    [item] = news_list(user=alice, organization=organization)
    assert item.sentence == (
        "Bob Brown confirmed: you hand over “forecast”. The hand-off was taken out of the chain since."
    )
    assert item.address.name == "handoff", "which says who took it out and brings it back"


def test_what_was_taken_back_or_is_gone_still_reads_well(organization, alice):
    tell(organization, Kind.PROPOSED, agreement=make_agreement(organization, state="withdrawn"))
    tell(organization, Kind.INVITED, conversation=make_talk(organization, state="withdrawn"))
    tell(organization, Kind.AGREED, handoff=None, agreement=None)
    tell(organization, Kind.CONFIRMED, by=None)
    said = {item.kind: item for item in news_list(user=alice, organization=organization)}
    assert said["proposed"].sentence.endswith("about “forecast”. It was taken back since.")
    assert said["invited"].sentence.endswith("It was taken back since.")
    assert (said["agreed"].sentence, said["agreed"].address) == ("Bob Brown agreed to your agreement.", None)
    assert said["confirmed"].sentence.startswith("Somebody confirmed")


def test_a_due_agreement_names_the_other_of_the_two(organization, alice):
    tell(organization, Kind.AGREEMENT_DUE, by=None, agreement=make_agreement(organization))
    [item] = news_list(user=alice, organization=organization)
    assert item.sentence == "Your agreement with Bob Brown about “forecast” is due: was it kept?"


def test_a_hand_off_that_is_another_s_now_leads_nowhere(organization, alice):
    tell(organization)
    HandOff.objects.filter(pk=forecast(organization).pk).update(supplier=party(organization, "dan"))
    [item] = news_list(user=alice, organization=organization)
    assert (item.sentence, item.address) == ("Bob Brown confirmed “forecast”.", None)


# ---- whose they are


def test_news_are_their_reader_s_alone(organization, people, zoe):
    tell(organization)
    for name, user in [*people.items(), ("zoe", zoe)]:
        if name != "alice":
            with pytest.raises(NotFound):
                news_list(user=user, organization=organization)
            with pytest.raises(NotFound):
                news_seen(user=user, organization=organization, upto=timezone.now())
            assert news_count(user=user, organization=organization) == 0
            assert news_total(user=user, organization=organization) == 0
            assert own_links_find(user=user, organization=organization) is None
    assert Notification.objects.get().is_seen is False


def test_a_coach_who_is_a_party_sees_their_own_alone(organization, people):
    Party.objects.filter(organization=organization, code="bob").update(user=people["bob"])
    tell(organization)
    mine = tell(organization, Kind.CLAIMED, to="bob", by="alice")
    assert [item.pk for item in news_list(user=people["bob"], organization=organization)] == [mine.pk]


@pytest.mark.parametrize("lost", ["membership", "account", "party"])
def test_whoever_belongs_no_longer_sees_nothing(organization, alice, lost):
    tell(organization)
    if lost == "membership":
        alice.memberships.all().delete()
    elif lost == "account":
        alice.is_active = False
        alice.save()
    else:
        alice.parties.update(user=None)
    assert not Notification.objects.visible_to(alice).exists()
    assert news_count(user=alice, organization=organization) == 0
    assert own_links_find(user=alice, organization=organization) is None
    with pytest.raises(NotFound):
        news_list(user=alice, organization=organization)


def test_another_organization_s_news_stay_there(organization, other_organization, alice):
    alice.memberships.create(organization=other_organization, role="member")
    Party.objects.filter(organization=other_organization, code="alice").update(user=alice)
    tell(other_organization)
    assert news_list(user=alice, organization=organization) == []
    assert news_count(user=alice, organization=organization) == 0
    assert news_count(user=alice, organization=other_organization) == 1


# ---- seen


def test_all_that_was_shown_is_marked_and_what_came_later_stays_new(organization, alice):
    old, shown = tell(organization, ago=timedelta(hours=2)), tell(organization, Kind.NEED, ago=timedelta(hours=1))
    late = tell(organization, Kind.MOMENT)
    assert news_count(user=alice, organization=organization) == 3
    assert news_seen(user=alice, organization=organization, upto=shown.pk) == 2
    assert set(Notification.objects.filter(is_seen=True).values_list("pk", flat=True)) == {old.pk, shown.pk}
    assert news_count(user=alice, organization=organization) == 1
    assert news_seen(user=alice, organization=organization, upto=shown.pk) == 0, "again is no harm"
    assert news_seen(user=alice, organization=organization, upto=timezone.now()) == 1
    assert Notification.objects.get(pk=late.pk).is_seen


def test_marking_needs_a_number_of_one_s_own(organization, alice):
    theirs = tell(organization, to="bob", by="alice")
    mine = tell(organization)
    for upto in (theirs.pk, 1, None, 2**63 - 1):
        with pytest.raises(OwnProblem, match="press the button there"):
            news_seen(user=alice, organization=organization, upto=upto)
    assert not Notification.objects.filter(is_seen=True).exists()
    news_seen(user=alice, organization=organization, upto=mine.pk)
    assert not Notification.objects.get(pk=theirs.pk).is_seen, "of nobody else"


# ---- asked to rate


def test_opening_tells_everybody_asked(organization, open_round, alice):
    told = Notification.objects.filter(kind=Kind.ASKED)
    assert {row.party.code for row in told} == {"alice", "bob", "carla"}
    assert {(row.round_id, row.by, row.handoff, row.is_mailed) for row in told} == {(open_round.pk, None, None, False)}
    [item] = news_list(user=alice, organization=organization)
    assert item.sentence == "Acme asks you about the work that is handed to you, in the round “Summer”."
    assert item.address == NewsAddress("answer", (organization.pk, open_round.pk))
    assert timezone.now() - item.made_at < timedelta(minutes=1), "a time as any other row has"


def test_who_gets_an_invitation_by_mail_gets_no_digest_of_it(organization, people):
    Party.objects.filter(code="bob").update(email="bob@acme.example")
    Party.objects.filter(code="carla").update(email="not an address")
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
    round_open(actor=OPERATOR, round=draft)
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]]
    assert {row.party.code: row.is_mailed for row in Notification.objects.all()} == {
        "alice": False,
        "bob": True,
        "carla": False,
    }


def test_outsiders_and_those_who_left_are_not_told(organization, people):
    Party.objects.filter(code="bob").update(left_on=timezone.localdate())
    draft = organization.rounds.create(
        name="Summer", mode="open", asks_end_customers=True, closes_at=timezone.now() + timedelta(days=5)
    )
    round_open(actor=OPERATOR, round=draft)
    assert {row.party.code for row in Notification.objects.all()} == {"alice", "carla"}


@pytest.mark.parametrize("mode", Round.Mode.values)
def test_nothing_tells_whether_somebody_answered(organization, people, mode):
    """Byte for byte the same rows, list and count, whether the reader answered, another did, or nobody."""
    draft = organization.rounds.create(name="Summer", mode=mode, closes_at=timezone.now() + timedelta(days=5))
    opened = round_open(actor=OPERATOR, round=draft)

    def everything():
        rows = list(Notification.objects.order_by("pk").values())
        return rows, news_list(user=people["alice"], organization=organization)

    before = everything()
    answer(opened, "bob")
    assert everything() == before
    answer(opened, "alice")
    assert everything() == before


def test_after_closing_it_is_no_news_any_more(organization, open_round, alice):
    assert news_count(user=alice, organization=organization) == 1
    Round.objects.filter(pk=open_round.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    round_close(actor=OPERATOR, round=Round.objects.get(pk=open_round.pk))
    assert news_count(user=alice, organization=organization) == 0
    [item] = news_list(user=alice, organization=organization)
    assert item.is_seen
    assert item.sentence == "You were asked in the round “Summer”. It takes no answers any more."
    assert item.address == NewsAddress("round", (organization.pk, open_round.pk))


def test_opening_again_tells_those_who_had_looked_and_nobody_twice(organization, open_round, alice):
    news_seen(user=alice, organization=organization, upto=timezone.now())
    round_close(actor=OPERATOR, round=open_round)
    round_reopen(actor=OPERATOR, round=open_round, closes_at=timezone.now() + timedelta(days=5))
    told = Notification.objects.filter(kind=Kind.ASKED, is_seen=False)
    assert sorted(row.party.code for row in told) == ["alice", "bob", "carla"]
    assert news_count(user=alice, organization=organization) == 1


def test_a_draft_that_cannot_be_opened_tells_nobody(organization, people):
    HandOff.objects.all().delete()
    draft = organization.rounds.create(name="Summer", mode="open")
    with pytest.raises(Exception, match="Nobody would be asked"):
        round_open(actor=OPERATOR, round=draft)
    assert not Notification.objects.exists()


# ---- how many queries


def test_telling_costs_three_queries_however_many_are_asked():
    costs = []
    for size in (8, 60):
        crowd = make_crowd(f"Crowd {size}", size=size)
        draft = crowd.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
        opened = round_open(actor=OPERATOR, round=draft)
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert news_of_round(round=opened) == 3 * size
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 3


def test_the_list_costs_three_queries_and_the_count_one(organization, alice, django_assert_num_queries):
    for number in (10, 190):
        Notification.objects.bulk_create(
            Notification(
                party=party(organization, "alice"),
                kind=Kind.AGREED,
                by=party(organization, "bob"),
                handoff=forecast(organization),
                agreement=make_agreement(organization),
                conversation=make_talk(organization),
            )
            for _number in range(number)
        )
        with django_assert_num_queries(3):
            assert len(news_list(user=alice, organization=organization, limit=200)) >= number
        with django_assert_num_queries(1):
            news_count(user=alice, organization=organization)
        with django_assert_num_queries(2):
            assert own_links_find(user=alice, organization=organization).unseen >= number
