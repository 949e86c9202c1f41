"""Another process holds the database for longer than anybody waits: nothing is lost, and nobody gets a 500."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import OperationalError
from django.test import Client

from chainmap.models import Answer, Ask, Party, Round
from chainmap.services.links import link_issue
from tests.crowd import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(organization):
    made = make_round(organization, "pair")
    return link_issue(round=made, rater=Party.objects.get(organization=organization, code="bob")).token


@pytest.fixture
def locked(monkeypatch):
    """Until released, no row of a round can be held."""

    def refuse(*_args, **_kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Round.objects.none().__class__, "select_for_update", refuse)
        yield patch.undo


def test_a_form_stays_on_the_screen_and_the_same_again_saves(token, locked):
    client = Client()
    ask = Ask.objects.filter(rater__code="bob").first().pk
    form = {"score": "3", "comment": "It came late.", "version": "0", "client_id": str(uuid.uuid4())}
    refused = client.post(f"/a/{token}/{ask}/", form)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    page = refused.content.decode()
    assert "Not saved yet: the server is busy." in page
    assert "It came late." in page
    locked()
    assert client.post(f"/a/{token}/{ask}/", form).status_code == 303
    assert Answer.objects.get(ask=ask).score == "03"


def test_a_program_is_told_when_to_try_again(token, locked):
    client = Client()
    ask = Ask.objects.filter(rater__code="bob").first().pk
    body = json.dumps({"client_id": str(uuid.uuid4()), "version": 0, "card": {"score": 3}})
    refused = client.put(f"/api/v1/links/{token}/{ask}/", body, content_type="application/json")
    assert (refused.status_code, refused["Retry-After"], refused.json()["code"]) == (503, "5", "busy")
    locked()
    assert client.put(f"/api/v1/links/{token}/{ask}/", body, content_type="application/json").status_code == 200
