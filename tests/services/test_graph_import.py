"""A chain from a graph: what a report wrote comes back into the database, all or nothing."""

from __future__ import annotations

import pytest

from chainmap.access import OPERATOR
from chainmap.exports.graph_files import report_graphml
from chainmap.imports.errors import ImportRefused
from chainmap.models import HandOff, Organization, Party
from chainmap.services.importing import chain_import
from chainmap.services.reports import report_find
from tests.exports.reports import example_report
from tests.services.test_importing import HANDOFFS, PEOPLE, RATINGS, codes, everything, source

pytestmark = pytest.mark.django_db


def run(graph, **options):
    return chain_import(actor=OPERATOR, organization_name="Acme", graph=source("chain.graphml", graph), **options)


def stored():
    parties = {(one.code, one.name, one.kind, one.team.name if one.team else "") for one in Party.objects.all()}
    links = {(one.supplier.code, one.customer.code, one.deliverable, one.volume) for one in HandOff.objects.all()}
    return parties, links


def test_the_graph_of_a_report_becomes_the_chain_it_was_of():
    finding = example_report().finding
    report = run(report_graphml(example_report()).content)
    assert (report.people.created, report.handoffs.created) == (len(finding.parties), len(finding.handoffs))
    parties, links = stored()
    assert parties == {(one.id, one.name, one.kind.value, one.team) for one in finding.parties}
    assert links == {(one.supplier, one.customer, one.deliverable, one.volume) for one in finding.handoffs}
    before = everything()
    assert not run(report_graphml(example_report()).content).changed
    assert everything() == before


def test_a_report_of_what_was_imported_brings_the_same_into_another_organization():
    chain_import(
        actor=OPERATOR, organization_name="First", people=source("p.csv", PEOPLE),
        handoffs=source("h.csv", HANDOFFS), ratings=source("r.csv", RATINGS),
    )  # fmt: skip
    first = stored()
    report = report_find(actor=OPERATOR, organization=Organization.objects.get(name="First"))
    run(report_graphml(report).content)
    second = Organization.objects.get(name="Acme")
    parties = Party.objects.filter(organization=second)
    assert {(one.code, one.name, one.kind, one.team.name if one.team else "") for one in parties} == first[0]
    links = HandOff.objects.filter(organization=second)
    assert {(one.supplier.code, one.customer.code, one.deliverable, one.volume) for one in links} == first[1]


def test_with_ratings_beside_it():
    graph = (
        "<graphml><graph edgedefault='directed'><node id='ann'/><node id='ben'/><edge source='ann' target='ben'/>"
        "</graph></graphml>"
    )
    report = run(graph, ratings=source("r.csv", "supplier,customer,score\nann,ben,7\n"))
    assert report.ratings.created == 1
    assert [warning.code for warning in report.warnings] == ["graph_nameless"]


def test_an_error_in_the_graph_leaves_everything_as_it_was():
    before = everything()
    with pytest.raises(ImportRefused) as refused:
        run(
            "<graphml><graph edgedefault='directed'>\n<node id='ann'/>\n"
            "<edge source='ann' target='x'/></graph></graphml>"
        )
    assert codes(refused) == [("chain.graphml", 3, "target", "unknown_node")]
    assert everything() == before


def test_what_leaves_an_end_customer_is_told_with_its_line():
    graph = (
        "<graphml><key id='k' for='node' attr.name='kind'/><graph edgedefault='directed'>\n"
        "<node id='cli'><data key='k'>end_customer</data></node><node id='ann'/>\n<edge source='cli' target='ann'/>"
        "</graph></graphml>"
    )
    with pytest.raises(ImportRefused) as refused:
        run(graph)
    assert codes(refused) == [("chain.graphml", 3, "supplier", "leaves_end_customer")]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"people": PEOPLE},
        {"handoffs": HANDOFFS},
        {"people": PEOPLE, "graph": "<graphml/>"},
        {"people": PEOPLE, "handoffs": HANDOFFS, "graph": "<graphml/>"},
    ],
)
def test_tables_or_a_graph_and_not_both(files):
    given = {kind: source(kind, text) for kind, text in files.items()}
    with pytest.raises(ValueError, match="two tables"):
        chain_import(actor=OPERATOR, organization_name="Acme", **given)
