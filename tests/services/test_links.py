"""Personal links: what opens a ballot, what ends that, and who is written to.

Asked in Acme (tests/cast.py): alice about paper, bob about forecast and questions, carla about figures and plan.
"""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.models import Link, Membership, Party, Round
from chainmap.services.ballots import answer_save, ballot_find, unanswered_raters
from chainmap.services.links import (
    LinkDead,
    LinkElsewhere,
    MailCount,
    RoundClosed,
    browser_secret_new,
    link_bind,
    link_check_browser,
    link_code_redeem,
    link_find,
    link_issue,
    link_renew,
    link_request,
    links_mail,
    links_mail_again,
    reminders_mail,
)
from chainmap.services.rounds import round_close, round_open, round_reopen

HERE = "203.0.113.9"
UNREACHABLE = "tests.services.test_mails.Unreachable"


def open_round(organization, **fields):
    """An open round of Acme that ends in five days."""
    values = {"name": "Summer", "mode": "open", "closes_at": timezone.now() + timedelta(days=5)} | fields
    return round_open(actor=OPERATOR, round=organization.rounds.create(**values))


def links_in(messages):
    return [re.search(r"/a/([\w-]+)/", message.body)[1] for message in messages]


def codes_in(messages):
    return [re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", message.body)[0] for message in messages]


@pytest.fixture
def round(people, organization):
    """Nobody has a mail address yet, so nobody was written to."""
    return open_round(organization)


@pytest.fixture
def bob(round):
    """The party, not the user."""
    return Party.objects.get(organization=round.organization, code="bob")


@pytest.fixture
def addresses(people, organization):
    """Alice and bob have a mail address, carla has none."""
    for code in ("alice", "bob"):
        Party.objects.filter(organization=organization, code=code).update(email=f"{code}@acme.example")


def answer(round, code):
    """Answer everything one person is asked."""
    key = link_find(token=link_issue(round=round, rater=Party.objects.get(code=code)).token).key
    for item in ballot_find(key=key).items:
        answer_save(key=key, ask=item.ask, card=Card(score=7), version=item.version, client_id=f"{item.ask}")


# ---- one link


def test_a_link_opens_one_person_s_ballot_and_is_kept_as_hashes(round, bob):
    link = link_issue(round=round, rater=bob)
    found = link_find(token=link.token)
    assert (found.key.round, found.key.rater, found.bound) == (round, bob, False)
    assert {item.deliverable for item in ballot_find(key=found.key).items} == {"forecast", "questions"}
    assert len(link.token) == 43, "256 bits"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", link.code)
    kept = repr(list(Link.objects.values()))
    assert link.token not in kept
    assert link.code not in kept
    assert link.code.replace("-", "") not in kept


@pytest.mark.parametrize(("days", "expected"), [(5, 5), (40, 14), (None, 14)])
def test_it_ends_with_the_round_or_after_fourteen_days(organization, people, days, expected):
    now = timezone.now()
    round = open_round(organization, closes_at=None if days is None else now + timedelta(days=days))
    link = link_issue(round=round, rater=Party.objects.get(code="bob"))
    assert abs(link.expires_at - now - timedelta(days=expected)) < timedelta(minutes=1)
    assert Link.objects.get().expires_at == link.expires_at


def test_looking_changes_nothing_however_often(round, bob):
    token = link_issue(round=round, rater=bob).token
    before = list(Link.objects.values())
    assert {link_find(token=token).key.rater for _ in range(20)} == {bob}
    assert list(Link.objects.values()) == before


def test_none_is_made_once_the_round_takes_no_answers(round, bob):
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now(), opens_at=None)
    with pytest.raises(RoundClosed):
        link_issue(round=round, rater=bob)
    assert not Link.objects.exists()


# ---- what ends it


def _replaced(round, rater, token):
    link_issue(round=round, rater=rater)


def _expired(round, rater, token):
    Link.objects.update(expires_at=timezone.now())


def _closed(round, rater, token):
    round_close(actor=OPERATOR, round=round)


def _over(round, rater, token):
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now(), opens_at=None)


def _back_to_draft(round, rater, token):
    Round.objects.filter(pk=round.pk).update(state=Round.State.DRAFT)


