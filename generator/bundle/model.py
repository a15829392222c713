"""The values bundling works with: what the user may choose, and a recipe planned for deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from generator.engine.model import Recipe

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One `--set`-like option: `kind` is set, set-string or set-file, `text` what stands after `COMP:`.

    For set-file `text` is the path inside the values and `content` the file's text.
    """

    component: str  # a component's name or one of its registry aliases
    text: str
    kind: str = "set"
    content: str = ""


@dataclass(frozen=True, slots=True)
class Toleration:
    """A pod toleration; without a value it tolerates every value of the key, without a key every taint."""

    key: str = ""
    value: str = ""
    effect: str = ""

    def as_dict(self) -> dict[str, str]:
        """The Kubernetes object, empty fields left out."""
        operator = "Equal" if self.value else "Exists"
        fields = {"key": self.key, "operator": operator, "value": self.value, "effect": self.effect}
        return {name: text for name, text in fields.items() if text}

    def as_text(self) -> str:
        """The form taints are written in: `key=value:Effect`."""
        head = f"{self.key}={self.value}" if self.value else self.key
        return f"{head}:{self.effect}" if self.effect else head


# What AICR writes where no toleration is asked for: every taint is tolerated.
TOLERATE_ALL = (Toleration(),)


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """What the user chooses beside the recipe; the defaults are AICR's.

    Later wins: hydrated values, storage class, node scheduling, `values`, `assignments`.
    """

    assignments: tuple[Assignment, ...] = ()
    values: tuple[tuple[str, Mapping[str, object]], ...] = ()  # (component, Helm values), in order
    system_node_selector: Mapping[str, str] = field(default_factory=dict)
    system_tolerations: tuple[Toleration, ...] = TOLERATE_ALL
    accelerated_node_selector: Mapping[str, str] = field(default_factory=dict)
    accelerated_tolerations: tuple[Toleration, ...] = TOLERATE_ALL
    workload_selector: Mapping[str, str] = field(default_factory=dict)
    workload_gate: Toleration | None = None
    nodes: int = 0
    storage_class: str = ""
    repo: str = ""  # Git repository the GitOps deployers read the bundle from
    revision: str = "main"  # its branch, tag or commit
    repo_path: str = "."  # the bundle's folder in it

    def with_changes(self, **changes: object) -> BundleOptions:
        """A copy with some fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class BundleNote:
    """Something the reader of a bundle should know; `severity` is info, warning or error."""

    component: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A rendered manifest: its file name inside the component's folder, its text, where it came from."""

    file: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class PlannedComponent:
    """A component as it will be deployed. `kind` is helm, oci, kustomize, manifests or nothing."""

    name: str
    title: str
    kind: str
    namespace: str
    source: str  # chart repository or Git address
    chart: str  # chart name, or the whole oci:// reference
    version: str
    tag: str
    path: str
    values: Mapping[str, object]
    plain: str  # the values as JSON with sorted keys: what is made of them is remembered under it
    images: tuple[str, ...]  # that values and manifests name in full
    pre: tuple[Manifest, ...]  # applied before the chart
    post: tuple[Manifest, ...]  # applied around it, tolerantly before and strictly after
    needs: tuple[str, ...]  # enabled components it depends on
    tier: int  # from 1: one more than the last thing it needs
    waits: bool  # False: the release is not waited for
    refers_to_itself: bool  # its chart holds objects of kinds that it defines itself

    @property
    def has_chart(self) -> bool:
        """Whether Helm installs it."""
        return self.kind in ("helm", "oci")

    @property
    def reference(self) -> str:
        """The address `kustomize build` takes: source//path?ref=tag."""
        address = self.source.rstrip("/")
        if self.path:
            address += f"//{self.path}"
        return f"{address}?ref={self.tag}" if self.tag else address

    @property
    def has_manifests(self) -> bool:
        """Whether any manifest was rendered for it."""
        return bool(self.pre or self.post)


@dataclass(frozen=True, slots=True, order=True)
class Chart:
    """A chart by where it is fetched; an OCI chart's `repository` is its whole reference without version."""

    component: str
    name: str
    version: str
    repository: str


@dataclass(frozen=True, slots=True)
class Supplies:
    """Charts, Kustomize sources and images, and per component what could not be known."""

    charts: tuple[Chart, ...]
    sources: tuple[str, ...]
    images: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """A recipe ready for a deployer: the enabled components in deployment order."""

    recipe: Recipe
    components: tuple[PlannedComponent, ...]
    left_out: tuple[str, ...]  # disabled components
    notes: tuple[BundleNote, ...]
    supplies: Supplies
    options: BundleOptions
    kubernetes_floor: str  # lowest Kubernetes version, "" when the recipe states none
    catalog_digest: str
    catalog_version: str
    tool_version: str

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of everything but bare manifests, sorted."""
        return tuple(sorted({c.namespace for c in self.components if c.namespace and c.kind != "nothing"}))


Deployer = Callable[[BundlePlan], Files]
