"""Lays the user's options over each component's hydrated Helm values, at the paths the registry names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.bundle.grammar import shown
from generator.bundle.model import Assignment, BundleOptions, Toleration
from generator.bundle.strvals import SetSyntaxError, Step, parse_path, parse_set
from generator.engine.model import Catalog, Component, Place, Recipe
from generator.load.problems import Problem, ProblemsFound, suggest

Values = dict[str, object]


class OptionPlace(Place):
    """A place on the command line: the option as it was given."""

    def __str__(self) -> str:
        return self.file


@dataclass(frozen=True, slots=True)
class AssignedValue:
    """One path of one `--set`, resolved to its component."""

    component: str
    path: tuple[Step, ...]
    value: object


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options by component: what to set, what to lay over, and what to switch on or off."""

    assigned: Mapping[str, tuple[AssignedValue, ...]]
    values: Mapping[str, tuple[Mapping[str, object], ...]]
    enabled: Mapping[str, bool]


def read_options(catalog: Catalog, recipe: Recipe, options: BundleOptions) -> Wishes:
    """The options sorted by component; ProblemsFound with every one that names nothing or cannot be read."""
    names = component_names(catalog, recipe)
    problems: list[Problem] = []
    assigned: dict[str, list[AssignedValue]] = {}
    enabled: dict[str, bool] = {}
    for wish in options.assignments:
        where = OptionPlace(f"--{wish.kind} {shown(wish.component + ':' + wish.text)[1:-1]}", 1)
        name = _component(wish.component, names, where, problems)
        try:
            pairs = _pairs(wish)
        except SetSyntaxError as error:
            problems.append(Problem(where, str(error), "write COMPONENT:path=value"))
            continue
        for path, value in pairs:
            if path == ("enabled",) and isinstance(value, bool) and name:
                enabled[name] = value
            elif name:
                assigned.setdefault(name, []).append(AssignedValue(name, path, value))
    laid: dict[str, list[Mapping[str, object]]] = {}
    for component, values in options.values:
        name = _component(component, names, OptionPlace(f"--values {shown(component)[1:-1]}", 1), problems)
        laid.setdefault(name, []).append(values)
    problems += _check_scheduling(options)
    if problems:
        raise ProblemsFound(problems)
    return Wishes(
        {name: tuple(items) for name, items in assigned.items()},
        {name: tuple(items) for name, items in laid.items()},
        enabled,
    )


def component_names(catalog: Catalog, recipe: Recipe) -> dict[str, str]:
    """Every name and registry alias of the recipe's components -> the component's name."""
    present = {component.name for component in recipe.components}
    names: dict[str, str] = {}
    for name in sorted(present):
        entry = catalog.registry.get(name)
        for alias in _texts(entry.fields.get("valueOverrideKeys") if entry else None):
            if alias not in present:
                names.setdefault(alias, name)
    names.update({name: name for name in present})
    return names


def _component(text: str, names: Mapping[str, str], where: Place, problems: list[Problem]) -> str:
    if text in names:
        return names[text]
    what = f"{shown(text)} is no component of this recipe"
    problems.append(Problem(where, what, suggest(text, set(names.values()) | set(names))))
    return ""


def _pairs(wish: Assignment) -> list[tuple[tuple[Step, ...], object]]:
    if wish.kind == "set-file":
        return [(parse_path(wish.text), wish.content)]
    return parse_set(wish.text, strings=wish.kind == "set-string")


def _check_scheduling(options: BundleOptions) -> list[Problem]:
    problems = []
    if options.nodes < 0:
        problems.append(Problem(OptionPlace("--nodes", 1), "is negative", "write a number of nodes"))
    for toleration in (*options.system_tolerations, *options.accelerated_tolerations):
        if toleration.effect not in ("", "NoSchedule", "PreferNoSchedule", "NoExecute"):
            what = f"the effect {shown(toleration.effect)} is not known"
            do = "NoSchedule, PreferNoSchedule or NoExecute"
            problems.append(Problem(OptionPlace("toleration", 1), what, do))
        if toleration.value and not toleration.key:
            problems.append(
                Problem(OptionPlace("toleration", 1), "has a value and no key", "key=value:Effect")
            )
    return problems


