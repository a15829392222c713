"""A values file or manifest that a component names and the catalog lacks, or holds and nobody names."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.model import Place
from generator.engine.problems import suggest
from generator.lint.examined import Examined, Rule, Told, strings

_LISTS = ("manifestFiles", "preManifestFiles")


def check(examined: Examined) -> Iterator[Told]:
    """Yield files named in vain, then files under components/ that no component names."""
    catalog = examined.catalog
    present = set(catalog.values) | set(catalog.manifests)
    named: set[str] = set()
    for overlay in examined.files:
        for component in overlay.components:
            values = str(component.fields.get("valuesFile") or "")
            files = [(("valuesFile",), values)] if values else []
            for field in _LISTS:
                items = strings(component.fields.get(field))
                files += [((field, str(index)), path) for index, path in enumerate(items)]  # type: ignore[misc]
            for path, file in files:
                named.add(file)
                if file not in present:
                    yield Told(
                        component.tree.place(path),
                        f"{component.name} names the file {file}, which does not exist",
                        _advice(component.name, file, present),
                    )
    # A component's values.yaml lies beneath whichever of its values files is named.
    named |= {
        f"components/{c.name}/values.yaml"
        for o in examined.files
        for c in o.components
        if c.fields.get("valuesFile")
    }
    for file in sorted(present - named):
        yield Told(Place(file, 1), f"the file {file} is named by no component", "name it or delete it")


def _advice(component: str, file: str, present: set[str]) -> str:
    """The nearest file of the component itself: another component's would never be meant."""
    near = suggest(file, {path for path in present if path.startswith(f"components/{component}/")})
    return near if near.startswith("did") else "add it"


RULE = Rule(
    "missing-file",
    "any",
    "Every values file and manifest a component names exists, and every one that exists is named.",
    "A missing file stops a deployment half way; an unnamed one is a setting nobody gets.",
    check,
)
