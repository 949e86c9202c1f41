"""A workshop while it runs: the coach's console and the projector, both following by asking again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can
from chainmap.domain.roles import Action
from chainmap.domain.solver import SolverError
from chainmap.exports.qr import qr_svg
from chainmap.exports.workshop_words import mode_label, mode_sentence
from chainmap.models import Workshop
from chainmap.services.joining import code_shown, phone_allow, phone_is_here, phone_refuse
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict
from chainmap.services.practice import practice_guide
from chainmap.services.workshop_screens import (
    ProjectorScreen,
    console_screen,
    projector_screen,
    screen_version,
)
from chainmap.services.workshop_steps import step_do
from chainmap.services.workshops import WorkshopProblem, workshop_find
from chainmap.web.console_words import conflict_sentence, console_cards, so_already, too_few_for_next, undo_label
from chainmap.web.live import is_script, marked, piece, tag_of, unchanged
from chainmap.web.pages import button_page, page
from chainmap.web.queries import require_known
from chainmap.web.workshop_pages import part_find, run_find

#: Larger numbers are of no row.
_LARGEST = 2**63 - 1


@page
def workshop(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The console for whoever runs workshops; for the others what it is and how far it came."""
    require_known(request)
    found = _seen(request, organization, workshop)
    if not can(request.user, Action.RUN_WORKSHOPS, found.organization):
        context = {"organization": found.organization, "workshop": found, "mode_said": mode_sentence(found.mode)}
        return render(request, "chainmap/workshop/about.html", context)
    return _console_page(request, found)


