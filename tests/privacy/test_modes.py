"""What each role sees of a closed round of each mode; no mode but the open one has its single ratings anywhere else."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.cells import Table
from chainmap.domain.roles import Role
from chainmap.exports.bottlenecks import EXPORT_FORMATS
from chainmap.exports.round_words import mode_sentence
from chainmap.models import Answer, Ask, Party, Rating, Release, Round, SealedAnswer
from chainmap.services.ballots import BallotKey, ballot_find
from chainmap.services.published import published_find
from chainmap.services.results import own_results_find, rating_share, round_results_find
from chainmap.services.round_analysis import round_export, round_findings_forget
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db

MODES = ("open", "pair", "anonymous")


@pytest.fixture
def crowd(db):
    round_findings_forget()
    return make_crowd()


@pytest.fixture
def users(crowd):
    """The five roles; besides red0, who gives, blue0, who rates that, and green4, who has to do with neither."""
    made = {role.value: make_user(role.value, crowd, role) for role in Role}
    for code in ("red0", "blue0", "green4"):
        made[code] = make_user(code, crowd, Role.MEMBER)
        Party.objects.filter(organization=crowd, code=code).update(user=made[code])
    return made


def closed(crowd, mode, *, shared=()):
    made = make_round(crowd, mode)
    answer_all(
        made,
        lambda ask: Card(
            score=4 if (ask.handoff.supplier.code, ask.rater.code) == ("red0", "blue0") else 8,
            comment="a canary comment" if ask.rater.code == "blue0" else "",
            shared=ask.rater.code in shared,
        ),
    )
    return close(made)


def pairs_seen(user, made) -> set[tuple[str, str]]:
    """(supplier, rater) of every single answer the services show somebody."""
    own = own_results_find(actor=user, round=made)
    found = round_results_find(actor=user, round=made)
    answers = [answer for handoff in found.handoffs for answer in handoff.answers] + list(found.shared)
    answers += [] if own is None else [*own.received, *own.given]
    return {(answer.supplier, answer.customer) for answer in answers}


def test_open_names_are_for_the_two_sides_coach_and_manager(crowd, users):
    made = closed(crowd, "open")
    everybody = set(Rating.objects.filter(round=made).values_list("handoff__supplier__name", "rater__name"))
    assert len(everybody) == 48
    seen = {who: pairs_seen(user, made) for who, user in users.items()}
    assert seen["coach"] == seen["manager"] == everybody
    assert seen["member"] == seen["administrator"] == seen["auditor"] == set()
    assert seen["red0"] == {pair for pair in everybody if "Red 0" in pair}
    assert ("Red 0", "Blue 0") in seen["blue0"]
    assert ("Red 0", "Blue 0") not in seen["green4"]


@pytest.mark.parametrize(
    ("rater_ticks", "supplier_ticks", "coach_sees"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_pair_ratings_are_for_the_two_sides_and_the_coach_only_when_both_tick(
    crowd, users, rater_ticks, supplier_ticks, coach_sees
):
    made = closed(crowd, "pair", shared={"blue0"} if rater_ticks else ())
    rating = Rating.objects.get(round=made, handoff__supplier__code="red0", rater__code="blue0")
    rating_share(actor=users["red0"], round=made, rating=rating.pk, shared=supplier_ticks)
    seen = {who: pairs_seen(user, made) for who, user in users.items()}
    assert ("Red 0", "Blue 0") in seen["red0"] & seen["blue0"]
    assert seen["coach"] == ({("Red 0", "Blue 0")} if coach_sees else set())
    for who in ("member", "manager", "administrator", "auditor"):
        assert seen[who] == set(), who
    assert all("Green 4" in pair for pair in seen["green4"])


def test_anonymous_answers_are_for_nobody_not_even_their_rater(crowd, users):
    made = closed(crowd, "anonymous")
    assert {who: pairs_seen(user, made) for who, user in users.items()} == {who: set() for who in users}
    rater = Party.objects.get(organization=crowd, code="blue0")
    assert not [item for item in ballot_find(key=BallotKey(made, rater)).items if item.card != Card()]
    assert [kind.objects.count() for kind in (SealedAnswer, Answer, Rating)] == [0, 0, 0]


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_what_is_left_holds_no_score_of_a_person(crowd, users, mode):
    """Of the supplier cells everybody gets at most the own one; the analysis knows teams alone."""
    made = closed(crowd, mode)
    for who, user in users.items():
        cells = published_find(actor=user, round=made).cells
        own = {cell.key for cell in cells if cell.table == Table.SUPPLIER}
        party = Party.objects.filter(user=user).values_list("pk", flat=True)
        assert own <= {(pk,) for pk in party}, who
        assert Table.SUPPLIER not in {row.table for row in round_results_find(actor=user, round=made).cells}
    for format in ("json", "csv", "dot"):
        file = round_export(actor=OPERATOR, round=made, format=format).content.decode()
        assert not [party.name for party in Party.objects.exclude(kind="end_customer") if f'{party.name}"' in file]
        assert "canary" not in file


def test_no_raw_export_exists(crowd, users):
    """The list of ratings of the interface, its single addresses and every format of file: nothing but the own ones."""
    rounds = {mode: closed(crowd, mode) for mode in MODES}
    expected = {
        "coach": {"open"}, "manager": {"open"}, "red0": {"open", "pair"}, "green4": {"open", "pair"},
    }  # fmt: skip
    for who, user in users.items():
        client = Client()
        client.force_login(user)
        seen: set[str] = set()
        for mode, made in rounds.items():
            answer = client.get(f"/api/v1/organizations/{crowd.pk}/ratings/", {"round": made.pk})
            rows = json.loads(answer.content)["results"]
            seen |= {mode} if rows else set()
            if mode == "pair":
                assert {row["id"] for row in rows} == _own(made, user), who
        if who in expected:
            assert seen == expected[who], who
    other = Rating.objects.get(round=rounds["pair"], handoff__supplier__code="red0", rater__code="blue1")
    client.force_login(users["manager"])
    assert client.get(f"/api/v1/organizations/{crowd.pk}/ratings/{other.pk}/").status_code == 404
    assert set(EXPORT_FORMATS) == {"json", "csv", "dot", "svg", "png", "table"}, "a new format needs a look at it"


def _own(made: Round, user) -> set[int]:
    given = Rating.objects.filter(round=made, rater__user=user)
    received = Rating.objects.filter(round=made, handoff__supplier__user=user)
    return {rating.pk for rating in given} | {rating.pk for rating in received}


@pytest.mark.parametrize("mode", MODES)
def test_the_mode_cannot_be_changed_after_the_first_answer(crowd, mode):
    """Not even past the program: the database refuses, while open, when closed and when open again."""
    made = make_round(crowd, mode)
    answer_all(made, lambda ask: Card(score=5) if ask.rater.code == "blue0" else None)
    for _ in range(2):
        for other in set(MODES) - {mode}:
            with pytest.raises(IntegrityError), transaction.atomic():
                Round.objects.filter(pk=made.pk).update(mode=other)
        made = close(made) if made.state == "open" else made


def test_a_release_cannot_be_changed(crowd):
    closed(crowd, "pair")
    for change in ({"content": "{}"}, {"extras": "{}"}, {"proof": "0" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.update(**change)


def test_every_mode_says_in_one_sentence_who_will_see_what():
    open_, pair, anonymous = (mode_sentence(mode, "Anna", 5) for mode in MODES)
    assert open_ == "Anna, your coach and the managers will see your name and your score."
    assert pair.startswith("Anna will see your name and your score.")
    assert "manager will not" in pair
    assert anonymous.startswith(
        "Your name and your answer are stored apart. After closing nobody can put them together."
    )
    assert "for 5 or more people" in anonymous
    assert "for 8 or more people" in mode_sentence("anonymous", "Anna", 8)


@pytest.mark.parametrize("mode", MODES)
def test_the_sentence_stands_above_the_first_tap(organization, alice, mode):
    """On the card of somebody who is signed in, before the first place to tap an answer."""
    made = make_round(organization, mode)
    ask = Ask.objects.get(round=made, rater__code="alice")
    client = Client()
    client.force_login(alice)
    page = client.get(f"/organizations/{organization.pk}/rounds/{made.pk}/answer/{ask.pk}/").content.decode()
    sentence = mode_sentence(mode, "Paper mill", made.k).split(".")[0]
    assert sentence in page
    assert page.index(sentence) < page.index('type="radio"') < page.index('type="submit"', page.index("<main"))
