"""What every page keeps to, so that everybody can use it: no test of its own, the browser tests call it."""

from __future__ import annotations

from itertools import product

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 390, "height": 844}
#: Width and colours; tests of many pages look at each in one of them.
LOOKS = tuple(product((360, 1280), ("light", "dark")))
_WIDTHS = (1280, 390, 320)
_TARGETS = "button, summary, a:not(.skip, svg a), .choice label, .tick label, .tile"


def resize(page, width, height):
    """Another size of the window; what the page does when it hears of it is done, with the next picture it draws."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => drawn()))")


def check_page(page, where="", *, width=None, colours=None):
    """Of the page with everything unfolded axe finds nothing, at this width and in these colours or as it is.

    At no usual width it scrolls sideways, and on the smallest phone every target is large enough for a thumb.
    """
    where = f"{where or page.url} {width or ''} {colours or ''}"
    before = page.viewport_size
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    if colours is not None:
        page.emulate_media(color_scheme=colours)
    if width is not None:
        resize(page, width, 800)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"
    for wide in _WIDTHS:
        resize(page, wide, 844)
        assert page.evaluate("document.documentElement.scrollWidth") <= wide, f"{where}: sideways at {wide}"
    assert small_targets(page) == [], where
    page.set_viewport_size(before)


def small_targets(page):
    """(its words, its height) of whatever can be tapped and is lower than 44 px, or a tile narrower than that."""
    return page.evaluate(
        """(targets) => [...document.querySelectorAll(targets)]
            .filter((one) => one.offsetParent !== null)
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([one, box]) => box.height < 44 || (one.matches(".tile") && box.width < 44))
            .map(([one, box]) => [one.textContent.trim(), box.height])""",
        _TARGETS,
    )
