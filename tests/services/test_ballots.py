"""One person's ballot: what is asked, and answers that survive double taps, second tabs and closing."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.cards import Card
from chainmap.domain.reasons import Reason
from chainmap.models import Answer, Ask, HandOff, MirrorGuess, Party, Round, SealedAnswer
from chainmap.services.ballots import (
    AnswerConflict,
    BallotKey,
    KeyReused,
    RoundClosed,
    answer_save,
    ballot_find,
    ballot_of_user,
    mirror_save,
)
from tests.crowd import close, make_round

pytestmark = pytest.mark.django_db
MODES = ("open", "pair", "anonymous")


@pytest.fixture(params=MODES)
def round(request, organization):
    return make_round(organization, request.param)


@pytest.fixture
def key(round):
    """Carla's ballot: figures by Alice, plan by Bob."""
    return BallotKey(round, Party.objects.get(organization=round.organization, code="carla"))


def first(key):
    return ballot_find(key=key).items[0]


def rows(round) -> list:
    model = SealedAnswer if round.mode == "anonymous" else Answer
    return list(model.objects.all())


def save(key, card, *, version=0, client_id=None, ask=None):
    return answer_save(
        key=key, ask=ask or first(key).ask, card=card, version=version, client_id=client_id or str(uuid.uuid4())
    )


def test_the_ballot_asks_about_everything_received(key):
    ballot = ballot_find(key=key)
    assert [(item.place, item.supplier, item.deliverable) for item in ballot.items] == [
        (1, "Alice Adams", "figures"), (2, "Bob Brown", "plan")
    ]  # fmt: skip
    assert (ballot.answered, ballot.total, ballot.editable) == (0, 2, True)
    assert [(item.customer, item.deliverable) for item in ballot.mirrors] == [("Bob Brown", "questions")]


def test_an_answer_is_there_the_next_time(key):
    card = Card(score=4, reason=Reason.LATE, comment="Tuesday, not Friday", shared=True)
    saved = save(key, card)
    assert (saved.card, saved.version) == (card, 1)
    assert first(key).card == card
    assert ballot_find(key=key).answered == 1


def test_not_this_period_counts_as_answered_and_an_answer_can_be_taken_back(key):
    save(key, Card(not_this_period=True))
    assert ballot_find(key=key).answered == 1
    save(key, Card(), version=1)
    assert ballot_find(key=key).answered == 0


def test_the_same_try_again_is_one_save(key):
    before = len(rows(key.round))
    tries = [save(key, Card(score=7), client_id="one") for _ in range(5)]
    assert {(one.card.score, one.version) for one in tries} == {(7, 1)}
    assert len(rows(key.round)) == before


def test_a_late_copy_of_an_old_try_changes_nothing(key):
    save(key, Card(score=7), client_id="one")
    save(key, Card(score=9), version=1, client_id="two")
    again = save(key, Card(score=7), client_id="one")
    assert (again.card.score, again.version) == (9, 2)


def test_a_client_id_with_another_answer_is_refused(key):
    save(key, Card(score=3), client_id="one")
    save(key, Card(score=5), version=1, client_id="two")
    for version in (0, 1, 2):
        with pytest.raises(KeyReused):
            save(key, Card(score=9), version=version, client_id="one")
    assert first(key).card.score == 5


def test_an_answer_from_before_shows_both_values(key):
    save(key, Card(score=3))
    with pytest.raises(AnswerConflict) as conflict:
        save(key, Card(score=9))
    assert (conflict.value.item.card.score, conflict.value.item.version) == (3, 1)
    assert first(key).card.score == 3


