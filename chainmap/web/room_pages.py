"""A workshop on a phone: coming in by the code, and the one page that follows the coach.

Who is in the room is known by a cookie of this very workshop, not by a session: a phone without an account is as good
as one with. The page asks every second and a half whether there is anything new, which costs one query and no session.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chainmap.exports.workshop_words import mode_sentence
from chainmap.models import Workshop
from chainmap.services.joining import (
    Joined,
    JoinOffer,
    LinkDead,
    Room,
    code_shown,
    join,
    join_start,
    leave,
    participant_of,
)
from chainmap.services.limits import TooMany
from chainmap.services.workshop_screens import PhoneScreen, phone_screen, phone_version, result_shown
from chainmap.services.workshops import WorkshopProblem
from chainmap.web.client_address import client_address
from chainmap.web.errors import told_to_wait, wait_sentence
from chainmap.web.live import marked, piece, tag_of, unchanged
from chainmap.web.pages import posted
from chainmap.web.queries import require_known
from chainmap.web.workshop_forms import CodeForm, JoinForm

#: A workshop is over long before.
COOKIE_SECONDS = 7 * 24 * 3600
#: The phones that came in with the account of a session, for as long as it lasts.
SESSION_PHONES = "phones"
_MOST_PHONES = 50
#: A revealed result looks the same on every phone: worked out once, kept for the moment in which all of them ask.
_KEPT_SECONDS = 60

View = Callable[..., HttpResponse]


def in_room(view: View) -> View:
    """A page of one workshop, for a phone that is in it: the view gets its ``Room``. Others: 404, the same bytes."""

    @wraps(view)
    def entered(request: HttpRequest, workshop: int, **kwargs: Any) -> HttpResponse:
        try:
            room = participant_of(workshop=min(workshop, _LARGEST), token=token_of(request, workshop))
        except LinkDead:
            raise Http404 from None
        response = view(request, room, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return entered


#: Larger numbers are of no row.
_LARGEST = 2**63 - 1


def token_of(request: HttpRequest, workshop: int) -> str | None:
    """What this browser is known by in a workshop; None where it never joined."""
    return request.COOKIES.get(f"room{workshop}")


@require_http_methods(["GET", "HEAD", "POST"])
def room_code(request: HttpRequest) -> HttpResponse:
    """Type the code that stands on the projector. ``?over=1``: from a room that knows this phone no more."""
    require_known(request, "over")
    form, status = CodeForm(posted(request)), 200
    if form.is_valid():
        try:
            offer = join_start(code=form.cleaned_data["code"], address=client_address(request))
        except LinkDead:
            form.add_error("code", _code_unknown())
        except TooMany as refused:
            return _told(request, form, refused)
        else:
            return redirect("chainmap:room_join", code_shown(offer.workshop.code))
    status = form.status
    context = {"form": form, "is_over": request.method != "POST" and "over" in request.GET}
    return _quiet(render(request, "chainmap/workshop/code.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
def room_join(request: HttpRequest, code: str) -> HttpResponse:
    """Say who one is, as far as one likes, and come in. Looking changes nothing."""
    require_known(request)
    address, user = client_address(request), request.user if request.user.is_authenticated else None
    try:
        offer = join_start(code=code, address=address, user=user)
        token = request.COOKIES.get(f"known{offer.workshop.pk}")
        if request.method != "POST":
            return _known(offer, token) or _join_page(request, offer, JoinForm(offer=offer))
        if "find" in request.POST:
            typed = {name: request.POST.get(name, "") for name in ("name", "who", "pick")}
            return _join_page(request, offer, JoinForm(initial=typed, offer=offer))
        form = JoinForm(request.POST, offer=offer)
        if form.is_valid():
            data = form.cleaned_data
            try:
                joined = join(
                    code=code,
                    address=address,
                    user=user,
                    name=data.get("name", ""),
                    party=data.get("who"),
                    token=token,
                    memo=request.COOKIES.get(f"was{offer.workshop.pk}"),
                )
                _end_with_session(request, joined)
                return _let_in(offer.workshop, joined)
            except WorkshopProblem as problem:
                form.add_error({"name": "name", "party": "who"}.get(problem.field or ""), str(problem))
        return _join_page(request, offer, form)
    except LinkDead:
        form = CodeForm({"code": code[:20]})
        form.is_valid()
        form.add_error("code", _code_unknown())
        return _quiet(render(request, "chainmap/workshop/code.html", {"form": form}, status=404))
    except TooMany as refused:
        return _told(request, CodeForm({"code": code[:20]}), refused)


@require_safe
@in_room
def room(request: HttpRequest, room: Room) -> HttpResponse:
    """The page a phone stays on."""
    require_known(request)
    tag = _tag(room.workshop.pk, room.token)
    context = _context(request, room) | {"tag": tag, "mode_said": mode_sentence(room.workshop.mode)}
    return marked(render(request, "chainmap/workshop/room.html", context), tag)


@require_safe
def room_now(request: HttpRequest, workshop: int) -> HttpResponse:
    """The piece of that page that changes: 304 after one query where nothing did."""
    token = token_of(request, workshop)
    try:
        tag = _tag(min(workshop, _LARGEST), token)
        same = unchanged(request, tag)
        if same is not None:
            return same
        entered = participant_of(workshop=min(workshop, _LARGEST), token=token)
    except LinkDead:
        raise Http404 from None
    return piece(request, "chainmap/workshop/_room.html", _context(request, entered), tag)


@require_POST
@in_room
def room_leave(request: HttpRequest, room: Room) -> HttpResponse:
    """Go: this phone is forgotten, and who held it where nothing of theirs is left. The browser keeps who it was."""
    memo = leave(room=room)
    response = redirect("chainmap:room_code")
    if memo:
        _keep(response, f"was{room.workshop.pk}", memo, reverse("chainmap:room_code"))
    response.delete_cookie(f"room{room.workshop.pk}", path=_path(room.workshop))
    response.delete_cookie(f"known{room.workshop.pk}", path=reverse("chainmap:room_code"))
    return response


def _tag(workshop: int, token: str | None) -> str:
    return tag_of("room", f"{workshop}-{phone_version(workshop=workshop, token=token)}")


def _context(request: HttpRequest, room: Room) -> dict[str, object]:
    screen = phone_screen(room)
    return {
        "workshop": room.workshop,
        "room": room,
        "screen": screen,
        "card": _card(request, room, screen),
        "result": _result(screen) if screen.kind == "result" else "",
        "mode_said": mode_sentence(room.workshop.mode),
    }


def _card(request: HttpRequest, room: Room, screen: PhoneScreen) -> SafeString | str:
    if screen.card is None or screen.asked is None:
        return ""
    common = {"workshop": room.workshop, "room": room, "exercise": screen.asked.exercise}
    return render_to_string(screen.card.template, dict(screen.card.context) | common, request)


def _result(screen: PhoneScreen) -> SafeString | str:
    """What was revealed, drawn once for all phones: nothing in it depends on whose phone it is."""
    workshop, asked = screen.workshop, screen.asked
    if asked is None:
        return ""
    key = f"workshop-result:{workshop.pk}:{workshop.version}:{asked.exercise.pk}:{get_language()}"
    drawn: str | None = cache.get(key)
    if drawn is None:
        found = result_shown(workshop=workshop, exercise=asked.exercise)
        if found is None:
            return ""
        common = {"workshop": workshop, "exercise": asked.exercise, "is_projector": False}
        drawn = str(render_to_string(found.template, dict(found.context) | common))
        cache.set(key, drawn, _KEPT_SECONDS)
    return mark_safe(drawn)  # noqa: S308 - a template made it


def _known(offer: JoinOffer, token: str | None) -> HttpResponse | None:
    """To the room for a browser that is in it already."""
    try:
        participant_of(workshop=offer.workshop.pk, token=token)
    except LinkDead:
        return None
    return redirect("chainmap:room", offer.workshop.pk)


def _let_in(workshop: Workshop, joined: Joined) -> HttpResponse:
    """On to the room. The secret goes to the room's pages, and to the page of the code: it knows who comes again."""
    response = redirect("chainmap:room", workshop.pk)
    _keep(response, f"room{workshop.pk}", joined.token, _path(workshop))
    _keep(response, f"known{workshop.pk}", joined.token, reverse("chainmap:room_code"))
    return _quiet(response)


