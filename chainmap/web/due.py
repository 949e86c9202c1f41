"""What a person is asked right now, to be shown before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.access import User
from chainmap.models import Organization, Round
from chainmap.services.ballots import waiting_list


@dataclass(frozen=True, slots=True)
class Due:
    """An open round with questions the person has not answered."""

    organization: Organization
    round: Round
    missing: int


def due_rows(user: User, organization: Organization | None = None) -> list[Due]:
    """Soonest end first; of one organization, or of all."""
    return [
        Due(one.organization, one.round, one.total - one.answered)
        for one in waiting_list(user=user)
        if one.answered < one.total and (organization is None or one.organization == organization)
    ]
