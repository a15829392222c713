"""The marks that change by the dozen at a press, as background images: the shapes of icons.py in each scheme's colour.

An inline symbol builds a tree for each mark and a mask paints each in a layer of its own; a background is painted as
it stands. A background cannot take the colour of the text around it, so there is one for each colour scheme.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from generator.render.icons import SYMBOLS

COVERAGE = ("exact", "composed", "partial", "unsupported")
VERDICTS = {"pass": "exact", "fail": "fail", "warn": "partial", "unknown": "unknown", "na": "unsupported"}
SCHEMES = ("default", "slate")

_TOKEN = re.compile(r"(--[a-z-]+):\s*(#[0-9a-f]{6})\b")
_PLAIN = " ='/:;,.-+()"  # what stands unescaped in a data address
_NAMED = re.compile(r"var\((--[a-z-]+)\)")


def render_marks(tokens: str) -> str:
    """The rules for `.m.c-<coverage>` and `.vc.v-<verdict>`; *tokens* is the stylesheet that names the colours.

    Raises KeyError for a scheme or a colour that *tokens* does not have.
    """
    colours = {scheme: _colours_of(tokens, scheme) for scheme in SCHEMES}
    marked = [(f".m.c-{name}", name, name) for name in COVERAGE]
    marked += [(f".vc.v-{name}", name, colour) for name, colour in VERDICTS.items()]
    rules = (
        (f'[data-md-color-scheme="{scheme}"] {selector}', _image(symbol, colour, colours[scheme]))
        for scheme in SCHEMES
        for selector, symbol, colour in marked
    )
    return "".join(f"{selector} {{ background-image: {image}; }}\n" for selector, image in rules)


def _colours_of(tokens: str, scheme: str) -> dict[str, str]:
    """The colours by token, as the scheme's own block has them."""
    found = re.search(rf'\[data-md-color-scheme="{scheme}"\]\s*\{{([^}}]*)\}}', tokens)
    if not found:
        raise KeyError(scheme)
    return dict(_TOKEN.findall(found[1]))


def _image(symbol: str, colour: str, colours: dict[str, str]) -> str:
    """The symbol in its colour as a CSS image; what it cuts out shows the page's background."""
    drawn = SYMBOLS[symbol].replace("currentColor", colours[f"--mx-{colour}"])
    drawn = _NAMED.sub(lambda named: colours[named[1]], drawn)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{drawn}</svg>'.replace('"', "'")
    return f'url("data:image/svg+xml,{quote(svg, safe=_PLAIN)}")'
