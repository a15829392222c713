"""`completion`: prints the script a shell evaluates to complete verbs, options and criteria values."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    Examples:
      eval "$(aicr-matrix completion bash)"
      aicr-matrix completion fish > ~/.config/fish/completions/aicr-matrix.fish
    """
    from generator.cli.app import app

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(app, {}, "aicr-matrix", "_AICR_MATRIX_COMPLETE").source())
