"""There is no picture, chart or document this time, and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chainmap.confined import Failure as PictureFailure

__all__ = ["DrawingError", "PictureError", "PictureFailure"]


class DrawingError(Exception):
    """It could not be made; ``str()`` says so to a reader, ``reason`` to code, and ``detail`` is for the log alone."""

    def __init__(self, reason: PictureFailure, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(self.sentences()[reason])

    def __reduce__(self) -> tuple[type[DrawingError], tuple[PictureFailure, str]]:
        return type(self), (self.reason, self.detail)

    @staticmethod
    def sentences() -> dict[PictureFailure, str]:
        """What a reader is told, by the reason."""
        raise NotImplementedError


class PictureError(DrawingError):
    """The picture could not be drawn. The table still works."""

    @staticmethod
    def sentences() -> dict[PictureFailure, str]:
        return {
            PictureFailure.TIME: _("The picture took too long to draw. The table below says the same."),
            PictureFailure.MEMORY: _("The picture needs too much memory. The table below says the same."),
            PictureFailure.BUSY: _("Many pictures are being drawn right now. Please try again in a moment."),
            PictureFailure.FAILED: _("The picture could not be drawn. The table below says the same."),
            PictureFailure.MISSING: _("No layout program is installed: run “pip install graphviz-pure”."),
            PictureFailure.SYSTEM: _("Pictures are drawn on Linux only. The table below says the same."),
        }
