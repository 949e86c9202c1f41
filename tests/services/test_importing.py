"""Files into the database: all or nothing, the same twice is no change, every doubt named by file, line and column."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.records import PartyKind
from chainmap.imports.errors import ImportRefused
from chainmap.models import HandOff, Organization, Party, Rating, Round
from chainmap.services.importing import SourceFile, chain_import, log_import

pytestmark = pytest.mark.django_db

PEOPLE = """id,name,kind,team,role,email,capacity
ann,Ann,employee,Sales,Seller,ann@example.org,0.5
ben,Ben,,Planning,,,
mill,Paper mill,external_supplier,,,,
cli,Client,end_customer,,,,
"""
HANDOFFS = """supplier,customer,deliverable,volume
ann,ben,forecast,3
ann,ben,figures,1
ben,cli,plan,
mill,ann,,2
"""
RATINGS = """supplier,customer,deliverable,score,rater,date,scale_min,scale_max
ann,ben,forecast,4,,2026-05-04,1,5
ben,cli,plan,3,,,1,7
ben,cli,plan,9,ann,,,
"""


def source(name, text):
    return SourceFile(name=name, data=text if isinstance(text, bytes) else text.encode())


def run(people=PEOPLE, handoffs=HANDOFFS, ratings=RATINGS, *, name="Acme", actor=OPERATOR, **options):
    return chain_import(
        actor=actor,
        organization_name=name,
        people=source("people.csv", people),
        handoffs=source("handoffs.csv", handoffs),
        ratings=source("ratings.csv", ratings) if ratings else None,
        **options,
    )


def everything():
    """All rows an import may touch, as plain values."""
    return [
        sorted(map(str, model.objects.values_list()))
        for model in (Organization, Party, HandOff, Round, Rating)
    ]  # fmt: skip


def codes(refused):
    return [(error.file, error.line, error.column, error.code) for error in refused.value.errors]


def test_a_chain_is_imported_with_all_its_columns():
    report = run()
    assert report.organization_created
    assert (report.people.created, report.handoffs.created, report.ratings.created) == (4, 4, 3)
    ann, ben = Party.objects.get(code="ann"), Party.objects.get(code="ben")
    assert (ann.team.name, ann.job, ann.email, ann.capacity) == ("Sales", "Seller", "ann@example.org", 0.5)
    assert (ben.kind, ben.capacity) == ("employee", 1.0)
    assert {party.code: party.capacity for party in Party.objects.exclude(kind="employee")} == {"mill": 0, "cli": 0}
    volumes = {(h.supplier.code, h.customer.code, h.deliverable): h.volume for h in HandOff.objects.all()}
    assert volumes == {
        ("ann", "ben", "forecast"): 3, ("ann", "ben", "figures"): 1, ("ben", "cli", "plan"): 1, ("mill", "ann", ""): 2
    }  # fmt: skip


def test_scores_are_rescaled_and_kept_exact():
    """4 of 1..5 is 7.5; 3 of 1..7 is ten thirds, as near as a double can be; rater and date as given."""
    run()
    kept = {(r.handoff.deliverable, r.rater.code): (r.score, r.given_on) for r in Rating.objects.all()}
    assert kept == {
        ("forecast", "ben"): (7.5, date(2026, 5, 4)),
        ("plan", "cli"): (10 / 3, None),
        ("plan", "ann"): (9.0, None),
    }
    assert Round.objects.get().mode == "open"
    assert Round.objects.get().name == "Imported"


def test_the_same_files_twice_change_nothing():
    run()
    before = everything()
    again = run()
    assert not again.changed
    assert not again.organization_created
    assert (again.people.unchanged, again.handoffs.unchanged, again.ratings.unchanged) == (4, 4, 3)
    assert everything() == before


def test_a_dry_run_tells_the_same_and_writes_nothing():
    before = everything()
    rehearsal = run(dry_run=True)
    assert everything() == before
    assert rehearsal.dry_run
    assert (rehearsal.people, rehearsal.handoffs, rehearsal.ratings) == (
        (real := run()).people, real.handoffs, real.ratings
    )  # fmt: skip


def test_changes_are_counted_and_only_given_fields_change():
    run()
    version = Organization.objects.get().data_version
    report = run(
        people="id,name\nann,Ann Adams\nben,Ben\n", handoffs="supplier,customer,volume\nann,cli,2\n", ratings=None
    )
    assert (report.people.updated, report.people.unchanged, report.handoffs.created) == (1, 1, 1)
    ann = Party.objects.get(code="ann")
    assert (ann.name, ann.team.name, ann.email, ann.capacity) == ("Ann Adams", "Sales", "ann@example.org", 0.5)
    assert Organization.objects.get().data_version == version + 1


def test_a_file_that_names_a_hand_off_brings_it_into_the_chain_and_is_a_change_of_it():
    """Taken out, or a claim of one side: whoever has it open to change is told that something was saved meanwhile."""
    run()
    forecast = HandOff.objects.get(deliverable="forecast")
    HandOff.objects.filter(pk=forecast.pk).update(is_removed=True)
    HandOff.objects.filter(deliverable="plan").update(is_claim=True)
    assert run().handoffs.updated == 2
    rows = HandOff.objects.in_chain().filter(deliverable__in=["forecast", "plan"])
    assert list(rows.values_list("version", flat=True)) == [2, 2]
    assert run().handoffs.updated == 0


def test_a_default_capacity_follows_the_kind_and_a_given_one_stays():
    run(ratings=None)
    run(people="id,name,kind\nben,Ben,external_supplier\nann,Ann,external_supplier\n", handoffs=HANDOFFS, ratings=None)
    assert Party.objects.get(code="ben").capacity == 0
    assert Party.objects.get(code="ann").capacity == 0.5


def test_ratings_without_handoff_are_listed_and_left_out():
    orphan = RATINGS + "mill,ben,,7,,,,\n"
    report = run(ratings=orphan)
    assert [(row.line, row.supplier, row.customer) for row in report.ratings_without_handoff] == [(5, "mill", "ben")]
    assert report.ratings.created == 3
    assert not HandOff.objects.filter(supplier__code="mill", customer__code="ben").exists()


def test_ratings_without_handoff_make_one_when_asked():
    report = run(ratings=RATINGS + "mill,ben,,7,,,,\n", create_missing=True)
    assert report.ratings_without_handoff == ()
    assert (report.handoffs_created_for_ratings, report.ratings.created) == (1, 4)
    assert Rating.objects.get(handoff__supplier__code="mill", handoff__customer__code="ben").score == 7


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"handoffs": "supplier,customer\nann,ghost\n"}, ("handoffs.csv", 2, "customer", "unknown_party")),
        ({"handoffs": "supplier,customer\ncli,ann\n"}, ("handoffs.csv", 2, "supplier", "leaves_end_customer")),
        ({"handoffs": "supplier,customer\nann,ann\n"}, ("handoffs.csv", 2, "customer", "self_handoff")),
        (
            {"ratings": "supplier,customer,score\nann,ben,8\n"},
            ("ratings.csv", 2, "deliverable", "ambiguous_deliverable"),
        ),
        ({"ratings": "supplier,customer,score\nben,cli,11\n"}, ("ratings.csv", 2, "score", "score_range")),
        (
            {"ratings": "supplier,customer,score,rater\nben,cli,8,ghost\n"},
            ("ratings.csv", 2, "rater", "unknown_party"),
        ),
        ({"ratings": "supplier,customer,score,rater\nben,cli,8,ben\n"}, ("ratings.csv", 2, "rater", "self_rating")),
        ({"people": PEOPLE.replace("cli,", "ann,")}, ("people.csv", 5, "id", "duplicate_id")),
    ],
    ids=lambda value: value[3] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_errors_name_file_line_and_column_and_nothing_is_written(files, expected):
    before = everything()
    with pytest.raises(ImportRefused) as refused:
        run(**files)
    assert expected in codes(refused)
    assert all(error.reason and error.remedy for error in refused.value.errors)
    assert everything() == before


def test_a_missing_end_customer_kind_is_refused_when_the_party_gives():
    run()
    before = everything()
    with pytest.raises(ImportRefused) as refused:
        run(people="id,name,kind\nann,Ann,end_customer\n", handoffs="supplier,customer\nben,cli\n", ratings=None)
    assert codes(refused) == [("people.csv", 2, "kind", "end_customer_gives")]
    assert everything() == before


def test_ids_of_another_organization_are_unknown(other_organization):
    with pytest.raises(ImportRefused) as refused:
        run(people="id,name\nann,Ann\n", handoffs="supplier,customer\nann,client\n", ratings=None)
    assert codes(refused) == [("handoffs.csv", 2, "customer", "unknown_party")]


def test_ratings_never_go_into_a_protected_round(organization):
    Round.objects.create(organization=organization, name="Secret", mode="anonymous")
    with pytest.raises(ValueError, match="open rounds"):
        run(name="Acme", ratings="supplier,customer,deliverable,score\nann,ben,forecast,8\n", round_name="Secret")
    assert not Rating.objects.filter(round__name="Secret").exists()


def test_who_may_import(organization, people, zoe):
    for allowed in ("bob", "dora"):
        run(actor=people[allowed])
    for refused in ("alice", "carla", "erik"):
        with pytest.raises(PermissionDenied):
            run(actor=people[refused])
    with pytest.raises(NotFound):
        run(actor=zoe)
    with pytest.raises(PermissionDenied):
        run(actor=people["dora"], name="A new one")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_an_organization_needs_a_name(name):
    with pytest.raises(ValueError, match="1 to 200"):
        run(name=name)


LOG = """case,activity,resource,timestamp,customer
1,open,R1,2026-01-01T08:00:00,Acme Ltd
1,work,R2,2026-01-01T09:00:00,Acme Ltd
1,ask,R1,2026-01-01T10:00:00,Acme Ltd
1,wait,-,2026-01-01T10:30:00,Acme Ltd
1,work,R2,2026-01-01T11:00:00,Acme Ltd
2,open,R1,2026-01-02T08:00:00,R2
2,close,R2,2026-01-02T09:00:00,R2
"""


def test_a_log_becomes_handoffs_with_passes_and_returns():
    """Case 1: R1 -> R2 -> R1 -> R2 -> Acme Ltd; case 2: R1 -> R2 -> the customer who is called R2, too."""
    report = log_import(actor=OPERATOR, organization_name="Log", events=source("log.csv", LOG))
    links = {
        (h.supplier.code, h.customer.code): (h.volume, h.passes, h.returned) for h in HandOff.objects.all()
    }  # fmt: skip
    assert links == {
        ("R1", "R2"): (3, 3, 1),
        ("R2", "R1"): (1, 1, 1),
        ("R2", "customer:Acme Ltd"): (1, 1, 0),
        ("R2", "customer:R2"): (1, 1, 0),
    }
    kinds = dict(Party.objects.values_list("code", "kind"))
    assert kinds["customer:R2"] == PartyKind.END_CUSTOMER
    assert kinds["R2"] == PartyKind.EMPLOYEE
    assert report.log.skipped_events == 1


def test_the_same_log_twice_changes_nothing_and_names_given_by_hand_stay():
    log_import(actor=OPERATOR, organization_name="Log", events=source("log.csv", LOG))
    Party.objects.filter(code="R1").update(name="Rita")
    before = everything()
    again = log_import(actor=OPERATOR, organization_name="Log", events=source("log.csv", LOG))
    assert not again.changed
    assert everything() == before


def test_a_longer_log_updates_what_it_measured():
    log_import(actor=OPERATOR, organization_name="Log", events=source("log.csv", LOG))
    longer = LOG + "3,open,R1,2026-01-03T08:00:00,Acme Ltd\n3,close,R2,2026-01-03T09:00:00,Acme Ltd\n"
    report = log_import(actor=OPERATOR, organization_name="Log", events=source("log.csv", longer))
    assert (report.handoffs.updated, report.handoffs.created) == (2, 0)
    assert HandOff.objects.get(supplier__code="R1", customer__code="R2").passes == 4


def test_a_log_whose_resource_is_an_end_customer_here_is_refused():
    run()
    text = "case,activity,resource,timestamp\n1,a,ann,2026-01-01\n1,b,cli,2026-01-02\n"
    before = everything()
    with pytest.raises(ImportRefused) as refused:
        log_import(actor=OPERATOR, organization_name="Acme", events=source("log.csv", text))
    assert codes(refused) == [("log.csv", None, "resource", "kind_differs")]
    assert everything() == before
