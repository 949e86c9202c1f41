"""The addresses of the interface: one service call each, then rows out."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from chainmap.access import NotFound
from chainmap.api.base import PROBLEMS, ApiView, InOrganization, RowDetail, RowList
from chainmap.api.parameters import choice_filter, key_filter, text_filter
from chainmap.api.renderers import JsonRenderer
from chainmap.api.serializers import (
    BottlenecksSerializer,
    HandOffSerializer,
    OrganizationSerializer,
    PartySerializer,
    RatingSerializer,
)
from chainmap.domain.records import PartyKind
from chainmap.exports.tables import bottlenecks_json
from chainmap.models import HandOff, Party, Rating
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.organizations import organization_find, organizations_list


def described(answer: Any, summary: Any, description: Any, *, problems: Any = PROBLEMS, **options: Any) -> Any:
    """A class decorator: what GET answers and refuses, for the OpenAPI document; ``options`` as ``extend_schema``."""
    responses = {(200, JsonRenderer.media_type): answer} | problems
    return extend_schema_view(
        get=extend_schema(summary=summary, description=description, responses=responses, **options)
    )


@described(
    OrganizationSerializer(many=True),
    _("The organizations you belong to, by name"),
    _("Everything else is found under one of them."),
)
class OrganizationList(ApiView, GenericAPIView):
    filter_backends = ()
    accepted_parameters = ("page", "page_size")

    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(organizations_list(actor=request.user))
        return self.get_paginated_response(OrganizationSerializer(page, many=True).data)


@described(
    OrganizationSerializer,
    _("One organization"),
    _("Its name and the setting the analysis uses."),
)
class OrganizationDetail(ApiView):
    def get(self, request: Request, organization: int) -> Response:
        return Response(OrganizationSerializer(organization_find(actor=request.user, pk=organization)).data)


@described(
    BottlenecksSerializer,
    _("Where the organization loses value"),
    _(
        "Totals, every hand-off ranked by what repairing it would bring, every party. The same document "
        "as the JSON export; parties are named by their code."
    ),
)
class Bottlenecks(ApiView):
    def get(self, request: Request, organization: int) -> HttpResponse:
        found = organization_find(actor=request.user, pk=organization)
        finding = bottlenecks_find(actor=request.user, organization=found)
        return HttpResponse(bottlenecks_json(finding), content_type="application/json")


class PartyRows(InOrganization):
    serializer_class = PartySerializer

    def visible_rows(self) -> QuerySet[Party]:
        return Party.objects.visible_to(self.request.user)


@described(
    PartySerializer(many=True),
    _("The parties of the chain"),
    _("People, end customers and external suppliers with their team. E-mail addresses are never part of it."),
)
class PartyList(PartyRows, RowList):
    filters = (
        choice_filter("kind", "kind", [kind.value for kind in PartyKind], _("Only parties of this kind.")),
        key_filter("team", "team_id", _("Primary key of a team.")),
        text_filter("search", "name__icontains", _("Part of the name.")),
    )
    orderings = {"name": ("name", "id"), "-name": ("-name", "-id"), "id": ("id",), "-id": ("-id",)}


@described(
    PartySerializer,
    _("One party"),
    _("A person, an end customer or an external supplier."),
)
class PartyDetail(PartyRows, RowDetail):
    pass


class HandOffRows(InOrganization):
    serializer_class = HandOffSerializer

    def visible_rows(self) -> QuerySet[HandOff]:
        return HandOff.objects.visible_to(self.request.user).in_chain()


@described(
    HandOffSerializer(many=True),
    _("The hand-offs of the chain"),
    _("Supplier and customer are primary keys of parties. Without ratings."),
)
class HandOffList(HandOffRows, RowList):
    filters = (
        key_filter("supplier", "supplier_id", _("Primary key of the giving party.")),
        key_filter("customer", "customer_id", _("Primary key of the receiving party.")),
    )
    orderings = {"id": ("id",), "-id": ("-id",), "volume": ("volume", "id"), "-volume": ("-volume", "-id")}


@described(
    HandOffSerializer,
    _("One hand-off"),
    _("Supplier, customer, deliverable and volume."),
)
class HandOffDetail(HandOffRows, RowDetail):
    pass


class RatingRows(InOrganization):
    serializer_class = RatingSerializer
    organization_path = "round__organization"

    def visible_rows(self) -> QuerySet[Rating]:
        return Rating.objects.visible_to(self.request.user)


@described(
    RatingSerializer(many=True),
    _("The single ratings you may see"),
    _(
        "Of an open round a coach and a manager see all, everybody else those they gave or received. Of a pair round "
        "those you gave or received; a coach also those that both sides share. Of an anonymous round there are none."
    ),
)
class RatingList(RatingRows, RowList):
    filters = (
        key_filter("handoff", "handoff_id", _("Primary key of a hand-off.")),
        key_filter("supplier", "handoff__supplier_id", _("Primary key of the rated, giving party.")),
        key_filter("customer", "handoff__customer_id", _("Primary key of the receiving party.")),
        key_filter("round", "round_id", _("Primary key of a round.")),
    )
    orderings = {
        "handoff": ("handoff_id", "rater_id", "round_id", "id"),
        "-handoff": ("-handoff_id", "-rater_id", "-round_id", "-id"),
        "id": ("id",),
        "-id": ("-id",),
        "score": ("score", "id"),
        "-score": ("-score", "-id"),
        "given_on": (F("given_on").asc(nulls_last=True), "id"),
        "-given_on": (F("given_on").desc(nulls_last=True), "-id"),
    }


@described(
    RatingSerializer,
    _("One rating you may see"),
    _("One that you may not see answers like one that does not exist."),
)
class RatingDetail(RatingRows, RowDetail):
    pass


class UnknownAddress(ApiView):
    """Any other address: the same answer as for what belongs to another organization."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.accepted_parameters = request.query_params
        super().initial(request, *args, **kwargs)
        raise NotFound
