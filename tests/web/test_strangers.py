"""Another organization's page and one that never existed look the same, byte for byte."""

from __future__ import annotations

import pytest
from django.urls import reverse

from chainmap.models import Party

MISSING = 987_654_321


def _both(organization, party):
    """Pairs of addresses: of Acme, and of nothing."""
    return [
        (reverse("chainmap:chain", args=[organization.pk]), reverse("chainmap:chain", args=[MISSING])),
        (
            reverse("chainmap:bottlenecks_download", args=[organization.pk, "svg"]),
            reverse("chainmap:bottlenecks_download", args=[MISSING, "svg"]),
        ),
        (
            reverse("chainmap:party", args=[organization.pk, party.pk]),
            reverse("chainmap:party", args=[MISSING, party.pk]),
        ),
    ]


@pytest.fixture
def party(organization):
    return Party.objects.get(organization=organization, code="alice")


def test_a_stranger_gets_the_same_bytes_and_headers_as_for_nothing(organization, party, zoe, signed_in):
    client = signed_in(zoe)
    answers = [client.get(address) for pair in _both(organization, party) for address in pair]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_the_page_names_nothing_that_was_asked_for(organization, party, zoe, signed_in):
    page = signed_in(zoe).get(_both(organization, party)[0][0]).content.decode()
    for secret in ("Acme", "Alice", str(MISSING), "csrf", "zoe"):
        assert secret not in page
    assert "There is nothing at this address for you" in page
    assert "Start again from the first page" in page


def test_a_party_of_another_organization_is_not_found_under_ones_own(other_organization, party, zoe, signed_in):
    """The organization in the address is Zoe's, the party is Acme's."""
    client = signed_in(zoe)
    stranger = client.get(reverse("chainmap:party", args=[other_organization.pk, party.pk]))
    missing = client.get(reverse("chainmap:party", args=[other_organization.pk, MISSING]))
    assert (stranger.status_code, stranger.content) == (404, missing.content)


def test_nothing_of_the_other_organization_is_on_any_page(organization, other_organization, carla, signed_in):
    client = signed_in(carla)
    addresses = [reverse("chainmap:home"), reverse("chainmap:chain", args=[organization.pk])]
    addresses += [
        reverse("chainmap:party", args=[organization.pk, key])
        for key in Party.objects.filter(organization=organization).values_list("pk", flat=True)
    ]
    for address in addresses:
        assert "CANARY" not in client.get(address, follow=True).content.decode()


def test_a_visitor_learns_nothing_from_where_he_is_sent(client, organization, party):
    for exists, missing in _both(organization, party):
        there, nothing = client.get(exists), client.get(missing)
        assert (there.status_code, there.content) == (nothing.status_code, nothing.content) == (302, b"")
