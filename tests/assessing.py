"""A team that answers questionnaires: the people of one team of ``tests/crowd.py`` with a user each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chainmap.domain.roles import Role
from chainmap.models import Membership, Organization, Party
from chainmap.services.assessments import assessment_find, assessment_save
from chainmap.services.questionnaires import questionnaire_find
from tests.cast import User


def make_users(organization: Organization, codes: Sequence[str]) -> dict[str, User]:
    """A member for each of these parties, who stands for it."""
    users = User.objects.bulk_create(
        User(username=f"{organization.pk}-{code}", first_name=code, password="!") for code in codes
    )
    Membership.objects.bulk_create(
        Membership(organization=organization, user=user, role=Role.MEMBER.value) for user in users
    )
    for code, user in zip(codes, users, strict=True):
        Party.objects.filter(organization=organization, code=code).update(user=user)
    return dict(zip(codes, users, strict=True))


def answers_of(organization: Organization, scores: int | Sequence[int], code: str = "orientation") -> dict[str, object]:
    """Row code -> score; one number for all rows or one each."""
    rows = questionnaire_find(organization=organization, code=code).text.row_codes
    listed = [scores] * len(rows) if isinstance(scores, int) else list(scores)
    return dict(zip(rows, listed, strict=True))


def answer(
    user: User,
    organization: Organization,
    scores: int | Sequence[int],
    *,
    code: str = "orientation",
    about: str = "team",
    **changed: object,
) -> bool:
    """One person answers as from a form that was opened just now."""
    own = assessment_find(user=user, organization=organization, code=code, about=about)
    given: Mapping[str, object] = {
        "answers": answers_of(organization, scores, code),
        "version": own.version,
        "edition": own.questionnaire.text.version,
        **changed,
    }
    return assessment_save(user=user, organization=organization, code=code, about=about, **given)
