"""The theme's page with slots: rendered once, filled for every generated page of the same depth and section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from generator.render.document import PageDocument


@dataclass(frozen=True, slots=True)
class Slots:
    """The marks that stand where pages differ; no text of ours holds them."""

    title: str = "\ue000title\ue001"
    description: str = "\ue000description\ue001"
    canonical: str = "\ue000canonical\ue001"
    alternates: str = "\ue000alternates\ue001"
    body: str = "\ue000body\ue001"


SLOTS = Slots()
_SLOT = re.compile("\ue000([a-z]+)\ue001")


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell cut at its slots: `parts` are texts and, at the odd places, the names of slots."""

    parts: tuple[str, ...]

    def fill(self, page: PageDocument, site: str) -> bytes:
        """Return the whole page; *site* is the site's address, with which its canonical link begins."""
        found = {
            "title": escape(page.title),
            "description": escape(page.description),
            "canonical": escape(site + page.address),
            "alternates": _alternates(page),
            "body": page.html,
        }
        parts = [found[part] if at % 2 else part for at, part in enumerate(self.parts)]
        return "".join(parts).encode("utf-8")


def cut_shell(html: str) -> Shell:
    """Return *html* as a shell; ValueError when a slot is missing, so that a theme's change is noticed."""
    parts = tuple(_SLOT.split(html))
    missing = {"title", "description", "canonical", "alternates", "body"} - set(parts[1::2])
    if missing:
        raise ValueError(f"the theme's page has no place for {', '.join(sorted(missing))}")
    return Shell(parts)


def _alternates(page: PageDocument) -> str:
    listed = [("text/markdown", f"{page.address}index.md", "This page as Markdown"), *page.alternates]
    return "".join(
        f'<link rel=" alternate" type="{kind}" href="{escape(page.root + href)}" title="{escape(title)}">'
        for kind, href, title in listed
    )
