"""Writes a command's result: to stdout, a file (whole or not at all) or a ConfigMap, as YAML, JSON or a table."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from generator.cli.exits import INVALID, NOT_AUTHORISED, NOT_FOUND, Stop


def write_result(text: str, where: str) -> None:
    """Write *text* to `-` (stdout), `cm://namespace/name` or a file, which is replaced only once it is complete."""
    content = text if text.endswith("\n") else text + "\n"
    if where in ("", "-"):
        sys.stdout.write(content)
        sys.stdout.flush()
    elif where.startswith("cm://"):
        from generator.load.inputs import write_config_map

        write_config_map(where, content)
        note(f"wrote {where}")
    else:
        write_file(Path(where), content.encode())
        note(f"wrote {where}")


def write_file(path: Path, content: bytes) -> None:
    """Write a file through a temporary neighbour, so that a failure leaves the old one as it was."""
    if not path.parent.is_dir():
        raise Stop(NOT_FOUND, f"{path.parent}: no such folder; create it first")
    made: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as out:
            made = Path(out.name)
            out.write(content)
        made.chmod(0o644)
        made.replace(path)
        made = None
    except PermissionError as error:
        raise Stop(NOT_AUTHORISED, f"{path}: cannot be written: {error.strerror}") from error
    except IsADirectoryError as error:
        raise Stop(INVALID, f"{path}: is a folder; name a file in it") from error
    finally:
        if made is not None:
            made.unlink(missing_ok=True)


def to_json(value: object) -> str:
    """JSON as every document of ours is written: two spaces, keys in the order given, UTF-8."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def to_yaml(value: object) -> str:
    """The same value as YAML, keys in the order given."""
    from generator.load.yamltext import dump_yaml

    return dump_yaml(value, sort_keys=False)


def formatted(value: object, form: str) -> str:
    """Return *value* as `yaml` or `json`."""
    return to_json(value) if form == "json" else to_yaml(value)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns padded to their widest cell; the head is underlined by case only, so that it pipes well."""
    lines = [tuple(h.upper() for h in head), *(tuple(r) for r in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def note(text: str) -> None:
    """Say *text* on stderr."""
    click.echo(text, err=True)


def warn(text: str) -> None:
    """Say *text* on stderr as a warning, coloured on a terminal unless NO_COLOR is set."""
    click.echo(style("warning: ", fg="yellow") + text, err=True)


def style(text: str, *, fg: str) -> str:
    """Colour *text* when stderr is a terminal and NO_COLOR is not set."""
    plain = os.environ.get("NO_COLOR") or not sys.stderr.isatty()
    return text if plain else click.style(text, fg=fg)
