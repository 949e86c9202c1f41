"""What the tests of pages share."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from chainmap.models import Party


@pytest.fixture
def chain_url(organization):
    return reverse("chainmap:chain", args=[organization.pk])


@pytest.fixture
def at(organization):
    """Name of an address, the numbers in it -> the address for Acme."""
    return lambda name, *numbers: reverse(f"chainmap:{name}", args=[organization.pk, *numbers])


@pytest.fixture
def party_url(organization):
    """Code of a party of Acme -> address of its page."""

    def url(code):
        return reverse(
            "chainmap:party", args=[organization.pk, Party.objects.get(organization=organization, code=code).pk]
        )

    return url


@pytest.fixture
def download_url(organization):
    """Format -> address of the file of Acme."""
    return lambda format: reverse("chainmap:bottlenecks_download", args=[organization.pk, format])


@pytest.fixture
def signed_in():
    """User -> client with a session, as after signing in."""

    def sign_in(user):
        client = Client(raise_request_exception=True)
        client.force_login(user)
        return client

    return sign_in
