"""The container images that Helm values name: `repository`, `image`, `tag`, `version` and `registry` read together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def find_images(values: object) -> Iterator[str]:
    """Yield every image that *values* spell out, with its tag where one is given."""
    if isinstance(values, Mapping):
        image = _image(values)
        if image:
            yield image
        for key, value in values.items():
            if key == "image" and isinstance(value, str) and "/" in value and not image:
                yield value
            elif isinstance(value, Mapping | list | tuple):
                yield from find_images(value)
    elif isinstance(values, Sequence) and not isinstance(values, str):
        for value in values:
            yield from find_images(value)


def _image(values: Mapping[str, object]) -> str:
    repository, name = values.get("repository"), values.get("image")
    if not isinstance(repository, str) or not repository or "://" in repository:
        return ""
    registry = values.get("registry")
    parts = [p for p in (registry, repository, name) if isinstance(p, str) and p]
    if not isinstance(name, str) and "tag" not in values and "registry" not in values:
        return ""  # a chart or package repository, not an image
    tag = values.get("tag") or values.get("version")
    return "/".join(parts) + (f":{tag}" if isinstance(tag, str) and tag else "")
