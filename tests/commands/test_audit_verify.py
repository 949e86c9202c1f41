"""``manage.py audit_verify``: whether the audit log is as it was written."""

import pytest
from django.core.management import CommandError, call_command

from chainmap.domain.audit import AuditWhat
from chainmap.models import AuditEntry
from chainmap.services.audit import audit_write

pytestmark = pytest.mark.django_db


@pytest.fixture
def seals(organization, other_organization, carla):
    def write(where):
        return audit_write(organization=where, user=carla, what=AuditWhat.LINK_MADE).seal

    return [write(organization) for _turn in range(3)] + [write(other_organization)]


def test_it_says_of_each_that_it_is_whole_and_its_last_seal(seals, capsys):
    call_command("audit_verify")
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert said[0].startswith("Acme: The chain of seals is whole: all 3 lines")
    assert said[0].endswith(seals[2])
    assert said[1].endswith(seals[3])


def test_a_gap_ends_it_with_an_error(seals, organization, capsys):
    AuditEntry.objects.filter(organization=organization, number=2).delete()
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("audit_verify")
    assert "broken at line 2" in capsys.readouterr().out
    call_command("audit_verify", organization="Other")


def test_lines_taken_off_the_end_are_found_by_a_seal(seals, organization):
    call_command("audit_verify", organization="Acme", seal=seals[2].upper())
    AuditEntry.objects.filter(organization=organization, number=3).delete()
    call_command("audit_verify", organization="Acme")
    with pytest.raises(CommandError, match="This seal is not in the log"):
        call_command("audit_verify", organization="Acme", seal=seals[2])


def test_an_organization_there_is_none_of(seals):
    with pytest.raises(CommandError, match="There is no organization"):
        call_command("audit_verify", organization="Nobody\x1b[2J")
