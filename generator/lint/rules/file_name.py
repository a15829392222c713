"""An overlay or mixin whose file is called something else."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each overlay and mixin whose file name is not its name."""
    for overlay in examined.files:
        stem = overlay.place.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if stem != overlay.name:
            yield Told(
                overlay.place,
                f"the file {stem} holds the {overlay.kind} {overlay.name}",
                f"rename the file to {overlay.name}.yaml or the {overlay.kind} to {stem}",
            )


RULE = Rule(
    "file-name",
    "any",
    "A file is named like the overlay or mixin it holds.",
    "Whoever reads a name in a recipe's history finds its file without searching.",
    check,
)
