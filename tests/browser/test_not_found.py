"""The page for what is not there, behind a server that answers 404 with it, as static hosts do."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


class _Host(SimpleHTTPRequestHandler):
    """Answers a missing file with the site's own page and the status 404."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_file() or (path / "index.html").is_file():
            return super().send_head()
        page = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        return BytesIO(page)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # a page asks for many files at once; the default refuses some of them


@pytest.fixture
def host(built_site: Path) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), partial(_Host, directory=str(built_site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# What our loader and the theme's say of a request that the redirect broke off.
BROKEN_OFF = re.compile("did not load|^Network error$")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may neither throw nor meet its policy; what the redirect leaves half loaded is no complaint."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on(
        "pageerror",
        lambda error: complaints.append(str(error)) if not BROKEN_OFF.search(str(error)) else None,
    )
    page.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield page
    context.close()
    assert not complaints


@pytest.mark.parametrize("address", ["no-such-page/", "recipes/nowhere/h100-ubuntu/training/"])
def test_an_unknown_address_is_told_and_styled(page: Page, host: str, address: str) -> None:
    answer = page.goto(f"{host}/{address}")
    assert answer is not None and answer.status == 404
    assert page.url == f"{host}/{address}"
    assert page.locator("h1").inner_text() == "No page at this address"
    assert page.evaluate("getComputedStyle(document.querySelector('#find')).display") != "inline"
    page.locator("#find").click()
    page.wait_for_url(f"{host}/")


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("recipes/oke/l40-cos/training-slurm/", "service=oke&accelerator=l40&os=cos&intent=training&platform=slurm"),
        ("recipes/any/l40-any/training-slurm/", "accelerator=l40&intent=training&platform=slurm"),
        ("recipes/EKS/H100-Ubuntu/training/", "service=eks&accelerator=h100&os=ubuntu&intent=training"),
        ("recipes/aws-eks/rtx-pro-6000-blackwell-oracle-linux/serving/",
         "service=eks&accelerator=rtx-pro-6000&os=ol&intent=inference"),
        ("recipes/eks/h100-ubuntu/", "service=eks&accelerator=h100&os=ubuntu"),
        ("recipes/gke/h100/train/index.html", "service=gke&accelerator=h100&intent=training"),
        ("recipes/vanilla/a100-any/any/", "accelerator=a100"),
    ],
)  # fmt: skip
def test_a_combination_without_a_page_is_answered_by_the_finder(
    page: Page, host: str, built_site: Path, address: str, query: str
) -> None:
    assert not (built_site / address / "index.html").exists()
    page.goto(f"{host}/{address}")
    page.wait_for_url(f"{host}/?*")
    asked = dict(pair.split("=") for pair in page.url.partition("?")[2].split("&"))
    assert asked == dict(pair.split("=") for pair in query.split("&"))


def test_a_criteria_value_in_other_words_is_led_to_its_page(page: Page, host: str) -> None:
    page.goto(f"{host}/criteria/accelerator/NVIDIA-H100/")
    page.wait_for_url(f"{host}/criteria/accelerator/h100/")


@pytest.mark.parametrize(
    ("address", "head", "link"),
    [
        ("recipes/", "Recipes by service", "recipes/gke/"),
        ("recipes/gke/", "Recipes for Google Kubernetes Engine", "recipes/gke/h100-cos/training/"),
        ("criteria/accelerator/", "Accelerator", "criteria/accelerator/h100/"),
    ],
)
def test_an_address_cut_short_says_what_lies_there(
    page: Page, host: str, address: str, head: str, link: str
) -> None:
    answer = page.goto(f"{host}/{address}")
    assert answer is not None and answer.status == 200
    assert page.locator("h1").inner_text() == head
    links = page.locator("table a").evaluate_all("links => links.map(a => new URL(a.href).pathname)")
    assert f"/{link}" in links
