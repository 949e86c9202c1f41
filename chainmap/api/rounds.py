"""Addresses of rounds: what they are and what was published of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from chainmap.access import can
from chainmap.api.base import ApiView, RowList
from chainmap.api.parameters import LARGEST_KEY, choice_filter, values_read, whole_number
from chainmap.api.round_serializers import ReleaseSerializer, RoundSerializer, release_data, round_data
from chainmap.api.serializers import BottlenecksSerializer
from chainmap.api.views import described
from chainmap.domain.roles import Action
from chainmap.exports.tables import bottlenecks_json
from chainmap.models import Round
from chainmap.services.organizations import organization_find
from chainmap.services.published import published_find
from chainmap.services.round_analysis import round_bottlenecks_find
from chainmap.services.rounds import round_find

_VERSION = OpenApiParameter(
    "version",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
    description=_("One of the published versions; the latest without it."),
)


def round_of(view: ApiView) -> Round:
    """The round in the address. Raises NotFound when there is none, or not for this person."""
    organization = organization_find(actor=view.request.user, pk=view.kwargs["organization"])
    return round_find(actor=view.request.user, organization=organization, pk=view.kwargs["pk"])


@described(
    RoundSerializer(many=True),
    _("The rounds in which ratings are asked for"),
    _("Newest first. Drafts are there for those who manage rounds. Who answered is told to nobody."),
)
class RoundList(RowList):
    serializer_class = RoundSerializer
    filters = (
        choice_filter("mode", "mode", Round.Mode.values, _("Only rounds of this mode.")),
        choice_filter("state", "state", Round.State.values, _("Only rounds in this state.")),
    )
    orderings = {"-id": ("-id",), "id": ("id",), "name": ("name", "id"), "-name": ("-name", "-id")}

    def rows(self) -> QuerySet[Round]:
        """Rounds the person may see: a page at a time, so not from ``rounds_list``, which reads them all."""
        organization = organization_find(actor=self.request.user, pk=self.kwargs["organization"])
        rounds = Round.objects.visible_to(self.request.user).filter(organization=organization).defer("structure")
        if can(self.request.user, Action.MANAGE_ROUNDS, organization):
            return rounds
        return rounds.exclude(state=Round.State.DRAFT)

    def get(self, request: Request, **kwargs: Any) -> Response:
        """One page of the rounds the person may see."""
        page: Sequence[Round] = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response([round_data(each) for each in page])


@described(
    RoundSerializer,
    _("One round"),
    _("Its questions, dates and mode, with the sentence that says who sees a single rating."),
)
class RoundDetail(ApiView):
    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(round_data(round_of(self)))


@described(
    ReleaseSerializer,
    _("What was published of a pair or anonymous round"),
    _(
        "Fixed cells: the organization, teams, and pairs of teams. There are no filters on purpose. Whoever is rated "
        "finds the cell about themselves, and no cell about another person. Nothing before the round is closed."
    ),
    parameters=[_VERSION],
)
class RoundRelease(ApiView):
    accepted_parameters = (_VERSION.name,)

    def get(self, request: Request, **kwargs: Any) -> Response:
        found = round_of(self)
        version = values_read(request, {_VERSION.name: whole_number}).get(_VERSION.name)
        return Response(release_data(published_find(actor=request.user, round=found, version=version)))


@described(
    BottlenecksSerializer,
    _("Where value is lost according to one round"),
    _(
        "Of an open round by person; of a pair or anonymous round by team, worked out from its release alone. The "
        "same document as the bottlenecks of the organization. Nothing before the round is closed."
    ),
)
class RoundBottlenecks(ApiView):
    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        finding = round_bottlenecks_find(actor=request.user, round=round_of(self))
        return HttpResponse(bottlenecks_json(finding), content_type="application/json")
