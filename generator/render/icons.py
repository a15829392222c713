"""The icons as one inline sprite: a page carries only the symbols it draws, so nothing is fetched."""

from __future__ import annotations

import re

# 16 x 16 each. Coverage is round, verdicts are cut in other shapes; colour comes from the text around them.
SYMBOLS = {
    "exact": ('<circle cx="8" cy="8" r="6.3" fill="currentColor"/>'),
    "composed": (
        '<path fill="currentColor" d="M2.4 5.3A6.3 6.3 0 0 1 13.6 5.3ZM1.9 6.7h12.2a6.3 6.3 0 0 1 0 '
        '2.6H1.9a6.3 6.3 0 0 1 0-2.6ZM2.4 10.7A6.3 6.3 0 0 0 13.6 10.7Z"/>'
    ),
    "partial": (
        '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path fill="currentColor" d="M8 2.5a5.5 5.5 0 0 0 0 11Z"/>'
    ),
    "unsupported": ('<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.6"/>'),
    "pass": (
        '<rect x="1.5" y="1.5" width="13" height="13" rx="3.2" fill="currentColor"/>'
        '<path d="m4.6 8.2 2.4 2.4 4.4-5" fill="none" stroke="var(--md-default-bg-color)" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "fail": (
        '<path fill="currentColor" d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z"/>'
        '<path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" stroke="var(--md-default-bg-color)" stroke-width="1.8" '
        'stroke-linecap="round"/>'
    ),
    "warn": (
        '<path fill="currentColor" d="M8 1.2 15.4 14.4H.6Z" stroke="currentColor" stroke-width="1" '
        'stroke-linejoin="round"/>'
        '<path d="M8 6v4" stroke="var(--md-default-bg-color)" stroke-width="1.7" stroke-linecap="round"/>'
        '<circle cx="8" cy="12.3" r="1" fill="var(--md-default-bg-color)"/>'
    ),
    "unknown": (
        '<path d="M8 1.3 14.7 8 8 14.7 1.3 8Z" fill="none" stroke="currentColor" stroke-width="1.4" '
        'stroke-linejoin="round"/>'
        '<path d="M6.3 6.7a1.75 1.75 0 1 1 2.5 1.55c-.5.25-.8.6-.8 1.1" fill="none" '
        'stroke="currentColor" stroke-width="1.3" stroke-linecap="round"/>'
        '<circle cx="8" cy="11" r=".8" fill="currentColor"/>'
    ),
    "na": ('<path d="M3 8h10" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/>'),
    "tick": (
        '<path d="m3 8.5 3.2 3.2L13 4.6" fill="none" stroke="currentColor" stroke-width="1.7" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "down2": (
        '<path d="m3.5 6 4.5 4.5L12.5 6" fill="none" stroke="currentColor" stroke-width="1.6" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "shield": (
        '<path d="M8 1.5 13.5 3.6v4c0 3.4-2.3 5.7-5.5 6.9-3.2-1.2-5.5-3.5-5.5-6.9v-4Z" fill="none" '
        'stroke="currentColor" stroke-width="1.3" stroke-linejoin="round"/>'
        '<path d="m5.6 8 1.8 1.8L10.6 6.4" fill="none" stroke="currentColor" stroke-width="1.3" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "info": (
        '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/>'
        '<path d="M8 7.3v3.7" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>'
        '<circle cx="8" cy="5" r=".9" fill="currentColor"/>'
    ),
    "search": (
        '<circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<path d="m10.5 10.5 3.5 3.5" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>'
    ),
    "copy": (
        '<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" fill="none" stroke="currentColor" '
        'stroke-width="1.3"/>'
        '<path d="M10.5 3.5v-1h-8v8h1" fill="none" stroke="currentColor" stroke-width="1.3" '
        'stroke-linejoin="round"/>'
    ),
    "down": (
        '<path d="M8 2v8m-3.2-3L8 10.2 11.2 7M2.5 13.5h11" fill="none" stroke="currentColor" '
        'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "link": (
        '<path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.9.9M9.3 6.7a2.6 2.6 0 0 '
        '0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.9-.9" fill="none" stroke="currentColor" stroke-width="1.4" '
        'stroke-linecap="round"/>'
    ),
    "clock": (
        '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/>'
        '<path d="M8 4.6V8l2.3 1.6" fill="none" stroke="currentColor" stroke-width="1.4" '
        'stroke-linecap="round"/>'
    ),
    "lock": (
        '<rect x="3" y="7" width="10" height="7" rx="1.5" fill="none" stroke="currentColor" '
        'stroke-width="1.4"/>'
        '<path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    ),
    "file": (
        '<path d="M3.5 1.7h5.7l3.3 3.3v9.3h-9ZM9 1.9V5.2h3.3" fill="none" stroke="currentColor" '
        'stroke-width="1.3" stroke-linejoin="round"/>'
    ),
    "sun": (
        '<circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.4"/>'
        '<path d="M8 1.2v1.6m0 10.4v1.6M1.2 8h1.6m10.4 0h1.6M3.2 3.2l1.1 1.1m7.4 7.4 1.1 1.1m0-9.6-1.1 '
        '1.1m-7.4 7.4-1.1 1.1" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>'
    ),
    "menu": (
        '<path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>'
    ),
    "right": (
        '<path d="M3 8h9.5M9 4.3 12.7 8 9 11.7" fill="none" stroke="currentColor" stroke-width="1.5" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "grid": (
        '<path d="M2 2h5v5H2ZM9 2h5v5H9ZM2 9h5v5H2ZM9 9h5v5H9Z" fill="none" stroke="currentColor" '
        'stroke-width="1.3"/>'
    ),
    "rows": ('<path d="M2 3.5h12M2 8h12M2 12.5h12" stroke="currentColor" stroke-width="1.4"/>'),
    "node": (
        '<rect x="1.8" y="2.5" width="12.4" height="4.6" rx="1" fill="none" stroke="currentColor" '
        'stroke-width="1.3"/>'
        '<rect x="1.8" y="8.9" width="12.4" height="4.6" rx="1" fill="none" stroke="currentColor" '
        'stroke-width="1.3"/>'
        '<path d="M4.2 4.8h.1m-.1 6.4h.1" stroke="currentColor" stroke-width="1.6" '
        'stroke-linecap="round"/>'
    ),
    "edit": (
        '<path d="m3 13 .6-2.8L11 2.8l2.2 2.2L5.8 12.4Z" fill="none" stroke="currentColor" '
        'stroke-width="1.3" stroke-linejoin="round"/>'
    ),
    "drop": (
        '<path d="M8 10V2.5M4.8 5.5 8 2.3l3.2 3.2M2 9.5v4h12v-4" fill="none" stroke="currentColor" '
        'stroke-width="1.1" stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "logo": (
        '<rect x="1" y="1" width="14" height="14" rx="3" fill="var(--md-accent-fg-color)"/>'
        '<g fill="var(--mx-accent-on)"><circle cx="5" cy="5" r="1.5"/><circle cx="11" cy="5" r="1.5" '
        'opacity=".45"/><circle cx="5" cy="11" r="1.5" opacity=".45"/><circle cx="11" cy="11" '
        'r="1.5"/></g>'
    ),
}

_USED = re.compile(r'href="#i-([a-z0-9-]+)"')


def used_icons(html: str) -> tuple[str, ...]:
    """The names of the symbols *html* refers to, sorted."""
    return tuple(sorted(set(_USED.findall(html))))


def render_sprite(names: tuple[str, ...]) -> str:
    """An invisible svg that defines the symbols called *names*; KeyError for a name that does not exist."""
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 16 16">{SYMBOLS[name]}</symbol>' for name in names)
    return f'<svg class="sprite" aria-hidden="true">{symbols}</svg>'
