"""What a person is told, and who else can see it: nobody.

Acme (tests/cast.py): Alice hands forecast to bob and figures to carla, and receives paper. She alone is a user here.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.models import HandOff, Notification, Party, Story
from chainmap.services.news import (
    NewsAddress,
    news_count,
    news_list,
    news_seen,
    news_total,
    own_links_find,
)
from chainmap.services.own import OwnProblem
from tests.pair import party
from tests.telling import forecast, make_agreement, make_talk, tell

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


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
