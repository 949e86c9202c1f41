"""Whether a name exists cannot be told from the answer, nor from the work it takes.

Clocks are not read here, machines are shared: the expensive steps are counted. ``tests/benchmarks/enumeration.py``
compares times.
"""

import pytest
from django.contrib.auth import hashers
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashed(monkeypatch):
    """How many passwords were hashed."""
    done = []
    encode = hashers.MD5PasswordHasher.encode

    def counting(self, password, salt):
        done.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    return done


@pytest.mark.parametrize("is_active", [True, False])
def test_a_known_name_costs_what_an_unknown_one_does(carla, hashed, is_active, django_assert_max_num_queries):
    carla.set_password("a long enough password")
    carla.is_active = is_active
    carla.save()
    Client().post("/sign-in/", {"username": "somebody", "password": "wrong"})  # from here on the address is known
    answers, work = [], []
    for name in ("carla", "nobod"):
        hashed.clear()
        with django_assert_max_num_queries(20) as queries:
            answer = Client().post("/sign-in/", {"username": name, "password": "wrong"})
        headers = {key: value for key, value in answer.headers.items() if key != "Expires"}  # the second it was sent
        answers.append((answer.status_code, answer.content.replace(name.encode(), b"-"), headers))
        work.append((len(hashed), [query["sql"].split()[0] for query in queries.captured_queries]))
    (status, page, headers), (other_status, other_page, other_headers) = answers
    assert (status, headers) == (other_status, other_headers)
    assert without_token(page) == without_token(other_page)
    assert work[0] == work[1]
    assert work[0][0] == 1


def without_token(page: bytes) -> bytes:
    import re

    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)
