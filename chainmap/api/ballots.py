"""Addresses of one's own ballot: signed in, or by a personal link without an account."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from chainmap.api.answering import attempt_of, attempt_save, item_of
from chainmap.api.base import PROBLEMS, ApiView
from chainmap.api.exceptions import LinkProblem, OtherBrowser
from chainmap.api.problems import PROBLEM_TYPE
from chainmap.api.renderers import JsonRenderer
from chainmap.api.round_serializers import (
    AnswerConflictSerializer,
    AnswerProblemSerializer,
    AnswerSerializer,
    BallotItemSerializer,
    BallotSerializer,
    SavedAnswerSerializer,
    ballot_data,
    item_data,
)
from chainmap.api.serializers import ProblemSerializer
from chainmap.api.views import described
from chainmap.services.ballots import BallotKey, ballot_find, ballot_of_user
from chainmap.services.link_cookie import browser_keep, browser_of
from chainmap.services.links import (
    FoundLink,
    LinkDead,
    LinkElsewhere,
    browser_secret_new,
    link_bind,
    link_check_browser,
    link_find,
)
from chainmap.services.organizations import organization_find

_LINK_PROBLEMS = {status: answer for status, answer in PROBLEMS.items() if status[0] != HTTPStatus.UNAUTHORIZED}
#: What a refused answer may look like, besides the refusals of every address.
_ANSWER_PROBLEMS = {
    (int(status), PROBLEM_TYPE): answer
    for status, answer in (
        (HTTPStatus.BAD_REQUEST, AnswerProblemSerializer),
        (HTTPStatus.CONFLICT, AnswerConflictSerializer),
        (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ProblemSerializer),
        (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, ProblemSerializer),
        (HTTPStatus.UNPROCESSABLE_ENTITY, AnswerConflictSerializer),
    )
}
_ANSWER_TEXT = _("One question and your answer")
_SAVE_TEXT = _(
    "The whole card is replaced; a part left out is empty, and a score of null takes the answer back. The same "
    "client_id with the same card is one save, however often it is sent. Possible until the round closes."
)
_LINK_TEXT = _(
    "Whoever holds the link may see and fill this one ballot; no account. The first answer ties the link to the "
    "browser by a cookie. A link that ended, was replaced or never was: 404."
)


def saving(problems: dict[tuple[int, str], Any]) -> Callable[[Any], Any]:
    """A class decorator: what PUT takes, answers and refuses, for the OpenAPI document."""
    responses = {(200, JsonRenderer.media_type): SavedAnswerSerializer} | problems | _ANSWER_PROBLEMS
    described_put = extend_schema(
        summary=_("Save your answer to one question"),
        description=_SAVE_TEXT,
        request={JsonRenderer.media_type: AnswerSerializer},
        responses=responses,
    )
    return extend_schema_view(put=described_put)


class OwnBallot(ApiView):
    """The ballot of whoever is signed in."""

    def key(self) -> BallotKey:
        """The right to it. Raises NotFound for whoever is not asked in the round."""
        user = self.request.user
        organization = organization_find(actor=user, pk=self.kwargs["organization"])
        return ballot_of_user(user=user, organization=organization, pk=self.kwargs["pk"])

    def bind(self, key: BallotKey, ask: int) -> None:
        """Before something is saved: nothing more to ask."""


class LinkedBallot(ApiView):
    """The ballot a personal link leads to. The link is the only right needed, and it gives no other."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    found: FoundLink
    #: To be kept by the browser; None: nothing to say.
    browser: str | None = None

    def key(self) -> BallotKey:
        """The right to it. Raises LinkProblem for a link that leads nowhere, OtherBrowser for a bound one."""
        sent = browser_of(self.request)
        try:
            self.found = link_find(token=self.kwargs["token"])
        except LinkDead:
            raise LinkProblem from None
        if not link_check_browser(found=self.found, browser=sent):
            raise OtherBrowser
        self.browser = sent or browser_secret_new()
        return self.found.key

    def bind(self, key: BallotKey, ask: int) -> None:
        """The first answer ties the link to this browser. Raises OtherBrowser when another one was faster."""
        if not self.found.bound:
            item_of(ballot_find(key=key), ask)  # what is no question of this ballot ties nothing
        try:
            link_bind(found=self.found, browser=self.browser)
        except LinkElsewhere:
            raise OtherBrowser from None
        except LinkDead:
            raise LinkProblem from None

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Nothing of it is stored on the way, and the address is told to nobody."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        answer["Referrer-Policy"] = "no-referrer"
        if self.browser is not None:
            browser_keep(answer, self.browser)
        return answer


class BallotAnswer:
    """Mixin: the whole ballot."""

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(ballot_data(ballot_find(key=self.key())))


class QuestionAnswer:
    """Mixin: one question of the ballot, and the answer to it."""

    http_method_names = ("get", "head", "put")

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(item_data(item_of(ballot_find(key=self.key()), kwargs["ask"])))

    def put(self, request: Request, **kwargs: Any) -> Response:
        key = self.key()
        attempt = attempt_of(request, key)
        self.bind(key, kwargs["ask"])
        return Response(attempt_save(key, kwargs["ask"], attempt))


@described(
    BallotSerializer,
    _("Your own ballot in a round"),
    _("What you are asked, what you answered so far, and the mirror. 404 when you are not asked in this round."),
)
class RoundBallot(BallotAnswer, OwnBallot):
    pass


@described(
    BallotItemSerializer,
    _ANSWER_TEXT,
    _("The hand-off it is about and what is kept of your answer."),
    operation_id="organizations_rounds_ballot_question_retrieve",
)
@saving(PROBLEMS)
class RoundBallotQuestion(QuestionAnswer, OwnBallot):
    pass


@described(BallotSerializer, _("The ballot of a personal link"), _LINK_TEXT, problems=_LINK_PROBLEMS)
class LinkBallot(BallotAnswer, LinkedBallot):
    pass


@described(
    BallotItemSerializer, _ANSWER_TEXT, _LINK_TEXT, problems=_LINK_PROBLEMS, operation_id="links_question_retrieve"
)
@saving(_LINK_PROBLEMS)
class LinkBallotQuestion(QuestionAnswer, LinkedBallot):
    pass
