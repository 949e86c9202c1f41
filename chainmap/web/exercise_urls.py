"""The addresses of what phones send to an exercise, and of the picture of what they drew."""

from django.urls import URLPattern, path

from chainmap.web import exercise_pages

_EXERCISE = "room/<int:workshop>/exercises/<int:exercise>/"

exercise_urls: list[URLPattern] = [
    path(_EXERCISE, exercise_pages.exercise_entry, name="exercise_entry"),
    path(_EXERCISE + "answer/", exercise_pages.exercise_answer, name="exercise_answer"),
    path(_EXERCISE + "take-back/", exercise_pages.exercise_take_back, name="entry_take_back"),
    path(
        "organizations/<int:organization>/workshops/<int:workshop>/drawn.json",
        exercise_pages.workshop_drawn,
        name="workshop_drawn",
    ),
]
