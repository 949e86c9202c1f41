"""The sample organization of a first start: real data, and one sign-in for each role."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR
from chainmap.domain.roles import Role
from chainmap.models import Membership, Organization, Party, Round
from chainmap.services.importing import ImportReport, SourceFile, log_import
from chainmap.services.rounds import RoundPlan, round_create, round_open

NAME = "Replication lab"
_FILE = Path(__file__).resolve().parent.parent / "sample" / "replication_lab" / "events.csv"
#: Who signs in, with which role, and as which party: two of them are the two sides of one hand-off.
_USERS = (
    ("sample-member", Role.MEMBER, "R8"),
    ("sample-colleague", Role.MEMBER, "R2"),
    ("sample-coach", Role.COACH, None),
    ("sample-manager", Role.MANAGER, None),
    ("sample-administrator", Role.ADMINISTRATOR, None),
)
#: Hand-offs everybody is asked about in the sample's round, and how long it is open.
ASKED = 3
_ROUND_LASTS = timedelta(days=13)


@dataclass(frozen=True, slots=True)
class Sample:
    """The loaded sample: ``passwords`` by user name, known only now."""

    report: ImportReport
    passwords: Mapping[str, str]


def sample_load() -> Sample | None:
    """Load the sample through the ordinary importer when there is no organization yet; None when there is one.

    Each user gets a random password, told once: no default password exists.
    """
    with transaction.atomic():
        if Organization.objects.exists():
            return None
        report = log_import(
            actor=OPERATOR, organization_name=NAME, events=SourceFile(name=_FILE.name, data=_FILE.read_bytes())
        )
        organization = Organization.objects.get(name=report.organization)
        passwords = _users_create(organization)
        _round_open(organization)
        return Sample(report=report, passwords=passwords)


def sample_passwords_renew() -> Mapping[str, str] | None:
    """New random passwords for the sample's users; None when the sample is not here."""
    with transaction.atomic():
        organization = Organization.objects.filter(name=NAME).first()
        return _users_create(organization) if organization else None


def _round_open(organization: Organization) -> None:
    """A round to try out: nobody has answered in it, so nothing in it is made up.

    An open one, because these people are in no teams and a protected round would show one figure for all of them.
    """
    plan = RoundPlan(
        name=_("First round"), mode=Round.Mode.OPEN.value, most_asked=ASKED, closes_at=timezone.now() + _ROUND_LASTS
    )
    round_open(actor=OPERATOR, round=round_create(actor=OPERATOR, organization=organization, plan=plan))


def _users_create(organization: Organization) -> dict[str, str]:
    passwords = {}
    for username, role, party in _USERS:
        user, _made = get_user_model().objects.get_or_create(username=username)
        passwords[user.username] = secrets.token_urlsafe(12)
        user.set_password(passwords[user.username])
        user.save()
        Membership.objects.get_or_create(organization=organization, user=user, role=role.value)
        if party is not None:
            Party.objects.filter(organization=organization, code=party).update(user=user)
    return passwords
