"""One downloadable file, and a safe name for it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class ExportFile:
    """What a page, the API or a command hands out: the same bytes everywhere."""

    filename: str  # ASCII letters, digits, "-" and one "."
    content_type: str  # with charset where it is text
    content: bytes


def export_filename(subject: str, organization: str, extension: str) -> str:
    """A file name from the organization's name that no header, shell or file system can trip over.

    >>> export_filename("bottlenecks", "Müller & Söhne / Łódź", "csv")
    'bottlenecks-muller-sohne-odz.csv'
    >>> export_filename("bottlenecks", "株式会社", "svg")
    'bottlenecks-organization.svg'
    """
    plain = unicodedata.normalize("NFKD", organization).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_NAME_LENGTH].strip("-")
    return f"{subject}-{slug or 'organization'}.{extension}"
