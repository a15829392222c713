"""`snapshot`: runs the collector, the same one the site publishes as one file."""

from __future__ import annotations

import click


@click.command("snapshot", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def snapshot_command(arguments: tuple[str, ...]) -> int:
    """Collect a snapshot of this machine and its cluster (`snapshot --help` lists the collector's options)."""
    import collector

    return int(collector.main(list(arguments)))
