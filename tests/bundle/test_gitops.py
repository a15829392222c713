"""argocd, flux and helmfile: the same values as helm, nothing before what it needs, scripts that wait."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.bundle import DEPLOYERS, BundleOptions, BundlePlan, build_files, plan_bundle, verify_tarball
from generator.bundle.deployers.gitops import MAX_NAME, object_name
from generator.bundle.pack import pack_gz, pack_tar
from generator.engine.matrix import build_matrix
from generator.load.catalog import load_catalog, own_catalog_root
from tests.bundle.small import small_catalog, small_recipe
from tests.bundle.stubs import Ran, run_script, write_bundle

REPO = BundleOptions(repo="https://git.example.com/org/clusters.git", repo_path="one/cluster")


def plans(options: BundleOptions) -> Iterator[BundlePlan]:
    """The small recipe and a spread of our own."""
    catalog = small_catalog()
    yield plan_bundle(catalog, small_recipe(catalog), options)
    catalog = load_catalog(own_catalog_root(), own=True)
    for recipe in build_matrix(catalog).recipes[::30]:
        yield plan_bundle(catalog, recipe, options)


@pytest.fixture(scope="module", params=["without a repository", "with one"])
def every_plan(request: pytest.FixtureRequest) -> list[BundlePlan]:
    return list(plans(REPO if request.param == "with one" else BundleOptions()))


def objects(files: Mapping[str, bytes], *names: str) -> list[tuple[str, Any]]:
    """(path, object) of the YAML files whose path matches one of *names*."""
    found = []
    for path in sorted(files):
        if any(re.fullmatch(name, path) for name in names):
            found += [(path, each) for each in yaml.safe_load_all(files[path]) if each is not None]
    return found


def reaches_helm(deployer: str, files: Mapping[str, bytes]) -> dict[str, object]:
    """The values each release gets, by the deployer's own way."""
    found: dict[str, object] = {}
    if deployer == "argocd":
        for _, app in objects(files, r"[^/]+/application\.yaml"):
            helm = app["spec"]["source"].get("helm")
            if helm:
                found[helm["releaseName"]] = yaml.safe_load(helm.get("values", "{}"))
    elif deployer == "flux":
        maps = {
            o["metadata"]["name"]: o
            for _, o in objects(files, r".*/release\.yaml")
            if o["kind"] == "ConfigMap"
        }
        for _, release in objects(files, r".*/release\.yaml"):
            if release["kind"] == "HelmRelease":
                sources = release["spec"].get("valuesFrom", [])
                texts = [maps[source["name"]]["data"][source["valuesKey"]] for source in sources]
                found[release["spec"]["releaseName"]] = yaml.safe_load(texts[0]) if texts else {}
    else:
        for _, document in objects(files, r"tier-\d+\.yaml"):
            for release in document["releases"]:
                for path in release.get("values", []):
                    found[release["name"]] = yaml.safe_load(files[path.removeprefix("./")]) or {}
    return found


@pytest.mark.parametrize("deployer", ["argocd", "flux", "helmfile"])
def test_helm_gets_the_same_values_nulls_included(every_plan: list[BundlePlan], deployer: str) -> None:
    for plan in every_plan:
        wanted = {c.name: dict(c.values) for c in plan.components if c.has_chart}
        assert reaches_helm(deployer, build_files(plan, deployer)) == wanted


