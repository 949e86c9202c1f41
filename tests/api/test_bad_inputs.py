"""Bad inputs 1 to 20 of SECURITY.md section 7 that reach the interface: a named refusal, and nothing is changed.

10 and 40 are in test_rounds_api.py; 13, 15, 16 and 38 in test_ballot_api.py; 11 is refused by the database itself, see
tests/models/test_rounds_constraints.py. The payloads of 7 and 17 are larger than any body may be, so they are answered
413 as they stand; what fits is answered with their own codes.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chainmap.api.exceptions import BodyProblem
from chainmap.api.parsers import LARGEST_BODY_KB, read_object
from chainmap.models import Answer, Link, MirrorGuess, Rating, Round
from tests import cast
from tests.api.conftest import MISSING, Ballot, Things, answer_body, put
from tests.api.test_refusals import problem_of

#: Number of the bad input, what stands behind "card":, status, code.
CARDS = [
    (1, '{"score": 11}', 400, "score_range"),
    (2, '{"score": 1e2}', 400, "score_type"),
    (3, '{"score": "７"}', 400, "score_type"),
    (3, '{"score": "٧"}', 400, "score_type"),
    (3, '{"score": " 7 "}', 400, "score_type"),
    (4, '{"score": true}', 400, "score_type"),
    (4, '{"score": [7]}', 400, "score_type"),
    (4, '{"score": 7.5}', 400, "score_type"),
    (4, '{"score": 7.0}', 400, "score_type"),
    (4, '{"score": NaN}', 400, "number_range"),
    (4, '{"score": Infinity}', 400, "number_range"),
    (4, '{"score": -Infinity}', 400, "number_range"),
    (4, '{"score": 1e400}', 400, "number_range"),
    (4, '{"score": -1}', 400, "score_range"),
    (4, "null", 400, "wrong_type"),
    (5, '{"score": ' + "9" * 5000 + "}", 400, "number_range"),
    (5, '{"score": -' + "9" * 5000 + "}", 400, "number_range"),
    (5, '{"score": 9007199254740992}', 400, "number_range"),
    (5, '{"score": 9007199254740991}', 400, "score_range"),
    (6, '{"score": 3, "score": 9}', 400, "duplicate_key"),
    (6, '{"score": 3, "care": {"empowerment": "good", "empowerment": "missing"}}', 400, "duplicate_key"),
    (7, "[" * 100_000 + "]" * 100_000, 413, "too_large"),
    (7, "[" * 30_000 + "]" * 30_000, 400, "json_depth"),
    (7, '{"card":' * 5000 + "1" + "}" * 5000, 400, "json_depth"),
    (7, "[" * 30_000, 400, "json_depth"),
    (8, '{"comment": "\udcff\udcfe"}', 400, "not_utf8"),
    (9, "[]", 400, "wrong_type"),
    (9, '"x"', 400, "wrong_type"),
    (9, "7", 400, "wrong_type"),
    (9, "{", 400, "parse_error"),
    (9, "{'score': 7}", 400, "parse_error"),
    (9, '{"score": 07}', 400, "parse_error"),
    (17, '{"comment": "' + "A" * 1_000_000 + '"}', 413, "too_large"),
    (17, '{"comment": "' + "A" * 60_000 + '"}', 400, "too_long"),
    (17, '{"comment": "' + "A" * 2001 + '"}', 400, "too_long"),
    (18, '{"comment": "' + "A" * 3_000_000 + '"}', 413, "too_large"),
    (19, r'{"comment": "a\u0000b"}', 400, "bad_text"),
    (19, '{"comment": "a\0b"}', 400, "not_utf8"),
    (19, r'{"comment": "\ud800"}', 400, "bad_text"),
    (19, r'{"\udfff": 1}', 400, "bad_text"),
    (19, r'{"comment": "\u001b[31m"}', 400, "bad_text"),
    (0, '{"mood": 1}', 400, "unknown_field"),
    (0, '{"self": 1, "supplier": 2}', 400, "unknown_field"),
    (0, '{"reason": "sabotage"}', 400, "unknown_choice"),
    (0, '{"care": {"empowerment": "bad"}}', 400, "unknown_choice"),
    (0, '{"care": ["empowerment"]}', 400, "wrong_type"),
    (0, '{"needs": ["7"]}', 400, "wrong_type"),
    (0, '{"needs": {"-7": "good"}}', 400, "unknown_choice"),
    (0, '{"needs": {"7": "met"}}', 400, "unknown_choice"),
    (0, '{"comment": 7}', 400, "wrong_type"),
    (0, '{"shared": "yes"}', 400, "wrong_type"),
    (0, '{"score": 7, "not_this_period": true}', 400, "contradiction"),
]
WHOLE = [
    (8, json.dumps(answer_body()).encode("utf-16"), "application/json", 400, "not_utf8"),
    (8, json.dumps(answer_body()).encode("utf-16-le"), "application/json", 400, "not_utf8"),
    (8, json.dumps(answer_body()).encode("utf-32"), "application/json; charset=utf-32", 400, "not_utf8"),
    (8, b'{"comment": "\xff\xfe"}', "application/json", 400, "not_utf8"),
    (9, b"[]", "application/json", 400, "wrong_type"),
    (9, b'"x"', "application/json", 400, "wrong_type"),
    (9, b"null", "application/json", 400, "wrong_type"),
    (9, b"", "application/json", 400, "empty_body"),
    (9, b" \n", "application/json", 400, "empty_body"),
    (9, b"\xef\xbb\xbf{}", "application/json", 400, "parse_error"),
    (9, b"{}", "application/json", 400, "missing_field"),
    (9, b'{"score": 7}', "text/plain", 415, "unsupported_media_type"),
    (9, b"", "text/plain", 415, "unsupported_media_type"),
    (9, b"score=7", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    (9, b"--x", "multipart/form-data", 415, "unsupported_media_type"),
    (9, b"--x--", "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    (9, b"{}", "", 415, "unsupported_media_type"),
    (9, b"{}", "x" * 5000, 415, "unsupported_media_type"),
]
#: Words of Python, Django or the framework, none of which helps whoever sent the body.
FOREIGN_WORDS = re.compile(r"4300|codec|Expecting|recursion|traceback|integer string|surrogate", re.IGNORECASE)


def everything() -> list[object]:
    """All rows an answer could change."""
    return [list(model.objects.order_by("pk").values()) for model in (Answer, Link, MirrorGuess, Rating, Round)]


def check_refused(response, status, code):
    problem = problem_of(response, status, code)
    assert not FOREIGN_WORDS.search(response.content.decode()), problem
    assert len(response.content) < 1500
    return problem


@pytest.fixture(params=["session", "link"])
def way(request, round_things, alice_client):
    by_link = request.param == "link"
    return Ballot(round_things, by_link=by_link), Client() if by_link else alice_client


def test_bad_cards_change_nothing(ballot, alice_client):
    before = everything()
    for number, card, status, code in CARDS:
        attempt = json.dumps(answer_body(card={}))
        body = attempt.replace('"card": {}', f'"card": {card}').encode("utf-8", "surrogateescape")
        problem = check_refused(put(alice_client, ballot.question, body), status, code)
        if code not in {"too_large", "json_depth", "not_utf8", "number_range", "parse_error"}:
            assert "errors" in problem or code == "bad_text", (number, card[:60])
    assert everything() == before


def test_bad_bodies_have_one_shape(way):
    ballot, client = way
    before = everything()
    for _number, body, content_type, status, code in WHOLE:
        # the test client leaves the type of an empty body out
        check_refused(put(client, ballot.question, body, content_type, CONTENT_TYPE=content_type), status, code)
    check_refused(put(client, ballot.question, b""), 400, "empty_body")
    assert everything() == before


def test_everything_wrong_is_told_at_once_with_value_and_remedy(ballot, alice_client):
    card = {"score": 11, "reason": "sabotage", "comment": "A" * 2001, "mood": "\u202eevil"}
    body = answer_body(card, version="1", client_id="x", sender="Bob")
    problem = problem_of(put(alice_client, ballot.question, body), 400, "unknown_field")
    assert problem["codes"] == {
        "sender": "unknown_field", "client_id": "bad_uuid", "version": "bad_version", "score": "score_range",
        "reason": "unknown_choice", "comment": "too_long", "mood": "unknown_field",
    }  # fmt: skip
    assert problem["errors"].keys() == problem["codes"].keys()
    assert problem["errors"]["score"] == ["“11” is not on the scale. Choose a whole number from 0 to 10."]
    assert "2,001 characters are too many, 2,000 fit" in problem["errors"]["comment"][0]
    assert "\u202e" not in problem["detail"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (answer_body(client_id="1"), "client_id", "bad_uuid"),
        (answer_body(client_id="x" * 5000), "client_id", "bad_uuid"),
        (answer_body(client_id=uuid.uuid4().hex), "client_id", "bad_uuid"),
        (answer_body(client_id=f"{{{uuid.uuid4()}}}"), "client_id", "bad_uuid"),
        (answer_body(client_id=7), "client_id", "bad_uuid"),
        (answer_body(version=-1), "version", "bad_version"),
        (answer_body(version=True), "version", "bad_version"),
        (answer_body(version=1.0), "version", "bad_version"),
        (answer_body(version="1"), "version", "bad_version"),
        (answer_body(version=None), "version", "bad_version"),
        ({"version": 0, "card": {}}, "client_id", "missing_field"),
        ({"client_id": str(uuid.uuid4()), "card": {}}, "version", "missing_field"),
        ({"client_id": str(uuid.uuid4()), "version": 0}, "card", "missing_field"),
        (answer_body(rater=7), "rater", "unknown_field"),
        (answer_body(handoff=7), "handoff", "unknown_field"),
    ],
)
def test_the_fields_around_a_card(ballot, alice_client, body, field, code):
    problem = check_refused(put(alice_client, ballot.question, body), 400, code)
    assert problem["codes"] == {field: code}
    assert ballot.stored.version == 0


def test_a_version_nobody_was_shown_is_a_conflict(ballot, alice_client):
    for version in (1, 999_999, 2**53 - 1):
        problem_of(put(alice_client, ballot.question, answer_body(version=version)), 409, "answer_conflict")


def test_bad_input_6_names_the_field(ballot, alice_client):
    body = b'{"version": 0, "version": 1}'
    assert list(problem_of(put(alice_client, ballot.question, body), 400, "duplicate_key")["errors"]) == ["version"]


def test_bad_input_12_another_organization_looks_like_nothing(way, other_things):
    ballot, client = way
    theirs = other_things.with_rounds()
    before = everything()
    answers = {put(client, ballot.address_of(ask), answer_body()).content for ask in (theirs.ask, MISSING)}
    assert len(answers) == 1
    assert everything() == before


def test_bad_input_20_what_cannot_be_seen_is_not_kept(ballot, alice_client):
    version = 0
    for sent, kept in (("\u202egnp.exe", "gnp.exe"), (" \u200b ", ""), ("\ufeffx", "x"), ("\u2066a\u2069", "a")):
        answer = put(alice_client, ballot.question, answer_body({"score": 7, "comment": sent}, version=version)).json()
        version = answer["version"]
        assert answer["card"]["comment"] == kept


# The parser alone


@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(alphabet='{}[]":,\\ud8001eE+-.NaInfity\0 \n', max_size=60).map(lambda text: text.encode()),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
@hypothesis_settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(body):
    try:
        read = read_object(body)
    except BodyProblem as refused:
        problem = refused
    else:
        assert read == json.loads(body)
        return
    assert problem.status_code == 400
    assert str(problem.detail)


def test_depth_is_counted_outside_of_strings():
    deep = "[" * 19 + "]" * 19
    assert read_object(f'{{"a": {deep}}}'.encode())
    assert read_object(b'{"a": "' + b"[" * 1000 + b'", "b": "\\"{{{{"}')
    with pytest.raises(BodyProblem, match="20 levels"):
        read_object(f'{{"a": [{deep}]}}'.encode())


@pytest.mark.parametrize("junk", [b'"\\', b'\\"', b'"', b"\\", b"9", b"-", b"1e", b'{"a":', b'"a",', b" "])
def test_no_body_takes_long(junk):
    """Quadratic work on 64 kB would be seconds; this is milliseconds."""
    started = time.perf_counter()
    with pytest.raises(BodyProblem):
        read_object((junk * LARGEST_BODY_KB * 1024)[: LARGEST_BODY_KB * 1024])
    assert time.perf_counter() - started < 0.5


# 14: at the same moment


@pytest.fixture
def threads_share_the_database(transactional_db, tmp_path):
    """A function that lets threads meet at the database as processes do: SQLite as a file, not in one memory."""
    options = connections.databases["default"]
    in_memory = options["NAME"]

    def share():
        if connection.vendor == "sqlite":
            path = str(tmp_path / "threads.sqlite3")
            copy = sqlite3.connect(path)
            connection.connection.backup(copy)
            copy.close()
            options["NAME"] = path

    yield share
    options["NAME"] = in_memory  # before the connection is closed, which would end the database in memory


@pytest.mark.parametrize("by_link", [False, True], ids=["session", "link"])
def test_bad_input_14_fifty_taps_at_the_same_moment(threads_share_the_database, by_link):
    """Fifty equal answers, one save; by a link none of them is taken for another browser."""
    organization = cast.make_organization("Acme")
    alice = cast.make_cast(organization)["alice"]
    ballot = Ballot(Things.of(organization).with_rounds(), by_link=by_link)
    first = Client()
    if by_link:
        first.get(ballot.whole)
    else:
        first.force_login(alice)
    threads_share_the_database()
    body = answer_body({"score": 7})

    def tap(_number):
        client = Client()
        client.cookies = first.cookies
        try:
            response = put(client, ballot.question, body)
            return response.status_code, response.content
        finally:
            connections.close_all()

    def kept():
        try:
            return list(Answer.objects.filter(ask=ballot.things.ask).values_list("score", "saves"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(tap, range(50)))
        rows = pool.submit(kept).result()
    ((status, content),) = answers
    assert (status, json.loads(content)["version"]) == (200, 1)
    assert rows == [("07", "000001")]
