"""Figures of groups are made anew only when enough answers changed, and are read as they were kept."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chainmap.models import GroupFigure
from chainmap.services.group_figures import (
    ORGANIZATION,
    group_figure_find,
    group_figure_update,
    group_figures_find,
    team_group,
)

pytestmark = pytest.mark.django_db


def publish(organization, people, changed, content=None, **names):
    given = {"kind": "clarity", "edition": "", "group": ORGANIZATION} | names
    return group_figure_update(
        organization=organization, people=people, changed=changed, content=lambda: content or {"band": 40}, **given
    )


def find(organization, **names):
    return group_figure_find(
        organization=organization, **({"kind": "clarity", "edition": "", "group": ORGANIZATION} | names)
    )


@pytest.mark.parametrize(
    ("people", "changed", "published"),
    [(0, 0, False), (5, 5, False), (6, 5, False), (6, 6, True), (500, 5, False), (500, 6, True)],
)
def test_a_figure_takes_six_people_and_six_changes(organization, people, changed, published):
    assert publish(organization, people, changed) is published
    assert find(organization) == ({"band": 40} if published else None)


def test_the_content_is_not_even_made_where_it_is_not_published(organization):
    def fail():
        raise AssertionError("made for nobody")

    names = {"kind": "clarity", "edition": "", "group": ORGANIZATION}
    assert not group_figure_update(organization=organization, people=9, changed=5, content=fail, **names)


def test_what_was_published_stays_to_the_byte_until_six_more_changed(organization):
    assert publish(organization, 6, 6, {"band": 40})
    before = GroupFigure.objects.values().get()
    assert not publish(organization, 11, 5, {"band": 90})
    assert GroupFigure.objects.values().get() == before
    assert publish(organization, 12, 6, {"band": 90})
    after = GroupFigure.objects.get()
    assert (after.pk, find(organization)) == (before["id"], {"band": 90})


def test_groups_editions_kinds_and_organizations_do_not_mix(organization, other_organization):
    assert publish(organization, 6, 6, {"band": 10}, kind="orientation", edition="a", group=team_group(1))
    for names in ({"kind": "other"}, {"edition": "b"}, {"group": team_group(2)}, {"group": ORGANIZATION}):
        assert find(organization, **({"kind": "orientation", "edition": "a", "group": team_group(1)} | names)) is None
    assert find(other_organization, kind="orientation", edition="a", group=team_group(1)) is None
    assert find(organization, kind="orientation", edition="a", group=team_group(1)) == {"band": 10}


def test_all_are_found_with_one_query(organization, django_assert_num_queries):
    for team in range(1, 6):
        publish(organization, 6, 6, {"band": team * 10}, kind="orientation", edition="a", group=team_group(team))
    publish(organization, 6, 6, {"band": 90}, kind="orientation", edition="old", group=team_group(1))
    with django_assert_num_queries(1):
        found = group_figures_find(organization=organization, editions=[("orientation", "a")])
    assert {group: kept.content["band"] for (_kind, _edition, group), kept in found.items()} == {
        "t1": 10, "t2": 20, "t3": 30, "t4": 40, "t5": 50
    }  # fmt: skip
    assert all(isinstance(kept.made_on, date) for kept in found.values())


def test_a_raised_minimum_group_asks_more_and_hides_what_was_published_with_less(organization, settings):
    assert publish(organization, 6, 6)
    settings.CHAINMAP_MINIMUM_GROUP = 8
    assert find(organization) is None
    assert not publish(organization, 8, 8)
    assert publish(organization, 9, 9, {"band": 60})
    assert find(organization) == {"band": 60}
    assert json.loads(GroupFigure.objects.get().content)["k"] == 8
