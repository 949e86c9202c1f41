"""Slides in the house style: an empty deck with its own master, one kind of slide, and the bytes of a finished deck.

The master is put together here from ``slides/*.xml`` and the colours of ``chart_style``: nothing of a default template
is left. The same deck gives the same bytes: times are of the report, the zip is sorted and has no clock of its own.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.opc.constants import CONTENT_TYPE as CT
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml

from chainmap.exports.chart_style import TOKENS
from chainmap.exports.picture_style import PALETTES
from chainmap.exports.plain_text import clean_text
from chainmap.exports.slide_text import COLOURS, Box, fitted, put_words, shown, text_height
from chainmap.exports.workshop_report import document_language

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
#: A slide and the lines of its speaker notes.
Content = tuple[Any, list[str]]
BODY_SIZES = (24, 22, 20, 18, 16, 14, 12)
#: Where a slide's own content stands, below its title and above its foot; inches of 13.33 x 7.5.
CONTENT = Box(0.6, 2.05, 12.133, 4.7)
_TITLE, _TITLE_SIZES = Box(0.6, 0.74, 12.133, 1.08), (28, 26, 24, 22, 20, 18)
#: Where the font of titles is missing a much wider one may stand in.
_WIDER = 1.12
_EYEBROW, _TEXT = 13, 14
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_PROGRAM = "Chainmap"
_RGB: Any = RGBColor  # it says nothing of its types
_FOLDER = Path(__file__).with_name("slides")
#: Name in the package, file here, content type, and what it refers to: (type, target).
_PARTS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "ppt/presentation.xml",
        "presentation.xml",
        CT.PML_PRESENTATION_MAIN,
        ((RT.SLIDE_MASTER, "slideMasters/slideMaster1.xml"), (RT.THEME, "theme/theme1.xml")),
    ),
    (
        "ppt/slideMasters/slideMaster1.xml",
        "master.xml",
        CT.PML_SLIDE_MASTER,
        ((RT.SLIDE_LAYOUT, "../slideLayouts/slideLayout1.xml"), (RT.THEME, "../theme/theme1.xml")),
    ),
    (
        "ppt/slideLayouts/slideLayout1.xml",
        "layout.xml",
        CT.PML_SLIDE_LAYOUT,
        ((RT.SLIDE_MASTER, "../slideMasters/slideMaster1.xml"),),
    ),
    ("ppt/theme/theme1.xml", "theme.xml", CT.OFC_THEME, ()),
)
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_DECORATIVE = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


# ---- the empty deck


def new_deck() -> Any:
    """An empty presentation, 16:9, with one layout: title, a line above it, text, foot and number."""
    return Presentation(io.BytesIO(_template()))


def _template() -> bytes:
    values = {**TOKENS["light"], "drawn": PALETTES["light"].drawn}
    values = {name: colour.lstrip("#").upper() for name, colour in values.items()} | {"lang": document_language()}
    parts = {"_rels/.rels": _relations(((RT.OFFICE_DOCUMENT, "ppt/presentation.xml"),))}
    types = []
    for name, file, content_type, refers_to in _PARTS:
        text = (_FOLDER / file).read_text("utf-8")
        parts[name] = re.sub(r"\{([a-z_]+)\}", lambda found: values[found[1]], text).encode()
        types.append(f'<Override PartName="/{name}" ContentType="{content_type}"/>')
        if refers_to:
            folder, _slash, last = name.rpartition("/")
            parts[f"{folder}/_rels/{last}.rels"] = _relations(refers_to)
    defaults = (("rels", CT.OPC_RELATIONSHIPS), ("xml", CT.XML))
    types += [f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in defaults]
    parts["[Content_Types].xml"] = f'<Types xmlns="{_CONTENT_TYPES}">{"".join(types)}</Types>'.encode()
    return _zipped(parts)


def _relations(refers_to: Sequence[tuple[str, str]]) -> bytes:
    rows = [
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(refers_to, start=1)
    ]
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{"".join(rows)}</Relationships>'.encode()


# ---- one slide


def add_slide(deck: Any, *, title: str, eyebrow: str, otherwise: str = "") -> Any:
    """A slide with its title, set as large as it fits, and the small line above it. Its text is still empty.

    ``otherwise`` is the title where the first one would have to be cut.
    """
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    if text_height([title], _TITLE.width, _TITLE_SIZES[-1], wider=_WIDER) > _TITLE.height:
        title = otherwise or title
    texts, size = fitted([title], _TITLE.width, _TITLE.height, _TITLE_SIZES, wider=_WIDER)
    put_words(slide.shapes.title.text_frame, texts, size=size)
    places = {place.placeholder_format.idx: place for place in slide.placeholders}
    texts, size = fitted([eyebrow], _TITLE.width, 0.3, (12, 11))
    put_words(places[_EYEBROW].text_frame, texts, size=size)
    return slide


def text_place(slide: Any) -> Any:
    """The placeholder for the text of a slide, so that it stands in the outline too."""
    return next(place for place in slide.placeholders if place.placeholder_format.idx == _TEXT)


def put_body(slide: Any, box: Box, texts: Sequence[str], *, sizes: Sequence[int] = BODY_SIZES) -> None:
    """Paragraphs into the slide's own place for text, moved to where there is room."""
    place = text_place(slide)
    place.left, place.top, place.width, place.height = box.emu()
    kept, size = fitted([text for text in texts if text], box.width, box.height, sizes)
    put_words(place.text_frame, kept, size=size)


