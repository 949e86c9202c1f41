"""Settings of an organization."""

from __future__ import annotations

from django.db import transaction

from chainmap.access import Operator, User, require
from chainmap.domain.moments import CoachingRules
from chainmap.domain.roles import Action
from chainmap.models import Organization

#: Above this a rule of thumb is a typing error.
LARGEST_RULE = 1000


def coaching_rules_set(*, actor: User | Operator, organization: Organization, rules: CoachingRules) -> None:
    """Keep the figures coaches work with. Raises ValueError above 1,000."""
    require(actor, Action.CHANGE_SETTINGS, organization)
    if max(rules.magic_for_one_misery, rules.told_of_misery, rules.told_of_magic) > LARGEST_RULE:
        raise ValueError(f"a coaching rule is at most {LARGEST_RULE}")
    with transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(
            magic_for_one_misery=rules.magic_for_one_misery,
            told_of_misery=rules.told_of_misery,
            told_of_magic=rules.told_of_magic,
        )
