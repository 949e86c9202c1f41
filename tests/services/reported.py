"""What the tests of reports share: the figures of Acme worked by hand, and a closed round."""

from __future__ import annotations

from chainmap.domain.cards import Card
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.models import Team
from tests.crowd import answer_all, close, make_round

#: Acme by hand: the mean of 6, 4, 9, 8 is 6.75, and each yield is (2 * 0.675 + score / 10) / 3.
MEAN = 0.675
FORECAST, FIGURES, PLAN, REPORT = 0.65, 1.75 / 3, 0.75, 2.15 / 3
#: Bob has his own unit, what arrives of Alice's three quarters, and a third of what Carla has sent back at the mean.
BOB = (1 + 0.75 * FORECAST + MEAN / 3 * (1 + 0.25 * FIGURES)) / (1 - MEAN / 3 * PLAN)
CARLA = 1 + 0.25 * FIGURES + BOB * PLAN
LOST = 0.75 * (1 - FORECAST) + 0.25 * (1 - FIGURES) + BOB * (1 - PLAN)
LOST += CARLA * (2 / 3 * (1 - REPORT) + (1 - MEAN) / 3)
MANY = {"spec": 6, "part": 9, "parcel": 4, "delivery": 10}


def team(organization, name) -> Team:
    return Team.objects.get(organization=organization, name=name)


def by_deliverable(ask):
    return Card(score=MANY[ask.handoff.deliverable], moment=Moment.MAGIC, reason=Reason.LATE)


def closed(crowd, mode, card_of=by_deliverable, **plan):
    made = make_round(crowd, mode, **plan)
    answer_all(made, card_of)
    return close(made)
