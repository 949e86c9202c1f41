"""The addresses people answer at: every role, every method, and questions that are one's own, another's or nobody's."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.test import Client

from chainmap.models import Answer, Ask, Link, Membership, Party, Rating, Round, Team
from chainmap.services.links import link_issue
from tests.access.table import ANONYMOUS, ANSWERING, EVERYBODY, INSIDERS, METHODS, STRANGER, methods_of
from tests.crowd import make_round

pytestmark = pytest.mark.django_db

SIGNED_IN_ROWS = [row for row in ANSWERING if row.route.startswith("organizations/")]
LINK_ROWS = [row for row in ANSWERING if "<str:token>" in row.route]
MISSING = 10**9
#: A form that is answered: shown again, led on, or told what is missing.
ANSWERED = {200, 302, 303, 400}


def body(score: int = 3) -> dict[str, str]:
    """What the form of a card sends."""
    return {"score": str(score), "version": "0", "client_id": str(uuid.uuid4())}


def address(route: str, **values: object) -> str:
    for name, value in values.items():
        for kind in ("int", "str"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    return "/" + route


@pytest.fixture
def running(organization, people):
    return make_round(organization, "pair", name="Running")


@pytest.fixture
def theirs(other_organization):
    return make_round(other_organization, "pair", name="Running")


@pytest.fixture
def users(people, zoe):
    by_role = {
        member.role: member.user for member in Membership.objects.filter(user__in=[user.pk for user in people.values()])
    }
    return by_role | {STRANGER: zoe, ANONYMOUS: None}


def client_of(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def ask_of(round: Round, code: str) -> int:
    return Ask.objects.filter(round=round, rater__code=code).values_list("pk", flat=True)[0]


def answered() -> set[int]:
    return set(Answer.objects.exclude(score="--").values_list("ask_id", flat=True))


@pytest.mark.parametrize("row", SIGNED_IN_ROWS, ids=lambda row: row.route)
def test_a_ballot_is_there_for_whoever_is_asked(row, organization, running, users):
    where = address(row.route, organization=organization.pk, round=running.pk, ask=ask_of(running, "alice"))
    for who, user in users.items():
        for method in methods_of(who):
            client = client_of(user)
            with transaction.atomic():
                sent = client.post(where, body()) if method == "POST" else client.generic(method, where)
                written = answered()
                transaction.set_rollback(True)
            allowed = who in row.allowed.get(method, ())
            if method not in row.allowed:
                expected = {405}
            elif allowed:
                expected = ANSWERED
            else:
                expected = {302} if who == ANONYMOUS else {row.refused} if who in INSIDERS else {404}
            assert sent.status_code in expected, (who, method, sent.status_code)
            assert allowed or not written


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_questions_of_others_and_of_nobody_are_the_same_nothing(organization, running, theirs, users, method):
    """Own team or another one, own organization or another one, an old round or none: one answer, nothing saved."""
    other_round = make_round(organization, "open", name="Second")
    keys = [ask_of(running, "bob"), ask_of(running, "carla"), ask_of(other_round, "alice"), ask_of(theirs, "alice")]
    card = "organizations/<int:organization>/rounds/<int:round>/answer/<int:ask>/"
    asked = [address(card, organization=organization.pk, round=running.pk, ask=key) for key in (*keys, MISSING, 2**70)]
    own = ask_of(running, "alice")
    asked += [
        address(card, organization=theirs.organization_id, round=theirs.pk, ask=ask_of(theirs, "alice")),
        address(card, organization=theirs.organization_id, round=running.pk, ask=own),
        address(card, organization=organization.pk, round=theirs.pk, ask=own),
        address(card, organization=organization.pk, round=MISSING, ask=own),
        address(card, organization=MISSING, round=running.pk, ask=own),
    ]
    client = client_of(users["member"])
    answers = [client.post(each, body()) if method == "POST" else client.get(each) for each in asked]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert b"CANARY" not in answers[0].content
    assert not answered()


@pytest.mark.parametrize("row", LINK_ROWS, ids=lambda row: row.route)
def test_a_link_opens_one_ballot_for_whoever_holds_it(row, running, users):
    rater = Party.objects.get(organization=running.organization, code="carla")
    token = link_issue(round=running, rater=rater).token
    for who, user in users.items():
        for method in METHODS if who == ANONYMOUS else ("GET", "POST"):
            with transaction.atomic():
                client = client_of(user)
                where = address(row.route, token=token, ask=ask_of(running, "carla"))
                sent = client.post(where, body()) if method == "POST" else client.generic(method, where)
                written = answered()
                transaction.set_rollback(True)
            assert who in EVERYBODY
            expected = ANSWERED if method in row.allowed else {405}
            assert sent.status_code in expected, (who, method, sent.status_code)
            assert written <= set(Ask.objects.filter(rater=rater).values_list("pk", flat=True))


def test_a_link_opens_nobody_else_s_question(running, theirs):
    rater = Party.objects.get(organization=running.organization, code="carla")
    token = link_issue(round=running, rater=rater).token
    client = Client()
    card = "a/<str:token>/<int:ask>/"
    keys = (ask_of(running, "alice"), ask_of(running, "bob"), ask_of(theirs, "carla"), MISSING)
    for ask_for in (lambda where: client.post(where, body()), client.get):
        answers = [ask_for(address(card, token=token, ask=key)) for key in keys]
        dead = ask_for(address(card, token="x" * 43, ask=keys[0]))
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.content for answer in answers} == {dead.content}
    assert not answered()


def test_a_link_opens_no_other_page(organization, running):
    """It is no sign-in: with it in hand every other address still asks for one."""
    rater = Party.objects.get(organization=organization, code="carla")
    client = Client()
    client.get(f"/a/{link_issue(round=running, rater=rater).token}/")
    for path in ("/", f"/organizations/{organization.pk}/", f"/organizations/{organization.pk}/rounds/{running.pk}/"):
        assert client.get(path).status_code == 302
    assert client.get(f"/api/v1/organizations/{organization.pk}/rounds/").status_code == 401


class TestInBodyAndQuery:
    """What belongs to others is as good as nothing there too."""

    def test_teams_of_another_organization_cannot_be_asked(self, organization, other_organization, people):
        client = client_of(people["dora"])
        path = f"/organizations/{organization.pk}/rounds/new/"
        foreign = Team.objects.filter(organization=other_organization).first().pk
        pages = [
            client.post(path, {"name": "Mine", "mode": "pair", "question_set": "full", "k": "5", "teams": [str(key)]})
            for key in (foreign, MISSING)
        ]
        assert {page.status_code for page in pages} == {400}
        assert b"CANARY" not in pages[0].content
        assert not Round.objects.filter(name="Mine").exists()

    def test_a_guess_about_somebody_else_s_hand_off_is_not_kept(self, organization, running, theirs, people):
        client = client_of(people["alice"])
        path = f"/organizations/{organization.pk}/rounds/{running.pk}/answer/mirror/"
        others = Ask.objects.exclude(handoff__supplier__code="alice").values_list("handoff_id", flat=True)
        for handoff in (*others, MISSING):
            assert client.post(path, {f"guess-{handoff}": "3"}).status_code in {302, 303, 400, 404}
        assert not running.guesses.exists()
        assert not theirs.guesses.exists()

    @pytest.mark.parametrize("name", ["round", "handoff", "supplier", "customer"])
    def test_filters_by_other_people_s_numbers_find_nothing(self, organization, other_organization, people, name):
        client = client_of(people["carla"])
        rating = Rating.objects.filter(round__organization=other_organization).select_related("handoff").first()
        foreign = {
            "round": rating.round_id,
            "handoff": rating.handoff_id,
            "supplier": rating.handoff.supplier_id,
            "customer": rating.handoff.customer_id,
        }[name]
        path = f"/api/v1/organizations/{organization.pk}/ratings/"
        assert client.get(path).json()["results"], "there are some to find"
        answers = [client.get(path, {name: key}) for key in (foreign, MISSING)]
        assert [answer.json()["results"] for answer in answers] == [[], []]


def test_whoever_leaves_the_organization_loses_link_and_ballot_at_once(organization, running, people):
    token = link_issue(round=running, rater=Party.objects.get(organization=organization, code="alice")).token
    client, holder = client_of(people["alice"]), Client()
    path = f"/organizations/{organization.pk}/rounds/{running.pk}/answer/"
    assert client.get(path).status_code in {200, 302, 303}
    assert holder.get(f"/a/{token}/").status_code in {200, 302, 303}
    Membership.objects.filter(user=people["alice"]).delete()
    assert client.get(path).status_code == 404
    assert holder.get(f"/a/{token}/").status_code == 404
    assert Link.objects.filter(round=running).exists()
