"""First looks that are worked out when a test says so, in a thread of their own as in real life."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from chainmap.models import HandOff, Rating, Round
from chainmap.services import first_looks


class Held:
    """Stands in for the thread: what is handed in waits for :meth:`run`."""

    def __init__(self, monkeypatch, settings):
        self.waiting = []
        settings.CHAINMAP_BACKGROUND = True
        monkeypatch.setattr(first_looks, "_pool", self)
        monkeypatch.setattr(first_looks, "GRACE", 0.0)
        monkeypatch.setattr(first_looks, "LEAST_PARTIES", 0)

    def submit(self, work, *given):
        self.waiting.append((work, given))

    def run(self):
        """Work out all that waits; how much it was."""
        waiting, self.waiting = self.waiting, []
        with ThreadPoolExecutor(1) as pool:
            for work, given in waiting:
                pool.submit(work, *given).result(20)
        return len(waiting)


def autumn_of(organization):
    """A second signed round at Acme, later than Spring."""
    made = Round.objects.create(
        organization=organization, name="Autumn", mode="open", state="closed", closed_on=date(2026, 9, 1)
    )
    Round.objects.filter(organization=organization, name="Spring").update(closed_on=date(2026, 5, 4))
    for deliverable, score in (("forecast", 10), ("figures", 2), ("plan", 9), ("report", 8)):
        handoff = HandOff.objects.get(organization=organization, deliverable=deliverable)
        Rating.objects.create(
            round=made, handoff=handoff, rater=handoff.customer, score=score, given_on=date(2026, 8, 30)
        )
    organization.touch()
    return made