def _left_the_organization(round, rater, token):
    Membership.objects.filter(user=rater.user).delete()


def _account_ended(round, rater, token):
    rater.user.is_active = False
    rater.user.save()


ENDS = [_replaced, _expired, _closed, _over, _back_to_draft, _left_the_organization, _account_ended]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
def test_whatever_ended_it_the_answer_is_the_same(round, end):
    alice = Party.objects.get(organization=round.organization, code="alice")
    link = link_issue(round=round, rater=alice)
    end(round, alice, link.token)
    for use in (
        lambda: link_find(token=link.token),
        lambda: link_code_redeem(code=link.code, address=HERE),
        lambda: link_renew(token=link.token, address=HERE),
    ):
        with pytest.raises(LinkDead) as dead:
            use()
        assert (dead.value.args, dead.value.__cause__) == ((), None)


NONSENSE = ["", " ", "x" * 10_000, "a\x00b", "\ud800", "é" * 43, "../../etc/passwd", "%00", "0" * 64]


@pytest.mark.parametrize("token", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_no_token_at_all_is_answered_alike(round, bob, token):
    link_issue(round=round, rater=bob)
    with pytest.raises(LinkDead) as dead:
        link_find(token=token)
    assert dead.value.args == ()
    with pytest.raises(LinkDead):
        link_code_redeem(code=token, address=HERE)


def test_every_character_counts_and_a_hash_from_the_database_is_no_token(round, bob):
    token = link_issue(round=round, rater=bob).token
    for place in range(43):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(LinkDead):
            link_find(token=token[:place] + other + token[place + 1 :])
    for near in (token[:-1], token + "=", token.swapcase(), f" {token}", Link.objects.get().token_hash):
        with pytest.raises(LinkDead):
            link_find(token=near)


def test_a_link_of_a_version_that_closed_is_dead_in_the_next_one(round, bob):
    token = link_issue(round=round, rater=bob).token
    round_close(actor=OPERATOR, round=round)
    round_reopen(actor=OPERATOR, round=Round.objects.get(pk=round.pk), closes_at=timezone.now() + timedelta(days=3))
    with pytest.raises(LinkDead):
        link_find(token=token)


# ---- one browser


def test_the_first_answer_gives_it_to_one_browser(round, bob):
    token = link_issue(round=round, rater=bob).token
    mine, other = browser_secret_new(), browser_secret_new()
    found = link_find(token=token)
    assert link_check_browser(found=found, browser=None)
    assert link_check_browser(found=found, browser=other)
    assert link_bind(found=found, browser=mine) == mine
    found = link_find(token=token)
    assert found.bound
    assert link_check_browser(found=found, browser=mine)
    for stranger in (None, other, "", found.browser_hash):
        assert not link_check_browser(found=found, browser=stranger)
        with pytest.raises(LinkElsewhere):
            link_bind(found=found, browser=stranger)
    assert link_bind(found=found, browser=mine) == mine, "every later answer says so again"
    assert mine not in repr(Link.objects.values())


def test_two_first_answers_of_one_browser_both_count_and_of_two_browsers_one(round, bob):
    found = link_find(token=link_issue(round=round, rater=bob).token)
    mine = browser_secret_new()
    assert [link_bind(found=found, browser=mine) for _ in range(2)] == [mine] * 2, "found before either was bound"
    with pytest.raises(LinkElsewhere):
        link_bind(found=found, browser=browser_secret_new())


@pytest.mark.parametrize("browser", [None, "", "short", "x" * 10_000, "a\x00b" + "c" * 40])
def test_a_browser_without_a_proper_secret_gets_one(round, bob, browser):
    token = link_issue(round=round, rater=bob).token
    secret = link_bind(found=link_find(token=token), browser=browser)
    assert len(secret) == 43
    assert secret != browser
    assert link_check_browser(found=link_find(token=token), browser=secret)


def test_a_link_replaced_after_it_was_looked_at_takes_no_browser(round, bob):
    found = link_find(token=link_issue(round=round, rater=bob).token)
    link_issue(round=round, rater=bob)
    with pytest.raises(LinkDead):
        link_bind(found=found, browser=None)
    assert Link.objects.get().browser_hash == ""


def test_neither_hash_is_shown_where_a_found_link_is_printed(round, bob):
    found = link_find(token=link_issue(round=round, rater=bob).token)
    assert found.token_hash not in repr(found)


# ---- the short code


@pytest.mark.parametrize(
    "typed",
    [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code.replace('0', 'o').replace('1', 'l')} "],
    ids=["as shown", "small letters", "a blank", "look-alikes"],
)
def test_a_code_works_once_and_moves_the_link(round, bob, typed):
    link = link_issue(round=round, rater=bob)
    link_bind(found=link_find(token=link.token), browser=None)
    token = link_code_redeem(code=typed(link.code), address=HERE)
    found = link_find(token=token)
    assert (found.key.rater, found.bound) == (bob, False)
    assert Link.objects.get().expires_at == link.expires_at, "no longer than before"
    with pytest.raises(LinkDead):
        link_find(token=link.token)
    with pytest.raises(LinkDead):
        link_code_redeem(code=link.code, address=HERE)


# ---- send me my link again


@pytest.mark.usefixtures("addresses")
def test_a_new_link_for_every_open_round_and_person_of_an_address(organization, other_organization):
    rounds = [
        open_round(organization),
        open_round(organization, name="Autumn"),
        open_round(other_organization),
    ]
    closed = open_round(organization, name="Closed")
    round_close(actor=OPERATOR, round=closed)
    Party.objects.filter(organization=other_organization, code="carla").update(email="Bob@acme.EXAMPLE")
    Party.objects.filter(organization=organization, code="dan").update(email="bob@acme.example")  # asked nothing
    before = dict(Link.objects.values_list("pk", "token_hash"))
    mail.outbox.clear()
    link_request(email=" BOB@acme.example ", address=HERE)
    found = [link_find(token=token).key for token in links_in(mail.outbox)]
    assert [(key.round, key.rater.code) for key in found] == list(zip(rounds, ("bob", "bob", "carla"), strict=True))
    assert {message.to[0] for message in mail.outbox} == {"bob@acme.example", "Bob@acme.EXAMPLE"}, "as it is stored"
    kept = Link.objects.filter(rater__code="alice").values_list("pk", "token_hash")
    assert all(before[link] == token for link, token in kept), "nobody else's link is touched"


@pytest.mark.usefixtures("round")
@pytest.mark.parametrize(
    "email", ["nobody@acme.example", "", "bob", "a@b.c\r\nBcc: x@y.z", "a\x00@b.c", "x" * 9999, "\ud800"]
)
def test_an_address_nobody_has_gets_nothing_and_no_complaint(email):
    assert link_request(email=email, address=HERE) is None
    assert mail.outbox == []


def test_no_address_is_not_the_address_of_all_who_have_none(round, bob):
    link_request(email="", address=HERE)
    assert mail.outbox == []
    assert not Link.objects.exists()


def test_a_link_opened_elsewhere_is_replaced_by_mail_to_its_owner(round, bob):
    Party.objects.filter(pk=bob.pk).update(email="bob@acme.example")
    token = link_issue(round=round, rater=bob).token
    link_bind(found=link_find(token=token), browser=None)
    assert link_renew(token=token, address=HERE) is None
    [message] = mail.outbox
    assert message.to == ["bob@acme.example"]
    [new] = links_in([message])
    assert not link_find(token=new).bound
    with pytest.raises(LinkDead):
        link_find(token=token)


def test_whose_owner_has_no_address_stays_as_it_is(round, bob):
    token = link_issue(round=round, rater=bob).token
    assert link_renew(token=token, address=HERE) is None
    assert mail.outbox == []
    assert link_find(token=token)


# ---- invitations


@pytest.mark.usefixtures("addresses")
def test_opening_invites_everybody_asked_who_has_an_address(organization):
    Party.objects.filter(organization=organization, code="dan").update(email="dan@acme.example")  # asked nothing
    round = open_round(organization)
    assert [message.to for message in mail.outbox] == [["alice@acme.example"], ["bob@acme.example"]]
    assert [link_find(token=token).key.rater.code for token in links_in(mail.outbox)] == ["alice", "bob"]
    assert link_find(token=link_code_redeem(code=codes_in(mail.outbox)[1], address=HERE)).key.rater.code == "bob"
    assert links_mail(round=round) == MailCount(sent=0, failed=0, without_address=1), "nobody is invited twice"


def test_people_who_share_an_address_get_a_mail_each(people, organization):
    Party.objects.filter(organization=organization).update(email="all@acme.example")
    open_round(organization)
    assert [link_find(token=token).key.rater.code for token in links_in(mail.outbox)] == ["alice", "bob", "carla"]
    assert {tuple(message.to) for message in mail.outbox} == {("all@acme.example",)}


@pytest.mark.usefixtures("addresses")
def test_a_mail_server_that_fails_stops_nothing_and_send_again_reaches_the_rest(organization, people, settings):
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, UNREACHABLE
    round = open_round(organization)
    assert round.state == Round.State.OPEN
    assert not Link.objects.exists(), "no link is kept that nobody knows"
    assert links_mail(round=round) == MailCount(sent=0, failed=2, without_address=1)
    settings.EMAIL_BACKEND = working
    alice = Party.objects.get(organization=organization, code="alice")
    token = link_issue(round=round, rater=alice).token
    assert links_mail_again(actor=people["dora"], round=round) == MailCount(sent=1, failed=0, without_address=1)
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]]
    assert link_find(token=token), "who holds a link keeps it"


