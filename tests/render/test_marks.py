"""The marks as backgrounds: coverage in its token's colour, each verdict in every scheme and of the sprite's shapes."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from generator.render.marks import COVERAGE, SCHEMES, VERDICTS, render_marks

TOKENS = (Path(__file__).parents[2] / "site_src/styles/tokens.css").read_text(encoding="utf-8")
RULE = re.compile(
    r'\[data-md-color-scheme="(\w+)"\] (\S+) \{ background-image: url\("data:image/svg\+xml,(.*)"\); \}'
)


def test_every_verdict_has_an_image_in_every_scheme() -> None:
    found = [(scheme, selector) for scheme, selector, _ in RULE.findall(render_marks(TOKENS))]
    assert found == [(scheme, f".vc.v-{name}") for scheme in SCHEMES for name in VERDICTS]


def test_every_coverage_is_drawn_in_its_own_token_alone() -> None:
    found = dict(re.findall(r"^\.m\.c-(\w+) \{ background: (.*); \}$", render_marks(TOKENS), re.MULTILINE))
    assert list(found) == list(COVERAGE)
    for name, drawn in found.items():
        assert set(re.findall(r"var\((--[a-z-]+)\)", drawn)) == {f"--mx-{name}"}
        assert "{" not in drawn


def test_an_image_is_an_svg_in_colours_of_its_scheme_alone() -> None:
    for scheme, _, image in RULE.findall(render_marks(TOKENS)):
        svg = unquote(image)
        ElementTree.fromstring(svg)
        block = re.search(rf'\[data-md-color-scheme="{scheme}"\] {{([^}}]*)}}', TOKENS)
        assert block is not None
        assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= set(re.findall(r"#[0-9a-f]{6}", block[1]))
        assert "currentColor" not in svg and "var(" not in svg


@pytest.mark.parametrize("colour", [*(f"--mx-{name}" for name in COVERAGE), "--mx-fail"])
@pytest.mark.parametrize("scheme", range(len(SCHEMES)))
def test_a_colour_that_a_scheme_does_not_name_is_an_error(colour: str, scheme: int) -> None:
    parts = TOKENS.split(f"{colour}:")
    without = f"{colour}:".join(parts[: scheme + 1]) + "--mx-other:" + f"{colour}:".join(parts[scheme + 1 :])
    with pytest.raises(KeyError, match=colour):
        render_marks(without)