def deployed_order(deployer: str, plan: BundlePlan, files: Mapping[str, bytes]) -> list[set[str]]:
    """What is applied together, in the order the deployer's mechanism gives; `<name>` or `<name>/<folder>`."""
    if deployer == "argocd" and plan.options.repo:
        waves: dict[int, set[str]] = {}
        for path, app in objects(files, r"[^/]+/application.*\.yaml"):
            name, _, file = path.partition("/")
            part = file.removeprefix("application").removesuffix(".yaml").lstrip("-")
            wave = int(app["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
            waves.setdefault(wave, set()).add(f"{name}/{part}" if part else name)
        return [waves[wave] for wave in sorted(waves)]
    if deployer == "flux" and plan.options.repo:
        pending = {o["metadata"]["name"]: o["spec"] for _, o in objects(files, r"flux/kustomizations\.yaml")}
        done: set[str] = set()
        order = []
        while pending:
            ready = {n for n, s in pending.items() if {d["name"] for d in s.get("dependsOn", [])} <= done}
            assert ready, f"nothing can go on: {pending}"
            order.append({_part_of(str(pending.pop(name)["path"])) for name in sorted(ready)})
            done |= ready
        return order
    if deployer == "helmfile":
        order = []
        for entry in yaml.safe_load(files["helmfile.yaml"])["helmfiles"]:
            left = {
                f"{r['namespace']}/{r['name']}": r for r in yaml.safe_load(files[entry["path"]])["releases"]
            }
            while left:
                ready = {n for n, r in left.items() if not set(r.get("needs", [])) & set(left)}
                assert ready
                order.append({_release_part(left.pop(name)) for name in sorted(ready)})
        return order
    return []


def _part_of(path: str) -> str:
    name, folder = path.split("/")[-2:]
    return name if folder == "release" else f"{name}/{folder}"


def _release_part(release: Mapping[str, str]) -> str:
    local = re.fullmatch(r"\./([^/]+)/(.+)-chart", release["chart"])
    return f"{local[1]}/{local[2]}" if local else release["name"]


@pytest.mark.parametrize("deployer", ["argocd", "flux", "helmfile"])
def test_nothing_is_applied_before_what_it_needs(every_plan: list[BundlePlan], deployer: str) -> None:
    for plan in every_plan:
        files = build_files(plan, deployer)
        order = deployed_order(deployer, plan, files)
        if not order:
            continue  # applied by a script, which has its own test
        place = {part: number for number, group in enumerate(order) for part in group}
        parts: dict[str, list[int]] = {}
        for part, number in place.items():
            parts.setdefault(part.split("/")[0], []).append(number)
        assert set(parts) == {c.name for c in plan.components if c.kind != "nothing"}
        for component in plan.components:
            for need in component.needs:
                if need in parts and component.name in parts:
                    assert max(parts[need]) < min(parts[component.name]), (
                        plan.recipe.id,
                        component.name,
                        need,
                    )
            before, after = (
                place.get(f"{component.name}/pre-manifests"),
                place.get(f"{component.name}/manifests"),
            )
            main = place.get(component.name)
            assert before is None or main is None or before < main
            assert after is None or main is None or main < after


@pytest.mark.parametrize("deployer", ["argocd", "flux"])
def test_the_script_hands_nothing_over_before_what_it_needs_is_waited_for(
    tmp_path: Path, deployer: str
) -> None:
    for number, plan in enumerate(plans(BundleOptions())):
        bundle = write_bundle(tmp_path / str(number), build_files(plan, deployer))
        ran = run_script(bundle / "deploy.sh", ["--dry-run"], state=tmp_path / "state")
        assert ran.code == 0, ran.err
        lines = [line.replace(str(bundle), "BUNDLE") for line in ran.out.splitlines() if "kubectl" in line]
        applied: dict[str, list[int]] = {}
        waited: dict[str, int] = {}
        for at, line in enumerate(lines):
            if match := re.search(r"BUNDLE/([^/]+)/", line):
                applied.setdefault(match[1], []).append(at)
            elif match := re.search(r"kubectl wait \S+/(\S+)", line):
                waited[match[1]] = at
        assert set(applied) == {c.name for c in plan.components if c.kind != "nothing"}
        for component in plan.components:
            for need in component.needs:
                if need in applied and component.name in applied:
                    last = max([*applied[need], waited.get(need, 0)])
                    assert last < min(applied[component.name]), (plan.recipe.id, component.name, need)
            main = component.has_chart or component.kind == "kustomize"
            assert (component.name in waited) == (main and component.waits)


@pytest.mark.parametrize("deployer", sorted(DEPLOYERS))
def test_every_manifest_of_the_recipe_is_there(every_plan: list[BundlePlan], deployer: str) -> None:
    for plan in every_plan:
        files = build_files(plan, deployer)
        for component in plan.components:
            for manifest in (*component.pre, *component.post):
                text = manifest.text
                if deployer == "helmfile":
                    text = text.replace("{{", '{{ "{{" }}')
                held = [
                    p
                    for p, content in files.items()
                    if p.startswith(f"{component.name}/") and content == text.encode()
                ]
                assert held, (deployer, component.name, manifest.file)


@pytest.mark.parametrize("deployer", sorted(DEPLOYERS))
def test_every_bundle_verifies_and_leaves_no_template_text(
    every_plan: list[BundlePlan], deployer: str
) -> None:
    for plan in every_plan:
        files = build_files(plan, deployer)
        assert verify_tarball(pack_gz(pack_tar("top", files))).ok
        assert not [path for path, content in files.items() if b"@{" in content or b".RepoURL" in content]


def test_names_stay_within_the_limit_and_apart() -> None:
    long = "x" * 53
    names = {object_name(long), object_name(long, "manifests"), object_name(long, "pre-manifests")}
    assert len(names) == 3
    assert all(len(name) <= MAX_NAME for name in names)
    assert object_name("a" * 52 + "b", "manifests") != object_name("a" * 52 + "c", "manifests")


def test_chart_versions_and_addresses_are_verbatim() -> None:
    catalog = small_catalog()
    plan = plan_bundle(catalog, small_recipe(catalog), BundleOptions())
    sources = {
        app["metadata"]["name"]: app["spec"]["source"]
        for _, app in objects(build_files(plan, "argocd"), r"[^/]+/application\.yaml")
    }
    assert sources["operator"]["targetRevision"] == "v1.2.3"
    assert sources["kai-scheduler"] == {
        "repoURL": "registry.example.com/charts",  # Argo CD wants it without oci:// where a chart is named
        "chart": "kai-scheduler",
        "targetRevision": "v0.13.0",
        "helm": {"releaseName": "kai-scheduler", "values": sources["kai-scheduler"]["helm"].get("values", "")}
        if "values" in sources["kai-scheduler"]["helm"]
        else {"releaseName": "kai-scheduler"},
    }
    assert sources["kustom"]["repoURL"] == "https://git.example.com/org/kustom.git"
    release = next(
        o["spec"]["chart"]["spec"]
        for _, o in objects(build_files(plan, "flux"), r"operator/release/release\.yaml")
        if o["kind"] == "HelmRelease"
    )
    assert (release["chart"], release["version"]) == ("operator-chart", "v1.2.3")


def small_bundle(folder: Path, deployer: str) -> Path:
    catalog = small_catalog()
    plan = plan_bundle(catalog, small_recipe(catalog), BundleOptions())
    return write_bundle(folder / "bun dle", build_files(plan, deployer))


def deploy(tmp_path: Path, deployer: str, *arguments: str, rules: str = "") -> Ran:
    script = small_bundle(tmp_path, deployer) / "deploy.sh"
    return run_script(script, arguments, rules=rules, state=tmp_path / "state")


EXPECTED = {
    "argocd": [
        "kubectl apply --server-side -f BUNDLE/operator/pre-manifests/",
        "kubectl apply -f BUNDLE/operator/application.yaml",
        "kubectl wait application/operator -n argocd --for=jsonpath={.status.sync.status}=Synced --timeout=10m",
        "kubectl wait application/operator -n argocd --for=jsonpath={.status.health.status}=Healthy --timeout=10m",
        "kubectl apply -f BUNDLE/dra/application.yaml",
        "kubectl apply -f BUNDLE/kai-scheduler/application.yaml",
        "kubectl wait application/dra -n argocd --for=jsonpath={.status.sync.status}=Synced --timeout=10m",
        "kubectl wait application/dra -n argocd --for=jsonpath={.status.health.status}=Healthy --timeout=10m",
        "kubectl apply --server-side -f BUNDLE/extras/pre-manifests/",
        "kubectl apply -f BUNDLE/kustom/application.yaml",
        "kubectl wait application/kustom -n argocd --for=jsonpath={.status.sync.status}=Synced --timeout=10m",
        "kubectl wait application/kustom -n argocd --for=jsonpath={.status.health.status}=Healthy --timeout=10m",
    ],
    "flux": [
        "kubectl apply --server-side -f BUNDLE/operator/pre-manifests/",
        "kubectl apply -f BUNDLE/operator/release/",
        "kubectl wait helmrelease/operator -n flux-system --for=jsonpath={.status.observedGeneration}=3 --timeout=10m",
        "kubectl wait helmrelease/operator -n flux-system --for=condition=Ready --timeout=10m",
        "kubectl apply -f BUNDLE/dra/release/",
        "kubectl apply -f BUNDLE/kai-scheduler/release/",
        "kubectl wait helmrelease/dra -n flux-system --for=jsonpath={.status.observedGeneration}=3 --timeout=10m",
        "kubectl wait helmrelease/dra -n flux-system --for=condition=Ready --timeout=10m",
        "kubectl apply --server-side -f BUNDLE/extras/pre-manifests/",
        "kubectl apply -f BUNDLE/kustom/release/",
        "kubectl wait kustomization.kustomize.toolkit.fluxcd.io/kustom -n flux-system "
        "--for=jsonpath={.status.observedGeneration}=3 --timeout=10m",
        "kubectl wait kustomization.kustomize.toolkit.fluxcd.io/kustom -n flux-system "
        "--for=condition=Ready --timeout=10m",
    ],
}
GENERATION = "case $line in *metadata.generation*) printf 3; exit ;; esac\n"


@pytest.mark.parametrize("deployer", sorted(EXPECTED))
def test_the_script_waits_for_each_tier(tmp_path: Path, deployer: str) -> None:
    ran = deploy(tmp_path, deployer, rules=GENERATION)
    assert ran.code == 0, ran.err
    made = [c for c in ran.calls_of("kubectl apply", "kubectl wait") if c != "kubectl apply -f -"]
    assert made == EXPECTED[deployer]


@pytest.mark.parametrize("deployer", sorted(EXPECTED))
def test_a_tier_that_does_not_become_ready_stops_the_run(tmp_path: Path, deployer: str) -> None:
    ran = deploy(tmp_path, deployer, rules="case $line in 'kubectl wait'*dra*) exit 1 ;; esac\n")
    assert ran.code == 1
    assert "dra is not ready after 10m" in ran.err
    assert not [call for call in ran.calls if "extras" in call or "kustom/" in call]


def test_an_old_status_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    """Argo CD removes the mark once it has looked again; until then nothing is waited for."""
    rules = (
        "case $line in 'kubectl get application/operator '*refresh*)\n"
        "once a && { printf normal; exit; }; once b && { printf normal; exit; }; exit 0 ;; esac\n"
    )
    ran = deploy(tmp_path, "argocd", rules=rules)
    assert ran.code == 0, ran.err
    about = [call.split()[1] for call in ran.calls if "application/operator" in call]
    assert about == ["annotate", "get", "get", "get", "wait", "wait"]


@pytest.mark.parametrize("deployer", sorted(EXPECTED))
def test_a_cluster_without_the_controller_is_refused(tmp_path: Path, deployer: str) -> None:
    ran = deploy(tmp_path, deployer, rules="case $line in 'kubectl get crd'*) exit 1 ;; esac\n")
    assert ran.code == 1
    assert "is not installed in this cluster" in ran.err
    assert not ran.calls_of("kubectl apply")


@pytest.mark.parametrize("deployer", sorted(EXPECTED))
def test_a_dry_run_touches_nothing(tmp_path: Path, deployer: str) -> None:
    ran = deploy(tmp_path, deployer, "--dry-run")
    assert (ran.code, ran.calls) == (0, ())
    assert "+ kubectl wait" in ran.out


if CHECKER := shutil.which("shellcheck"):

    @pytest.mark.parametrize("deployer", sorted(EXPECTED))
    def test_its_script_is_clean_to_shellcheck(tmp_path: Path, deployer: str) -> None:
        script = small_bundle(tmp_path, deployer) / "deploy.sh"
        done = subprocess.run([str(CHECKER), script], capture_output=True, text=True, check=False)
        assert done.stdout == ""
