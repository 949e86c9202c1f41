"""Figures of groups of people: published coarsely, and made anew only when enough answers changed.

What somebody answered is theirs alone. A figure of a group is therefore kept as a row of its own and read from there:
between two publications nothing that anybody answers changes a byte of it, and two publications differ by the answers
of at least ``raters_needed(k)`` people, so that nobody can subtract the one from the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from chainmap.domain.clarity import may_publish
from chainmap.models import GroupFigure, Organization
from chainmap.services.rounds import least_group

#: The group of everybody; a team is :func:`team_group`.
ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """What was published last, and the day."""

    content: Mapping[str, Any]
    made_on: date


def team_group(team: int) -> str:
    """The name of the group of a team: "t" and its number."""
    return f"t{team}"


def group_figures_lock(*, organization: Organization) -> None:
    """Let nobody else publish a figure of this organization until the transaction ends.

    Call it before counting what ``group_figure_update`` is told: what is counted is then still so when it is published.
    """
    Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk).values_list("pk").first()


def group_figure_update(
    *,
    organization: Organization,
    kind: str,
    edition: str,
    group: str,
    people: int,
    changed: int,
    content: Callable[[], dict[str, Any]],
) -> bool:
    """Publish the figure of a group anew, or leave everything as it is.

    ``people``: how many answers it would rest on. ``changed``: how many of them are new or another since the last
    publication; all where there was none. ``content``: JSON types, called only if it is published; it must give
    nothing but coarse values (bands, half steps, steps of 10 %).

    Returns whether it was published: then, in the same transaction, mark all these answers as counted. Count them
    after :func:`group_figures_lock`.
    """
    k = least_group()
    with transaction.atomic():
        group_figures_lock(organization=organization)
        if not may_publish(people=people, changed=changed, k=k):
            return False
        text = json.dumps({"k": k, "figure": content()}, ensure_ascii=False, sort_keys=True)
        GroupFigure.objects.update_or_create(
            organization=organization,
            kind=kind,
            edition=edition,
            group=group,
            defaults={"content": text, "made_on": timezone.localdate()},
        )
        return True


def group_figure_find(*, organization: Organization, kind: str, edition: str, group: str) -> dict[str, Any] | None:
    """The content that was published last; None where nothing was.

    Whoever calls decides who may see it. A figure of a smaller group than the server asks for today is not shown.
    """
    found = group_figures_find(organization=organization, editions=[(kind, edition)], groups=[group])
    kept = found.get((kind, edition, group))
    return None if kept is None else dict(kept.content)


def group_figures_find(
    *, organization: Organization, editions: Iterable[tuple[str, str]], groups: Iterable[str] | None = None
) -> Mapping[tuple[str, str, str], KeptFigure]:
    """(kind, edition, group) -> what was published last, with one query; ``groups``: None for all there are."""
    wanted = set(editions)
    rows = GroupFigure.objects.filter(organization=organization, kind__in={kind for kind, _edition in wanted})
    if groups is not None:
        rows = rows.filter(group__in=set(groups))
    k = least_group()
    found = {}
    for row in rows:
        read = json.loads(row.content)
        if (row.kind, row.edition) in wanted and read["k"] >= k:
            found[row.kind, row.edition, row.group] = KeptFigure(read["figure"], row.made_on)
    return found
