"""Addresses of the answering pages: signed in, by personal link, and the ways to a link."""

from django.urls import path

from chainmap.web import answering, link_pages

_ROUND = "organizations/<int:organization>/rounds/<int:round>/"

answer_urls = [
    path(f"{_ROUND}answer/", answering.answer, name="answer"),
    path(f"{_ROUND}answer/<int:ask>/", answering.answer_card, name="answer_card"),
    path(f"{_ROUND}answer/done/", answering.answer_done, name="answer_done"),
    path(f"{_ROUND}answer/mirror/", answering.answer_mirror, name="answer_mirror"),
    path(f"{_ROUND}phone/", answering.answer_phone, name="answer_phone"),
    path("a/<str:token>/", link_pages.link, name="link"),
    path("a/<str:token>/<int:ask>/", link_pages.link_card, name="link_card"),
    path("a/<str:token>/done/", link_pages.link_done, name="link_done"),
    path("a/<str:token>/mirror/", link_pages.link_mirror, name="link_mirror"),
    path("a/<str:token>/renew/", link_pages.link_renewal, name="link_renew"),
    path("join/", link_pages.join, name="join"),
]
