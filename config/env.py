"""Typed readers for the environment: a wrong value stops the start with a sentence, a missing one has a default."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env


class SettingError(ValueError):
    """A setting in the environment cannot be understood; the message names it and says what is accepted."""


_WEB_ADDRESS = re.compile(r"https?://[\w.\-\[\]:]+(/[\w.~/\-]*)?", re.ASCII)
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def read_text(name: str, default: str) -> str:
    """The variable as text, without surrounding blanks."""
    return os.environ.get(name, default).strip()


def read_bool(name: str, default: bool) -> bool:
    """The variable as a yes/no: 1, true, yes, on or 0, false, no, off."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    word = raw.strip().lower()
    if word not in _TRUE | _FALSE:
        raise SettingError(f"{name}={raw!r}: use one of 1, true, yes, on, 0, false, no, off")
    return word in _TRUE


def read_int(name: str, default: int, *, least: int, most: int) -> int:
    """The variable as a whole number within least..most."""
    raw = os.environ.get(name)
    if raw is None or not raw.strip():
        return default
    try:
        value = int(raw)
    except ValueError:
        raise SettingError(f"{name}={raw!r}: use a whole number from {least} to {most}") from None
    if not least <= value <= most:
        raise SettingError(f"{name}={value}: use a whole number from {least} to {most}")
    return value


def read_list(name: str, default: list[str]) -> list[str]:
    """The variable as a list, separated by commas."""
    raw = os.environ.get(name)
    return default if raw is None else [part.strip() for part in raw.split(",") if part.strip()]


def read_database(name: str, default: str) -> dict[str, object]:
    """The variable as a Django database: sqlite:///path/to/file or postgres://user:password@host:port/name."""
    raw = read_text(name, default)
    scheme = raw.partition("://")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise SettingError(f"{name}: use sqlite:///path/to/file or postgres://user:password@host:port/name")
    return dict(Env.db_url_config(raw))


def read_url(name: str, default: str) -> str:
    """The variable as an address people open, without a slash at its end: https://chainmap.example."""
    raw = read_text(name, default).rstrip("/")
    if not _WEB_ADDRESS.fullmatch(raw):
        raise SettingError(f"{name}={raw!r}: use an address such as https://chainmap.example")
    return raw


def host_of(address: str) -> str:
    """The host name of an address, as ALLOWED_HOSTS wants it.

    >>> host_of("https://chainmap.example:8443/x"), host_of("http://[::1]:8000")
    ('chainmap.example', '[::1]')
    """
    name = urlsplit(address).hostname or ""
    return f"[{name}]" if ":" in name else name


def read_email(name: str, default: str) -> dict[str, object]:
    """The variable as Django's mail settings, every one of them.

    consolemail:// prints mails, smtp://user:password@host:port sends them, smtp+tls:// with STARTTLS, smtp+ssl://
    encrypted from the start, filemail:///folder keeps them as files.
    """
    raw = read_text(name, default)
    try:
        read: dict[str, object] = dict(Env.email_url_config(raw))
    except (ImproperlyConfigured, ValueError):
        read = {}
    if not read or (raw.startswith("smtp") and not read["EMAIL_HOST"]):
        # the value is not repeated: it may hold a password
        raise SettingError(f"{name}: use consolemail:// or smtp+tls://user:password@host:587")
    usual = {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}
    ports = {"smtp+ssl": 465, "smtp+tls": 587, "smtps": 587}
    read["EMAIL_PORT"] = read["EMAIL_PORT"] or ports.get(raw.partition("://")[0], 25)
    return usual | {key: "" if value is None else value for key, value in read.items() if key != "OPTIONS"}


def read_secret_key(name: str, file: Path) -> str:
    """The variable, else the key kept in ``file``, else a new random key written there for its owner alone.

    No default key exists: two installations never share one.
    """
    raw = read_text(name, "")
    if raw:
        return raw
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first; its key is as good
            pass
        else:
            with os.fdopen(handle, "w") as stream:
                stream.write(secrets.token_urlsafe(50))
    return file.read_text().strip()
