"""No personal link in any log, whoever writes it: the messages of this site, of Django, and the trace of an error."""

import io
import logging

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config.redaction import HideLinks, without_links

TOKEN = "Zm9v-YmFy_" * 4 + "abc"


def fails(request, token, ask=0):
    raise RuntimeError(f"no such row: {request.path} and {request.build_absolute_uri()}")


def answers(request, token):
    return HttpResponse(status=404)


urlpatterns = [
    path("a/<str:token>/", fails),
    path("api/v1/links/<str:token>/<int:ask>/", fails),
    path("a/<str:token>/x/", answers),
    path("mail/<str:token>/", fails),
    path("after/<str:token>/", fails),
    path("w/<str:token>/", fails),
    path("shared/<str:token>/", fails),
]


def handlers_of_ours():
    """Every handler a log line of this site can reach; those of the test run itself are not ours."""
    loggers = [logging.getLogger(), *(each for each in logging.root.manager.loggerDict.values())]
    handlers = [handler for each in loggers for handler in getattr(each, "handlers", [])]
    return {handler for handler in handlers if "pytest" not in type(handler).__module__}


@pytest.fixture
def written(settings):
    """What reaches the console of the running site."""
    settings.ROOT_URLCONF = __name__
    [handler] = [each for each in logging.getLogger().handlers if any(isinstance(f, HideLinks) for f in each.filters)]
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_every_handler_hides_links():
    ours = [each for each in handlers_of_ours() if not isinstance(each, logging.NullHandler)]
    assert ours
    for handler in ours:
        assert any(isinstance(each, HideLinks) for each in handler.filters), handler


@pytest.mark.parametrize(
    "address",
    [
        f"/a/{TOKEN}/",
        f"/api/v1/links/{TOKEN}/3/",
        f"/mail/MQ:{TOKEN}/",
        f"/after/{TOKEN}/",
        f"/w/{TOKEN}/",
        f"/shared/{TOKEN}/",
    ],
)
def test_an_error_on_a_link_page_is_logged_without_the_link(written, address):
    assert Client(raise_request_exception=False).get(address).status_code == 500
    log = written.getvalue()
    assert "Internal Server Error: " + address.replace("MQ:", "").replace(TOKEN, "…") in log
    assert "RuntimeError: no such row" in log, "the trace is there"
    assert "test_redaction.py" in log
    assert TOKEN not in log
    assert TOKEN[:12] not in log


def test_a_link_that_is_not_there_is_logged_without_it(written):
    logging.getLogger("django.request").setLevel(logging.WARNING)
    try:
        Client().get(f"/a/{TOKEN}/x/")
    finally:
        logging.getLogger("django.request").setLevel(logging.ERROR)
    assert written.getvalue() == "Not Found: /a/…/x/\n"


def test_whatever_is_in_message_arguments_and_stack(written):
    logger = logging.getLogger("chainmap.somewhere")
    logger.warning("sent http://127.0.0.1:8000/a/%s/", TOKEN, stack_info=True)
    logger.warning("%s at %d", [f"/a/{TOKEN}/"], 3)
    logger.warning(f"wrong number of arguments /a/{TOKEN}/ %s %s", "one")
    logger.warning("plain %s, 100 %%", "words")
    assert TOKEN not in written.getvalue()
    assert "sent http://127.0.0.1:8000/a/…/" in written.getvalue()
    assert "['/a/…/'] at 3" in written.getvalue()
    assert "wrong number of arguments" in written.getvalue()
    assert "plain words, 100 %" in written.getvalue()


@pytest.mark.parametrize("broken", ["x" * 10_000, "a%00b", "é\u202e", "a.b;c,d"])
def test_broken_tokens_are_hidden_as_well(broken):
    assert without_links(f"GET /a/{broken}/ 404") == "GET /a/…/ 404"
    assert without_links(f"'/a/{broken}' \"/a/{broken}?x=1\"") == "'/a/…' \"/a/…?x=1\""


@pytest.mark.parametrize(
    "text",
    [
        "/organizations/3/rounds/4/",
        "a / b",
        "/sign-in/",
        "",
        "/a/",
        "/w/",
        "now /w/ too",
        "/room/7/now/",
        "/organizations/3/me/news/mail/",
    ],
)
def test_other_addresses_stay(text):
    assert without_links(text) == text
