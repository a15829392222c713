"""A strict reading of a page: nesting, required attributes, references within the page, and its links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    # of svg, where they close themselves
    "path", "rect", "circle", "line", "use",
}  # fmt: skip
# What may not stand inside what: the mistakes a template makes.
FORBIDDEN = {
    "a": {"a", "button"},
    "button": {"a", "button"},
    "p": {"div", "p", "ul", "ol", "table", "section", "h1", "h2", "h3", "dl", "pre"},
    "ul": {"div", "p", "section"},
    "ol": {"div", "p", "section"},
    "tr": {"div", "p", "tr"},
}


@dataclass
class PageFacts:
    """What a page holds, for checks over pages."""

    problems: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    links: list[tuple[str, str]] = field(default_factory=list)  # (attribute, address)
    fragments: set[str] = field(default_factory=set)
    title: str = ""
    canonical: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.facts = PageFacts()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        line = self.getpos()[0]
        if len(given) != len(attrs):
            self.facts.problems.append(f"{line}: <{tag}> has an attribute twice")
        if self.open and tag in FORBIDDEN.get(self.open[-1], ()):
            self.facts.problems.append(f"{line}: <{tag}> in <{self.open[-1]}>")
        if tag == "a" and "a" in self.open:
            self.facts.problems.append(f"{line}: a link in a link")
        name = given.get("id")
        if name is not None:
            if name in self.facts.ids:
                self.facts.problems.append(f"{line}: id {name} twice")
            self.facts.ids.add(name)
        if tag == "img" and "alt" not in given:
            self.facts.problems.append(f"{line}: <img> without alt")
        for attribute in ("href", "src"):
            address = given.get(attribute)
            if address is None:
                continue
            if address.startswith("#"):
                self.facts.fragments.add(address[1:])
            elif tag == "link" and given.get("rel") == "canonical":
                self.facts.canonical = address
            else:
                self.facts.links.append((attribute, address))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.facts.problems.append(f"{self.getpos()[0]}: </{tag}> closes {self.open[-1:] or 'nothing'}")
            while self.open and self.open[-1] != tag:
                self.open.pop()
        if self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.facts.title += data


def read_page(html: str) -> PageFacts:
    """Return the facts of a page; its problems name the line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    facts = reader.facts
    if reader.open:
        facts.problems.append(f"never closed: {reader.open}")
    if not facts.title.strip():
        facts.problems.append("no title")
    facts.problems += [
        f"#{name} leads nowhere" for name in sorted(facts.fragments - facts.ids - {"", "__top"})
    ]
    return facts
