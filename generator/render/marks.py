"""The marks that change by the dozen at a press, as background images: the shapes of icons.py.

An inline symbol builds a tree for each mark and a mask paints each in a layer of its own; a background is painted as
it stands. Coverage is round and so drawn by gradients, in the token's colour; the verdicts' shapes are SVG images. An
image cannot take a colour from around it, so there is one for each colour scheme, and the first use of each costs a
document of its own, which the pages of the finder do without.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from generator.render.icons import SYMBOLS

# The symbols' circles in a box of 16: the outer edge is 6.3 from the middle and a ring's inner edge 4.7, each eased by
# 0.4 to either side. A mark is 0.8 rem wide, so a unit is 0.05 rem.
_DISC = "{0} 73.7%, #0000 83.7%"
_RING = "#0000 53.7%, {0} 63.7%, {0} 73.7%, #0000 83.7%"
# Each layer of a composed mark is a part of one disc: where the disc's middle is from its top, its top and its height.
_LAYERS = ((".4rem", "0", ".265rem"), (".065rem", ".335rem", ".13rem"), ("-.135rem", ".535rem", ".265rem"))
COVERAGE = {
    "exact": f"radial-gradient(closest-side, {_DISC})",
    "composed": ", ".join(
        f"radial-gradient(circle at .4rem {middle}, {{0}} .295rem, #0000 .335rem) 0 {top} / 100% {height} no-repeat"
        for middle, top, height in _LAYERS
    ),
    "partial": f"radial-gradient(circle farthest-side at 100% 50%, {_DISC}) 0 0 / 50% 100% no-repeat, "
    f"radial-gradient(closest-side, {_RING})",
    "unsupported": f"radial-gradient(closest-side, {_RING})",
}
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
    coverage = (
        f".m.c-{name} {{ background: {drawn.format(f'var(--mx-{name})')}; }}\n"
        for name, drawn in COVERAGE.items()
    )
    verdicts = (
        f'[data-md-color-scheme="{scheme}"] .vc.v-{name} '
        f"{{ background-image: {_image(name, colour, colours[scheme])}; }}\n"
        for scheme in SCHEMES
        for name, colour in VERDICTS.items()
    )
    return "".join((*coverage, *verdicts))


def _colours_of(tokens: str, scheme: str) -> dict[str, str]:
    """The colours by token, as the scheme's own block has them."""
    found = re.search(rf'\[data-md-color-scheme="{scheme}"\]\s*\{{([^}}]*)\}}', tokens)
    if not found:
        raise KeyError(scheme)
    colours = dict(_TOKEN.findall(found[1]))
    for (
        name
    ) in COVERAGE:  # the gradients name tokens, which the browser would pass over where nobody sets them
        if f"--mx-{name}" not in colours:
            raise KeyError(f"--mx-{name}")
    return colours


def _image(symbol: str, colour: str, colours: dict[str, str]) -> str:
    """The symbol in its colour as a CSS image; what it cuts out shows the page's background."""
    drawn = SYMBOLS[symbol].replace("currentColor", colours[f"--mx-{colour}"])
    drawn = _NAMED.sub(lambda named: colours[named[1]], drawn)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{drawn}</svg>'.replace('"', "'")
    return f'url("data:image/svg+xml,{quote(svg, safe=_PLAIN)}")'
