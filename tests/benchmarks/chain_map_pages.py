"""How fast the chain map is: ``python -m tests.benchmarks.chain_map_pages [--rounds 3] [--sizes 50 500 5000]``.

In headless Chromium, at 50, 500 and 5,000 hand-offs: the time from opening the page to the first picture on the screen,
and the frames per second during three seconds of moving and scaling, against a plain page of the library alone (sigma)
with the same data and places. Files come from this machine; medians of the rounds, ratios within one run. A map of more
than 300 parties opens with its teams folded; "all open" is the same map with everything unfolded.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import os
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlparse

from tests.benchmarks.chain_maps import make_map

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "node_modules" / ".browser"
SECONDS = 3
OURS = """{% load static %}<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Map</title>
<link rel="stylesheet" href="{% static 'chainmap/css/chainmap.css' %}">
<link rel="stylesheet" href="{% static 'chainmap/css/chain_map.css' %}">
{% include "chainmap/map/_scripts.html" %}
<body><main><div class="map-head"><h1>The chain</h1></div>{{ map_data|json_script:"map-data" }}
{% include "chainmap/map/_view.html" %}</main></body></html>"""
PLAIN = """<!DOCTYPE html><html lang="en"><title>Plain</title><link rel="stylesheet" href="/plain.css">
<script defer src="/static/chainmap/vendor/graphology.umd.min.js"></script>
<script defer src="/static/chainmap/vendor/sigma.min.js"></script><script defer src="/plain.js"></script>
<div id="room"></div><script id="map-data" type="application/json">%s</script>"""
PLAIN_CSS = "html,body{margin:0}#room{position:absolute;inset:0;top:10rem;height:calc(100vh - 14.5rem)}"
PLAIN_JS = """
const data = JSON.parse(document.getElementById("map-data").textContent);
const graph = new graphology.MultiDirectedGraph();
for (const one of data.parties) graph.addNode(one.id, { x: one.x, y: -one.y, size: 4, label: one.name, color: "#555" });
for (const one of data.links) graph.addEdge(one.from, one.to, { size: Math.max(1, one.flow), color: "#9ab" });
window.library = new Sigma(graph, document.getElementById("room"));
window.isDrawn = true;
"""
#: Both pages say when their first picture is on the screen: drawn, and one frame later.
WATCH = """
addEventListener("chainmap:ready", (event) => { window.view = event.detail; });
const look = () => {
  const ours = window.view;
  const drawn = ours ? !(ours.loading && ours.noLibrary === undefined) : window.isDrawn;
  if (drawn) requestAnimationFrame(() => requestAnimationFrame(() => { window.firstPicture = performance.now(); }));
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
PAN = """(seconds) => new Promise((resolve) => {
  const start = performance.now();
  let frames = 0;
  const zoom = window.view && window.view.zoom;
  const from = zoom && { x: zoom.x, y: zoom.y, k: zoom.k };
  const step = (now) => {
    const t = (now - start) / 1000;
    if (t > seconds) return resolve(frames / seconds);
    frames += 1;
    const [dx, dy, by] = [Math.sin(t * 2), Math.cos(t * 1.7), 1.4 + Math.sin(t * 1.3)];
    if (zoom) zoom.set(from.x + dx * 300, from.y + dy * 150, from.k * by);
    else window.library.getCamera().setState({ x: 0.5 + dx * 0.2, y: 0.5 + dy * 0.1, ratio: 1 / by });
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


class Pages(BaseHTTPRequestHandler):
    """Both pages and the static files; every map is made once."""

    made: dict[str, bytes] = {}

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        where = urlparse(self.path)
        if where.path in ("/plain.js", "/plain.css"):
            kind, text = ("text/css", PLAIN_CSS) if where.path.endswith("css") else ("text/javascript", PLAIN_JS)
            return self.answer(text.encode(), kind)
        if where.path.startswith("/static/"):
            name = where.path.removeprefix("/static/")
            file = VENDOR / Path(name).name if "/vendor/" in name else ROOT / "static" / name
            return self.answer(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")
        if self.path not in self.made:
            return self.answer(b"", "text/plain")
        return self.answer(self.made[self.path], "text/html; charset=utf-8")

    def answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def prepare(sizes: list[int]) -> list[tuple[str, str, str]]:
    """(what it is, our address, that of the plain page) of every map."""
    from django.template import engines

    template = engines["django"].from_string(OURS)
    cases = []
    for size in sizes:
        data = make_map(size)
        variants = [("", data)]
        if data["opens_folded"]:
            variants.append((" all open", data | {"opens_folded": False}))
        for name, variant in variants:
            ours, plain = f"/ours?{size}{name[1:4]}", f"/plain?{size}"
            Pages.made[ours] = template.render({"map_data": variant, "may_arrange": False}).encode()
            Pages.made[plain] = (PLAIN % json.dumps(data).replace("<", "\\u003c")).encode()
            cases.append((f"{size} hand-offs, {len(data['parties'])} parties{name}", ours, plain))
    return cases


def measure(browser: Any, address: str) -> tuple[float, float, str]:
    """Milliseconds to the first picture, frames per second, and who drew it; a fresh browser context each time."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.firstPicture !== undefined", timeout=60_000)
    first = page.evaluate("window.firstPicture")
    drawn = page.evaluate("document.getElementById('chain-map')?.dataset.renderer || 'sigma'")
    page.wait_for_timeout(400)
    frames = page.evaluate(PAN, SECONDS)
    context.close()
    return first, frames, drawn


def run(rounds: int, sizes: list[int]) -> None:
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    cases = prepare(sizes)
    usual = "/usr/bin/chromium"
    program = usual if Path(usual).exists() else shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        measure(browser, base + cases[0][2])  # what a browser does once
        for name, ours, plain in cases:
            both = [(measure(browser, base + ours), measure(browser, base + plain)) for _ in range(rounds)]
            (mine, theirs), drawn = zip(*both, strict=True), both[0][0][2]
            first, frames = (median(one[index] for one in mine) for index in (0, 1))
            first_plain, frames_plain = (median(one[index] for one in theirs) for index in (0, 1))
            print(
                f"{name:<42} {drawn:<5} first picture {first:6.0f} ms, plain {first_plain:6.0f} ms = "
                f"{first / first_plain:4.2f} x; frames/s {frames:5.1f}, plain {frames_plain:5.1f} = "
                f"{frames / frames_plain:5.2f} x"
            )
        browser.close()
    server.shutdown()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 500, 5000])
    options = parser.parse_args()
    if not VENDOR.is_dir():
        print("The library to compare with is not installed: make node_modules/.installed")
        return 1
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    import django

    django.setup()
    run(options.rounds, options.sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
