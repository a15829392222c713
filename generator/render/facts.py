"""The few facts of a recipe that stand in strips, cards and indexes: what it asks of the cluster and what it brings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.engine.model import Recipe
from generator.render.lifecycle import Hint, Windows
from generator.render.order import find_order
from generator.render.site import Site
from generator.render.words import Vocabulary, spell_expression

KUBERNETES = "K8s.server.version"
OS_ID = "OS.release.ID"
OS_VERSION = "OS.release.VERSION_ID"
KERNEL = "OS.sysctl./proc/sys/kernel/osrelease"
DRIVER_READING = "Deployment.gpu-driver.version"
OPERATOR = "gpu-operator"
_VERSION = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Facts:
    """Texts ready to show; empty where the recipe says nothing. `hints` is keyed kubernetes, os, driver, operator."""

    kubernetes: str
    os: str
    kernel: str
    driver: str
    driver_note: str
    operator: str
    components: int
    tiers: int
    values: int
    layers: int
    hints: Mapping[str, Hint]


def site_facts(site: Site, recipe: Recipe) -> Facts:
    """The facts of *recipe* in this build, worked out once."""
    return site.remember("facts", recipe.id, lambda: recipe_facts(recipe, site.words, site.windows))


def recipe_facts(recipe: Recipe, words: Vocabulary, windows: Windows) -> Facts:
    """Return the facts of *recipe*, its versions held against the support windows."""
    needs = {c.name: c.value for c in recipe.constraints}
    driver, note = _driver(recipe, needs)
    operator = next((c.version for c in recipe.components if c.name == OPERATOR and c.enabled), "")
    enabled = [recipe.component(name) for name in recipe.order]
    return Facts(
        kubernetes=spell_expression(needs.get(KUBERNETES, "")),
        os=_system(recipe, needs, words),
        kernel=spell_expression(needs.get(KERNEL, "")),
        driver=driver,
        driver_note=note,
        operator=operator,
        components=len(enabled),
        tiers=len(find_order(recipe).tiers),
        values=sum(len(c.value_origins) for c in enabled),
        layers=len(recipe.layers) + len(recipe.mixins),
        hints=_hints(recipe, needs, driver, operator, words, windows),
    )


def _driver(recipe: Recipe, needs: Mapping[str, str]) -> tuple[str, str]:
    """The driver's version and who brings it; a node image's own driver has no version here."""
    operator = next((c for c in recipe.components if c.name == OPERATOR and c.enabled), None)
    if operator is None:
        return spell_expression(needs.get(DRIVER_READING, "")), ""
    settings = operator.values.get("driver")
    if not isinstance(settings, Mapping):
        return "", ""
    if settings.get("enabled") is False:
        return "node image", "not installed by the operator"
    version = settings.get("version")
    if version is None:
        return "chart default", f"of GPU Operator {operator.version}"
    opened = settings.get("useOpenKernelModules") is True or settings.get("kernelModuleType") == "open"
    return str(version), "open kernel modules" if opened else ""


def _system(recipe: Recipe, needs: Mapping[str, str], words: Vocabulary) -> str:
    name, version = needs.get(OS_ID, ""), needs.get(OS_VERSION, "")
    if not name and recipe.criteria.os == "any":
        return spell_expression(version)
    label = words.label("os", recipe.criteria.os) if recipe.criteria.os != "any" else spell_expression(name)
    return f"{label} {spell_expression(version)}".strip()


def lowest_version(expression: str) -> str:
    """The first version an expression names, which is the floor of `>= 1.32.4`; empty when it names none."""
    found = _VERSION.search(expression)
    return found[0] if found else ""


def _hints(
    recipe: Recipe, needs: Mapping[str, str], driver: str, operator: str, words: Vocabulary, windows: Windows
) -> dict[str, Hint]:
    service, system = recipe.criteria.service, recipe.criteria.os
    asked = {
        "kubernetes": (
            "kubernetes",
            service,
            lowest_version(needs.get(KUBERNETES, "")),
            words.label("service", service),
        ),
        "os": ("os", system, lowest_version(needs.get(OS_VERSION, "")), words.label("os", system)),
        "driver": ("driver", "nvidia", lowest_version(driver), "GPU driver"),
        "operator": ("component", OPERATOR, lowest_version(operator), "GPU Operator"),
    }
    found = {}
    for key, (subject, scope, version, name) in asked.items():
        hint = windows.hint(subject, scope, version, name) if version else None
        if hint is not None:
            found[key] = hint
    return found
