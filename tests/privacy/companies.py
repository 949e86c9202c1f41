"""Random companies for the privacy tests and the benchmark: who rated whom, with teams of five to ten people."""

from __future__ import annotations

import random

from chainmap.domain.cells import Answer


def company(
    people: int = 60,
    suppliers: int = 4,
    *,
    seed: int = 0,
    partners: int | None = 3,
    answered: float = 1.0,
    sizes: tuple[int, int] = (5, 10),
) -> list[Answer]:
    """Everybody rates that many suppliers.

    ``partners``: each team takes most of its work (4 of 5) from that many teams, itself possibly among them, and the
    rest from anywhere; None takes all from anywhere. ``answered`` is the share of answers given, ``sizes`` the
    smallest and largest team.
    """
    chance = random.Random(seed)
    team_of: list[int] = []
    while len(team_of) < people:
        team_of += [max(team_of, default=-1) + 1] * chance.randint(*sizes)
    team_of = team_of[:people]
    teams = sorted(set(team_of))
    usual = {team: set(chance.sample(teams, min(partners or len(teams), len(teams)))) for team in teams}
    answers = []
    for rater in range(people):
        near = [person for person in range(people) if person != rater and team_of[person] in usual[team_of[rater]]]
        chosen: set[int] = set()
        while len(chosen) < suppliers:
            pool = near if near and chance.random() < 0.8 and not set(near) <= chosen else range(people)
            supplier = chance.choice(pool)
            if supplier != rater:
                chosen.add(supplier)
        answers += [
            Answer(rater, team_of[rater], supplier, team_of[supplier])
            for supplier in sorted(chosen)
            if chance.random() < answered
        ]
    return answers
