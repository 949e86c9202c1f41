"""Tokens of programs: knox keeps them hashed; here they are looked at before they reach the database."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

_WELL_FORMED = re.compile(rb"[0-9A-Za-z]{1,128}")


class TokenAuthentication(KnoxTokenAuthentication):
    """``Authorization: Token …``. A token that is not letters and digits is refused like a wrong one."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """The user and the token's record. Raises AuthenticationFailed: unknown, expired, or of an inactive user."""
        if not _WELL_FORMED.fullmatch(token):
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)
