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
from tests.access.table import API

DOCS = Path(__file__).resolve().parents[2] / "docs" / "developer-api.md"
NOT_DESCRIBED = {"api/v1/schema/", "api/v1/docs/"}
PROBLEM = "application/problem+json"
CODES = {
    "authentication_failed",
    "bad_filter",
    "bad_request",
    "invalid",
    "method_not_allowed",
    "not_authenticated",
    "not_found",
    "page_past_end",
    "parse_error",
    "permission_denied",
    "server_error",
    "throttled",
    "too_large",
    "unknown_parameter",
    "unsupported_media_type",
}


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


def answer_schema(document, path, status=200, content_type="application/json"):
    return document["paths"][path]["get"]["responses"][str(status)]["content"][content_type]["schema"]


def test_it_is_valid_and_generated_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "openapi.yaml"))


def test_every_address_of_the_access_table_is_described(document):
    plain = {re.sub(r"<int:(\w+)>", r"{\1}", row.route) for row in API if row.route not in NOT_DESCRIBED}
    assert {path.lstrip("/").replace("{id}", "{pk}") for path in document["paths"]} == plain


def test_every_address_tells_its_refusals_and_how_to_sign_in(document):
    for path, operations in document["paths"].items():
        responses = operations["get"]["responses"]
        assert set(responses) == {"200", "400", "401", "403", "404"}, path
        for status in ("400", "401", "403", "404"):
            assert responses[status]["content"] == {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert operations["get"]["security"] == [{"token": []}, {"cookieAuth": []}], path
        assert operations["get"]["description"], path


def test_parameters_are_those_the_addresses_accept(document, ask):
    for kind in ("parties", "handoffs", "ratings"):
        described = document["paths"][f"/api/v1/organizations/{{organization}}/{kind}/"]["get"]["parameters"]
        names = sorted(parameter["name"] for parameter in described if parameter["in"] == "query")
        assert ask(f"{kind}/?nonsense=1").json()["errors"] == {"nonsense": [f"Accepted here: {', '.join(names)}."]}


def test_answers_are_as_described(document, ask, client, things):
    prefix = "/api/v1/organizations/{organization}/"
    pks = {"parties": things.party, "handoffs": things.handoff, "ratings": things.rating}
    asked = {"": "", "bottlenecks/": "bottlenecks/"}
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
        assert f"`GET {path.replace('{id}', '{pk}')}`" in text, path
        for parameter in operations["get"].get("parameters", []):
            assert f"`{parameter['name']}`" in text or f"{{{parameter['name']}}}" in text.replace("{pk}", "{id}"), path
    for code in CODES:
        assert f"`{code}`" in text, code
