"""What a page costs: ``python -m tests.benchmarks.pages [--people 1400]``.

The chain page and a party's page of a company of 1,400 parties and about 10,000 hand-offs, through every middleware,
once cold (nothing kept: rows, analysis, picture) and then warm, against the page that only says there is nothing here.
Process CPU time, median of the rounds, in one run on a scratch SQLite.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from statistics import median
from typing import Any

ROUNDS = 15


def cpu_milliseconds(client: Any, address: str, status: int = 200) -> float:
    start = time.process_time()
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return 1e3 * (time.process_time() - start)


def run(people: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from chainmap.domain.roles import Role
    from chainmap.models import HandOff, Party
    from tests.benchmarks.database import fill
    from tests.cast import make_user

    call_command("migrate", verbosity=0)
    organization = fill(people)
    client = Client(headers={"host": "localhost"})
    client.force_login(make_user("manager", organization, Role.MANAGER))
    party = Party.objects.order_by("pk")[people // 2].pk
    base = f"/organizations/{organization.pk}/"
    client.get("/organizations/0/")  # what is loaded at the first request is not part of any page
    empty = median(cpu_milliseconds(client, "/organizations/0/", 404) for _ in range(ROUNDS))
    print(f"{Party.objects.count()} parties, {HandOff.objects.count()} hand-offs; an empty page {empty:.1f} ms")
    for name, address in (("chain page", base), ("a party's page", f"{base}parties/{party}/")):
        cold = cpu_milliseconds(client, address)
        warm = median(cpu_milliseconds(client, address) for _ in range(ROUNDS))
        print(f"  {name:<16} first {cold:8.1f} ms, then {warm:6.1f} ms = {warm / empty:5.1f} x an empty page")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1_400)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINMAP_DATA"] = folder
        run(options.people)
    return 0


if __name__ == "__main__":
    sys.exit(main())