def _keep(response: HttpResponse, name: str, value: str, path: str) -> None:
    kept = {"max_age": COOKIE_SECONDS, "secure": settings.HTTPS, "httponly": True, "samesite": "Lax"}
    response.set_cookie(name, value, path=path, **kept)


def _end_with_session(request: HttpRequest, joined: Joined) -> None:
    """Signing out ends the phone of an account; of any other the session knows nothing."""
    if joined.participant.user_id is not None and joined.participant.user_id == request.user.pk:
        request.session[SESSION_PHONES] = [*request.session.get(SESSION_PHONES, []), joined.phone][-_MOST_PHONES:]


def _path(workshop: Workshop) -> str:
    return reverse("chainmap:room", args=[workshop.pk])


def _join_page(request: HttpRequest, offer: JoinOffer, form: JoinForm) -> HttpResponse:
    context = {
        "offer": offer,
        "workshop": offer.workshop,
        "form": form,
        "code": code_shown(offer.workshop.code),
        "mode_said": mode_sentence(offer.workshop.mode),
    }
    return _quiet(render(request, "chainmap/workshop/join.html", context, status=form.status))


def _told(request: HttpRequest, form: CodeForm, refused: TooMany) -> HttpResponse:
    context = {"form": form, "refused": wait_sentence(refused.wait)}
    return _quiet(told_to_wait(render(request, "chainmap/workshop/code.html", context), refused.wait))


def _quiet(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _code_unknown() -> str:
    return _("No workshop is open under this code. Look at the screen again: it may have changed.")
