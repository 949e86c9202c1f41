"""What the pages of one person cost: ``python -m tests.benchmarks.my_page [--people 2000]``.

A company of 2,000 parties and about 10,000 hand-offs, through every middleware. Two people ask: one with ten hand-offs
of their own and one with a thousand, both with needs, talks, agreements, moments and news. Of each page:

- *first*: nothing kept at all (rows, analysis), as after a start of the server;
- *edit*: somebody just changed something in the chain, so that the analysis is made anew;
- *warm*: the median of the rounds after that, also as a ratio to the page that only says there is nothing here;
- the number of queries, which must not depend on how many hand-offs the reader has.

Process CPU time in one run on a scratch SQLite. Goal: *edit* and *warm* at most 200 ms and the queries of both people
the same; exit code 1 where one is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

ROUNDS = 9
GOAL = 200.0  # milliseconds
#: Hand-offs of the whole company, of the first and of the second person.
ALL, FEW, MANY = 10_000, 10, 1_000
#: Rows beside each person's hand-offs: as many as are there, at most these.
TALKS, MOMENTS, NEWS = 30, 200, 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks for their own pages."""

    name: str
    client: Any
    handoff: int


def cpu_milliseconds(client: Any, address: str, status: int = 200) -> float:
    start = time.process_time()
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return 1e3 * (time.process_time() - start)


def company(people: int) -> Any:
    """The large company of the other benchmarks, with room for the hand-offs of the two people."""
    from tests.benchmarks import graphs
    from tests.benchmarks.database import fill

    graphs.HANDOFFS_A_PERSON = 1.06 * (ALL - FEW - MANY) / people  # repeats and those of the two are dropped
    return fill(people)


def person(organization: Any, place: int, handoffs: int, name: str) -> Person:
    """The employee at ``place`` with exactly so many hand-offs, half of them given, and all that belongs to them."""
    from django.db.models import Q
    from django.test import Client

    from chainmap.domain.roles import Role
    from chainmap.models import ClientAnswer, HandOff, Party
    from tests.cast import make_user

    party = Party.objects.filter(organization=organization, kind="employee").order_by("pk")[place]
    HandOff.objects.filter(Q(supplier=party) | Q(customer=party)).delete()
    others = list(Party.objects.filter(organization=organization, kind="employee").exclude(pk=party.pk).order_by("pk"))
    others = [others[number * len(others) // handoffs] for number in range(handoffs)]
    HandOff.objects.bulk_create(
        HandOff(
            organization=organization,
            supplier=party if number % 2 else other,
            customer=other if number % 2 else party,
            deliverable=f"work {number}",
            volume=1 + number % 9,
            supplier_says="yes",
            customer_says="yes" if number % 3 == 0 else "",
        )
        for number, other in enumerate(others)
    )
    own = list(HandOff.objects.filter(Q(supplier=party) | Q(customer=party)).select_related("supplier", "customer"))
    beside(party, own)
    user = make_user(name, organization, Role.MEMBER)
    Party.objects.filter(pk=party.pk).update(user=user)
    ClientAnswer.objects.create(party=party, words="somebody", answered_on="2026-01-31")
    organization.touch()
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return Person(name, client, own[0].pk)


def beside(party: Any, own: Sequence[Any]) -> None:
    """Needs, ratings, talks, agreements, moments and news of these hand-offs."""
    from django.utils import timezone

    from chainmap.models import Agreement, Conversation, Moment, Need, Notification, Rating, Round

    today = timezone.localdate()
    Need.objects.bulk_create(
        Need(handoff=each, text=f"need {number}", reply="agreed" if number else "") for each in own for number in (0, 1)
    )
    asked = Round.objects.get(organization=party.organization)
    Rating.objects.bulk_create(
        Rating(round=asked, handoff=each, rater=each.customer, score=number % 11, given_on=today)
        for number, each in enumerate(own)
    )
    Conversation.objects.bulk_create(
        Conversation(handoff=each, inviter=each.supplier, invitee=each.customer, reason="other") for each in own[:TALKS]
    )
    Agreement.objects.bulk_create(
        Agreement(
            handoff=each,
            sentence="Send it on Monday",
            made_by=each.supplier,
            owner=each.supplier,
            due_on=today - timedelta(days=1),
            state="agreed",
        )
        for each in own[:TALKS]
    )
    Moment.objects.bulk_create(
        Moment(handoff=each, teller=each.customer, kind="magic", words="Saved my day", told_on=today)
        for each in own[:MOMENTS]
    )
    Notification.objects.bulk_create(
        Notification(
            party=party,
            kind="claimed",
            by=each.customer if each.supplier_id == party.pk else each.supplier,
            handoff=each,
        )
        for each in own[:NEWS]
    )


def addresses(organization: int, handoff: int) -> dict[str, str]:
    """Name of a page -> its address."""
    from django.urls import reverse

    names = ("me", "my_chain", "me_client", "talks", "moments", "news", "purpose", "assessments")
    found = {name: reverse(f"chainmap:{name}", args=[organization]) for name in names}
    return found | {"handoff": reverse("chainmap:handoff", args=[organization, handoff])}


def queries_of(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def measured(who: Person, address: str, organization: Any, forget: Callable[[], None]) -> tuple[float, float, float]:
    """Milliseconds first, after an edit, and warm."""
    forget()
    first = cpu_milliseconds(who.client, address)
    edits = []
    for _round in range(3):
        organization.touch()
        edits.append(cpu_milliseconds(who.client, address))
    return first, median(edits), median(cpu_milliseconds(who.client, address) for _ in range(ROUNDS))


def run(people: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from chainmap.models import HandOff, Party
    from tests.conftest import forget

    call_command("migrate", verbosity=0)
    organization = company(people)
    few = person(organization, people // 3, FEW, "few")
    many = person(organization, people // 2, MANY, "many")
    few.client.get("/organizations/0/")  # what is loaded at the first request is not part of any page
    empty = median(cpu_milliseconds(few.client, "/organizations/0/", 404) for _ in range(ROUNDS))
    print(f"{Party.objects.count()} parties, {HandOff.objects.count()} hand-offs; an empty page {empty:.1f} ms CPU")
    print(
        f"{'page':<12} {'own':>5} {'queries':>8} {'first':>9} {'edit':>9} {'warm':>9}  warm / empty  goal {GOAL:.0f} ms"
    )
    missed = 0
    for page in addresses(organization.pk, few.handoff):
        counts = []
        for who, own in ((few, FEW), (many, MANY)):
            address = addresses(organization.pk, who.handoff)[page]
            first, edit, warm = measured(who, address, organization, forget)
            counts.append(queries_of(who.client, address))
            is_kept = max(edit, warm) <= GOAL and counts[0] == counts[-1]
            missed += not is_kept
            print(
                f"{page:<12} {own:>5} {counts[-1]:>8} {first:>6.1f} ms {edit:>6.1f} ms {warm:>6.1f} ms"
                f"  {warm / empty:>10.1f} x  {'yes' if is_kept else 'NO'}"
            )
    return min(missed, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=2_000)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINMAP_DATA"] = folder
        return run(options.people)


if __name__ == "__main__":
    sys.exit(main())
