"""Reads overlays and mixins: RecipeMetadata and RecipeMixin documents of any AICR era."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.model import ComponentRef, Constraint, Origin, Overlay, Path, Phase, Place, Tree
from generator.engine.settings import field_history, leaf_settings
from generator.load.expressions import fault_of
from generator.load.reading import Findings, Reader, dotted, shown

# dimension, text -> the value it names, or "" where the catalog's own vocabulary has none such
ValueOf = Callable[[str, str], str]

PHASES = ("readiness", "deployment", "performance", "conformance")
SEVERITIES = ("", "error", "warning", "info")
_TOP = ("apiVersion", "kind", "metadata", "spec")
_METADATA = ("name", "annotations", "labels", "description")
_OVERLAY_SPEC = ("base", "criteria", "mixins", "constraints", "componentRefs", "validation")
_MIXIN_SPEC = ("constraints", "componentRefs")
_CONSTRAINT = ("name", "value", "severity", "remediation", "unit")
_PHASE = ("checks", "constraints", "timeout", "nodeSelection", "infrastructure")
TEXT_FIELDS = (
    "name", "namespace", "chart", "type", "source", "version", "tag", "path", "valuesFile",
)  # fmt: skip
LIST_FIELDS = ("dependencyRefs", "manifestFiles", "preManifestFiles")
_COMPONENT = (
    *TEXT_FIELDS,
    *LIST_FIELDS,
    "overrides",
    "patches",
    "expectedResources",
    "healthCheckAsserts",
    "cleanup",
)
FORM_OF = {
    "name": "name", "type": "name", "namespace": "namespace", "chart": "chart", "source": "source",
    "version": "version", "tag": "tag", "path": "path", "valuesFile": "valuesFile",
}  # fmt: skip
LIST_FORM = {"dependencyRefs": "name", "manifestFiles": "file", "preManifestFiles": "file"}
TYPES = ("Helm", "Kustomize")


def parse_overlay(
    tree: Tree, *, kind: str, value_of: ValueOf, strict: bool, found: Findings
) -> Overlay | None:
    """The overlay or mixin (*kind*) of one file; None where it has no usable name."""
    reader = _OverlayReader(tree, strict, found)
    return reader.overlay(kind, value_of)


class _OverlayReader(Reader):
    def overlay(self, kind: str, value_of: ValueOf) -> Overlay | None:
        top = self.tree.value
        self.known(top, (), _TOP)
        metadata = self.mapping(top, ("metadata",))
        self.known(metadata, ("metadata",), _METADATA)
        name = self.text(metadata, ("metadata", "name"), "name")
        if not name:
            if not metadata.get("name"):
                self.remark(("metadata",), "has no name, and the file is left out", "add `name:`")
            return None
        spec = self.mapping(top, ("spec",))
        extra = self._spec_extra(spec, kind)
        criteria = self._criteria(spec, value_of) if kind == "overlay" else None
        origin = Origin(kind, name, self.place(("metadata", "name")))
        return Overlay(
            name=name,
            kind=kind,
            base=self.text(spec, ("spec", "base"), "name") if kind == "overlay" else "",
            criteria=criteria,
            mixins=(self.texts(spec, ("spec", "mixins"), "name") or ()) if kind == "overlay" else (),
            constraints=self._constraints(spec, ("spec", "constraints")),
            components=self._components(spec, origin),
            phases=self._phases(spec) if kind == "overlay" else {},
            annotations=self._annotations(metadata),
            extra=extra,
            place=self.place(("metadata", "name")),
            criteria_place=self.place(("spec", "criteria")),
            api_version=self.text(top, ("apiVersion",)),
            places={
                path[1:]: Place(self.tree.file, line)
                for path, line in self.tree.lines.items()
                if len(path) in (2, 3)
                and path[0] == "spec"
                and path[1] not in ("componentRefs", "constraints")
            },
        )

    def _spec_extra(self, spec: Mapping[str, object], kind: str) -> Mapping[str, object]:
        known = _OVERLAY_SPEC if kind == "overlay" else _MIXIN_SPEC
        if kind == "overlay" and "profile" in spec and not self.strict:
            profile = self.mapping(spec, ("spec", "profile"))
            label = self.text(profile, ("spec", "profile", "name"))
            self.remark(
                ("spec", "profile"),
                f"{label + ' ' if label else ''}is a profile, which we do not honour",
                "none of its values is applied",
            )
            known = (*known, "profile")
        unknown = self.known(spec, ("spec",), known)
        if "profile" in spec:
            unknown["profile"] = spec["profile"]
        return unknown

    def _annotations(self, metadata: Mapping[str, object]) -> dict[str, str]:
        path = ("metadata", "annotations")
        annotations = self.mapping(metadata, path)
        return {key: self.prose(annotations, (*path, key)) for key in annotations}

    def _criteria(self, spec: Mapping[str, object], value_of: ValueOf) -> Criteria | None:
        if "criteria" not in spec or spec["criteria"] is None:
            return None
        path = ("spec", "criteria")
        stated = self.mapping(spec, path)
        self.known(stated, path, (*DIMENSIONS, "nodes"))
        values = {d: self._criteria_value(stated, (*path, d), value_of) for d in DIMENSIONS}
        return Criteria(**values, nodes=self._nodes(stated, (*path, "nodes")))

    def _criteria_value(self, stated: Mapping[str, object], path: Path, value_of: ValueOf) -> str:
        text = self.text(stated, path)
        value = value_of(path[-1], text)
        if value == ANY:
            return value
        return self.checked(value, path, "value") or ANY

    def _nodes(self, stated: Mapping[str, object], path: Path) -> int:
        value = stated.get("nodes")
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.problem(path, f"is {shown(str(value))}, not a number of nodes", "write a number, 0 for any")
            return 0
        return value

    def _constraints(self, holder: Mapping[str, object], path: Path) -> tuple[Constraint, ...]:
        constraints = []
        for here, item in self.mappings(holder, path):
            extra = self.known(item, here, _CONSTRAINT)
            name = self.text(item, (*here, "name"), "reading")
            if not name:
                if not item.get("name"):
                    self.problem(here, "has no name", "name the reading: Type.Subtype.Key")
                continue
            value = self.text(item, (*here, "value"))
            fault = fault_of(value)
            if fault:
                at = (*here, "value") if "value" in item else here
                what = f"{dotted(at)} of {name} is {shown(value)}: {fault}"
                self.found.remark(self.strict, self.place(at), what, "write e.g. >= 1.32.4")
            severity = self.text(item, (*here, "severity"))
            if severity not in SEVERITIES:
                self.remark((*here, "severity"), f"is {shown(severity)}", "write error, warning or info")
            constraints.append(
                Constraint(
                    name=name,
                    value=value,
                    severity=severity,
                    remediation=self.prose(item, (*here, "remediation")),
                    unit=self.text(item, (*here, "unit")),
                    extra=extra,
                    place=self.place(here),
                )
            )
        self._once(path, [(c.name, c.place) for c in constraints])
        return tuple(constraints)

    def _once(self, path: Path, names: list[tuple[str, Place]]) -> None:
        first: dict[str, Place] = {}
        for name, place in names:
            if name in first:
                what = f"{dotted(path)} names {name} twice, first in line {first[name].line}"
                self.found.remark(self.strict, place, what, "keep one of the two")
            first.setdefault(name, place)

    def _phases(self, spec: Mapping[str, object]) -> dict[str, Phase]:
        path = ("spec", "validation")
        validation = self.mapping(spec, path)
        self.known(validation, path, PHASES)
        return {
            name: self._phase(validation, (*path, name))
            for name in PHASES
            if validation.get(name) is not None
        }

    def _phase(self, validation: Mapping[str, object], path: Path) -> Phase:
        phase = self.mapping(validation, path)
        self.known(phase, path, _PHASE)
        stated = "constraints" in phase and phase["constraints"] is not None
        return Phase(
            checks=self.texts(phase, (*path, "checks"), "check"),
            constraints=self._constraints(phase, (*path, "constraints")) if stated else None,
            extra={key: value for key, value in phase.items() if key not in ("checks", "constraints")},
            place=self.place(path),
        )

    def _components(self, spec: Mapping[str, object], origin: Origin) -> tuple[ComponentRef, ...]:
        components = []
        lines = None
        for here, item in self.mappings(spec, ("spec", "componentRefs")):
            if lines is None:
                lines = _lines_by_item(self.tree, ("spec", "componentRefs"))
            component = self._component(item, here, origin, lines.get(here[-1], {}))
            if component is not None:
                components.append(component)
        self._once(("spec", "componentRefs"), [(c.name, c.place) for c in components])
        return tuple(components)

    def _component(
        self, item: Mapping[str, object], here: Path, origin: Origin, lines: Mapping[Path, int]
    ) -> ComponentRef | None:
        unknown = self.known(item, here, _COMPONENT)
        fields: dict[str, object] = {}
        for key in item:
            path = (*here, key)
            if key == "healthCheckAsserts":
                fields[key] = self.prose(item, path)
            elif key in TEXT_FIELDS:
                fields[key] = self.text(item, path, FORM_OF.get(key, ""))
            elif key in LIST_FIELDS:
                fields[key] = list(self.texts(item, path, LIST_FORM[key]) or ())
            elif key == "overrides":
                fields[key] = self.mapping(item, path)
            elif key in ("patches", "expectedResources"):
                fields[key] = self.items(item, path)
            elif key == "cleanup":
                fields[key] = self._flag(item[key], path)
            else:
                fields[key] = unknown[key]
        if not fields.get("name"):
            if not item.get("name"):
                self.problem(here, "has no name", "name the component")
            return None
        if fields.get("type") not in (None, "", *TYPES):
            self.remark((*here, "type"), f"is {shown(str(fields['type']))}", f"write {' or '.join(TYPES)}")
        tree = Tree(fields, lines, self.tree.file)
        overrides = fields.get("overrides")
        assert overrides is None or isinstance(overrides, Mapping)
        return ComponentRef(
            name=str(fields["name"]),
            fields=fields,
            tree=tree,
            place=self.place(here),
            origin=origin,
            settings=leaf_settings(overrides or {}, tree, ("overrides",), origin),
            history=field_history(fields, tree, self.place(here), origin),
        )

    def _flag(self, value: object, path: Path) -> bool:
        if isinstance(value, bool) or value is None:
            return bool(value)
        self.problem(path, f"is {shown(str(value))}, not true or false")
        return False


def _lines_by_item(tree: Tree, path: Path) -> dict[str, dict[Path, int]]:
    """The lines below each item of the list at *path*, by index, with paths relative to the item."""
    depth = len(path)
    found: dict[str, dict[Path, int]] = {}
    for here, line in tree.lines.items():
        if len(here) > depth and here[:depth] == path:
            found.setdefault(here[depth], {})[here[depth + 1 :]] = line
    return found
