"""How often a digest comes: the choice by the link of a mail, and signed in."""

import pytest
from django.core.signing import Signer, dumps
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.models import MailChoice, Party
from chainmap.services.digests import (
    ChoiceDead,
    DigestChoice,
    choice_find,
    choice_set,
    choice_token,
    digest_find,
    digest_set,
    digests_send,
)
from chainmap.services.own import OwnProblem
from tests.pair import party
from tests.services.digesting import LONG_AGO
from tests.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def addresses(organization, people):
    """Alice and bob have an account and a mail address each."""
    Party.objects.filter(organization=organization, code="bob").update(user=people["bob"])
    for code in ("alice", "bob"):
        Party.objects.filter(organization=organization, code=code).update(email=f"{code}@acme.example")


@pytest.fixture
def news(organization, addresses):
    """Something alice did not look at for twenty minutes."""
    return tell(organization, ago=LONG_AGO)


# ---- the choice, by the link of a mail


def test_the_link_of_a_mail_shows_and_changes_one_choice(organization, news):
    token = choice_token(party=news.party)
    assert choice_find(token=token) == DigestChoice("daily", "Acme", None)
    assert not MailChoice.objects.exists(), "looking changes nothing"
    assert choice_set(token=token, digest="weekly") == DigestChoice("weekly", "Acme", None)
    assert choice_find(token=token).digest == "weekly"
    [row] = MailChoice.objects.all()
    assert row.party == news.party
    assert choice_token(party=party(organization, "bob")) != token


def test_changing_how_often_does_not_bring_a_mail_earlier(organization, news, now):
    digests_send(now=now)
    choice_set(token=choice_token(party=news.party), digest="weekly")
    assert MailChoice.objects.get().last_sent_on == timezone.localdate(now)


DEAD = ["", "x", "x" * 10_000, "\x00", "a\x00b", "é\u202e", ":", "::", "MQ:", ":x", "None:x", "\ud800"]


@pytest.mark.parametrize("token", DEAD, ids=range(len(DEAD)))
def test_a_link_that_is_none_is_dead(news, token):
    for act in (lambda: choice_find(token=token), lambda: choice_set(token=token, digest="never")):
        with pytest.raises(ChoiceDead):
            act()
    assert not MailChoice.objects.exists()


def test_what_was_changed_or_signed_for_something_else_is_dead(organization, news, settings):
    token = choice_token(party=news.party)
    value, _colon, signature = token.partition(":")
    other = choice_token(party=party(organization, "bob")).partition(":")[0]
    wrong = [f"{other}:{signature}", f"{value}:{signature[:-1]}", token.upper(), dumps(news.party.pk), token + "x"]
    wrong += [Signer().sign_object(news.party.pk), Signer(salt="chainmap.mail.choice").sign_object(10**9)]
    for each in wrong:
        with pytest.raises(ChoiceDead):
            choice_find(token=each)
    settings.SECRET_KEY = "another one, " * 5
    with pytest.raises(ChoiceDead):
        choice_find(token=token)


def test_the_link_of_somebody_who_was_erased_is_dead(organization, addresses):
    gone = party(organization, "dan")
    token = choice_token(party=gone)
    gone.delete()
    with pytest.raises(ChoiceDead):
        choice_find(token=token)


# ---- the choice, signed in


def test_one_s_own_choice(organization, alice, addresses):
    assert digest_find(user=alice, organization=organization) == DigestChoice("daily", "Acme", "alice@acme.example")
    digest_set(user=alice, organization=organization, digest="never")
    assert digest_find(user=alice, organization=organization).digest == "never"


@pytest.mark.parametrize("digest", ["", "hourly", "DAILY", "daily ", "never\x00", "x" * 10_000])
def test_a_choice_that_is_none_is_refused(organization, alice, news, digest):
    with pytest.raises(OwnProblem, match="Choose one of the three"):
        digest_set(user=alice, organization=organization, digest=digest)
    with pytest.raises(OwnProblem):
        choice_set(token=choice_token(party=news.party), digest=digest)
    assert not MailChoice.objects.exists()


def test_whoever_is_no_part_of_the_chain_has_no_choice(organization, people, zoe):
    for user in (people["carla"], zoe):
        with pytest.raises(NotFound):
            digest_find(user=user, organization=organization)
        with pytest.raises(NotFound):
            digest_set(user=user, organization=organization, digest="never")
