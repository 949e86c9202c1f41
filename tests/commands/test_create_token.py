"""``manage.py create_token USERNAME [--days N]``."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.models import AuthToken


def test_it_prints_a_token_that_works_and_says_to_keep_it(carla, organization, client, capsys):
    call_command("create_token", "carla", "--days", "2")
    out, err = capsys.readouterr()
    response = client.get("/api/v1/organizations/", headers={"authorization": f"Token {out.strip()}"})
    assert [row["name"] for row in response.json()["results"]] == ["Acme"]
    assert "not shown again" in err
    assert out.strip() not in err
    assert AuthToken.objects.get().expiry - timezone.now() < timedelta(days=2)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nobody"], "There is no user “nobody”."),
        (["carla", "--days", "0"], "A token lasts 1 to 366 days, not 0."),
        (["carla", "--days", "x"], "invalid int value"),
        ([], "username"),
    ],
)
def test_bad_input_is_told_and_nothing_is_made(carla, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("create_token", *arguments)
    assert not AuthToken.objects.exists()
