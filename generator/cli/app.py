"""The `aicr-matrix` command: its verbs, loaded when used, and the one place where errors become exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from generator import __version__
from generator.cli.exits import FINDINGS, INVALID, NOT_FOUND, UNAVAILABLE, UNEXPECTED, Stop

# verb -> module of generator.cli that holds it; a verb's module is imported only when it runs.
VERBS = {
    "recipe": "recipes",
    "query": "recipes",
    "explain": "recipes",
    "list": "recipes",
    "matrix": "recipes",
    "diff": "compare",
    "lint": "linting",
    "validate": "validating",
    "validate-constraint": "validating",
    "bundle": "bundling",
    "verify": "inspecting",
    "rebuild-check": "inspecting",
    "images": "inspecting",
    "snapshot": "collecting",
    "build": "site",
    "serve": "site",
    "completion": "completing",
}


class Verbs(click.Group):
    """A group whose commands are imported on use, so that `--help` and completion stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order of a first use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module and return its command."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"generator.cli.{VERBS[cmd_name]}")
        command = getattr(module, cmd_name.replace("-", "_") + "_command")
        assert isinstance(command, click.Command)
        return command


@click.command(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 ok, 1 unexpected, 2 invalid input, 3 not found, 4 not authorised, 5 timeout, "
    "6 unavailable, 8 findings.",
)
@click.version_option(__version__, "--version", message="%(prog)s %(version)s")
def app() -> None:
    """Resolve GPU Kubernetes recipes, explain them, bundle them, and check clusters against them.

    \b
    Examples:
      aicr-matrix recipe --service eks --accelerator h100 --intent training --os ubuntu
      aicr-matrix snapshot -o snapshot.yaml && aicr-matrix validate --snapshot snapshot.yaml --all
      aicr-matrix build
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every expected failure ends as one message on stderr and its documented code."""
    sys.exit(run(list(arguments) if arguments is not None else None))


def run(arguments: list[str] | None) -> int:
    """Run and return the exit code."""
    from generator.load.problems import ProblemsFound

    try:
        code = app.main(arguments, prog_name="aicr-matrix", standalone_mode=False)
        return int(code or 0)
    except Stop as stop:
        if stop.text:
            click.echo(stop.text, err=True)
        return stop.code
    except ProblemsFound as found:
        for problem in found.problems:
            click.echo(str(problem), err=True)
        click.echo(_count(len(found.problems), "problem"), err=True)
        return INVALID
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return INVALID
    except click.UsageError as error:
        error.show()
        return INVALID
    except click.ClickException as error:
        error.show()
        return INVALID
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`): not an error, and nothing more can be said on stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FileNotFoundError as error:
        click.echo(f"{error.filename}: no such file", err=True)
        return NOT_FOUND
    except OSError as error:
        return _os_error(error)


def _os_error(error: OSError) -> int:
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        click.echo(str(error), err=True)
        return code
    name = f"{error.filename}: " if error.filename else ""
    click.echo(f"{name}{error.strerror or error}", err=True)
    return UNAVAILABLE if error.errno else UNEXPECTED


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


__all__ = ["FINDINGS", "app", "main", "run"]