def component_values(
    catalog: Catalog, component: Component, options: BundleOptions, wishes: Wishes
) -> Mapping[str, object]:
    """The Helm values *component* is deployed with; the recipe's own values are not changed.

    ProblemsFound where a `--set` path leads through something that is not a mapping or list.
    """
    writes = _registry_writes(catalog, component.name, options)
    laid = wishes.values.get(component.name, ())
    assigned = wishes.assigned.get(component.name, ())
    if not (writes or laid or assigned):
        return component.values
    values: Values = dict(component.values)
    for path, value in writes:
        values = _replace_at(values, path, value)
    for layer in laid:
        values = _lay(values, layer)
    problems = []
    for wish in assigned:
        try:
            changed = _assign(values, wish.path, wish.value)
        except SetSyntaxError as error:
            problems.append(
                Problem(OptionPlace(f"--set {component.name}:{_dotted(wish.path)}", 1), str(error))
            )
            continue
        assert isinstance(changed, dict)
        values = changed
    if problems:
        raise ProblemsFound(problems)
    return values


def _registry_writes(
    catalog: Catalog, name: str, options: BundleOptions
) -> list[tuple[tuple[str, ...], object]]:
    """(path, value) in AICR's order: storage class, system, accelerated, workload, node count."""
    entry = catalog.registry.get(name)
    if entry is None:
        return []
    fields = entry.fields
    scheduling = _map(fields.get("nodeScheduling"))
    system, accelerated = _map(scheduling.get("system")), _map(scheduling.get("accelerated"))
    workload = _map(_map(fields.get("podScheduling")).get("workload"))
    writes: list[tuple[tuple[str, ...], object]] = []

    def write(paths: object, value: object) -> None:
        writes.extend((tuple(path.split(".")), value) for path in _texts(paths))

    if options.storage_class:
        write(fields.get("storageClassPaths"), options.storage_class)
        write(fields.get("sharedStorageClassPaths"), options.storage_class)
    for part, selector, tolerations in (
        (system, options.system_node_selector, options.system_tolerations),
        (accelerated, options.accelerated_node_selector, options.accelerated_tolerations),
    ):
        if selector:
            write(part.get("nodeSelectorPaths"), dict(selector))
        if tolerations:
            write(part.get("tolerationPaths"), tolerations_list(tolerations))
    if options.workload_selector:
        write(workload.get("workloadSelectorPaths"), dict(options.workload_selector))
    if options.workload_gate:
        write(accelerated.get("taintStrPaths"), options.workload_gate.as_text())
    if options.nodes:
        write(scheduling.get("nodeCountPaths"), options.nodes)
    return writes


def tolerations_list(tolerations: Sequence[Toleration]) -> list[dict[str, str]]:
    """The tolerations as Kubernetes writes them."""
    return [toleration.as_dict() for toleration in tolerations]


def _replace_at(values: Mapping[str, object], path: Sequence[str], value: object) -> Values:
    """A copy with *value* at *path*; whatever on the way is no mapping becomes one."""
    head, *rest = path
    changed = dict(values)
    if rest:
        below = changed.get(head)
        changed[head] = _replace_at(below if isinstance(below, Mapping) else {}, rest, value)
    else:
        changed[head] = value
    return changed


def _lay(below: Mapping[str, object], above: Mapping[str, object]) -> Values:
    """*above* over *below*: mappings merge, anything else (null too) replaces."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        merged[key] = _lay(under, value) if both else value  # type: ignore[arg-type]
    return merged


def _assign(below: object, path: Sequence[Step], value: object) -> object:
    """A copy of *below* with *value* at *path*, as Helm's --set does it."""
    if not path:
        return value
    head, *rest = path
    if isinstance(head, int):
        if below is not None and not isinstance(below, (list, tuple)):
            raise SetSyntaxError("sets a list item of something that is no list")
        items: list[object] = list(below or ())
        items.extend([None] * (head + 1 - len(items)))
        items[head] = _assign(items[head], rest, value)
        return items
    if below is not None and not isinstance(below, Mapping):
        raise SetSyntaxError(f"sets {head!r} inside something that is no mapping")
    changed: Values = dict(below or {})
    changed[head] = _assign(changed.get(head), rest, value)
    return changed


def _dotted(path: Sequence[Step]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return shown(text.lstrip("."))[1:-1]


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else []
