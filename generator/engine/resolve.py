"""Resolves what a query selects to a Recipe: merged, hydrated, ordered, every value with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.match import Selection, select_overlays
from generator.engine.merge import (
    ConstraintDraft,
    Draft,
    PhaseDraft,
    draft_of,
    fill_defaults,
    lay_constraints,
    merge_settings,
    merge_values,
)
from generator.engine.mixins import lay_mixin
from generator.engine.model import (
    Catalog,
    Component,
    History,
    Note,
    Overlay,
    Path,
    Recipe,
    RecipeConstraint,
    RecipePhase,
    Tree,
)
from generator.engine.order import check_dependencies, deployment_order
from generator.engine.problems import Problem, ProblemsFound
from generator.engine.remedies import find_remedy

EVIDENCE = "aicr-matrix/evidence"
SOURCES = "aicr-matrix/sources"
DOUBT = "aicr-matrix/doubt"


def resolve_recipe(catalog: Catalog, query: Criteria) -> Recipe:
    """The recipe that *query* resolves to.

    Raises ProblemsFound when the overlays cannot be put together: a broken chain, an unknown or circular
    dependency, and in our own catalog a mixin that contradicts.
    """
    return resolve_selection(catalog, select_overlays(catalog, query))


def resolve_selection(catalog: Catalog, selection: Selection, *, tolerant: bool = False) -> Recipe:
    """The recipe of a selection; *tolerant* turns what would be raised into `Recipe.problems`."""
    found: list[Problem] = []
    for name in selection.broken:
        overlay = catalog.overlays[name]
        what = f"overlay {name} has no way to base: a parent is missing or its chain is a circle"
        found.append(Problem(overlay.place, what, "repair its base"))
    layers = [catalog.overlays[name] for name in selection.layers]
    notes = _notes_of(catalog, layers)
    drafts, constraints, phases = _merge_layers(layers)
    mixins = _merge_mixins(catalog, layers, drafts, constraints, found, notes)
    for draft in drafts.values():
        fill_defaults(draft, catalog.registry.get(draft.name))
    problems = check_dependencies(drafts)
    if tolerant:
        notes += [Note(p.place, p.what) for p in (*found, *problems)]
    elif found or problems:
        raise ProblemsFound([*found, *problems])
    criteria = united_criteria(catalog, selection.matches)
    recipe = _recipe(catalog, selection, criteria, drafts, constraints, phases, mixins, notes)
    return replace(recipe, broken=True) if found or problems else recipe


def united_criteria(catalog: Catalog, matches: Iterable[str]) -> Criteria:
    """Everything the matching overlays state together; they never contradict, all admit one query."""
    values = dict.fromkeys(DIMENSIONS, ANY)
    for name in matches:
        criteria = catalog.overlays[name].criteria
        assert criteria is not None
        for dimension in criteria.stated:
            values[dimension] = criteria[dimension]
    return Criteria(
        values["service"], values["accelerator"], values["intent"], values["os"], values["platform"]
    )


def _notes_of(catalog: Catalog, layers: Sequence[Overlay]) -> list[Note]:
    if not catalog.notes:
        return []
    files = {layer.place.file for layer in layers}
    return [note for note in catalog.notes if note.place.file in files]


def _merge_layers(
    layers: Sequence[Overlay],
) -> tuple[dict[str, Draft], dict[str, ConstraintDraft], dict[str, PhaseDraft]]:
    drafts: dict[str, Draft] = {}
    constraints: dict[str, ConstraintDraft] = {}
    phases: dict[str, PhaseDraft] = {}
    for layer in layers:
        lay_constraints(constraints, layer.constraints, "overlay", layer.name)
        for ref in layer.components:
            draft = drafts.get(ref.name)
            if draft is None:
                drafts[ref.name] = draft_of(ref)
            else:
                draft.lay(ref)
        for name, phase in layer.phases.items():
            phases.setdefault(name, PhaseDraft()).lay(phase, layer)
    return drafts, constraints, phases


def _merge_mixins(
    catalog: Catalog,
    layers: Sequence[Overlay],
    drafts: dict[str, Draft],
    constraints: dict[str, ConstraintDraft],
    found: list[Problem],
    notes: list[Note],
) -> tuple[str, ...]:
    applied: list[str] = []
    for name in dict.fromkeys(mixin for layer in layers for mixin in layer.mixins):
        mixin = catalog.mixins.get(name)
        if mixin is None:
            continue  # told at load: an error in our catalog, a note in a foreign one
        refused = lay_mixin(mixin, drafts, constraints, catalog.registry, whole=not catalog.own)
        if catalog.own:
            found += refused.problems
        else:
            notes += [Note(p.place, p.what) for p in refused.problems]
        if not refused.entirely:
            applied.append(name)
    return tuple(applied)


def _recipe(
    catalog: Catalog,
    selection: Selection,
    criteria: Criteria,
    drafts: Mapping[str, Draft],
    constraints: Mapping[str, ConstraintDraft],
    phases: Mapping[str, PhaseDraft],
    mixins: tuple[str, ...],
    notes: list[Note],
) -> Recipe:
    components = tuple(_component(catalog, drafts[name]) for name in sorted(drafts))
    full_order = deployment_order(components)
    disabled = {c.name for c in components if not c.enabled}
    layers = [catalog.overlays[name] for name in selection.layers]
    told = [*layers, *(catalog.mixins[name] for name in mixins)]
    service = criteria.service
    return Recipe(
        id=criteria.id,
        criteria=criteria,
        layers=selection.layers,
        mixins=mixins,
        leaves=selection.leaves,
        constraints=tuple(_constraint(catalog, constraints[n], service) for n in sorted(constraints)),
        components=components,
        order=tuple(name for name in full_order if name not in disabled),
        full_order=full_order,
        phases={name: _phase(catalog, name, phases[name], service) for name in sorted(phases)},
        evidence=_evidence(catalog, _speakers(catalog, selection, criteria)),
        sources=_lines(told, SOURCES),
        doubts=_lines(told, DOUBT),
        problems=tuple(notes),
        api_version=layers[0].api_version,
    )


def _component(catalog: Catalog, draft: Draft) -> Component:
    fields = draft.fields
    values, origins = _hydrate(catalog, draft)
    overrides = fields.get("overrides")
    enabled = not (isinstance(overrides, dict) and overrides.get("enabled") is False)
    return Component(
        name=draft.name,
        type=str(fields.get("type") or ""),
        source=str(fields.get("source") or ""),
        chart=str(fields.get("chart") or ""),
        version=str(fields.get("version") or ""),
        namespace=str(fields.get("namespace") or ""),
        tag=str(fields.get("tag") or ""),
        path=str(fields.get("path") or ""),
        dependencies=_texts(fields, "dependencyRefs"),
        manifests=_texts(fields, "manifestFiles"),
        pre_manifests=_texts(fields, "preManifestFiles"),
        enabled=enabled,
        fields=fields,
        values=values,
        field_origins=draft.history,
        value_origins=origins,
    )


def _texts(fields: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = fields.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _hydrate(catalog: Catalog, draft: Draft) -> tuple[Mapping[str, object], Mapping[Path, History]]:
    """The final Helm values: the component's base values file, then its values file, then the overrides."""
    values: Mapping[str, object] = {}
    origins: Mapping[Path, History] = {}
    stated = str(draft.fields.get("valuesFile") or "")
    base = f"components/{draft.name}/values.yaml"
    for path in dict.fromkeys((base, stated) if stated else ()):
        tree: Tree | None = catalog.values.get(path)
        if tree is None:
            continue  # told at load: an error in our catalog, a note in a foreign one
        if values:
            origins = merge_settings(origins, catalog.value_settings[path], values)
            values = merge_values(values, tree.value)
        else:
            values, origins = tree.value, catalog.value_settings[path]
    overrides = draft.fields.get("overrides")
    if isinstance(overrides, dict) and overrides:
        if values:
            origins = merge_settings(origins, draft.overrides, values)
            values = merge_values(values, overrides)
        else:
            values, origins = overrides, draft.overrides
    return values, origins


