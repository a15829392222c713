"""A rendered page before it is put into the shell: address, words for the head, body, and its Markdown twin."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PageDocument:
    """`address` is a folder relative to the site's root, with a closing slash; empty for the home page.

    `tab` names the section of the navigation the page belongs to; `scripts` are built scripts it needs beside the
    common one; `alternates` are (type, address, title) of other forms; `search` is the one entry of the index.
    """

    address: str
    title: str
    description: str
    tab: str
    html: str = field(repr=False)
    markdown: str = field(repr=False)
    search: str
    scripts: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str, str], ...] = ()
    indexed: bool = True  # False: not worth a place in sitemap and search

    @property
    def root(self) -> str:
        """The way from the page back to the site's root: `../../`."""
        return "../" * self.address.count("/")


def root_of(address: str) -> str:
    """The way from a page at *address* back to the site's root, `./` for the root itself."""
    return "../" * address.count("/") or "./"
