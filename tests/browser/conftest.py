"""A real Chromium on the built site: a console error or a request to elsewhere fails the test that met it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.find_browser import FLAGS, find_browser

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def built_site(request: pytest.FixtureRequest) -> Path:
    """The site under test: the folder AICR_SITE names, else the one that `make test` built."""
    named = os.environ.get("AICR_SITE")
    if named:
        return Path(named)
    return Path(request.getfixturevalue("built_site"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests; its absence is a failure in CI and told elsewhere."""
    executable = find_browser()
    if executable is None:
        told = "no Chromium here: install one, or set AICR_BROWSER"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(executable), args=list(FLAGS))
        yield running
        running.close()


class Watch:
    """What a page said and asked for that it must not."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.complaints: list[str] = []
        self.requests: list[tuple[str, str, str]] = []
        self.origin = origin
        context.on(
            "request", lambda request: self._requested(request.method, request.url, request.post_data or "")
        )
        context.on("page", self._opened)

    def _opened(self, page: Page) -> None:
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"console {kind}: {text}")

    def _requested(self, method: str, url: str, body: str) -> None:
        self.requests.append((method, url, body))
        if not url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.complaints.append(f"request to {url}")


@pytest.fixture
def open_page(browser: Browser, site_address: str, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Open an address of the site, or a file:// one, at desktop size unless told; complaints fail the test."""
    contexts: list[tuple[BrowserContext, Watch]] = []

    def open_at(address: str, *, phone: bool = False, dark: bool = False, wait: str = "load") -> Page:
        local = address.startswith("file:")
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            reduced_motion="reduce",
        )
        watch = Watch(context, "file://" if local else site_address)
        contexts.append((context, watch))
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(address if local else f"{site_address}/{address}", wait_until=wait)  # type: ignore[arg-type]
        page.watch = watch  # type: ignore[attr-defined]
        return page

    yield open_at
    complaints = [complaint for _, watch in contexts for complaint in watch.complaints]
    for context, _ in contexts:
        context.close()
    assert not complaints
