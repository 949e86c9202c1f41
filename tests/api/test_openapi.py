"""The OpenAPI document: complete, without a warning, and true of what is answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import get_language
from jsonschema import Draft202012Validator

from chainmap.api.documentation import openapi_document
from chainmap.domain.cards import CardFault
from tests.access.table import API
from tests.api.conftest import Ballot, answer_body, put

DOCS = Path(__file__).resolve().parents[2] / "docs" / "developer-api.md"
NOT_DESCRIBED = {"api/v1/schema/", "api/v1/docs/"}
PROBLEM = "application/problem+json"
CODES = {
    "answer_conflict",
    "authentication_failed",
    "bad_filter",
    "bad_request",
    "bad_text",
    "bad_uuid",
    "bad_version",
    "duplicate_key",
    "empty_body",
    "invalid",
    "json_depth",
    "key_reused",
    "link_dead",
    "method_not_allowed",
    "missing_field",
    "not_authenticated",
    "not_found",
    "not_utf8",
    "number_range",
    "other_browser",
    "page_past_end",
    "parse_error",
    "permission_denied",
    "round_closed",
    "server_error",
    "throttled",
    "too_large",
    "unknown_parameter",
    "unsupported_media_type",
    "wrong_type",
} | {fault.value for fault in CardFault}
#: Refusals of a GET, with an account and by a personal link.
REFUSALS = {"400", "401", "403", "404"}
LINK_REFUSALS = REFUSALS - {"401"}
#: Those of a PUT besides, and what describes them.
ANSWER_REFUSALS = {
    "400": "AnswerProblem", "409": "AnswerConflict", "413": "Problem", "415": "Problem", "422": "AnswerConflict"
}  # fmt: skip


@pytest.fixture(scope="module")
def document():
    return openapi_document("en")


def validator(document, schema):
    """A validator of one schema of the document; a field that is not described is an error."""

    def strict(node):
        if isinstance(node, list):
            return [strict(item) for item in node]
        if not isinstance(node, dict):
            return node
        node = {key: strict(value) for key, value in node.items()}
        if node.get("type") == "object" and "properties" in node:
            node["additionalProperties"] = False
        if node.pop("nullable", False):
            return {"anyOf": [node, {"type": "null"}]}
        return node

    return Draft202012Validator(strict({**schema, "components": document["components"]}))


def answer_schema(document, path, status=200, content_type="application/json", method="get"):
    return document["paths"][path][method]["responses"][str(status)]["content"][content_type]["schema"]


def test_it_is_valid_and_generated_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "openapi.yaml"))


def test_every_address_of_the_access_table_is_described(document):
    plain = {re.sub(r"<(?:int|str):(\w+)>", r"{\1}", row.route) for row in API if row.route not in NOT_DESCRIBED}
    assert {path.lstrip("/").replace("{id}", "{pk}") for path in document["paths"]} == plain


def test_every_method_of_the_access_table_is_described(document):
    for row in API:
        if row.route not in NOT_DESCRIBED:
            path = "/" + re.sub(r"<(?:int|str):(\w+)>", r"{\1}", row.route)
            methods = document["paths"].get(path) or document["paths"][path.replace("{pk}", "{id}")]
            assert {method.upper() for method in methods} == set(row.allowed) - {"HEAD"}, path


def test_every_address_tells_its_refusals_and_how_to_sign_in(document):
    for path, operations in document["paths"].items():
        by_link = path.startswith("/api/v1/links/")
        for method, operation in operations.items():
            refusals = dict.fromkeys(LINK_REFUSALS if by_link else REFUSALS, "Problem")
            refusals |= ANSWER_REFUSALS if method == "put" else {}
            refusals |= {"429": "Problem"} if "/report/files/" in path else {}
            assert set(operation["responses"]) == {"200", *refusals}, path
            for status, schema in refusals.items():
                described = {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
                assert operation["responses"][status]["content"] == described, (path, method, status)
            assert operation["security"] == ([{}] if by_link else [{"token": []}, {"cookieAuth": []}]), path
            assert operation["description"], path


def test_parameters_are_those_the_addresses_accept(document, ask):
    for kind in ("parties", "handoffs", "ratings", "rounds"):
        described = document["paths"][f"/api/v1/organizations/{{organization}}/{kind}/"]["get"]["parameters"]
        names = sorted(parameter["name"] for parameter in described if parameter["in"] == "query")
        assert ask(f"{kind}/?nonsense=1").json()["errors"] == {"nonsense": [f"Accepted here: {', '.join(names)}."]}


def test_answers_are_as_described(document, ask, client, things):
    prefix = "/api/v1/organizations/{organization}/"
    pks = {"parties": things.party, "handoffs": things.handoff, "ratings": things.rating}
    asked = {"": "", "bottlenecks/": "bottlenecks/", "report/": "report/"}
    asked |= {f"{kind}/": f"{kind}/?page_size=3" for kind in pks}
    asked |= {f"{kind}/{{id}}/": f"{kind}/{pk}/" for kind, pk in pks.items()}
    for path, address in asked.items():
        answer = ask(address)
        assert answer.status_code == 200, address
        validator(document, answer_schema(document, prefix + path)).validate(answer.json())
    organizations = client.get("/api/v1/organizations/").json()
    validator(document, answer_schema(document, "/api/v1/organizations/")).validate(organizations)


def test_problems_are_as_described(document, ask, client):
    check = validator(document, {"$ref": "#/components/schemas/Problem"})
    for address in ("parties/?kind=x", "parties/?x=1", "parties/0/"):
        check.validate(ask(address).json())
    client.logout()
    check.validate(client.get("/api/v1/organizations/").json())


def test_answers_of_rounds_are_as_described(document, alice_client, round_things):
    prefix = "/api/v1/organizations/{organization}/rounds/"
    rounds = f"/api/v1/organizations/{round_things.organization}/rounds/"
    for path, address in {
        prefix: rounds,
        f"{prefix}{{id}}/": f"{rounds}{round_things.running}/",
        f"{prefix}{{id}}/release/": f"{rounds}{round_things.published}/release/",
        f"{prefix}{{id}}/bottlenecks/": f"{rounds}{round_things.published}/bottlenecks/",
        f"{prefix}{{id}}/ballot/": f"{rounds}{round_things.running}/ballot/",
        f"{prefix}{{id}}/ballot/{{ask}}/": f"{rounds}{round_things.running}/ballot/{round_things.ask}/",
        "/api/v1/links/{token}/": f"/api/v1/links/{round_things.token}/",
        "/api/v1/links/{token}/{ask}/": f"/api/v1/links/{round_things.token}/{round_things.ask}/",
    }.items():
        answer = alice_client.get(address)
        assert answer.status_code == 200, address
        validator(document, answer_schema(document, path)).validate(answer.json())


@pytest.mark.parametrize("by_link", [False, True], ids=["session", "link"])
def test_answers_of_saving_are_as_described(document, alice_client, round_things, by_link):
    ballot = Ballot(round_things, by_link=by_link)
    path = "/api/v1/links/{token}/{ask}/"
    if not by_link:
        path = "/api/v1/organizations/{organization}/rounds/{id}/ballot/{ask}/"
    body = answer_body({"score": 3, "care": {"empowerment": "good"}, "reason": "late"})
    asked = document["paths"][path]["put"]["requestBody"]["content"]["application/json"]["schema"]
    validator(document, asked).validate(body)
    for status, sent in {
        200: body,
        409: answer_body(),
        422: body | {"card": {"score": 9}},
        400: answer_body({"score": 11, "mood": 1}),
        413: b" " * 70_000,
    }.items():
        answer = put(alice_client, ballot.question, sent)
        assert answer.status_code == status
        kind = "application/json" if status == 200 else PROBLEM
        validator(document, answer_schema(document, path, status, kind, "put")).validate(answer.json())


def test_the_check_itself_finds_a_missing_and_an_unknown_field(document):
    check = validator(document, {"$ref": "#/components/schemas/Organization"})
    assert check.is_valid({"id": 1, "name": "Acme", "kappa": 2.0})
    assert not check.is_valid({"id": 1, "name": "Acme"})
    assert not check.is_valid({"id": 1, "name": "Acme", "kappa": 2.0, "email": "x"})
    assert not check.is_valid({"id": None, "name": "Acme", "kappa": 2.0})


def test_it_is_served_to_whoever_is_signed_in(client, alice):
    client.force_login(alice)
    response = client.get("/api/v1/schema/")
    assert response["Content-Type"] == "application/vnd.oai.openapi+json"
    assert response.json() == openapi_document(get_language())


def test_the_page_needs_no_other_server_and_no_inline_code(client, alice):
    client.force_login(alice)
    response = client.get("/api/v1/docs/")
    page = response.content.decode()
    assert not re.search(r"<style|style=|<script(?! src=\"/)|https?://|//cdn", page)
    assert f'data-schema="{reverse("chainmap_api:schema")}"' in page
    assert "unsafe" not in response["Content-Security-Policy"]


def test_the_page_for_developers_names_every_address_parameter_and_code(document):
    text = DOCS.read_text(encoding="utf-8")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert f"`{method.upper()} {path.replace('{id}', '{pk}')}`" in text, path
            for parameter in operation.get("parameters", []):
                name = parameter["name"]
                assert f"`{name}`" in text or f"{{{name}}}" in text.replace("{pk}", "{id}"), path
    for code in CODES:
        assert f"`{code}`" in text, code
