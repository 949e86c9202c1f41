"""My chain: both lists, naming a hand-off, and the people in it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chainmap.models import HandOff, Need, Party, Rating
from chainmap.services.analysis import findings_forget
from chainmap.services.handoffs import handoff_add, handoff_say
from tests.pair import give_account, handoff_of, many_handoffs, party
from tests.web.handing import at, chain_at, text_of

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


# ---- my chain


def test_both_lists_say_who_what_how_much_and_what_was_said(as_alice, organization, forecast):
    spring = organization.rounds.get()
    for day, score in ((1, 5), (2, 7)):
        Rating.objects.create(
            round=spring, handoff=forecast, rater=forecast.customer, score=score, given_on=date(2026, 5, day)
        )
    Need.objects.create(handoff=forecast, text="early", reply="agreed")
    Need.objects.create(handoff=forecast, text="complete")
    page = text_of(as_alice.get(chain_at(organization)))
    assert "To whom I give what" in page
    assert "From whom I get what" in page
    assert "<strong>5, then 7</strong> · higher" in page
    assert "2 needs, 1 agreed" in page
    assert "3 · 75 % of what you give" in page
    assert "outside your organization" in page
    assert "Who decides" not in page, "what nobody said is left out"
    assert "None yet" not in page


@pytest.mark.parametrize(("first", "second", "word"), [(5, 6, "about the same"), (9, 7, "lower"), (2, 4, "higher")])
def test_one_point_is_about_the_same(as_alice, organization, forecast, first, second, word):
    for day, score in ((1, first), (2, second)):
        Rating.objects.create(
            round=organization.rounds.get(), handoff=forecast, rater=forecast.customer, score=score,
            given_on=date(2026, 5, day),
        )  # fmt: skip
    assert f"<strong>{first}, then {second}</strong> · {word}" in text_of(as_alice.get(at(forecast)))


def test_claims_stand_first_and_are_confirmed_on_the_spot(as_bob, alice, organization, forecast):
    made = handoff_add(
        user=alice, organization=organization, side="given", other=party(organization, "bob"), deliverable="sketch"
    )
    page = text_of(as_bob.get(chain_at(organization)))
    assert "<bdi>Alice Adams</bdi> says: “I give <bdi>sketch</bdi> to you.”" in page
    assert page.index("Is this so? Somebody names you") < page.index("To whom I give what")
    sent = as_bob.post(at(made, "handoff_say"), {"says": "yes", "version": 1, "back": "chain"})
    assert (sent.status_code, sent["Location"]) == (302, chain_at(organization, "#waiting"))
    page = text_of(as_bob.get(chain_at(organization)))
    assert '<div id="waiting"> <p class="told" role="status">You say it is so. Alice Adams is told.' in page
    assert "Is this so?" not in page


def test_gaps_one_sided_and_disputed_ones_are_listed(as_alice, alice, organization, forecast):
    handoff_say(user=alice, organization=organization, handoff=forecast.pk, version=1, says="yes")
    figures = handoff_of(organization, "alice", "carla")
    handoff_say(user=alice, organization=organization, handoff=figures.pk, version=1, says="no")
    page = text_of(as_alice.get(chain_at(organization)))
    for title in (
        "Nobody has agreed yet what is needed",
        "You named it, the other side has not answered",
        "You do not agree yet whether it is so",
    ):
        assert title in page


def test_one_list_goes_page_by_page(as_alice, organization):
    many_handoffs(organization, "alice", 30)
    both = text_of(as_alice.get(chain_at(organization)))
    assert "All 32" in both
    second = text_of(as_alice.get(chain_at(organization, "?side=given&page=2")))
    assert "Page 2 of 2" in second
    assert second.count('<li class="card chain-row') == 12
    for query in ("?side=given&page=3", "?side=x", "?page=1", "?side=given&side=given", "?side=given&page=%D9%A1"):
        assert as_alice.get(chain_at(organization, query)).status_code == 400, query


#: Of my chain, one of its lists, the page of a hand-off, suggestions: the same for 10 and for 200 hand-offs a side.
QUERIES = [44, 15, 24, 5]


def test_queries_do_not_grow(as_alice, organization, forecast):
    addresses = [
        chain_at(organization), chain_at(organization, "?side=given"), at(forecast),
        reverse("chainmap:people_suggestions", args=[organization.pk]) + "?q=col",
    ]  # fmt: skip
    for number in (10, 200):
        many_handoffs(organization, "alice", number)
        Rating.objects.bulk_create(
            Rating(round=organization.rounds.get(), handoff=one, rater=one.customer, score=5)
            for one in HandOff.objects.filter(organization=organization).exclude(ratings__isnull=False)
        )
        Need.objects.bulk_create(Need(handoff=one, text="early") for one in HandOff.objects.filter(needs=None))
        findings_forget()
        used = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert as_alice.get(address).status_code == 200
            used.append(len(captured))
        assert used == QUERIES


def test_what_waits_for_one_s_own_decision_is_said(as_alice, organization):
    HandOff.objects.filter(deliverable__in=["plan", "questions"]).update(decision_owner=party(organization, "alice"))
    organization.touch()
    page = text_of(as_alice.get(chain_at(organization)))
    assert "You decide on exceptions for 2 hand-offs of 2 people; " in page
    assert "of everything delivered waits for your decision." in page


# ---- naming


def new(organization, **more):
    return {"side": "given", "other": "bob brown", "deliverable": "sketch", "volume": "", "decision_owner": "", **more}


def test_a_hand_off_is_named_by_a_name_and_a_word(as_alice, organization, forecast):
    address = reverse("chainmap:handoff_new", args=[organization.pk])
    sent = as_alice.post(address, new(organization, volume="0,5", decision_owner="Carla Conti"))
    made = handoff_of(organization, "alice", "bob", "sketch")
    assert (sent.status_code, sent["Location"]) == (302, at(made))
    assert (made.volume, made.decision_owner.code) == (0.5, "carla")
    assert "Named. Bob Brown is asked whether it is so." in text_of(as_alice.get(at(made)))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("volume", "0", "above 0"),
        ("volume", "-3", "above 0"),
        ("volume", "nan", "above 0"),
        ("volume", "1e400", "above 0"),
        ("volume", "many", "not a number"),
        ("volume", "1" * 400, "not a number"),
        ("volume", "１", "not a number"),
        ("other", "Nobody", "Nobody here is called “Nobody”"),
        ("other", "alice adams", "This is you"),
        ("other", "CANARY Bob Brown", "Nobody here is called"),
        ("other", "Dan Duval", "Dan Duval left on 1 March 2026"),
        ("decision_owner", "Dan Duval", "Dan Duval left on 1 March 2026"),
        ("other", "", "Name the person"),
        ("side", "", "Choose whether you give it or get it"),
        ("deliverable", "", "Say in a word or two"),
        ("deliverable", "forecast", "already"),
        ("deliverable", "x" * 10_000, "10000 characters"),
        ("deliverable", "a\x00b", "cannot be shown (U+0000)"),
    ],
)
def test_what_cannot_be_named_is_said_and_everything_typed_is_kept(
    as_alice, organization, other_organization, forecast, field, value, said
):
    Party.objects.filter(code="dan").update(left_on=date(2026, 3, 1))
    count = HandOff.everything.count()
    typed = new(organization, volume="2", **{field: value}) if field != "volume" else new(organization, volume=value)
    answer = as_alice.post(reverse("chainmap:handoff_new", args=[organization.pk]), typed)
    page = text_of(answer)
    assert answer.status_code == 400
    assert said in page
    assert HandOff.everything.count() == count
    for kept in (text for name, text in typed.items() if text and name != "side" and "\x00" not in text):
        assert f'value="{kept}"' in page


def test_nothing_is_handed_over_by_an_end_customer(as_alice, organization, forecast):
    typed = new(organization, side="received", other="The client")
    answer = as_alice.post(reverse("chainmap:handoff_new", args=[organization.pk]), typed)
    assert answer.status_code == 400
    assert "where the chain ends" in text_of(answer)


def test_my_own_list_is_searched(as_alice, organization, forecast):
    assert 'name="find"' not in text_of(as_alice.get(chain_at(organization))), "two rows need no search"
    many_handoffs(organization, "alice", 30)
    assert 'name="find"' in text_of(as_alice.get(chain_at(organization)))
    page = text_of(as_alice.get(chain_at(organization, "?find=Colleague+1")))
    assert "All 11" in page
    assert "?side=given&amp;find=Colleague+1" in page
    assert "Is this so?" not in page
    many = text_of(as_alice.get(chain_at(organization, "?side=given&find=colleague")))
    assert "?side=given&amp;find=colleague&amp;page=2" in many
    nothing = text_of(as_alice.get(chain_at(organization, "?find=%3Cb%3E%00&side=given")))
    assert "has “<bdi>&lt;b&gt;</bdi>” in it" in nothing
    assert as_alice.get(chain_at(organization, f"?find={'x' * 5000}")).status_code == 200


# ---- names, and who left


def test_suggestions_are_json_of_labels_and_teams(as_alice, organization):
    address = reverse("chainmap:people_suggestions", args=[organization.pk])
    assert as_alice.get(f"{address}?q=bo").json() == {"people": [{"label": "Bob Brown", "team": "Planning"}]}
    assert as_alice.get(address).json() == {"people": []}
    assert as_alice.get(f"{address}?q=%00").json() == {"people": []}
    assert as_alice.get(f"{address}?q={'x' * 5000}").json() == {"people": []}
    assert as_alice.get(f"{address}?limit=99").status_code == 400


def test_an_administrator_says_who_left_on_the_page_of_the_party(signed_in, dora, alice, organization, party_url):
    page = party_url("bob")
    client = signed_in(dora)
    address = reverse("chainmap:party_left", args=[organization.pk, party(organization, "bob").pk])
    assert "When this person left" in text_of(client.get(page))
    assert "When this person left" not in text_of(signed_in(alice).get(page))
    assert client.post(address, {"left_on": "2026-03-01"})["Location"] == page
    assert "left on 1 March 2026" in text_of(signed_in(alice).get(page))
    for junk in ("2999-01-01", "yesterday", "0001-01-01"):
        answer = client.post(address, {"left_on": junk})
        assert (answer.status_code, f'value="{junk}"' in text_of(answer)) == (400, True)
    assert signed_in(alice).post(address, {"left_on": ""}).status_code == 403
    assert client.post(address, {"left_on": ""}).status_code == 302
    assert party(organization, "bob").left_on is None


def test_the_chain_says_whom_decisions_wait_for(signed_in, alice, carla, organization, chain_url):
    assert "Decisions wait for" not in text_of(signed_in(alice).get(chain_url))
    HandOff.objects.filter(deliverable="forecast").update(decision_owner=party(organization, "carla"))
    HandOff.objects.filter(deliverable__in=["plan", "report"]).update(decision_owner=party(organization, "alice"))
    organization.touch()
    page = text_of(signed_in(carla).get(chain_url))
    assert "Decisions wait for" in page
    assert "decides on exceptions for 2 hand-offs of 2 people;" in page
    assert "of everything delivered passes such a decision" in page
    assert "For 3 of 6 hand-offs somebody said who decides on exceptions." in page
    assert "they wait for each other’s decisions" in page