@page
def workshop_console(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The piece of the console that changes, for its script."""
    require_known(request)
    found = run_find(request, organization, workshop)
    tag = _tag("console", found)
    return unchanged(request, tag) or piece(request, _CONSOLE, _console(request, found), tag)


@button_page
def workshop_step(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """One step of a coach. 409 with the console as it stands where another coach did something in between."""
    require_known(request)
    found = run_find(request, organization, workshop)
    step, said, status = request.POST.get("step", ""), "", 200
    try:
        done = step_do(
            actor=request.user,
            workshop=found,
            step=step,
            version=_number(request, "version") or 0,
            exercise=_number(request, "exercise"),
            scene=_number(request, "scene"),
            agreement=_number(request, "agreement"),
            is_next="next" in request.POST,
        )
        said = so_already(done.by) if done.was_so else ""
    except EditConflict as conflict:
        said, status = conflict_sentence(conflict.by, conflict.stored), 409
    except WorkshopProblem as problem:
        said, status = str(problem), 400
    except SolverError:
        said, status = _("The figures of this chain cannot be worked out. Nothing was changed."), 400
    return _stepped(request, found, said, status)


@button_page
def workshop_phone(request: HttpRequest, organization: int, workshop: int, phone: int) -> HttpResponse:
    """Let a waiting phone in, or send it away."""
    require_known(request)
    found = part_find(request, organization, workshop)
    if not phone_is_here(workshop=found, phone=min(phone, _LARGEST)):
        raise NotFound
    answer = request.POST.get("answer")
    if answer not in ("allow", "refuse"):
        return _stepped(request, found, _("Say whether to let this phone in or to send it away."), 400)
    (phone_allow if answer == "allow" else phone_refuse)(actor=request.user, workshop=found, phone=phone)
    return _stepped(request, found, "", 200)


@page
def workshop_screen(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The projector: nothing to click, type for the back row."""
    require_known(request)
    found = _seen(request, organization, workshop)
    context = _projector(request, found) | {"tag": _tag("screen", found)}
    return marked(render(request, "chainmap/workshop/screen.html", context), str(context["tag"]))


@page
def workshop_screen_now(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The piece of the projector that changes, for its script."""
    require_known(request)
    found = _seen(request, organization, workshop)
    tag = _tag("screen", found)
    return unchanged(request, tag) or piece(request, _SCREEN, _projector(request, found), tag)


_CONSOLE, _SCREEN = "chainmap/workshop/_console.html", "chainmap/workshop/_screen.html"


def _seen(request: HttpRequest, organization: int, workshop: int) -> Workshop:
    found = organization_find(actor=request.user, pk=organization)
    return workshop_find(actor=request.user, organization=found, pk=workshop)


def _tag(kind: str, found: Workshop) -> str:
    return tag_of(kind, f"{found.pk}-{found.state}-{screen_version(found.pk)}")


def _stepped(request: HttpRequest, found: Workshop, said: str, status: int) -> HttpResponse:
    """After a button: the console as it stands, as a piece for the script, else as a page."""
    if status == 200 and not is_script(request):
        if said:
            messages.info(request, said)
        return redirect("chainmap:workshop", found.organization_id, found.pk)
    fresh = workshop_find(actor=request.user, organization=found.organization, pk=found.pk)
    if not is_script(request):
        return _console_page(request, fresh, said, status)
    context = _console(request, fresh) | {"said": said, "is_refused": status != 200}
    return piece(request, _CONSOLE, context, _tag("console", fresh), status)


def _console_page(request: HttpRequest, found: Workshop, said: str = "", status: int = 200) -> HttpResponse:
    context = _console(request, found) | {"said": said, "is_refused": status != 200, "tag": _tag("console", found)}
    return render(request, "chainmap/workshop/console.html", context, status=status)


def _console(request: HttpRequest, found: Workshop) -> dict[str, object]:
    screen = console_screen(actor=request.user, workshop=found)
    return {
        "organization": found.organization,
        "workshop": found,
        "screen": screen,
        "cards": console_cards(screen),
        "too_few": too_few_for_next(screen),
        "undo": undo_label(screen.last) if screen.last is not None else "",
        "code": code_shown(found.code),
        "address": _join_address(found),
        "mode": mode_label(found.mode),
        "mode_said": mode_sentence(found.mode),
        "unreachable": _unreachable(),
        "guide": practice_guide(workshop=found) if found.is_practice else None,
    }


def _unreachable() -> str:
    """Why no phone can come in: the address Chainmap gives out is one of this machine for itself."""
    host = urlsplit(settings.CHAINMAP_URL).hostname or ""
    if host not in ("localhost", "::1") and not host.startswith("127."):
        return ""
    return _("Phones cannot reach %(host)s. Start Chainmap with `make room`, or set CHAINMAP_URL.") % {"host": host}


def _projector(request: HttpRequest, found: Workshop) -> dict[str, object]:
    screen = projector_screen(actor=request.user, workshop=found)
    return {
        "organization": found.organization,
        "workshop": found,
        "screen": screen,
        "shown": _shown(request, screen),
        "code": code_shown(found.code),
        "address": _join_address(found),
        "qr": _qr(found) if screen.kind == "lobby" else "",
        "mode_said": mode_sentence(found.mode),
    }


def _shown(request: HttpRequest, screen: ProjectorScreen) -> SafeString | str:
    """The result or the scene, by the template it names."""
    part: Any = screen.result or screen.scene
    if part is None:
        return ""
    common = {"organization": screen.workshop.organization, "workshop": screen.workshop, "is_projector": True}
    return render_to_string(part.template, dict(part.context) | common, request)


def _join_address(found: Workshop) -> str:
    """Where a code is typed, without the part nobody has to type."""
    return (settings.CHAINMAP_URL + reverse("chainmap:room_code")).partition("://")[2].rstrip("/")


def _qr(found: Workshop) -> SafeString:
    address = settings.CHAINMAP_URL + reverse("chainmap:room_join", args=[code_shown(found.code)])
    return mark_safe(qr_svg(address, title=_("QR code of the page where you join")))  # noqa: S308 - escaped there


def _number(request: HttpRequest, name: str) -> int | None:
    """A number a button sent; None without one, and for what is none."""
    given = request.POST.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 19:
        return None
    return min(int(given), _LARGEST)
