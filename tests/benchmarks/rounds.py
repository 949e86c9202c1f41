"""What a round costs: ``python -m tests.benchmarks.rounds [--people 150]``.

150 people with five suppliers each (750 questions), on a scratch SQLite file: opening, a card, a saved answer, and
closing in each mode. Process CPU time; the card and the save against an empty page and a bare UPDATE of the same run.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from statistics import median
from typing import Any

TRIES = 30
SUPPLIERS = 5


def milliseconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return 1e3 * (time.process_time() - start)


def company(people: int) -> Any:
    """Teams of ten; everybody receives from five colleagues drawn by lot."""
    from chainmap.models import HandOff, Organization, Party, Team

    drawn = random.Random(7)
    organization = Organization.objects.create(name="Benchmark")
    teams = [Team.objects.create(organization=organization, name=f"Team {number}") for number in range(people // 10)]
    parties = Party.objects.bulk_create(
        Party(organization=organization, code=f"p{n}", name=f"Person {n}", team=teams[n % len(teams)], capacity=1.0)
        for n in range(people)
    )
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=supplier, customer=customer, deliverable="work")
        for customer in parties
        for supplier in drawn.sample([one for one in parties if one != customer], SUPPLIERS)
    )
    return organization


def measure(organization: Any, mode: str) -> None:
    """One round from opening to closing; prints a line."""
    from django.test import Client

    from chainmap.access import OPERATOR
    from chainmap.domain.cards import Card
    from chainmap.models import Answer, Ask, Round
    from chainmap.services.ballots import BallotKey, answer_save
    from chainmap.services.links import link_issue
    from chainmap.services.rounds import RoundPlan, round_close, round_create, round_open
    from tests.crowd import answer_all

    client, drawn = Client(headers={"host": "localhost"}), random.Random(7)
    made = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name=mode, mode=mode))
    opening = milliseconds(lambda: round_open(actor=OPERATOR, round=made))
    running = Round.objects.get(pk=made.pk)
    ask = Ask.objects.filter(round=running).select_related("rater").first()
    assert ask is not None
    token = link_issue(round=running, rater=ask.rater).token
    key, saves = BallotKey(running, ask.rater), iter(range(TRIES))

    def save() -> None:
        number = next(saves)
        answer_save(key=key, ask=ask.pk, card=Card(score=number % 11), version=number, client_id=str(uuid.uuid4()))

    client.get("/a/nobody/")  # what is loaded at the first request is not part of any page
    empty = median(milliseconds(lambda: client.get("/a/nobody/")) for _ in range(TRIES))
    card = median(milliseconds(lambda: client.get(f"/a/{token}/{ask.pk}/")) for _ in range(TRIES))
    saving = median(milliseconds(save) for _ in range(TRIES))
    row = Answer.objects.values_list("pk", flat=True)[0]
    bare = median(milliseconds(lambda: Answer.objects.filter(pk=row).update(score="07")) for _ in range(TRIES))
    answer_all(running, lambda _ask: Card(score=drawn.randrange(11)))
    closing = milliseconds(lambda: round_close(actor=OPERATOR, round=running))
    print(
        f"{mode:<10} opening {opening:6.0f} ms; card {card:5.1f} ms = {card / empty:.1f} x an empty page; "
        f"save {saving:4.1f} ms = {saving / bare:.1f} x a bare UPDATE; closing {closing:6.0f} ms"
    )


def run(people: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    organization = company(people)
    for mode in ("open", "pair", "anonymous"):
        measure(organization, mode)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=150)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINMAP_DATA"] = folder
        run(options.people)
    return 0


if __name__ == "__main__":
    sys.exit(main())
