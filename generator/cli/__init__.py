"""The command line, one of the two edges that write."""

from generator.cli.app import main

__all__ = ["main"]
