"""What phones send to an exercise: a plain form that leads back to the room, or the same by a script; and the data of
the picture of what the room drew, for the projector."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chainmap.access import NotFound
from chainmap.exports.drawn_words import drawn_json
from chainmap.services.exercise_answers import proposal_answer
from chainmap.services.exercise_entries import EntryRefused, ExerciseClosed, entry_save, entry_take_back
from chainmap.services.exercise_pictures import drawn_map
from chainmap.services.joining import Room
from chainmap.services.organizations import organization_find
from chainmap.services.workshops import workshop_find
from chainmap.web.pages import page
from chainmap.web.queries import QueryError, require_known
from chainmap.web.room_pages import in_room

#: Of ``names``.
HIDDEN = "hidden"
#: Sent by scripts, which want data and no page.
_BY_SCRIPT = "fetch"
#: Not part of what is said.
_OURS = frozenset({"csrfmiddlewaretoken", "key", "edition"})
#: Fields of whole numbers; digits alone become a number, everything else stays for the domain to refuse.
_NUMBERS = frozenset({"party", "supplier", "customer", "handoff", "volume", "score"})
#: Fields of words: what is empty is still said there, in the others nothing was chosen.
_WORDS = frozenset({"words", "supplier_words", "customer_words", "deliverable", "sentence"})
_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)
#: What the room drew has a number below 0.
_DRAWN = re.compile(r"-[0-9]{1,18}", re.ASCII)
#: Rows of the questionnaire are fields of their own names.
_NOT_ROWS = _NUMBERS | _WORDS | {"reason", "kind", "rung", "met", "due_on"}

View = Callable[..., HttpResponse]


def _answered(view: View) -> View:
    """Refusals said: 400 and 409 with the words kept, as a page or as data."""

    @wraps(view)
    def checked(request: HttpRequest, room: Room, exercise: int) -> HttpResponse:
        try:
            return view(request, room, exercise)
        except NotFound:
            raise Http404 from None
        except ExerciseClosed as closed:
            return _refused(request, room, 409, (str(closed),), None, is_anew=closed.code == "anew")
        except EntryRefused as refused:
            return _refused(request, room, 400, refused.messages, refused.field)

    return checked


@require_POST
@in_room
@_answered
def exercise_entry(request: HttpRequest, room: Room, exercise: int) -> HttpResponse:
    """Keep an answer."""
    key, data = request.POST.get("key", ""), _typed(request.POST)
    kept = entry_save(room=room, exercise=exercise, key=key, data=data, edition=_edition(request))
    return _done(request, room, kept.version)


@require_POST
@in_room
@_answered
def exercise_take_back(request: HttpRequest, room: Room, exercise: int) -> HttpResponse:
    """Take one's own answer back; one that is gone already is no fault."""
    entry_take_back(room=room, exercise=exercise, key=request.POST.get("key", ""), edition=_edition(request))
    return _done(request, room, 0)


@require_POST
@in_room
@_answered
def exercise_answer(request: HttpRequest, room: Room, exercise: int) -> HttpResponse:
    """Say yes, or not yet, to what somebody else proposes."""
    said = {name: request.POST.get(name, "") for name in ("mark", "answer")}
    proposal_answer(room=room, exercise=exercise, edition=_edition(request), **said)
    return _done(request, room, 1)


@page
def workshop_drawn(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The chain with what the room drew, as the data of a map; 404 before the reveal. ``?names=hidden``."""
    require_known(request, "names")
    asked = request.GET.get("names", "")
    if asked not in ("", HIDDEN):
        raise QueryError(_("Names are shown, or “names” is “hidden”. Leave out what follows the “?”."))
    found = organization_find(actor=request.user, pk=organization)
    kept = workshop_find(actor=request.user, organization=found, pk=workshop)
    data = drawn_json(*drawn_map(actor=request.user, workshop=kept, hides_names=asked == HIDDEN))
    response = JsonResponse(data)
    response["ETag"] = f'"{data["version"]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _edition(request: HttpRequest) -> int | None:
    """The edition the card was made for; 0, which none has, for what no card of ours sends."""
    said = request.POST.get("edition")
    return None if said is None else int(said) if _WHOLE.fullmatch(said) else 0


def _typed(posted: QueryDict) -> dict[str, object]:
    """The fields of a form as JSON types: numbers are numbers; a choice that was not made is left out."""
    data: dict[str, object] = {}
    for name in posted:
        value = posted.get(name, "")
        if name in _OURS or (not value and name not in _WORDS):
            continue
        is_number = (name in _NUMBERS or name not in _NOT_ROWS) and _WHOLE.fullmatch(value)
        is_number = is_number or (name == "handoff" and _DRAWN.fullmatch(value))
        data[name] = int(value) if is_number else value
    return data


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == _BY_SCRIPT


def _done(request: HttpRequest, room: Room, version: int) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"kept": bool(version), "version": version})
    return redirect("chainmap:room", room.workshop.pk)


def _refused(
    request: HttpRequest,
    room: Room,
    status: int,
    messages: tuple[str, ...],
    field: str | None,
    *,
    is_anew: bool = False,
) -> HttpResponse:
    if _is_script(request):
        said = {"message": " ".join(messages[:3]), "field": _field_name(field), "anew": is_anew}
        return JsonResponse(said, status=status)
    context = {"workshop": room.workshop, "room": room, "messages_said": messages, "typed": _words(request.POST)}
    return render(request, "chainmap/workshop/cards/refused.html", context, status=status)


def _field_name(field: str | None) -> str:
    """The field of the form: a side is typed in words there."""
    return {"supplier": "supplier_words", "customer": "customer_words"}.get(field or "", field or "")


def _words(posted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Everything that was typed, to be copied: label and words."""
    labels = {
        "words": _("Your words"),
        "supplier_words": _("Who hands it over"),
        "customer_words": _("Who gets it"),
        "deliverable": _("What is handed over"),
        "sentence": _("What you agree on"),
    }
    return [(label, posted[name]) for name, label in labels.items() if posted.get(name, "").strip()]
