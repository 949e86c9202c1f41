"""Primary keys that tell nothing."""

from __future__ import annotations

import secrets


def random_public_key() -> int:
    """As :func:`random_key` but below 2**53: a number that every reader of JSON keeps exactly."""
    return secrets.randbelow(2**53 - 1) + 1


def random_key() -> int:
    """A random primary key, 1 to 2**63 - 1: no counter tells which row came first."""
    return secrets.randbelow(2**63 - 1) + 1
