"""What a reader of the bundle should know: the registry's own `validations`, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from generator.bundle.model import BundleNote, BundleOptions, PlannedComponent
from generator.engine.model import Catalog, Recipe


def find_notes(
    catalog: Catalog, recipe: Recipe, components: Sequence[PlannedComponent], options: BundleOptions
) -> list[BundleNote]:
    """The notes in deployment order; severity error means that the bundle must not be made."""
    notes = []
    for component in components:
        entry = catalog.registry.get(component.name)
        if entry is None:
            continue
        declared = entry.fields.get("validations")
        for rule in declared if isinstance(declared, (list, tuple)) else ():
            if isinstance(rule, Mapping) and _applies(rule, recipe):
                notes += _check(rule, component, components, options)
        notes += _wanted_selectors(entry.fields, component, options)
        if component.kind == "nothing":
            text = "it has neither a chart nor a manifest with content; nothing is deployed for it"
            notes.append(BundleNote(component.name, "info", text))
    return notes


def _applies(rule: Mapping[str, object], recipe: Recipe) -> bool:
    conditions = rule.get("conditions")
    if not isinstance(conditions, Mapping):
        return True
    for dimension, values in conditions.items():
        stated = getattr(recipe.criteria, str(dimension), None)
        if isinstance(values, (list, tuple)) and stated not in values:
            return False
    return True


def _check(
    rule: Mapping[str, object],
    component: PlannedComponent,
    components: Sequence[PlannedComponent],
    options: BundleOptions,
) -> list[BundleNote]:
    function = str(rule.get("function", ""))
    severity = str(rule.get("severity", "warning"))
    message = " ".join(str(rule.get("message", "")).split())
    check = _CHECKS.get(function)
    if check is None:
        text = f"its registry entry declares the check {function}, which is not known here; it was not made"
        return [BundleNote(component.name, "info", text)]
    found = check(component, components, options)
    if not found:
        return []
    text = f"{found}. {message}" if message else found
    return [BundleNote(component.name, severity if severity in ("info", "error") else "warning", text)]


def _no_workload_selector(
    component: PlannedComponent, components: Sequence[PlannedComponent], options: BundleOptions
) -> str:
    return "" if options.workload_selector else "No workload selector is set"


def _no_accelerated_selector(
    component: PlannedComponent, components: Sequence[PlannedComponent], options: BundleOptions
) -> str:
    return "" if options.accelerated_node_selector else "No accelerated node selector is set"


def _wildcard_toleration(
    component: PlannedComponent, components: Sequence[PlannedComponent], options: BundleOptions
) -> str:
    wildcard = any(not toleration.key for toleration in options.accelerated_tolerations)
    return "The accelerated tolerations tolerate every taint" if wildcard else ""


def _host_mofed(
    component: PlannedComponent, components: Sequence[PlannedComponent], options: BundleOptions
) -> str:
    driver = component.values.get("driver")
    rdma = driver.get("rdma") if isinstance(driver, Mapping) else None
    uses = isinstance(rdma, Mapping) and rdma.get("useHostMofed") is True
    present = any(other.name == "network-operator" for other in components)
    return "driver.rdma.useHostMofed is true without the network operator" if uses and not present else ""


def _driver_root(
    component: PlannedComponent, components: Sequence[PlannedComponent], options: BundleOptions
) -> str:
    paths = component.values.get("hostPaths")
    folder = paths.get("driverInstallDir") if isinstance(paths, Mapping) else None
    if folder == "/":
        return "hostPaths.driverInstallDir is /, which container runtimes refuse to mount"
    driver = component.values.get("driver")
    managed = not isinstance(driver, Mapping) or driver.get("enabled") is not False
    dra = next((other for other in components if other.name == "nvidia-dra-driver-gpu"), None)
    root = dra.values.get("nvidiaDriverRoot") if dra else None
    if managed and isinstance(folder, str) and isinstance(root, str) and root != folder:
        return f"nvidia-dra-driver-gpu looks for the driver in {root}, gpu-operator installs it in {folder}"
    return ""


_Check = Callable[[PlannedComponent, Sequence[PlannedComponent], BundleOptions], str]
_CHECKS: Mapping[str, _Check] = {
    "CheckWorkloadSelectorMissing": _no_workload_selector,
    "CheckAcceleratedSelectorMissing": _no_accelerated_selector,
    "CheckWildcardAcceleratedToleration": _wildcard_toleration,
    "CheckHostMofedWithoutNetworkOperator": _host_mofed,
    "CheckDriverOwnershipCoherence": _driver_root,
}


def _wanted_selectors(
    fields: Mapping[str, object], component: PlannedComponent, options: BundleOptions
) -> list[BundleNote]:
    scheduling = fields.get("nodeScheduling")
    if not isinstance(scheduling, Mapping):
        return []
    notes = []
    for part, selector in (
        ("system", options.system_node_selector),
        ("accelerated", options.accelerated_node_selector),
    ):
        wanted = scheduling.get(part)
        if not isinstance(wanted, Mapping) or selector:
            continue
        stored = wanted.get("requireNodeSelectorIfStorageClassSet") is True and bool(options.storage_class)
        if wanted.get("requireNodeSelector") is True or stored:
            text = f"It wants a node selector; set --{part}-node-selector, or its pods may land anywhere"
            notes.append(BundleNote(component.name, "warning", text))
    return notes
