"""What a person is told, who else can see it (nobody), and that it never tells whether somebody answered.

Acme (tests/cast.py): Alice hands forecast to bob and figures to carla, and receives paper. She alone is a user here.
"""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.models import HandOff, Moment, Need, Notification, Party, Round, Story
from chainmap.services.agreements import agreement_answer
from chainmap.services.handoffs import handoff_say
from chainmap.services.moments import moment_answer
from chainmap.services.needs import need_reply
from chainmap.services.news import (
    NewsAddress,
    news_count,
    news_list,
    news_of_round,
    news_read,
    news_seen,
    news_total,
    own_links_find,
)
from chainmap.services.own import OwnProblem
from chainmap.services.rounds import round_close, round_open, round_reopen
from tests.crowd import make_crowd
from tests.pair import make_pair, party
from tests.services.test_links import answer
from tests.telling import forecast, make_agreement, make_talk, tell

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


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
    tell(organization, Kind.AGREEMENT_DUE, by=None, agreement=make_agreement(organization, state="agreed"))
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
