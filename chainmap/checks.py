"""System checks: what would make this installation lose data or leak it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.utils.translation import gettext as _


def check_database(*, databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """E001: SQLite must take its write lock first; E002: only databases the triggers are written for;
    E003: a request is not a transaction."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        options = connection.settings_dict.get("OPTIONS", {})
        if connection.vendor not in {"sqlite", "postgresql"}:
            found.append(
                Error(
                    _("Chainmap keeps its rules on SQLite and PostgreSQL only."),
                    hint=_("Set DATABASE_URL to sqlite:///… or postgres://…."),
                    id="chainmap.E002",
                )
            )
        if connection.vendor == "sqlite" and options.get("transaction_mode") != "IMMEDIATE":
            found.append(
                Error(
                    _("SQLite loses writes when transactions do not begin IMMEDIATE."),
                    hint=_("Set OPTIONS['transaction_mode'] = 'IMMEDIATE'."),
                    id="chainmap.E001",
                )
            )
        if connection.settings_dict.get("ATOMIC_REQUESTS"):
            found.append(
                Error(
                    _("With ATOMIC_REQUESTS every page waits for the write lock."),
                    hint=_("Turn it off; services open short transactions themselves."),
                    id="chainmap.E003",
                )
            )
    return found


def check_policy(**_kwargs: Any) -> list[CheckMessage]:
    """E004: any host; E005: no content security policy, or an unsafe one."""
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(_("Every host name is accepted."), hint=_("List your own in ALLOWED_HOSTS."), id="chainmap.E004")
        )
    policy = getattr(settings, "CONTENT_SECURITY_POLICY", {}).get("DIRECTIVES", {})
    if not policy.get("default-src") or any("unsafe" in str(source) for value in policy.values() for source in value):
        found.append(
            Error(
                _("Pages have no content security policy, or an unsafe one."),
                hint=_("Set CONTENT_SECURITY_POLICY without any unsafe-* source."),
                id="chainmap.E005",
            )
        )
    return found