@pytest.mark.usefixtures("addresses")
def test_an_earlier_link_lives_on_when_the_mail_with_the_new_one_does_not_leave(organization, settings):
    round = open_round(organization)
    tokens = links_in(mail.outbox)
    settings.EMAIL_BACKEND = UNREACHABLE
    link_request(email="bob@acme.example", address=HERE)
    link_renew(token=tokens[0], address=HERE)
    reminders_mail(round=round)
    assert [link_find(token=token).key.rater.code for token in tokens] == ["alice", "bob"]


def test_who_may_send_again(round, people, zoe):
    with pytest.raises(PermissionDenied):
        links_mail_again(actor=people["carla"], round=round)
    with pytest.raises(NotFound):
        links_mail_again(actor=zoe, round=round)
    round_close(actor=OPERATOR, round=round)
    with pytest.raises(RoundClosed):
        links_mail_again(actor=people["dora"], round=round)


@pytest.mark.usefixtures("addresses")
def test_nobody_is_written_to_about_a_round_that_closed_in_between(organization):
    round = open_round(organization)
    mail.outbox.clear()
    round_close(actor=OPERATOR, round=Round.objects.get(pk=round.pk))
    assert links_mail(round=round).sent == 0
    assert reminders_mail(round=round) == 0
    assert mail.outbox == []


