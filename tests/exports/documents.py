"""What a PDF says, for tests: its text by pdftotext where the machine has it, and how many pages it has."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


def pdf_text(document: bytes) -> str:
    """The words of a document in reading order, white space as one space."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=document, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode().replace("\u200b", ""))


def pdf_pages(document: bytes) -> int:
    """Pages of a document, from its page tree."""
    return max(int(count) for count in re.findall(rb"/Type\s*/Pages\s*/Count (\d+)", document))