def put_bar(slide: Any, box: Box, colour: str) -> None:
    """A plain rectangle that says nothing the words beside it do not say; ``colour`` of the theme, or ``#rrggbb``."""
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu())
    bar.fill.solid()
    if colour.startswith("#"):
        bar.fill.fore_color.rgb = _RGB(*bytes.fromhex(colour[1:]))
    else:
        bar.fill.fore_color.theme_color = COLOURS[colour]
    bar.line.fill.background()
    bar.shadow.inherit = False
    bar.element.xpath(".//p:cNvPr")[0].append(parse_xml(_DECORATIVE))


def finish_slide(slide: Any, *, foot: Sequence[str], notes: Sequence[str]) -> None:
    """Its foot (the first words strong), number and notes; a text placeholder that stayed empty goes."""
    text = text_place(slide)
    if not text.text_frame.text:
        text.element.getparent().remove(text.element)
    shapes = slide.shapes
    for place in slide.slide_layout.placeholders:
        kind = place.placeholder_format.type
        if kind not in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
            continue
        element = deepcopy(place.element)
        shapes.element.append(element)
        shape = shapes[-1]
        element.xpath("./p:nvSpPr/p:cNvPr")[0].set("id", str(1 + max(one.shape_id for one in shapes)))
        if kind == PP_PLACEHOLDER.FOOTER:
            _put_foot(shape, foot)
    slide.notes_slide.notes_text_frame.text = "\n".join(shown(line) for line in notes if line)


def _put_foot(shape: Any, foot: Sequence[str]) -> None:
    paragraph = shape.text_frame.paragraphs[0]
    for number, words in enumerate(part for part in foot if part):
        run = paragraph.add_run()
        run.text = shown(words if number == 0 else f"   {words}")
        if number == 0:
            run.font.bold = True


def describe(shape: Any, words: str, *, name: str = "") -> None:
    """What a picture, a chart or a table shows, for those who do not see it."""
    about = shape.element.xpath(".//p:cNvPr")[0]
    about.set("descr", words)
    if name:
        about.set("name", clean_text(name, 60))


# ---- the finished bytes


def packed(deck: Any, *, title: str, subject: str, made_on: date) -> bytes:
    """The deck as a file that is the same whenever it is made from the same report."""
    about, moment = deck.core_properties, datetime.combine(made_on, time())
    about.title, about.subject = shown(title), shown(subject)
    about.author = about.last_modified_by = _PROGRAM
    about.created = about.modified = moment
    about.revision, about.language = 1, document_language()
    saved = io.BytesIO()
    deck.save(saved)
    with zipfile.ZipFile(saved) as package:
        return _zipped({name: package.read(name) for name in package.namelist()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    """The table of content types first, as the format wants it, then by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            package.writestr(entry, parts[name])
    return made.getvalue()
