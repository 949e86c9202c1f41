"""Long lists in pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import InvalidPage
from django.utils.translation import gettext as _
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from chainmap.api.exceptions import PagePastEnd
from chainmap.api.parameters import values_read, whole_number

LARGEST_PAGE = 200


class Pages(PageNumberPagination):
    """``?page=`` from 1 and ``?page_size=``, 50 unless told, at most 200."""

    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    template = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of one page. Raises ParameterProblem for junk, PagePastEnd after the last page."""
        asked = values_read(request, {self.page_query_param: whole_number, self.page_size_query_param: whole_number})
        self.request = request
        size = min(asked.get(self.page_size_query_param, self.page_size), self.max_page_size)
        paginator = self.django_paginator_class(queryset, size)
        try:
            self.page = paginator.page(asked.get(self.page_query_param, 1))
        except InvalidPage:
            past_end = _("There is no such page; the last one is %(last)s.") % {"last": paginator.num_pages}
            raise PagePastEnd(past_end) from None
        return list(self.page)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page, all four fields always there."""
        described = super().get_paginated_response_schema(schema)
        described["required"] = list(described["properties"])
        return described

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Both parameters with their ranges."""
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"]["minimum"] = 1
        size_text = _("Rows on a page, %(usual)s unless told; more than %(most)s count as %(most)s.")
        parameters[1]["description"] = size_text % {"usual": self.page_size, "most": LARGEST_PAGE}
        return parameters
