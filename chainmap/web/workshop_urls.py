"""The addresses of workshops for those who make and run them."""

from django.urls import URLPattern, path

from chainmap.web import workshop_console, workshop_pages

_WORKSHOPS = "organizations/<int:organization>/workshops/"
_WORKSHOP = _WORKSHOPS + "<int:workshop>/"

workshop_urls: list[URLPattern] = [
    path(_WORKSHOPS, workshop_pages.workshops, name="workshops"),
    path(_WORKSHOPS + "new/", workshop_pages.workshop_new, name="workshop_new"),
    path(_WORKSHOP, workshop_console.workshop, name="workshop"),
    path(_WORKSHOP + "edit/", workshop_pages.workshop_change, name="workshop_edit"),
    path(_WORKSHOP + "remove/", workshop_pages.workshop_take_away, name="workshop_remove"),
    path(_WORKSHOP + "open/", workshop_pages.workshop_start, name="workshop_open"),
    path(_WORKSHOP + "close/", workshop_pages.workshop_end, name="workshop_close"),
    path(_WORKSHOP + "reopen/", workshop_pages.workshop_again, name="workshop_reopen"),
    path(_WORKSHOP + "console/", workshop_console.workshop_console, name="workshop_console"),
    path(_WORKSHOP + "step/", workshop_console.workshop_step, name="workshop_step"),
    path(_WORKSHOP + "phones/<int:phone>/", workshop_console.workshop_phone, name="workshop_phone"),
    path(_WORKSHOP + "people/", workshop_pages.workshop_people, name="workshop_people"),
    path(_WORKSHOP + "exercises/<int:exercise>/edit/", workshop_pages.exercise_change, name="exercise_edit"),
    path(_WORKSHOP + "screen/", workshop_console.workshop_screen, name="workshop_screen"),
    path(_WORKSHOP + "screen/now/", workshop_console.workshop_screen_now, name="workshop_screen_now"),
]
