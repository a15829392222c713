"""What an air-gapped cluster needs: the charts of a recipe, the images that can be known, and what cannot."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from generator.bundle.model import BundlePlan, Chart, Manifest, PlannedComponent, Supplies

_IMAGE = re.compile(
    r"(?=.{3,512}$)[a-z0-9][a-z0-9._-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?",
    re.ASCII,
)
_MANIFEST_IMAGE = re.compile(r"^[\s-]*image:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_MANIFEST_VERSION = re.compile(r"^\s*version:\s*[\"']?([^\s\"'#]+)")


def find_supplies(plan: BundlePlan) -> Supplies:
    """What deploying *plan* fetches, as far as values and manifests say it."""
    return plan.supplies


def supplies_of(components: Iterable[PlannedComponent]) -> Supplies:
    """What deploying *components* fetches."""
    charts, sources, unknown = [], [], []
    images: set[str] = set()
    for component in components:
        images.update(component.images)
        if component.has_chart:
            charts.append(chart_of(component))
            unknown.append(f"{component.name}: images the chart names by itself are not listed")
        elif component.kind == "kustomize":
            sources.append(component.reference)
            unknown.append(f"{component.name}: images of the kustomization are not listed")
    return Supplies(tuple(sorted(charts)), tuple(sorted(sources)), tuple(sorted(images)), tuple(unknown))


def chart_of(component: PlannedComponent) -> Chart:
    """The chart Helm fetches for *component*."""
    if component.kind == "oci":
        return Chart(component.name, component.chart.rpartition("/")[2], component.version, component.chart)
    return Chart(component.name, component.chart, component.version, component.source)


def named_images(values: str, manifests: Iterable[Manifest]) -> tuple[str, ...]:
    """The images that *values* (as JSON) and *manifests* name, sorted."""
    return _images(values, tuple(manifest.text for manifest in manifests))


@functools.lru_cache(maxsize=8192)
def _images(values: str, manifests: tuple[str, ...]) -> tuple[str, ...]:
    found = set(_value_images(json.loads(values)))
    for text in manifests:
        if "image:" in text:
            found.update(_manifest_images(text))
    return tuple(sorted(found))


def _manifest_images(text: str) -> Iterator[str]:
    """`image:` fields; where an image has no tag, a `version:` on the next line is one (Skyhook packages)."""
    for match in _MANIFEST_IMAGE.finditer(text):
        image = match[1]
        if not _IMAGE.fullmatch(image):
            continue
        if not _tagged(image):
            following = _MANIFEST_VERSION.match(text[match.end() :].lstrip("\"'").partition("\n")[2])
            image = f"{image}:{following[1]}" if following else image
        yield image


def _value_images(value: object) -> Iterator[str]:
    """Images a values tree names: `image: a/b:c`, or a mapping with repository (image) and tag (version)."""
    if isinstance(value, list):
        for item in value:
            yield from _value_images(item)
    if not isinstance(value, Mapping):
        return
    whole = value.get("image")
    if isinstance(whole, str) and _tagged(whole) and _IMAGE.fullmatch(whole):
        yield whole
    else:
        yield from _parts_image(value)
    for child in value.values():
        if isinstance(child, (Mapping, list)):
            yield from _value_images(child)


def _parts_image(value: Mapping[str, object]) -> Iterator[str]:
    repository, image = value.get("repository"), value.get("image")
    tag = value.get("tag") if value.get("tag") is not None else value.get("version")
    if (
        not isinstance(repository, str)
        or isinstance(tag, bool)
        or not isinstance(tag, (str, int, float))
        or tag == ""
    ):
        return
    registry = value.get("registry")
    steps = [step for step in (registry, repository, image) if isinstance(step, str) and step]
    name = "/".join(step.strip("/") for step in steps)
    text = f"{name}@{tag}" if str(tag).startswith("sha256:") else f"{name}:{tag}"
    if _IMAGE.fullmatch(text):
        yield text


def _tagged(image: str) -> bool:
    return ":" in image.rpartition("/")[2] or "@" in image


def charts_text(supplies: Supplies, title: str) -> str:
    """The text of charts.txt: a chart a line, `oci://reference:version` or `repository name version`."""
    lines = [f"# Charts of {title}. Complete: these are all the charts that deploying it fetches."]
    for chart in supplies.charts:
        if chart.repository.startswith("oci://"):
            lines.append(f"{chart.repository}:{chart.version}")
        else:
            lines.append(f"{chart.repository} {chart.name} {chart.version}")
    if supplies.sources:
        lines.append("# Kustomize sources:")
        lines += supplies.sources
    return "\n".join([*dict.fromkeys(lines), ""])


def images_text(supplies: Supplies, title: str) -> str:
    """The text of images.txt: an image a line, and first of all what the list leaves out."""
    lines = [f"# Images of {title}, as far as values and manifests name them."]
    if supplies.unknown:
        lines.append("# Not complete. Charts are not rendered here; `helm template` shows the rest:")
        lines += [f"#   {text}" for text in supplies.unknown]
    else:
        lines.append("# Complete: no chart or kustomization brings images of its own.")
    return "\n".join([*lines, *supplies.images, ""])


def unite(many: Iterable[Supplies]) -> Supplies:
    """The union over several recipes."""
    listed = list(many)
    return Supplies(
        tuple(sorted({chart for one in listed for chart in one.charts})),
        tuple(sorted({source for one in listed for source in one.sources})),
        tuple(sorted({image for one in listed for image in one.images})),
        tuple(sorted({text for one in listed for text in one.unknown})),
    )


def subtract(new: Supplies, old: Supplies) -> Supplies:
    """What *new* needs and *old* has not: the difference to carry over."""
    have = {(chart.name, chart.version, chart.repository) for chart in old.charts}
    return Supplies(
        tuple(c for c in new.charts if (c.name, c.version, c.repository) not in have),
        tuple(source for source in new.sources if source not in old.sources),
        tuple(image for image in new.images if image not in old.images),
        new.unknown,
    )
