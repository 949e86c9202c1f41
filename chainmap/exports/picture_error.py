"""There is no picture this time, and why."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _


class PictureFailure(StrEnum):
    """Why there is no picture."""

    TIME = "time"
    MEMORY = "memory"
    BUSY = "busy"
    FAILED = "failed"
    MISSING = "missing"


class PictureError(Exception):
    """The picture could not be drawn; ``str()`` says so to a reader, ``reason`` to code. The table still works."""

    def __init__(self, reason: PictureFailure, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail  # for the log, never for a page
        super().__init__(_sentence(reason))

    def __reduce__(self) -> tuple[type[PictureError], tuple[PictureFailure, str]]:
        return type(self), (self.reason, self.detail)


def _sentence(reason: PictureFailure) -> str:
    return {
        PictureFailure.TIME: _("The picture took too long to draw. The table below says the same."),
        PictureFailure.MEMORY: _("The picture needs too much memory. The table below says the same."),
        PictureFailure.BUSY: _("Many pictures are being drawn right now. Please try again in a moment."),
        PictureFailure.FAILED: _("The picture could not be drawn. The table below says the same."),
        PictureFailure.MISSING: _("No layout program is installed: run “pip install graphviz-pure”."),
    }[reason]
