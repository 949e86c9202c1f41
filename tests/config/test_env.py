"""A wrong setting stops the start with a sentence; a missing one has a default; no secret is ever a default."""

import stat

import pytest

from config.env import (
    SettingError,
    host_of,
    read_bool,
    read_database,
    read_email,
    read_int,
    read_list,
    read_secret_key,
    read_text,
    read_url,
)


@pytest.mark.parametrize(("word", "value"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("", False)])
def test_yes_and_no(monkeypatch, word, value):
    monkeypatch.setenv("X", word)
    assert read_bool("X", not value) is value


def test_missing_means_the_default(monkeypatch):
    monkeypatch.delenv("X", raising=False)
    assert read_bool("X", True) is True
    assert read_int("X", 7, least=1, most=9) == 7
    assert read_list("X", ["a"]) == ["a"]
    assert read_text("X", "t") == "t"
    assert read_database("X", "sqlite:////tmp/x.sqlite3")["NAME"] == "/tmp/x.sqlite3"


@pytest.mark.parametrize("word", ["maybe", "2", "ja"])
def test_neither_yes_nor_no(monkeypatch, word):
    monkeypatch.setenv("X", word)
    with pytest.raises(SettingError, match=r"X=.*use one of 1, true"):
        read_bool("X", False)


@pytest.mark.parametrize("word", ["many", "0", "10", "1.5", "٧x"])
def test_a_number_out_of_bounds(monkeypatch, word):
    monkeypatch.setenv("X", word)
    with pytest.raises(SettingError, match="whole number from 1 to 9"):
        read_int("X", 7, least=1, most=9)


def test_a_list(monkeypatch):
    monkeypatch.setenv("X", "a.example, b.example,,")
    assert read_list("X", []) == ["a.example", "b.example"]


def test_databases(monkeypatch):
    monkeypatch.setenv("X", "postgres://who:secret@db.example:5433/chain")
    found = read_database("X", "")
    assert (found["ENGINE"], found["HOST"], found["PORT"], found["NAME"]) == (
        "django.db.backends.postgresql", "db.example", 5433, "chain"
    )  # fmt: skip
    monkeypatch.setenv("X", "mysql://who:secret@db.example/chain")
    with pytest.raises(SettingError, match="sqlite:///path") as told:
        read_database("X", "")
    assert "secret" not in str(told.value)


def test_the_secret_key_is_made_once_for_its_owner_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("X", raising=False)
    file = tmp_path / "var" / "secret_key"
    key = read_secret_key("X", file)
    assert len(key) >= 50
    assert read_secret_key("X", file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_secret_key("X", tmp_path / "other") != key
    monkeypatch.setenv("X", "from the environment")
    assert read_secret_key("X", file) == "from the environment"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp+tls://who:s%40cret@mail.example", ("smtp", "mail.example", 587, "who", "s@cret", True, False)),
        ("smtp+ssl://who:secret@mail.example", ("smtp", "mail.example", 465, "who", "secret", False, True)),
        ("smtp://mail.example:2525", ("smtp", "mail.example", 2525, "", "", False, False)),
        ("consolemail://", ("console", "", 25, "", "", False, False)),
    ],
)
def test_mail(monkeypatch, url, expected):
    monkeypatch.setenv("X", url)
    read = read_email("X", "")
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert read["EMAIL_BACKEND"] == f"django.core.mail.backends.{expected[0]}.EmailBackend"
    assert tuple(read[f"EMAIL_{name}"] for name in names) == expected[1:]


@pytest.mark.parametrize(
    "url", ["", "secret", "https://who:secret@mail.example", "smtp://", "smtp://who:secret@h:port"]
)
def test_mail_that_cannot_be_understood_is_told_without_the_password(monkeypatch, url):
    monkeypatch.setenv("X", url)
    with pytest.raises(SettingError, match=r"X: use consolemail://") as told:
        read_email("X", "")
    assert "secret" not in str(told.value)


def test_an_address_of_the_site(monkeypatch):
    monkeypatch.setenv("X", " https://chain.example/x/ ")
    assert read_url("X", "") == "https://chain.example/x"


@pytest.mark.parametrize(
    "url", ["", "chain.example", "ftp://chain.example", "https://", "https://a b", "https://a\n.b"]
)
def test_no_address_of_a_site(monkeypatch, url):
    monkeypatch.setenv("X", url)
    with pytest.raises(SettingError, match=r"X=.*https://chainmap\.example"):
        read_url("X", "")


def test_the_host_of_the_address_people_open_is_answered(settings):
    assert host_of("http://192.0.2.7:8000") == "192.0.2.7"
    assert host_of("https://chainmap.example/below") == "chainmap.example"
    assert host_of("http://[2001:db8::1]:8000") == "[2001:db8::1]"
    assert host_of(settings.CHAINMAP_URL) in settings.ALLOWED_HOSTS
