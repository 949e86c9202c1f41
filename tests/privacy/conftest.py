"""What the tests of privacy share."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def signed_in():
    """User -> client with a session, as after signing in."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in