def _constraint(catalog: Catalog, draft: ConstraintDraft, service: str) -> RecipeConstraint:
    constraint = draft.constraint
    remedy = find_remedy(catalog.measurements, constraint.name, service)
    remediation = constraint.remediation or remedy.text
    fields: dict[str, object] = {"name": constraint.name, "value": constraint.value}
    # A foreign catalog is emitted as its own words; what we know besides stands beside them.
    told = constraint.remediation if "measurements.yaml" in catalog.borrowed else remediation
    for key, text in (
        ("severity", constraint.severity), ("remediation", told), ("unit", constraint.unit)
    ):  # fmt: skip
        if text:
            fields[key] = text
    fields.update(constraint.extra)
    return RecipeConstraint(
        name=constraint.name,
        value=constraint.value,
        severity=constraint.severity or "error",
        unit=constraint.unit or remedy.unit,
        remediation=remediation,
        command=remedy.command,
        link=remedy.link,
        origin=draft.origin,
        history=draft.history,
        fields=fields,
    )


def _phase(catalog: Catalog, name: str, draft: PhaseDraft, service: str) -> RecipePhase:
    constraints = tuple(_constraint(catalog, c, service) for c in draft.constraints.values())
    fields: dict[str, object] = dict(draft.extra)
    if draft.checks:
        fields["checks"] = list(draft.checks)
    if constraints:
        fields["constraints"] = [dict(c.fields) for c in constraints]
    return RecipePhase(name, tuple(draft.checks), constraints, dict(draft.checks), fields)


def _speakers(catalog: Catalog, selection: Selection, criteria: Criteria) -> tuple[str, ...]:
    """The layers that state the recipe's criteria: one leaf's chain where it states them all, else every layer.

    What only rides along (eks-ubuntu under an overlay that states EKS, Ubuntu and more) does not weaken the
    statement of the one that speaks for the whole; its doubts are told all the same.
    """
    for leaf in reversed(selection.leaves):
        chain = catalog.chains.get(leaf, ())
        stating = [name for name in chain if catalog.overlays[name].criteria is not None]
        if stating and united_criteria(catalog, stating) == criteria:
            return chain
    return selection.layers


def _evidence(catalog: Catalog, speakers: Sequence[str]) -> str:
    """The weakest evidence that the speaking overlays, or the mixins they name, declare."""
    overlays = [catalog.overlays[name] for name in speakers]
    mixins = [catalog.mixins[m] for o in overlays for m in o.mixins if m in catalog.mixins]
    declared = {o.annotations[EVIDENCE].strip() for o in (*overlays, *mixins) if EVIDENCE in o.annotations}
    return "inferred" if "inferred" in declared else "stated" if "stated" in declared else ""


def _lines(layers: Sequence[Overlay], annotation: str) -> tuple[str, ...]:
    """The lines of an annotation over all layers, each once."""
    texts = (layer.annotations.get(annotation, "") for layer in layers)
    lines = (line.strip().removeprefix("- ").strip() for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
