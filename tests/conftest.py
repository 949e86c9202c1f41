"""Fixtures every test may use; the cast is described in tests/cast.py."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from chainmap.domain.roles import Role
from chainmap.models import HandOff, Party
from chainmap.services.analysis import findings_forget
from chainmap.services.comparing import comparing_forget
from chainmap.services.comparing_views import comparing_views_forget
from chainmap.services.reports import reports_forget
from chainmap.services.round_analysis import round_findings_forget
from tests import cast

#: Not tests: collected for their examples otherwise.
collect_ignore = ["run.py", "benchmarks"]
#: Data beside the repository that not every machine has; tests that use them skip where they are absent.
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL run the tests that use the database, and those alone: the others passed on SQLite already.

    There is one browser to a worker, and its tests are the longest: they come first, so that one worker has them all
    and none is left for the end, when the other has nothing to do. What is random about the order stays so.

    A browser is a program of its own that no test holds in its hands: its tests, and no others, are tried once more
    before they count as failed, and the summary says so.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if connection.vendor != "postgresql":
        return
    uses, other = [], []
    for item in items:
        database = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
            getattr(item, "fixturenames", ())
        )
        keep = database and not item.get_closest_marker("browser") and not item.get_closest_marker("sqlite_only")
        (uses if keep else other).append(item)
    items[:] = uses
    config.hook.pytest_deselected(items=other)


def pytest_collection_finish():
    """Modules and thousands of collected tests stay to the end: whoever looks for garbage need not go through them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def forget():
    """Nothing kept: neither findings nor pictures."""
    cache.clear()
    findings_forget()
    round_findings_forget()
    comparing_forget()
    comparing_views_forget()
    reports_forget()


@pytest.fixture(autouse=True)
def _fresh_cache():
    """Findings are kept by number and version of an organization, which rolled-back tests use again."""
    forget()
    yield
    forget()


@pytest.fixture
def organization(db):
    return cast.make_organization("Acme")


@pytest.fixture
def other_organization(db):
    return cast.make_organization("Other", prefix="CANARY ")


@pytest.fixture
def people(organization):
    """The cast of Acme by user name."""
    return cast.make_cast(organization)


@pytest.fixture
def alice(people):
    """A member; she is the party alice."""
    return people["alice"]


@pytest.fixture
def bob(people):
    """A coach."""
    return people["bob"]


@pytest.fixture
def carla(people):
    """A manager."""
    return people["carla"]


@pytest.fixture
def dora(people):
    """An administrator."""
    return people["dora"]


@pytest.fixture
def erik(people):
    """An auditor."""
    return people["erik"]


@pytest.fixture
def zoe(other_organization):
    """A manager of the other organization: a stranger to Acme."""
    return cast.make_user("zoe", other_organization, Role.MANAGER)


@pytest.fixture
def shared_data():
    """The folder of data beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the data beside the repository are not on this machine")
    return SHARED


@pytest.fixture
def handoffs(organization):
    """Deliverable -> number of the hand-off of Acme."""
    return {handoff.deliverable: handoff.pk for handoff in HandOff.objects.filter(organization=organization)}


@pytest.fixture
def client_party(organization):
    """The end customer of Acme."""
    return Party.objects.get(organization=organization, code="client")
