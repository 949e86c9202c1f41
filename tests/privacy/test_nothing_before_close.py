"""While a round is open nothing that anybody but the rater can reach differs from a round nobody has answered."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.response import Band
from chainmap.domain.roles import Role
from chainmap.models import Ask, AuditEntry, HandOff, Membership, Notification, Party, Rating, Round
from chainmap.models.attempts import Attempt
from chainmap.services.analysis import bottlenecks_find, findings_forget
from chainmap.services.ballots import BallotKey, mirror_save
from chainmap.services.links import link_bind, link_find, link_issue
from chainmap.services.response import response_find
from chainmap.services.results import own_results_find, round_results_find
from chainmap.services.round_analysis import round_bottlenecks_find, round_findings_forget
from chainmap.services.rounds import round_reopen, rounds_list
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round, save
from tests.privacy.crawl import addresses, look, own_values

pytestmark = pytest.mark.django_db

MODES = ("open", "pair", "anonymous")
#: Everything a card can say.
FULL = Card(
    score=3,
    reason=Reason.LATE,
    moment=Moment.MISERY,
    moment_line="a canary line",
    care={Dimension.EMPOWERMENT: Chip.MISSING},
    comment="a canary comment",
    wish="a canary wish",
)


#: Organization -> what fills the addresses of "my page", made once a test: every look finds the same rows.
OWN: dict[int, dict[str, object]] = {}


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    """Time stands still and nothing is kept of other tests: what differs differs for another reason."""
    round_findings_forget()
    OWN.clear()
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 4, 9, tzinfo=UTC))


@pytest.fixture
def rounds(organization, people):
    """One open round of each mode at Acme; asked are alice, bob and carla."""
    return [make_round(organization, mode) for mode in MODES]


def answer_as(code: str, card: Card, rounds: list[Round]) -> None:
    """One person answers everything in the rounds."""
    for made in rounds:
        answer_all(made, lambda ask: card if ask.rater.code == code else None)


def everything_seen(users, rounds, organization, *, only="", before=None) -> dict[tuple[str, str], tuple]:
    """(who, address) -> answer: each user at every address, at those about a round once for each round.

    Whoever was turned away ``before`` for being who they are is not sent there again.
    """
    handoff = HandOff.objects.get(organization=organization, deliverable="forecast")
    rating = Rating.objects.get(handoff=handoff, round__name="Spring")
    alice = Party.objects.get(organization=organization, code="alice")
    own = OWN.get(organization.pk) or OWN.setdefault(organization.pk, own_values(organization))
    clients = {who: Client() for who in users}
    for who, user in users.items():
        clients[who].force_login(user)
    if before is None:  # opening a page reads one's own news of it: the first crawl would count them down
        Notification.objects.update(is_seen=True)
    seen = {key: told for key, told in (before or {}).items() if told[0] in {403, 405}}
    for number, made in enumerate(rounds):
        values = own | {
            "organization": organization.pk, "round": made.pk, "party": alice.pk, "handoff": handoff.pk,
            "rating": rating.pk, "ask": Ask.objects.get(round=made, rater=alice).pk, "token": "A" * 43,
        }  # fmt: skip
        for address in addresses(values, only=only if number == 0 else "rounds/"):
            Attempt.objects.all().delete()  # how many files one took is counted, whatever is in them
            AuditEntry.objects.all().delete()  # and when they were taken is written down
            for who, client in clients.items():
                if (who, address) not in seen:
                    seen[who, address] = look(client, address)
    return seen


def differences(one: dict, other: dict) -> set:
    assert one.keys() == other.keys()
    return {key for key in one if one[key] != other[key]}


def test_no_page_and_no_answer_of_the_interface_changes(organization, people, rounds):
    """Bob, the party, answers about what alice hands him; nobody else's bytes change, not even hers.

    Bob, the user, is no party and holds every role but hers here: he sees what any of them would see.
    """
    for role in (Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR):
        Membership.objects.create(organization=organization, user=people["bob"], role=role.value)
    users = {name: people[name] for name in ("alice", "bob")}
    before = everything_seen(users, rounds, organization)
    assert len({address for _who, address in before}) > 60
    assert {who for (who, _address), (status, *_rest) in before.items() if status == 200} == set(users)
    written = list(AuditEntry.objects.values_list("pk", flat=True))
    answer_as("bob", FULL, rounds)
    assert list(AuditEntry.objects.values_list("pk", flat=True)) == written, "an answer is not written down"
    assert not differences(before, everything_seen(users, rounds, organization, before=before))


def test_no_page_changes_while_a_round_is_open_again(organization, people, rounds):
    """Also the results of the version before stay what they were, with names and without."""
    for code in ("alice", "bob", "carla"):
        answer_as(code, FULL, rounds)
    again = [round_reopen(actor=OPERATOR, round=close(made), closes_at=None) for made in rounds]
    users = {name: people[name] for name in ("alice", "bob")}
    before = everything_seen(users, again, organization, only="rounds/")
    answer_as("carla", Card(score=9, comment="changed"), again)
    answer_as("bob", Card(), again)
    round_findings_forget()
    assert not differences(before, everything_seen(users, again, organization, only="rounds/", before=before))


def test_the_crawl_sees_a_difference(organization, people, rounds):
    """After closing the same look does find what changed: the comparison can fail."""
    pair = [made for made in rounds if made.mode == "pair"]
    users = {"alice": people["alice"]}
    before = everything_seen(users, pair, organization, only="rounds/<int:round>/")
    answer_as("bob", FULL, pair)
    close(pair[0])
    after = everything_seen(users, pair, organization, only="rounds/<int:round>/")
    assert any(b"a canary comment" in after[key][2] for key in differences(before, after))


@pytest.mark.parametrize("mode", MODES)
def test_no_service_tells_anything(mode):
    crowd = make_crowd()
    made = make_round(crowd, mode)
    users = {role: make_user(role.value, crowd, role) for role in Role}
    Party.objects.filter(code="red0").update(user=users[Role.MEMBER])

    def told():
        findings_forget()
        return [
            (
                round_results_find(actor=user, round=made),
                own_results_find(actor=user, round=made),
                [vars(one) | {"_state": None} for one in rounds_list(actor=user, organization=crowd)],
                repr(bottlenecks_find(actor=user, organization=crowd)),
            )
            for user in users.values()
        ]

    before, response = told(), response_find(actor=users[Role.COACH], round=made)
    answer_all(made, lambda ask: FULL if ask.rater.code == "blue1" else None)
    assert told() == before
    assert response_find(actor=users[Role.COACH], round=made) == response, "one of 24 is no step"
    for user in users.values():
        with pytest.raises(NotFound):
            round_bottlenecks_find(actor=user, round=made)


def test_the_response_goes_up_in_steps():
    """24 people in three teams answer one after the other; most of their answers change nothing that is told."""
    crowd = make_crowd()
    made = make_round(crowd, "anonymous")
    first = {ask.rater_id: ask for ask in Ask.objects.filter(round=made).select_related("rater").order_by("rater_id")}
    told = [response_find(actor=OPERATOR, round=made)]
    for ask in first.values():
        save(made, ask, Card(score=5))
        told.append(response_find(actor=OPERATOR, round=made))
    assert {group.band for one in told for group in one.groups} == set(Band)
    assert {len(one.groups) for one in told} == {1}, "teams of eight are told together"
    assert sum(one != other for one, other in pairwise(told)) < len(first)
    assert told[-1] == told[-2], "that everybody answered is not told"


def tables() -> dict[str, dict[object, dict[str, object]]]:
    """Every row of every table: table -> key -> row."""
    with connection.cursor() as cursor:
        read = {}
        for table in connection.introspection.table_names(cursor):
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            read[table] = {row.get("id", row.get("session_key", str(row))): row for row in rows}
    return read


def changes(before: dict, after: dict) -> set[tuple[str, str]]:
    """(table, column) of every value that changed; a row that came or went is (table, "row")."""
    found = {(table, "row") for table in after if before[table].keys() != after[table].keys()}
    for table, rows in after.items():
        for key in rows.keys() & before[table].keys():
            one, other = before[table][key], rows[key]
            found |= {(table, column) for column in one if one[column] != other[column]}
    return found


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_writes_no_time_no_order_and_no_name(mode, organization, people, monkeypatch):
    """No row is made and no date is written: an answer changes one row that was there, and that says when to nobody."""
    made = make_round(organization, mode)
    ask = Ask.objects.get(round=made, handoff__deliverable="forecast")
    moment = datetime(2026, 5, 5, 17, 31, 7, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    before = tables()
    save(made, ask, FULL)
    table = "chainmap_sealedanswer" if mode == "anonymous" else "chainmap_answer"
    content = {"score", "marks", "texts", "saves", "receipts"} | ({"given_in"} if mode != "anonymous" else set())
    assert changes(before, tables()) == {(table, column) for column in content}
    assert "17:31" not in str(tables()), "the time of the answer stands nowhere"


def test_an_answer_by_link_writes_that_the_link_is_in_use_and_not_when(organization, people, monkeypatch):
    """The link is tied to its browser at the first answer: it says who, never when or what, and ends at closing."""
    made = make_round(organization, "anonymous")
    ask = Ask.objects.get(round=made, handoff__deliverable="forecast")
    link = link_issue(round=made, rater=ask.rater)
    moment = datetime(2026, 5, 5, 17, 31, 7, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    before = tables()
    link_bind(found=link_find(token=link.token), browser=None)
    assert changes(before, tables()) == {("chainmap_link", "browser_hash")}
    save(made, ask, FULL)
    assert "17:31" not in str(tables())
    close(made)
    assert not tables()["chainmap_link"]


def test_guesses_do_not_tell_who_was_first():
    crowd = make_crowd()
    made = make_round(crowd, "anonymous")
    order = [f"red{number}" for number in range(8)]
    for code in order:
        party = Party.objects.get(code=code)
        mirror_save(key=BallotKey(made, party), handoff=party.given.first().pk, guess=5)
    by_key = sorted(tables()["chainmap_mirrorguess"].values(), key=lambda row: row["id"])
    supplier = dict(HandOff.objects.values_list("pk", "supplier__code"))
    assert [supplier[row["handoff_id"]] for row in by_key] != order
