"""Work after the answer: after the commit, in another thread, and a failure is told without its words."""

from threading import current_thread, main_thread

import pytest
from django.db import connection, transaction
from django.utils.translation import get_language, override

from chainmap.services.background import background_finish, run_soon


@pytest.fixture
def in_background(settings):
    settings.CHAINMAP_BACKGROUND = True
    yield
    assert background_finish(10)


def test_switched_off_it_happens_at_once_and_errors_are_raised():
    done = []
    run_soon(lambda: done.append(current_thread()))
    assert done == [main_thread()]
    with pytest.raises(ZeroDivisionError):
        run_soon(lambda: 1 / 0)


@pytest.mark.django_db
def test_it_happens_after_the_commit_in_another_thread_and_in_the_language_of_the_caller(
    in_background, django_capture_on_commit_callbacks
):
    done = []
    with django_capture_on_commit_callbacks(execute=True), override("pl"):
        run_soon(lambda: done.append((current_thread(), get_language())))
        assert background_finish(10)
        assert done == []
    assert background_finish(10)
    [(thread, language)] = done
    assert thread is not main_thread()
    assert language == "pl"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_done(in_background):
    done = []
    with transaction.atomic():
        run_soon(lambda: done.append("x"))
        transaction.set_rollback(True)
    assert background_finish(10)
    assert done == []


@pytest.mark.django_db(transaction=True)
def test_what_one_starts_is_waited_for_too(in_background):
    done = []
    run_soon(lambda: run_soon(lambda: done.append("x")))
    assert background_finish(10)
    assert done == ["x"]
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_what_waits_a_moment_is_waited_for_too(in_background):
    done = []
    run_soon(lambda: done.append("x"), seconds=0.02)
    assert not background_finish(0.001)
    assert done == []
    assert background_finish(10)
    assert done == ["x"]


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_logged_by_kind_and_place_without_its_words(in_background, caplog):
    def fails():
        raise ValueError("somebody@example.com")

    run_soon(fails)
    assert background_finish(10)
    assert "ValueError" in caplog.text
    assert "test_background.py" in caplog.text
    assert "somebody" not in caplog.text
