"""The program that draws charts: Vega-Lite specifications on standard input, SVG on standard output, in a cage.

Run as a script in its own process by :mod:`chainmap.exports.charts`, which bounds its memory and time from outside; it
imports nothing of Chainmap or Django. Input: a JSON list of specifications; output: a JSON list of as many SVG texts.
Of the memory the data segment alone is bounded: the engine reserves 64 GB of addresses without using them.
"""

from __future__ import annotations

import json
import os
import resource
import sys

import vl_convert

#: Fixed, so that a newer package does not change what a chart looks like.
VEGA_LITE = "5.21"
#: What the engine opens while it starts: no file of ours, and nothing on the network.
_STARTING_FILES = 32
#: Fonts are opened one at a time, to measure texts.
_FONT_FILES = 1
_FIRST: dict[str, object] = {"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}}


def confine(files: int) -> None:
    """From here on no more than so many files are open, and nothing is written."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def svg(spec: dict[str, object]) -> str:
    """One chart. Raises ValueError for what Vega-Lite cannot draw."""
    return vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])


def main() -> None:
    """Draw what was asked for."""
    specs = json.load(sys.stdin.buffer)
    confine(_STARTING_FILES)
    svg(_FIRST)  # the engine is up: from here on one file at a time is all that can be opened
    confine(len(os.listdir("/dev/fd")) + _FONT_FILES)
    json.dump([svg(spec) for spec in specs], sys.stdout)


if __name__ == "__main__":
    main()
