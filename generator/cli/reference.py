"""The command line's reference as a Markdown page, written from the commands themselves."""

from __future__ import annotations

import inspect

import click

from generator.cli.app import VERBS, app

HEAD = """# Command line

Written from the program's own help. Results go to stdout, messages to stderr; colour obeys `NO_COLOR`.

| code | meaning |
|---|---|
| 0 | ok |
| 1 | unexpected |
| 2 | invalid input, anything wrong in catalog files included |
| 3 | a recipe, component, file or ConfigMap that was asked for is absent |
| 4 | not authorised |
| 5 | timeout |
| 6 | unavailable, or nothing could be read |
| 8 | findings: failed checks, drift, lint findings, a bundle that does not verify |

Where a file is read, `-`, an http(s) address and `cm://namespace/name` do as well.
Completion: `eval "$(aicr-matrix completion bash)"`.
"""


def reference_markdown() -> str:
    """The page: every verb with its usage, options and examples."""
    context = click.Context(app, info_name="aicr-matrix")
    return HEAD + "".join(_section(verb, context) for verb in VERBS)


def _section(verb: str, parent: click.Context) -> str:
    command = app.get_command(parent, verb)
    assert command is not None
    context = click.Context(command, info_name=verb, parent=parent)
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\nExamples:\n")
    usage = " ".join(["aicr-matrix", verb, *command.collect_usage_pieces(context)])
    parts = [f"\n## {verb}\n", f"{text.strip()}\n", f"```text\n{usage}\n```\n"]
    rows = [_row(p) for p in command.get_params(context) if isinstance(p, click.Option) and not p.hidden]
    rows = [row for row in rows if row]
    if rows:
        parts.append("| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
    if examples.strip():
        parts.append(f"```text\n{inspect.cleandoc(examples)}\n```\n")
    return "\n".join(parts)


def _row(option: click.Option) -> str:
    if "--help" in option.opts:
        return ""
    names = ", ".join(f"`{n}`" for n in (*option.opts, *option.secondary_opts))
    accepted = ""
    if isinstance(option.type, click.Choice):
        accepted = " One of " + ", ".join(f"`{c}`" for c in option.type.choices) + "."
    default = f" Default: `{option.default}`." if option.show_default and option.default is not None else ""
    return f"| {names} | {(option.help or '').replace('|', chr(92) + '|')}{accepted}{default} |"


__all__ = ["reference_markdown"]
