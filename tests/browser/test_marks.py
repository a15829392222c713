"""The coverage marks of the facets, painted: the shapes they have in the sprite, in either scheme."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.render.icons import SYMBOLS
from generator.render.marks import COVERAGE, SCHEMES, render_marks

pytestmark = pytest.mark.browser

TOKENS = (Path(__file__).parents[2] / "site_src/styles/tokens.css").read_text(encoding="utf-8")
UNLIKE = """async ([one, other]) => {
  const pixels = async text => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height).data;
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  let unlike = 0;
  for (let i = 0; i < a.length; i += 4) if ([0, 1, 2].some(c => Math.abs(a[i + c] - b[i + c]) > 100)) unlike++;
  return unlike / (a.length / 4);
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", COVERAGE)
def test_a_mark_has_the_shape_of_its_symbol(browser: Browser, name: str, scheme: str) -> None:
    page = browser.new_page()
    page.set_content(
        f"""<style>{TOKENS}{render_marks(TOKENS)}
        html {{ font-size: 200px }} body {{ background: var(--md-default-bg-color); color: var(--mx-{name}) }}
        body > * {{ display: block; width: .8rem; height: .8rem; margin: 20px }}</style>
        <body data-md-color-scheme="{scheme}"><i class="m c-{name}"></i>
        <svg viewBox="0 0 16 16">{SYMBOLS[name]}</svg></body>"""
    )
    painted = [
        base64.b64encode(page.locator(each).screenshot()).decode() for each in ("body > .m", "body > svg")
    ]
    # What differs are the edges, which a mark eases and a symbol cuts.
    assert page.evaluate(UNLIKE, painted) < 0.04
    page.locator("body > .m").evaluate("e => { e.style.background = 'none' }")
    bare = base64.b64encode(page.locator("body > .m").screenshot()).decode()
    assert page.evaluate(UNLIKE, [painted[1], bare]) > 0.1  # no mark at all would be noticed
    page.close()
