"""The bottlenecks as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.cache import cache

from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.models import Organization
from chainmap.web import downloads

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}


@pytest.mark.parametrize("format", TYPES)
def test_a_file_is_kept_not_opened(format, download_url, carla, signed_in):
    answer = signed_in(carla).get(download_url(format))
    assert (answer.status_code, answer["Content-Type"]) == (200, TYPES[format])
    assert answer["Content-Disposition"] == f'attachment; filename="bottlenecks-acme.{format}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_a_drawing_by_itself_can_do_nothing(download_url, carla, signed_in):
    answer = signed_in(carla).get(download_url("svg"))
    assert answer["Content-Security-Policy"] == "sandbox"
    assert b"<script" not in answer.content
    assert b"href" not in answer.content


def test_the_files_hold_every_handoff(download_url, carla, signed_in):
    client = signed_in(carla)
    data = json.loads(client.get(download_url("json")).content)
    rows = list(csv.DictReader(io.StringIO(client.get(download_url("csv")).content.decode("utf-8-sig"))))
    assert len(data["handoffs"]) == len(rows) == 6
    assert client.get(download_url("png")).content.startswith(b"\x89PNG")
    assert client.get(download_url("dot")).content.startswith(b"digraph")


def test_a_member_is_told_why_not(download_url, alice, signed_in):
    answer = signed_in(alice).get(download_url("csv"))
    assert answer.status_code == 403
    assert "Your role in this organization does not include this. Ask your administrator." in answer.content.decode()


def test_a_name_cannot_write_headers(organization, download_url, carla, signed_in):
    Organization.objects.filter(pk=organization.pk).update(name='a"\r\nSet-Cookie: s=1; é ../x')
    organization.touch()
    answer = signed_in(carla).get(download_url("csv"))
    assert "\r" not in answer["Content-Disposition"]
    assert "/" not in answer["Content-Disposition"]
    assert "s" not in answer.cookies


@pytest.mark.parametrize("failure", list(PictureFailure))
def test_a_picture_that_cannot_be_drawn_names_the_way_out(download_url, carla, signed_in, monkeypatch, failure):
    def refuse(**_kwargs):
        raise PictureError(failure, "/a/path of the layout program")

    monkeypatch.setattr(downloads, "bottlenecks_export", refuse)
    cache.clear()
    answer = signed_in(carla).get(download_url("png"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Take the table as CSV instead" in answer.content.decode()
    assert "/a/path" not in answer.content.decode()
    assert "Content-Disposition" not in answer
