"""The template environment of the pages: escaping on, nothing undefined, and the few filters templates need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from generator.engine.model import Coverage
from generator.render.icons import render_sprite, used_icons
from generator.render.words import (
    COVERAGE_MEANINGS,
    COVERAGE_WORDS,
    EVIDENCE_MEANINGS,
    EVIDENCE_WORDS,
    spell_count,
    spell_date,
    spell_expression,
    spell_list,
    spell_size,
)

FOLDER = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """The one environment, templates compiled once."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        icon=icon,
        coverage_mark=coverage_mark,
        coverage_badge=coverage_badge,
        code_block=code_block,
        copy_button=copy_button,
        COVERAGE_WORDS=COVERAGE_WORDS,
        COVERAGE_MEANINGS=COVERAGE_MEANINGS,
        EVIDENCE_WORDS=EVIDENCE_WORDS,
        EVIDENCE_MEANINGS=EVIDENCE_MEANINGS,
        Coverage=Coverage,
    )
    made.filters.update(
        count=spell_count,
        date=spell_date,
        expression=spell_expression,
        words=spell_list,
        size=spell_size,
        sum_rows=lambda phases: sum(len(rows) for _, _, rows in phases),
        json=lambda value: Markup(script_json(value)),
    )
    return made


@cache
def text_environment() -> Environment:
    """The environment of Markdown twins and text files: nothing is escaped."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals.update(environment().globals)
    made.filters.update(environment().filters)
    made.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return made


def render(template: str, context: Mapping[str, Any]) -> str:
    """Return *template* filled with *context*, the icons it draws put in front."""
    return render_all(((template, context),))


def render_all(parts: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return templates filled, one after the other, the icons all of them draw put in front once."""
    html = "".join(environment().get_template(template).render(context) for template, context in parts)
    names = used_icons(html)
    return f"{render_sprite(names)}\n{html}" if names else html


def render_text(template: str, context: Mapping[str, Any]) -> str:
    """Return a Markdown or text *template* filled; nothing is escaped for HTML."""
    return text_environment().get_template(template).render(context)


@cache
def icon(name: str, extra: str = "") -> Markup:
    """The icon called *name*, hidden from screen readers: the word beside it speaks."""
    cls = f"ic {extra}".strip()
    return Markup(f'<svg class="{cls}" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-{name}"/></svg>')


@cache
def coverage_mark(coverage: Coverage) -> Markup:
    """Coverage as a mark and its word."""
    return Markup(
        f'<span class="mark c-{coverage.value}">{icon(coverage.value)}{COVERAGE_WORDS[coverage]}</span>'
    )


@cache
def coverage_badge(coverage: Coverage) -> Markup:
    """Coverage as a tinted badge: mark and word."""
    return Markup(
        f'<span class="badge c-{coverage.value}">{icon(coverage.value)}{COVERAGE_WORDS[coverage]}</span>'
    )


def copy_button(text: str, label: str, shown: str = "Copy") -> Markup:
    """A button that copies *text*; with an empty text the code beside it is copied."""
    return Markup(
        f'<button class="copy" type="button" data-copy="{escape(text)}" aria-label="{escape(label)}">'
        f"{icon('copy', 'ic-s')}<span>{escape(shown)}</span></button>"
    )


def code_block(text: str, label: str = "command", prompt: bool = True) -> Markup:
    """A block of code with its copy button; a prompt stands before each command and is not copied."""
    marked = [f'<span class="p">$ </span>{escape(line)}' for line in text.split("\n")]
    body = "\n".join(marked) if prompt else str(escape(text))
    return Markup(f'<div class="code"><pre tabindex="0">{body}</pre>{copy_button("", f"Copy {label}")}</div>')


def script_json(value: object) -> str:
    """*value* as JSON that is safe inside a script element or an attribute's single quotes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("'", "\\u0027")
    )