def test_a_closed_round_takes_nothing(key):
    save(key, Card(score=3))
    Round.objects.filter(pk=key.round.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(RoundClosed):
        save(key, Card(score=9), version=1)
    close(key.round)
    with pytest.raises(RoundClosed):
        save(key, Card(score=9), version=1)
    with pytest.raises(RoundClosed):
        mirror_save(key=key, handoff=ballot_find(key=key).mirrors[0].handoff, guess=3)


def test_nobody_answers_for_another(key, other_organization):
    others = list(Ask.objects.filter(round=key.round).exclude(rater=key.rater))
    foreign = list(Ask.objects.filter(round=make_round(other_organization, "pair")))
    for ask in (*others, *foreign):
        with pytest.raises(NotFound):
            save(key, Card(score=1), ask=ask.pk)
    with pytest.raises(NotFound):
        save(key, Card(score=1), ask=10**12)
    assert {row.score for row in rows(key.round)} == {"--"}


def test_saving_writes_one_row_and_no_time(key, django_assert_max_num_queries):
    with django_assert_max_num_queries(14) as queries:
        save(key, Card(score=3), ask=Ask.objects.filter(round=key.round, rater=key.rater).first().pk)
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert len(written) == 1
    columns = {
        column.name
        for model in (Answer, SealedAnswer, Ask)
        for column in connection.introspection.get_table_description(connection.cursor(), model._meta.db_table)
    }
    assert not {name for name in columns if name.endswith(("_at", "_on")) or "time" in name or "date" in name}


def test_rows_have_one_length_whatever_the_score(key):
    def length():
        return {
            (len(row.score), len(row.marks), len(row.texts), len(row.saves), len(row.receipts))
            for row in rows(key.round)
        }

    before = length()
    save(key, Card(score=10, reason=Reason.OTHER, shared=True))
    texts = 4096 if key.round.mode == "anonymous" else 0
    assert length() == before == {(2, 8, texts, 6, 256)}


def test_sealed_rows_have_one_length_whatever_was_written(organization):
    made = make_round(organization, "anonymous")
    key = BallotKey(made, Party.objects.get(organization=organization, code="carla"))
    save(key, Card(score=3, comment="ü" * 1500, wish=" blanks around "))
    assert {len(row.texts.encode()) for row in rows(made)} == {4096}
    assert first(key).card == Card(score=3, comment="ü" * 1500, wish=" blanks around ")
    save(key, Card(score=3, comment="€" * 2000), version=1)
    assert {len(row.texts.encode()) for row in rows(made)} == {4096, 8192}


def test_the_database_refuses_another_score(key):
    from django.db import IntegrityError, transaction

    row = rows(key.round)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(score="11")


def test_a_guess_is_kept_changed_and_taken_back(key):
    handoff = ballot_find(key=key).mirrors[0].handoff
    for guess in (9, 4):
        mirror_save(key=key, handoff=handoff, guess=guess)
        assert ballot_find(key=key).mirrors[0].guess == guess
    mirror_save(key=key, handoff=handoff, guess=None)
    assert not MirrorGuess.objects.exists()
    with pytest.raises(ValueError, match="between 0 and 10"):
        mirror_save(key=key, handoff=handoff, guess=11)
    foreign = HandOff.objects.exclude(supplier=key.rater).first()
    with pytest.raises(NotFound):
        mirror_save(key=key, handoff=foreign.pk, guess=3)


def test_a_round_that_asks_about_few_asks_for_few_guesses(organization):
    alice = Party.objects.get(organization=organization, code="alice")
    assert len(ballot_find(key=BallotKey(make_round(organization, "pair"), alice)).mirrors) == 2
    few = make_round(organization, "pair", name="Few", most_asked=1)
    (guess,) = ballot_find(key=BallotKey(few, alice)).mirrors
    assert guess.deliverable == "forecast"


def test_a_user_without_a_place_in_the_chain_is_not_asked(round, people, zoe):
    organization = round.organization
    assert ballot_of_user(user=people["alice"], organization=organization, pk=round.pk).rater.code == "alice"
    for user in (people["dora"], people["erik"], zoe):
        with pytest.raises(NotFound):
            ballot_of_user(user=user, organization=organization, pk=round.pk)


def test_an_answer_of_an_anonymous_round_cannot_be_found_without_the_secret_key(organization, settings):
    made = make_round(organization, "anonymous")
    key = BallotKey(made, Party.objects.get(organization=organization, code="carla"))
    save(key, Card(score=3))
    settings.SECRET_KEY = "another key altogether"
    assert ballot_find(key=key).answered == 0
