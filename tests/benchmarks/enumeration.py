"""Whether the time of an answer tells if a name or an address is known: medians of many tries, taken in turns.

    .venv/bin/python -m tests.benchmarks.enumeration

Exit code 1 when two medians differ by more than a tenth (SECURITY 3.4, L4). With real password hashing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

GOAL = 0.10


def medians(first: Callable[[], object], second: Callable[[], object], tries: int) -> tuple[float, float]:
    """Median seconds of both, each try of one beside a try of the other, in changing order."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(tries):
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            begin = time.perf_counter()
            (first, second)[which]()
            times[which].append(time.perf_counter() - begin)
    return statistics.median(times[0]), statistics.median(times[1])


def measure(tries: int) -> int:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.test import Client, override_settings

    from chainmap.models import Attempt, Party
    from tests import cast
    from tests.crowd import make_round

    organization = cast.make_organization("Timing")
    User.objects.create(username="known", password=make_password("a long enough password"))
    Party.objects.filter(organization=organization).update(email="known@example.com")
    make_round(organization, "pair")
    client = Client()

    def post(address: str, **data: str) -> Callable[[], object]:
        def call() -> None:
            Attempt.objects.all().delete()
            client.post(address, data)

        return call

    failed = 0
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        User.objects.filter(username="known").update(password=make_password("a long enough password"))
        pairs = {
            "sign in": (
                post("/sign-in/", username="known", password="wrong"),
                post("/sign-in/", username="other", password="wrong"),
            ),
            "send me my link again": (
                post("/join/", email="known@example.com"), post("/join/", email="other@example.com")
            ),
        }  # fmt: skip
        for what, (known, unknown) in pairs.items():
            one, other = medians(known, unknown, tries)
            apart = abs(one - other) / min(one, other)
            failed += apart > GOAL
            print(f"{what}: known {one * 1000:.2f} ms, unknown {other * 1000:.2f} ms, apart by {apart:.1%}")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=200)
    tries = parser.parse_args().tries
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.CHAINMAP_BACKGROUND = True
    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    try:
        return min(measure(tries), 1)
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    sys.exit(main())
