"""What every view of the interface has in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.authentication import SessionAuthentication
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chainmap.access import NotFound
from chainmap.api.authentication import TokenAuthentication
from chainmap.api.parameters import ORDERING, DeclaredFilters, Filter, names_check
from chainmap.api.problems import PROBLEM_TYPE
from chainmap.api.renderers import JsonRenderer, OneFormat
from chainmap.api.serializers import ProblemSerializer, RowSerializer, rows_of
from chainmap.services.organizations import organization_find

#: The refusals of every address, for the OpenAPI document.
PROBLEMS = {
    (int(status), PROBLEM_TYPE): ProblemSerializer
    for status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
}


class ApiView(APIView):
    """Read only unless a view says otherwise, JSON only, for a signed-in person or their token.

    A parameter nobody declared is refused.
    """

    http_method_names = ("get", "head")
    authentication_classes = (TokenAuthentication, SessionAuthentication)
    renderer_classes = (JsonRenderer,)
    content_negotiation_class = OneFormat
    metadata_class = None
    #: Names of the query parameters that mean something here.
    accepted_parameters: Collection[str] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, and whether they ask for something that exists here."""
        super().initial(request, *args, **kwargs)
        if request.method.lower() in self.http_method_names:
            names_check(request, self.accepted_parameters)


class RowList(ApiView, GenericAPIView):
    """A list of rows in pages, narrowed and ordered by what the view declares."""

    filter_backends = (DeclaredFilters,)
    filters: ClassVar[Sequence[Filter]] = ()
    #: Value of ?ordering= -> ORM order; the first is the usual one. Each ends in the primary key.
    orderings: ClassVar[Mapping[str, Sequence[Any]]]

    @property
    def accepted_parameters(self) -> Collection[str]:
        """Filters, order and page."""
        pages = self.pagination_class
        return [each.name for each in self.filters] + [ORDERING, pages.page_query_param, pages.page_size_query_param]

    def get(self, request: Request, **kwargs: Any) -> Response:
        """One page of the rows the person may see."""
        rows = rows_of(self.filter_queryset(self.rows()), self.serializer_class)
        return self.get_paginated_response(self.paginate_queryset(rows))


class RowDetail(ApiView, GenericAPIView):
    """One row by its primary key."""

    pagination_class = None
    filter_backends = ()

    def get(self, request: Request, **kwargs: Any) -> Response:
        """The row. Raises NotFound when there is none, or not for this person."""
        row = rows_of(self.rows().filter(pk=kwargs["pk"]), self.serializer_class).first()
        if row is None:
            raise NotFound
        return Response(row)


class InOrganization:
    """Mixin: rows of the organization in the address."""

    serializer_class: type[RowSerializer]
    #: ORM path from the row to its organization.
    organization_path = "organization"

    def visible_rows(self) -> QuerySet[Any]:
        """The rows of the model that the person may see, in any organization."""
        raise NotImplementedError

    def rows(self) -> QuerySet[Any]:
        """Those of this organization. Raises NotFound for a stranger."""
        organization = organization_find(actor=self.request.user, pk=self.kwargs["organization"])
        return self.visible_rows().filter(**{self.organization_path: organization.pk})
