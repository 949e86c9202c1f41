"""The first look at a report, at two rounds, at all rounds and at the matrix of teams: what each is made of, in steps.

Each gives what its page shows where it is at hand, else how far it is (``services/first_looks.py``). Another thread
works it out, so every step reads its rows again: by then they may have changed, or be gone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils.translation import get_language

from chainmap.access import OPERATOR, NotFound, User
from chainmap.domain.compared import Compared, ComparedRound
from chainmap.domain.compared_map import ComparedMap
from chainmap.domain.reports import Report
from chainmap.domain.team_matrix import TeamMatrix
from chainmap.exports.compare_charts import compare_charts
from chainmap.exports.report_charts import report_charts
from chainmap.exports.trend_charts import trend_charts
from chainmap.models import Organization, Round, Team, Workshop
from chainmap.services.analysis import analysis_find
from chainmap.services.comparing import MOST_ROUNDS, round_figures_find, rounds_comparable, team_matrix_find
from chainmap.services.comparing_views import compared_find, compared_map_find, trend_told
from chainmap.services.first_looks import Progress, first_look
from chainmap.services.maps import map_shown, map_sources
from chainmap.services.report_pictures import report_charts_ready, report_picture_draw
from chainmap.services.report_rounds import round_certainty
from chainmap.services.reports import report_find
from chainmap.services.round_analysis import round_analysis_find, round_bottlenecks_find

#: What a page of two rounds shows.
BothRounds = tuple[Compared, ComparedMap | None]
_Steps = list[Callable[[], object]]


def report_look(
    *,
    actor: User,
    organization: Organization,
    round: Round | None = None,
    team: Team | None = None,
    workshop: Workshop | None = None,
    only_asks: bool = False,
) -> Report | Progress:
    """The report as ``report_find`` gives it, or how far it is. Raises as ``report_find``."""
    find = partial(report_find, actor=actor, team=team, workshop=workshop)
    if workshop is not None:
        return find(organization=organization, round=round)
    numbers = tuple(None if one is None else one.pk for one in (round, team))
    return first_look(
        organization=organization,
        who=actor.pk,
        key=("report", organization.pk, *numbers, get_language()),
        steps=_report_steps(organization.pk, None if round is None else round.pk, find),
        result=partial(find, organization=organization, round=round),
        only_asks=only_asks,
    )


def compared_look(*, actor: User, before: Round, now: Round, only_asks: bool = False) -> BothRounds | Progress:
    """Both rounds as ``compared_find`` and ``compared_map_find`` give them, or how far it is. Raises as they do."""

    def find(before: Round, now: Round) -> BothRounds:
        compared = compared_find(actor=actor, before=before, now=now)
        return compared, compared_map_find(actor=actor, compared=compared, before=before, now=now)

    pks = (before.pk, now.pk)

    def solve(pk: int) -> None:
        round_bottlenecks_find(actor=OPERATOR, round=_round(pk))
        round_figures_find(actor=OPERATOR, round=_round(pk))

    def draw() -> None:
        last = _round(now.pk)
        map_shown(actor=OPERATOR, organization=last.organization, round=last)

    def draw_charts() -> None:
        compared, _shown = find(*map(_round, pks))
        report_charts_ready(charts=compare_charts(compared))

    return first_look(
        organization=now.organization,
        who=actor.pk,
        key=("compared", now.organization_id, *pks, get_language()),
        steps=[*(partial(solve, pk) for pk in pks), draw, draw_charts],
        result=lambda: find(before, now),
        only_asks=only_asks,
    )


def trend_look(
    *, actor: User, organization: Organization, only_asks: bool = False
) -> tuple[ComparedRound, ...] | Progress:
    """All rounds as ``trend_told`` gives them, or how far it is: a step a round. Raises as ``trend_told``."""
    rounds = rounds_comparable(actor=actor, organization=organization)[:MOST_ROUNDS]
    steps: _Steps = [partial(_figures, one.pk) for one in reversed(rounds)]

    def draw_charts() -> None:
        told = trend_told(actor=actor, organization=_organization(organization.pk))
        report_charts_ready(charts=trend_charts(told))

    return first_look(
        organization=organization,
        who=actor.pk,
        key=("trend", organization.pk, get_language()),
        steps=[*steps, draw_charts] if rounds else steps,
        result=lambda: trend_told(actor=actor, organization=organization),
        only_asks=only_asks,
    )


def matrix_look(*, actor: User, round: Round, only_asks: bool = False) -> TeamMatrix | Progress:
    """The matrix as ``team_matrix_find`` gives it, or how far it is. Raises as ``team_matrix_find``."""
    return first_look(
        organization=round.organization,
        who=actor.pk,
        key=("matrix", round.organization_id, round.pk, get_language()),
        steps=[lambda: _solved(round.pk), lambda: round_bottlenecks_find(actor=OPERATOR, round=_round(round.pk))],
        result=lambda: team_matrix_find(actor=actor, round=round),
        only_asks=only_asks,
    )


# ---- steps


def _report_steps(organization: int, round: int | None, find: Callable[..., Report]) -> _Steps:
    """Solved, drawn to see how sure it is, put together, its picture, and its charts.

    The page asks for its charts at once: drawn then, they would keep everybody waiting (one thread answers).
    """

    def latest() -> Round | None:
        if round is not None:
            return _round(round)
        return next(iter(map_sources(actor=OPERATOR, organization=_organization(organization))), None)

    def solve() -> None:
        chosen = latest()
        if chosen is None:
            analysis_find(actor=OPERATOR, organization=_organization(organization)).gains  # noqa: B018 - solves
        else:
            _solved(chosen.pk)

    def draw() -> None:
        chosen = latest()
        if chosen is not None:
            round_certainty(_round(chosen.pk))

    made: list[Report] = []

    def put_together() -> None:
        asked = None if round is None else _round(round)
        made.append(find(organization=_organization(organization), round=asked))

    return [
        solve,
        draw,
        put_together,
        lambda: report_picture_draw(report=made[0]) if made[0].finding.parties else None,
        lambda: report_charts_ready(charts=report_charts(made[0])),
    ]


def _figures(pk: int) -> None:
    round_figures_find(actor=OPERATOR, round=_round(pk))


def _solved(pk: int) -> None:
    round_analysis_find(actor=OPERATOR, round=_round(pk)).gains  # noqa: B018 - solves


def _organization(pk: int) -> Organization:
    """Raises NotFound where it is gone."""
    found = Organization.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _round(pk: int) -> Round:
    """With its organization, of today. Raises NotFound where it is gone."""
    found = Round.objects.select_related("organization").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
