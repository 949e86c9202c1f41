"""Rows -> Chain: every fact in its column, three queries whatever the size, protected ratings left where they are."""

import numpy as np
import pytest

from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating
from chainmap.models import HandOff as HandOffRow
from chainmap.models import Round
from chainmap.services.snapshots import chain_snapshot
from tests.cast import HANDOFFS, PEOPLE

pytestmark = pytest.mark.django_db


def test_the_rows_of_acme_become_the_records_of_acme(organization):
    snapshot = chain_snapshot(organization=organization)
    expected = Chain.from_records(
        [Party(code, name, kind, team) for code, name, kind, team in PEOPLE],
        [HandOff(supplier, customer, what, volume) for supplier, customer, what, volume, _ in HANDOFFS],
        [Rating(supplier, customer, score, what) for supplier, customer, what, _, score in HANDOFFS if score],
    )
    for column in Chain.__dataclass_fields__:
        if column in {"party_keys", "handoff_keys", "rating_day"}:
            continue
        np.testing.assert_array_equal(getattr(snapshot, column), getattr(expected, column), column)
    assert set(snapshot.rating_day.tolist()) == {739740}
    assert snapshot.handoff_keys.tolist() == sorted(HandOffRow.objects.values_list("pk", flat=True))


def test_an_empty_organization_is_an_empty_chain(organization):
    organization.parties.all().delete()
    snapshot = chain_snapshot(organization=organization)
    assert (snapshot.party_count, snapshot.handoff_count, snapshot.rating_count) == (0, 0, 0)


def test_three_queries_whatever_the_size(organization, django_assert_num_queries):
    with django_assert_num_queries(3):
        chain_snapshot(organization=organization)


def test_the_other_organization_stays_out(organization, other_organization):
    snapshot = chain_snapshot(organization=organization)
    assert not [name for name in snapshot.party_names if "CANARY" in name]
    assert snapshot.party_count == len(PEOPLE)


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_ratings_of_protected_rounds_never_enter(organization, mode):
    Round.objects.filter(organization=organization).update(mode=mode)
    assert chain_snapshot(organization=organization).rating_count == 0


def test_measured_and_unmeasured_handoffs(organization):
    first = HandOffRow.objects.order_by("pk").first()
    HandOffRow.objects.filter(pk=first.pk).update(passes=7, returned=2)
    snapshot = chain_snapshot(organization=organization)
    assert (snapshot.passes[0], snapshot.returned[0]) == (7, 2)
    assert set(snapshot.passes[1:].tolist()) == {-1}
    assert snapshot.party_kinds[5] is PartyKind.END_CUSTOMER
