"""A whole workshop in real browsers: ``python -m tests.benchmarks.workshop_evening [--phones 8 --pictures FOLDER]``.

The server as ``make run`` starts it, one browser program with a coach's console, a projector and phones, driven
together from the code to the agreements: all nine exercises are started, answered on every phone by its own card,
revealed, and at the end the workshop is closed, its results opened on a phone by the link, its PDF fetched and its
hand-offs and ratings copied into a round. Told is, for each exercise, how many answers the phones sent and how long
after the coach's key the projector and the last phone had the result (goal 2 s), and what browsers complained about.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.workshop_room import GOAL, Server

PHONE, LAPTOP, PROJECTOR = (390, 844), (1280, 800), (1024, 768)
KINDS = ("client", "draw", "rate", "moments", "ladder", "orientation", "purpose", "coffee", "agreements")
WAIT = 15_000


class Evening:
    """The browsers in the room."""

    def __init__(self, browser: Any, server: EveningServer, pictures: Path | None) -> None:
        self.browser, self.server, self.pictures = browser, server, pictures
        self.base = f"http://127.0.0.1:{server.port}"
        self.complaints: list[str] = []
        self.console, self.projector = self._window(LAPTOP), self._window(PROJECTOR)
        self.phones: list[Any] = []
        for page in (self.console, self.projector):
            cookie = {"name": "sessionid", "value": str(server.seed["session"]), "url": self.base}
            page.context.add_cookies([cookie])
        self.home = f"{self.base}{server.seed['base']}"

    def _window(self, size: tuple[int, int]) -> Any:
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.on("console", lambda said: self._note(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        return page

    def _note(self, text: str) -> None:
        self.complaints.append(text)

    def picture(self, page: Any, name: str) -> None:
        if self.pictures is not None:
            page.screenshot(path=str(self.pictures / f"{name}.png"))

    def come_in(self, names: Sequence[str]) -> None:
        self.console.goto(self.home)
        self.console.get_by_role("button", name="Open the workshop").click()
        code = self.console.locator(".people .code").inner_text()
        self.projector.goto(f"{self.home}screen/")
        self.projector.get_by_text(code).wait_for()
        for name in names:
            page = self._window(PHONE)
            page.goto(f"{self.base}/w/{code}/")
            page.locator("[name=name]").fill(name.split()[0])
            page.locator("[name=who]").fill(name)
            page.get_by_role("button", name="Join").click()
            page.get_by_role("heading", name="You are in").wait_for()
            self.phones.append(page)
        self.projector.get_by_text(f"{len(names)} are in").wait_for()
        self.picture(self.projector, "lobby")

    def run(self, kind: str) -> tuple[int, float]:
        """Start, answer, reveal: how many answers were sent, and seconds until everybody had the result."""
        self.console.keyboard.press("Space")
        for page in self.phones:
            page.locator(f".now-card .answer, .now-card .card-{kind}, .now-card").first.wait_for()
        sent = sum(self.answer(page, kind, number) for number, page in enumerate(self.phones))
        for page, name in ((self.projector, "screen"), (self.phones[0], "phone"), (self.console, "console")):
            self.picture(page, f"{kind}-{name}-running")
        start = time.monotonic()
        self.console.keyboard.press("r")
        for page in [self.projector, *self.phones]:
            page.locator(".result").first.wait_for()
        seconds = time.monotonic() - start
        for page, name in ((self.projector, "screen"), (self.phones[0], "phone"), (self.console, "console")):
            self.picture(page, f"{kind}-{name}-revealed")
        return sent, seconds

    def answer(self, page: Any, kind: str, number: int) -> int:
        """Fill in the first form of the card as its person would; 0 where there is nothing to answer."""
        page.wait_for_function(f"document.querySelector('.now')?.dataset.key?.startsWith('card') || {WAIT} < 0")
        forms = page.locator("form.answer")
        if not forms.count():
            return 0
        form = forms.first
        for name, text in self._texts(kind, number).items():
            if form.locator(f"[name={name}]").count():
                form.locator(f"[name={name}]").first.fill(text)
        self._choose(form, kind, number)
        with page.expect_response(lambda answer: "/exercises/" in answer.url) as kept:
            form.locator("button[type=submit]").first.click()
        if kept.value.status != 200:
            self._note(f"{kind}: {kept.value.status} {kept.value.text()[:200]}")
        return int(kept.value.status == 200)

    def _texts(self, kind: str, number: int) -> dict[str, str]:
        names = self.server.names
        to = names[(number + 1) % len(names)]
        return {
            "client": {},
            "draw": {"deliverable": f"note {number} 📝", "customer_words": to},
            "moments": {"words": f"It was there before I asked, number {number}."},
            "purpose": {"words": f"So that nobody walks home, {number}."},
            "coffee": {},
            "agreements": {"customer_words": to, "sentence": f"Every note has a date from Monday on ({number})."},
        }.get(kind, {})

    def _choose(self, form: Any, kind: str, number: int) -> None:
        if kind == "orientation":
            for line in form.locator("fieldset").all():
                choices = line.locator("input[type=radio]")
                if choices.count():
                    choices.nth(number % choices.count()).check(force=True)
        elif kind in ("client", "rate", "moments", "ladder", "coffee"):
            choices = form.locator("input[type=radio]")
            choices.nth((number * 3 + 2) % (2 if kind in ("moments", "coffee") else min(choices.count(), 6))).check(
                force=True
            )
            if kind == "client" and form.locator("[name=words]").count():
                form.locator("[name=words]").first.fill("")
                form.locator("input[type=radio]").first.check(force=True)

    def leave(self) -> dict[str, int]:
        """Close, the link on the phones, the PDF, the copy; statuses and sizes."""
        self.console.get_by_role("button", name="Close the workshop").click()
        self.phones[0].get_by_role("heading", name="The workshop is closed").wait_for()
        self.console.goto(f"{self.home}results/")
        self.picture(self.console, "results")
        self.console.locator("form[action$='/results/link/'] button").first.click()
        self.phones[0].reload()
        self.phones[0].get_by_role("link", name="Results and agreements").click()
        self.phones[0].locator("h1").wait_for()
        self.picture(self.phones[0], "results-phone")
        pdf = self.console.context.request.get(f"{self.home}results.pdf")
        self.console.goto(f"{self.home}copy/")
        self.picture(self.console, "copy")
        self.console.locator("main form button[type=submit]").last.click()
        self.console.wait_for_load_state()
        self.picture(self.console, "copied")
        return {"pdf": pdf.status, "bytes of it": len(pdf.body())}


class EveningServer(Server):
    """As the other benchmark's, over the invented company and one real workshop in it."""

    MODULE = "tests.benchmarks.workshop_evening"
    names: Sequence[str] = ()


