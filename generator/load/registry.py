"""Reads the component registry: defaults of every component and the value paths other tools write to."""

from __future__ import annotations

from collections.abc import Mapping

from generator.engine.model import Path, Place, RegistryEntry, Tree
from generator.engine.settings import registry_defaults
from generator.load.reading import Findings, Reader

_TOP = ("apiVersion", "kind", "metadata", "components")
_SCHEDULING = {
    "nodeSelectorPaths": None, "tolerationPaths": None, "taintStrPaths": None,
    "requireNodeSelector": None, "requireNodeSelectorIfStorageClassSet": None,
}  # fmt: skip
# Field -> its own fields, or None where any value may stand.
_FIELDS: dict[str, object] = {
    "name": None, "displayName": None, "description": None, "valueOverrideKeys": None, "testTier": None,
    "healthCheck": {"assertFile": None},
    "helm": {"defaultRepository": None, "defaultChart": None, "defaultVersion": None, "defaultNamespace": None},
    "kustomize": {"defaultSource": None, "defaultPath": None, "defaultTag": None},
    "nodeScheduling": {"system": _SCHEDULING, "accelerated": _SCHEDULING, "nodeCountPaths": None},
    "podScheduling": {"workload": {"workloadSelectorPaths": None}},
    "validations": None, "upgrades": None, "manifestFiles": None, "manifestsUseChartCRDs": None,
    "ownsCRDs": None, "hasSelfRefCRDs": None, "gkeCriticalPriority": None, "mixinSafeOverridePaths": None,
    "storageClassPaths": None, "sharedStorageClassPaths": None,
}  # fmt: skip
_FORMS = {
    ("helm", "defaultRepository"): "source", ("helm", "defaultChart"): "chart",
    ("helm", "defaultVersion"): "version", ("helm", "defaultNamespace"): "namespace",
    ("kustomize", "defaultSource"): "source", ("kustomize", "defaultPath"): "path",
    ("kustomize", "defaultTag"): "version",
}  # fmt: skip


def parse_registry(tree: Tree, *, strict: bool, found: Findings) -> dict[str, RegistryEntry]:
    """Every component of a registry file by name."""
    reader = _RegistryReader(tree, strict, found)
    return reader.entries()


class _RegistryReader(Reader):
    def entries(self) -> dict[str, RegistryEntry]:
        self.known(self.tree.value, (), _TOP)
        entries: dict[str, RegistryEntry] = {}
        for here, item in self.mappings(self.tree.value, ("components",)):
            entry = self._entry(item, here)
            if entry is None:
                continue
            if entry.name in entries:
                first = entries[entry.name].place.line
                self.remark(here, f"names {entry.name} again, first in line {first}", "keep one of the two")
            entries[entry.name] = entry
        return entries

    def _entry(self, item: Mapping[str, object], here: Path) -> RegistryEntry | None:
        name = self.text(item, (*here, "name"), "name")
        if not name:
            if not item.get("name"):
                self.problem(here, "has no name", "name the component")
            return None
        fields = dict(item)
        fields["name"] = name
        self._known_below(item, here, _FIELDS)
        for group in ("helm", "kustomize"):
            if group in item:
                stated = self.mapping(item, (*here, group))
                fields[group] = {
                    key: self.text(stated, (*here, group, key), _FORMS[group, key])
                    if (group, key) in _FORMS
                    else stated[key]
                    for key in stated
                }
        if item.get("helm") and item.get("kustomize"):
            self.remark(here, f"({name}) has both helm and kustomize defaults", "keep one of the two")
        for key in ("manifestFiles", "valueOverrideKeys", "mixinSafeOverridePaths", "storageClassPaths"):
            if key in item:
                self._texts(item, (*here, key), "file" if key == "manifestFiles" else "")
        health = self.mapping(item, (*here, "healthCheck"))
        self.text(health, (*here, "healthCheck", "assertFile"), "file")
        places: dict[Path, Place] = {(key,): self.place((*here, key)) for key in item}
        for group in ("helm", "kustomize"):
            places |= {
                (group, key): self.place((*here, group, key)) for key in self.mapping(item, (*here, group))
            }
        place = self.place(here)
        defaults = registry_defaults(name, fields, places, place)
        return RegistryEntry(name, fields, self.tree, place, places, defaults)

    def _texts(self, item: Mapping[str, object], path: Path, form: str) -> None:
        """Check a list of text that is kept as parsed; a list of anything else is let be in newer registries."""
        value = item[path[-1]]
        if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            self.texts(item, path, form)

    def _known_below(self, item: Mapping[str, object], path: Path, fields: Mapping[str, object]) -> None:
        self.known(item, path, fields)
        for key, below in fields.items():
            if isinstance(below, Mapping) and item.get(key) is not None:
                self._known_below(self.mapping(item, (*path, key)), (*path, key), below)
