"""The program that sets a document: a template and JSON on standard input, PDF bytes on standard output, in a cage.

Run as a script in its own process by :mod:`chainmap.exports.typst_file`, which bounds its memory and time from outside;
it imports nothing of Chainmap or Django. Argument: "yes" or "no": fonts of the system too.
Input: ``{"template": text, "data": any, "made_at": seconds since 1970, "standard": "ua-1" or null}``.
Exit code 3: characters without a glyph, as a JSON list on standard output.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path

import typst

MISSING = 3
_STANDARD_STREAMS = 3
#: Fonts of the system are opened while the document is set.
_FONT_FILES = 256
#: What PDF/UA says of a glyph that no font has; the text is written the way Rust writes one.
_UNSHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))")


def confine(files: int) -> None:
    """From here on nothing is written, and no more than ``files`` are open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unshown(diagnostic: str) -> list[str]:
    """The characters without a glyph that a complaint names, each once.

    >>> unshown('the text `"山"` could not be displayed with ... the text `"\\\\u{200d}"` could not be displayed')
    ['山', '\\u200d']
    """
    found = "".join(_ESCAPE.sub(_plain, text) for text in _UNSHOWN.findall(diagnostic))
    return list(dict.fromkeys(found))


def _plain(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2]


def pdf(request: dict[str, object], *, with_system_fonts: bool) -> bytes:
    """The document. Raises typst.TypstError."""
    compiler = typst.Compiler(
        str(request["template"]).encode(),
        root=Path(__file__).with_name("typst"),  # nothing outside can be named from a template
        font_paths=typst.Fonts(include_system_fonts=with_system_fonts),
        sys_inputs={"data": json.dumps(request["data"])},
        package_path="/nonexistent",
        package_cache_path="/nonexistent",
    )
    standard = request["standard"]
    standards = [standard] if standard else []
    return compiler.compile(format="pdf", pdf_standards=standards, timestamp=int(str(request["made_at"])))


def main() -> int:
    with_system_fonts = sys.argv[1] == "yes"
    request = json.load(sys.stdin.buffer)
    confine(_FONT_FILES if with_system_fonts else _STANDARD_STREAMS)
    try:
        document = pdf(request, with_system_fonts=with_system_fonts)
    except typst.TypstError as error:
        missing = unshown(error.diagnostic)
        if not missing:
            raise
        sys.stdout.write(json.dumps(missing))
        return MISSING
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
