"""The addresses of what is left after a workshop."""

from django.urls import URLPattern, path

from chainmap.web import workshop_after_pages, workshop_copy_pages

_WORKSHOP = "organizations/<int:organization>/workshops/<int:workshop>/"
_LINK = "after/<str:link>/"

workshop_after_urls: list[URLPattern] = [
    path(_WORKSHOP + "results/", workshop_after_pages.workshop_results, name="workshop_results"),
    path(_WORKSHOP + "results.pdf", workshop_after_pages.workshop_results_pdf, name="workshop_pdf"),
    path(_WORKSHOP + "results/link/", workshop_after_pages.workshop_link, name="workshop_link"),
    path(_WORKSHOP + "results/link/end/", workshop_after_pages.workshop_link_end, name="workshop_link_end"),
    path(_WORKSHOP + "paper.pdf", workshop_after_pages.workshop_paper_pdf, name="workshop_paper"),
    path(_WORKSHOP + "copy/", workshop_copy_pages.workshop_copying, name="workshop_copy"),
    path(_LINK, workshop_after_pages.after, name="after"),
    path(_LINK + "results.pdf", workshop_after_pages.after_pdf, name="after_pdf"),
]
