"""Every address of the site: pages, and the interface for programs under /api/v1/."""

from django.urls import include, path, re_path

from chainmap.api.views import UnknownAddress

urlpatterns = [
    path("", include("chainmap.web.urls")),
    path("api/v1/", include("chainmap.api.urls")),
    re_path(r"^api/", UnknownAddress.as_view()),
]

handler400 = "chainmap.web.errors.bad_request"
handler403 = "chainmap.web.errors.forbidden"
handler404 = "chainmap.web.errors.not_found"
handler500 = "chainmap.web.errors.server_error"