def seed() -> None:
    """Fill a new data base: the invented company, and a workshop of its whole chain that nobody invented answers."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from chainmap.models import Membership, Organization, Party
    from chainmap.services.practice import practice_load
    from chainmap.services.workshops import WorkshopPlan, workshop_create

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    coach = User.objects.create_user("coach", password="-")
    home = Organization.objects.create(name="Home")
    Membership.objects.create(organization=home, user=coach, role="coach")
    organization = practice_load(user=coach).organization
    plan = WorkshopPlan(name="Where does our work go?", team=None, mode="open", kinds=None)
    workshop = workshop_create(actor=coach, organization=organization, plan=plan)
    client = Client()
    client.force_login(coach)
    people = Party.objects.filter(organization=organization, kind="employee").order_by("pk")
    print("base", f"/organizations/{organization.pk}/workshops/{workshop.pk}/")
    print("session", client.cookies["sessionid"].value)
    print("names", "|".join(people.values_list("name", flat=True)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--pictures", type=Path, default=None)
    parser.add_argument("--seed", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seed:
        seed()
        return 0
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder, EveningServer(Path(folder)) as server, sync_playwright() as play:
        server.names = str(server.seed["names"]).split("|")[: options.phones]
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        evening = Evening(browser, server, options.pictures)
        evening.come_in(server.names)
        print(f"{options.phones} phones, a projector and a console")
        print(f"{'exercise':<14}{'answers':>8}{'result on every screen after':>32}")
        for kind in KINDS:
            sent, seconds = evening.run(kind)
            slowest = max(slowest, seconds)
            print(f"{kind:<14}{sent:>8}{seconds:>30.2f} s", flush=True)
        print(", ".join(f"{name} {value}" for name, value in evening.leave().items()))
        browser.close()
    print(f"slowest {slowest:.2f} s, goal {GOAL:.0f} s; browsers complained {len(evening.complaints)} times")
    for complaint in evening.complaints[:5]:
        print("  ", complaint)
    return int(slowest > GOAL or bool(evening.complaints))


if __name__ == "__main__":
    sys.exit(main())
