"""Any text inside XML 1.0: escaped, without the few characters that no XML file can hold.

What goes are control characters, halves of surrogate pairs and the two non-characters of the first plane; a control
character that is white space becomes a space. So a name read back from XML and cleaned as the import cleans names is
the name that was written, cleaned the same way.
"""

from __future__ import annotations

import re

#: XML 1.0, section 2.2: everything but these is a character.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Nearly every text is written as it is; a look for these costs a tenth of replacing them.
_SPECIAL = re.compile('[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]')
#: The end of a line is read as "\n" whatever it was, so that "\r" needs a reference; ">" for "]]>".
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
#: White space in an attribute is read as a space unless it is a reference.
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def possible(text: str) -> str:
    """``text`` with nothing in it that XML cannot hold.

    >>> possible("a\\x00b\\x0bc\\ud800")
    'ab c'
    """
    return _IMPOSSIBLE.sub(lambda found: " " if found[0].isspace() else "", text)


def xml_text(text: str) -> str:
    """``text`` as the content of an element.

    >>> xml_text("a]]> & <b>")
    'a]]&gt; &amp; &lt;b&gt;'
    """
    return possible(text).translate(_IN_TEXT) if _SPECIAL.search(text) else text


def xml_attribute(text: str) -> str:
    """``text`` as the value of an attribute in double quotes.

    >>> xml_attribute('say "hi"\\n')
    'say &quot;hi&quot;&#10;'
    """
    return possible(text).translate(_IN_ATTRIBUTE) if _SPECIAL.search(text) else text
