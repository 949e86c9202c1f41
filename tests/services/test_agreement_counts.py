"""How many agreements there are, and from how many on that is said."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import OPERATOR, NotFound
from chainmap.services.agreements import AgreementCounts, agreement_answer, agreement_counts, agreement_edit
from tests.pair import elsewhere, make_pair, plan

pytestmark = pytest.mark.django_db
OVER = {"state": "ended", "score_after": 5}


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


def counted(pair):
    return agreement_counts(actor=OPERATOR, organization=pair.organization)


def test_how_many_there_are_is_counted_and_said_to_those_who_may_know(pair, carla, zoe, django_assert_num_queries):
    """Seven open ones at seven hand-offs, of which one is due; six over; one taken back and one only other words."""
    elsewhere(pair, 5, state="agreed")
    pair.due()
    elsewhere(pair, 1)
    for supplier, customer in (("kept", "kept"), ("kept", ""), ("kept", "not"), ("partly", "partly"), ("not", "not")):
        elsewhere(pair, 1, supplier_outcome=supplier, customer_outcome=customer, **OVER)
    elsewhere(pair, 1, supplier_outcome="not", customer_outcome="not", **OVER)
    given = {"user": pair.marta, "organization": pair.organization}
    agreement_answer(pk=pair.propose().pk, answer="withdraw", version=1, **given)
    agreement_edit(pk=pair.handoff.agreements.get(state="agreed").pk, plan=plan(), version=2, **given)
    with django_assert_num_queries(1):
        found = counted(pair)
    assert found == AgreementCounts(open=7, due=1, kept=2, partly=2, not_kept=2)
    assert agreement_counts(actor=carla, organization=pair.organization) == found
    with pytest.raises(PermissionDenied):
        agreement_counts(actor=pair.alice, organization=pair.organization)
    with pytest.raises(NotFound):
        agreement_counts(actor=zoe, organization=pair.organization)


def test_below_six_hand_offs_nothing_is_counted_however_many_agreements_they_have(pair, settings):
    (made,) = elsewhere(pair, 1, state="agreed")
    for _more in range(8):
        pair.propose()
    elsewhere(pair, 3, state="agreed")
    elsewhere(pair, 5, supplier_outcome="kept", customer_outcome="kept", **OVER)
    assert counted(pair) == AgreementCounts(open=None, due=None, kept=None, partly=None, not_kept=None)
    elsewhere(pair, 1)
    assert counted(pair) == AgreementCounts(open=13, due=0, kept=None, partly=None, not_kept=None)
    elsewhere(pair, 1, supplier_outcome="not", customer_outcome="not", **OVER)
    assert counted(pair) == AgreementCounts(open=13, due=0, kept=5, partly=0, not_kept=1)
    settings.CHAINMAP_MINIMUM_GROUP = 6
    assert counted(pair) == AgreementCounts(open=None, due=None, kept=None, partly=None, not_kept=None)
    type(made.handoff).objects.filter(pk=made.handoff_id).update(is_removed=True)
    settings.CHAINMAP_MINIMUM_GROUP = 5
    assert counted(pair).open is None
