"""A chain whose flow cannot be solved: every face says so, none shows a figure."""

import pytest
from django.core.management import CommandError, call_command

from chainmap.domain import analysis
from chainmap.domain.solver import SolverError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _closed_loop(monkeypatch):
    """Stands in for a loop of thousands that nothing leaves; tests/domain has real ones."""

    def refuse(*_arguments, **_options):
        raise SolverError("almost nothing leaves a loop")

    monkeypatch.setattr(analysis, "find_value_flow", refuse)


@pytest.mark.parametrize("address", ["", "bottlenecks.csv", "bottlenecks.svg"])
def test_the_page_and_the_files_say_so(client, organization, carla, address):
    client.force_login(carla)
    answer = client.get(f"/organizations/{organization.pk}/{address}")
    assert answer.status_code == 503
    assert "cannot be worked out" in answer.content.decode()


def test_the_interface_says_so(client, organization, carla):
    client.force_login(carla)
    answer = client.get(f"/api/v1/organizations/{organization.pk}/bottlenecks/")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_solvable")


def test_the_command_says_so(organization):
    with pytest.raises(CommandError, match="almost nothing leaves a loop"):
        call_command("bottlenecks", organization="Acme")
