"""The templates of the deployers, and the filters that quote what they print."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path

import jinja2

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#])")


def _shell(text: str) -> str:
    """One shell word, always in quotes."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _shell_list(texts: Iterable[str]) -> str:
    return " ".join(_shell(text) for text in texts)


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """Text that may stand between backticks in a table."""
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")


@functools.cache
def _environment() -> jinja2.Environment:
    # Shell and Go use the usual delimiters themselves: `${#list[@]}`, `{{ .Values }}`.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        block_start_string="%{",
        block_end_string="}%",
        variable_start_string="@{",
        variable_end_string="}@",
        comment_start_string="@#",
        comment_end_string="#@",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # shell and Markdown; what is printed goes through the filters below
    )
    environment.filters.update(sh=_shell, shlist=_shell_list, md=_markdown, code=_code)
    return environment


def render(template: str, /, **names: object) -> str:
    """The text of *template*; a name it asks for and is not given is an error."""
    return _environment().get_template(template).render(**names)