# ---- reminders


@pytest.mark.usefixtures("addresses")
def test_only_those_with_unanswered_questions_are_reminded_and_twice_at_most(organization):
    round = open_round(organization)
    tokens = links_in(mail.outbox)
    answer(round, "alice")
    assert {party.code for party in unanswered_raters(round=round)} == {"bob", "carla"}
    mail.outbox.clear()
    sent = []
    for _ in range(3):
        round = Round.objects.get(pk=round.pk)
        sent.append(reminders_mail(round=round))
    assert sent == [1, 1, 0]
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]] * 2
    assert Round.objects.get(pk=round.pk).reminders_sent == 2
    assert link_find(token=links_in(mail.outbox)[1]).key.rater.code == "bob"
    for token in (tokens[1], links_in(mail.outbox)[0]):
        with pytest.raises(LinkDead):
            link_find(token=token)


@pytest.mark.usefixtures("addresses")
def test_two_processes_send_one_reminder(organization):
    round = open_round(organization)
    seen_by_both = [Round.objects.get(pk=round.pk) for _ in range(2)]
    assert [reminders_mail(round=each) for each in seen_by_both] == [2, 0]


@pytest.mark.usefixtures("addresses")
def test_a_reminder_of_which_no_mail_left_is_not_counted(organization, settings):
    round = open_round(organization)
    settings.EMAIL_BACKEND = UNREACHABLE
    assert reminders_mail(round=round) == 0
    assert Round.objects.get(pk=round.pk).reminders_sent == 0
