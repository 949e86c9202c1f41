"""One service call for every face: access first, kept per data version, numbers worked by hand."""

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import OPERATOR, NotFound
from chainmap.models import HandOff, Organization, Party, Rating, Round
from chainmap.services.analysis import bottlenecks_find, party_chain_find
from chainmap.services.reporting import bottlenecks_export

pytestmark = pytest.mark.django_db


def test_acme_by_hand(organization):
    """Acme without cycle: carla -> bob is taken out, so that the flow can be followed with a pencil.

    m = (.6 + .4 + .9 + .8) / 4 = .675, y = (2 m + score) / 3: forecast .65, figures 1.75/3, plan .75, report 2.15/3.
    alice (1) gives bob .75 and carla .25; bob holds 1 + .75 * .65; carla 1 + bob * .75 + .25 * 1.75/3.
    """
    HandOff.objects.filter(deliverable="questions").delete()
    organization.touch()
    found = bottlenecks_find(actor=OPERATOR, organization=organization)
    bob = 1 + 0.75 * 0.65
    carla = 1 + bob * 0.75 + 0.25 * 1.75 / 3
    assert found.mean_yield == pytest.approx(0.675)
    assert found.created == 4
    assert found.delivered == pytest.approx(carla * 2.15 / 3)
    assert found.stranded == pytest.approx(1), "dan reaches nobody"
    assert found.lost == pytest.approx(4 - 1 - carla * 2.15 / 3)
    assert {(h.supplier, h.customer): h.rank for h in found.handoffs} == {
        ("carla", "client"): 1, ("bob", "carla"): 2, ("alice", "bob"): 3, ("alice", "carla"): 4, ("ext", "alice"): None
    }  # fmt: skip


def test_a_finding_is_kept_until_the_data_change(organization, django_assert_num_queries):
    first = bottlenecks_find(actor=OPERATOR, organization=organization)
    with django_assert_num_queries(0):
        assert bottlenecks_find(actor=OPERATOR, organization=organization) == first
    Rating.objects.filter(score=9).update(score=1)
    organization.touch()
    assert bottlenecks_find(actor=OPERATOR, organization=organization).delivered < first.delivered


def test_kappa_is_a_setting_of_the_organization(organization):
    before = bottlenecks_find(actor=OPERATOR, organization=organization)
    Organization.objects.filter(pk=organization.pk).update(kappa=0)
    organization.refresh_from_db()
    after = bottlenecks_find(actor=OPERATOR, organization=organization)
    yields = {h.deliverable: h.yield_ for h in after.handoffs}
    assert yields["plan"] == pytest.approx(0.9), "with kappa 0 the rating stands alone"
    assert before != after


def test_people_and_teams_agree_on_the_totals(organization):
    persons = bottlenecks_find(actor=OPERATOR, organization=organization)
    teams = bottlenecks_find(actor=OPERATOR, organization=organization, by_team=True)
    assert teams.by_team
    for total in ("created", "delivered", "lost", "stranded"):
        assert getattr(teams, total) == pytest.approx(getattr(persons, total), rel=1e-9)


def test_a_party_s_own_view(organization):
    alice = Party.objects.get(organization=organization, code="alice")
    chain = party_chain_find(actor=OPERATOR, organization=organization, party=alice)
    assert chain.most_important_client.party == "bob"
    assert sum(client.share for client in chain.customers) == pytest.approx(1)
    assert [(step.supplier, step.customer) for step in chain.main_chain] == [
        ("alice", "bob"), ("bob", "carla"), ("carla", "client")
    ]  # fmt: skip
    assert [supplier.party for supplier in chain.suppliers] == ["ext"]


def test_who_may_ask(organization, people, zoe):
    for user in people.values():
        assert bottlenecks_find(actor=user, organization=organization).analysed
    with pytest.raises(NotFound):
        bottlenecks_find(actor=zoe, organization=organization)
    with pytest.raises(PermissionDenied):
        bottlenecks_export(actor=people["alice"], organization=organization, format="csv")
    with pytest.raises(NotFound):
        bottlenecks_export(actor=zoe, organization=organization, format="csv")
    for name in ("bob", "carla", "dora", "erik"):
        assert bottlenecks_export(actor=people[name], organization=organization, format="csv").content


def test_a_protected_round_changes_no_byte(organization):
    """The chain of persons knows nothing of pair and anonymous ratings, not even that there are some."""
    Round.objects.filter(organization=organization).update(mode="anonymous")
    organization.touch()
    hidden = bottlenecks_export(actor=OPERATOR, organization=organization, format="json").content
    Rating.objects.update(score=0)
    organization.touch()
    assert bottlenecks_export(actor=OPERATOR, organization=organization, format="json").content == hidden


def test_without_any_rating_only_the_structure_speaks(organization):
    Rating.objects.all().delete()
    organization.touch()
    found = bottlenecks_find(actor=OPERATOR, organization=organization)
    assert not found.analysed
    assert found.delivered is None
    assert "dan" in found.structure.dead_ends
