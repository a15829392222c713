"""deploy.sh and undeploy.sh, run against stubs of helm, kubectl and kustomize."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from generator.bundle import build_bundle
from tests.bundle.small import small_catalog, small_recipe
from tests.bundle.stubs import Ran, pauses, run_script, write_bundle

UPGRADE = "helm upgrade --install "


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    catalog = small_catalog()
    # A blank and a quote in the path: every use of it must be quoted.
    return write_bundle(tmp_path_factory.mktemp("bund le's"), build_bundle(catalog, small_recipe(catalog)))


def deploy(bundle: Path, state: Path, *arguments: str, rules: str = "", without: tuple[str, ...] = ()) -> Ran:
    return run_script(bundle / "deploy.sh", arguments, rules=rules, state=state, without=without)


def installed(ran: Ran) -> list[str]:
    return [call.split()[3] for call in ran.calls_of(UPGRADE)]


if CHECKER := shutil.which("shellcheck"):

    def test_scripts_are_clean_to_shellcheck(bundle: Path) -> None:
        scripts = [bundle / "deploy.sh", bundle / "undeploy.sh"]
        done = subprocess.run([str(CHECKER), *scripts], capture_output=True, text=True, check=False)
        assert done.stdout == ""


def test_components_are_deployed_in_order_with_what_surrounds_them(bundle: Path, tmp_path: Path) -> None:
    ran = deploy(bundle, tmp_path)
    assert ran.code == 0, ran.err
    made = [
        call for call in ran.calls if not call.startswith(("kubectl get", "helm status", "kubectl create"))
    ]
    made = [call for call in made if call != "kubectl apply -f -"]
    upgrade = "--create-namespace -f BUNDLE/{0}/values.yaml"
    made[-2:] = sorted(made[-2:], reverse=True)  # the ends of a pipe are logged in either order
    assert made == [
        "helm version --short",
        "kubectl version -o json",
        "kubectl apply -f BUNDLE/operator/pre-manifests/",
        "kubectl apply -f BUNDLE/operator/manifests/",
        f"{UPGRADE}operator operator-chart --repo https://charts.example.com/stable --version v1.2.3 -n op-system "
        + upgrade.format("operator")
        + " --wait --timeout 10m",
        "kubectl apply -f BUNDLE/operator/manifests/",
        f"{UPGRADE}dra dra --repo https://charts.example.com/stable --version 25.12.0 -n dra "
        + upgrade.format("dra")
        + " --wait --timeout 10m",
        # Not waited for: it becomes ready only with others.
        f"{UPGRADE}kai-scheduler oci://registry.example.com/charts/kai-scheduler --version v0.13.0 -n kai "
        + upgrade.format("kai-scheduler"),
        "kubectl apply -f BUNDLE/extras/manifests/",
        "kustomize build https://git.example.com/org/kustom.git//config/default?ref=v2.0.0",
        "kubectl apply -n kustom-system -f -",
    ]
    assert [c for c in ran.calls if c.startswith("kubectl create")] == [
        f"kubectl create namespace {name} --dry-run=client -o yaml"
        for name in ("op-system", "extra", "kustom-system")
    ]


def test_options_reach_helm(bundle: Path, tmp_path: Path) -> None:
    site = tmp_path / "site values"
    site.mkdir()
    (site / "dra.yaml").write_text("a: 1\n")
    ran = deploy(bundle, tmp_path, "--timeout", "90s", "--values-dir", str(site), "--component", "dra")
    assert ran.code == 0, ran.err
    (call,) = ran.calls_of(UPGRADE)
    assert call.endswith(f"-f BUNDLE/dra/values.yaml -f {site}/dra.yaml --wait --timeout 90s")
    ran = deploy(bundle, tmp_path, "--no-wait")
    assert not [call for call in ran.calls if "--wait" in call]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--retries", "many"),
        ("--retries",),
        ("--timeout", "soon"),
        ("--component", "nobody"),
        ("--component", "operator dra"),
        ("--values-dir", "/nowhere/at/all"),
        ("--what",),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_called(
    bundle: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ran = deploy(bundle, tmp_path, *arguments)
    assert ran.code == 2
    assert ran.calls == ()
    assert "error: " in ran.err


def test_help_names_every_option(bundle: Path, tmp_path: Path) -> None:
    ran = deploy(bundle, tmp_path, "--help")
    assert ran.code == 0
    for option in [
        "--no-wait",
        "--best-effort",
        "--retries",
        "--dry-run",
        "--timeout",
        "--component",
        "--values-dir",
    ]:
        assert option in ran.out


def test_dry_run_calls_nothing(bundle: Path, tmp_path: Path) -> None:
    ran = deploy(bundle, tmp_path, "--dry-run")
    assert (ran.code, ran.calls) == (0, ())
    assert "+ helm upgrade --install operator operator-chart" in ran.out


def test_a_step_that_fails_once_is_tried_again(bundle: Path, tmp_path: Path) -> None:
    rules = (
        f"case $line in '{UPGRADE}dra '*) once a && exit 1 ;;\n"
        "'kubectl apply -f '*extras*) once b && exit 1 ;; esac\n"
    )
    ran = deploy(bundle, tmp_path, rules=rules)
    assert ran.code == 0, ran.err
    assert installed(ran) == ["operator", "dra", "dra", "kai-scheduler"]
    assert pauses(tmp_path) == [5, 5]


def test_a_step_that_always_fails_ends_the_run_after_growing_pauses(bundle: Path, tmp_path: Path) -> None:
    ran = deploy(bundle, tmp_path, rules=f"case $line in '{UPGRADE}dra '*) exit 1 ;; esac\n")
    assert ran.code == 1
    assert installed(ran) == ["operator", *["dra"] * 6]
    assert pauses(tmp_path) == [5, 20, 45, 80, 120]
    assert "failed: dra" in ran.err
    assert "Deployed: operator" in ran.out


def test_best_effort_goes_on_and_still_says_that_it_failed(bundle: Path, tmp_path: Path) -> None:
    rules = f"case $line in '{UPGRADE}dra '* | 'kustomize build '*) exit 1 ;; esac\n"
    ran = deploy(bundle, tmp_path, "--best-effort", "--retries", "0", rules=rules)
    assert ran.code == 1
    assert installed(ran) == ["operator", "dra", "kai-scheduler"]
    assert "failed: dra kustom" in ran.err
    assert pauses(tmp_path) == []


def test_kinds_that_come_with_the_chart_may_be_missing_before_it(bundle: Path, tmp_path: Path) -> None:
    race = (
        'echo \'resource mapping not found for name: x: no matches for kind "Y" in version "z/v1"\' >&2;'
        "echo 'ensure CRDs are installed first' >&2; exit 1"
    )
    ran = deploy(
        bundle, tmp_path, rules=f"case $line in *operator/manifests/*) once a && {{ {race}; }} ;; esac\n"
    )
    assert ran.code == 0, ran.err
    assert pauses(tmp_path) == []
    assert len([c for c in ran.calls if c.endswith("operator/manifests/")]) == 2


def test_another_error_among_missing_kinds_is_a_failure(bundle: Path, tmp_path: Path) -> None:
    errors = "echo 'no matches for kind \"Y\"' >&2; echo 'Error: connection refused' >&2; exit 1"
    rules = f"case $line in *operator/manifests/*) {errors} ;; esac\n"
    ran = deploy(bundle, tmp_path, "--retries", "1", rules=rules)
    assert ran.code == 1
    assert installed(ran) == []


def test_a_command_that_hangs_is_ended(bundle: Path, tmp_path: Path) -> None:
    rules = f"case $line in '{UPGRADE}operator '*) read -rt 100 <> <(:) ;; esac\n"
    ran = deploy(bundle, tmp_path, "--timeout", "1s", "--retries", "0", rules=rules)
    assert ran.code == 1
    assert "did not end within 6 seconds" in ran.err


PREFLIGHT = {
    "the cluster is away": ("case $line in 'kubectl version'*) exit 1 ;; esac\n", "cannot be reached"),
    "old helm": ("case $line in 'helm version'*) echo v3.7.2; exit ;; esac\n", "helm is 3.7.2"),
    "old Kubernetes": (
        "case $line in 'kubectl version'*)\n"
        'echo \'{"serverVersion": {"gitVersion": "v1.32.3-gke.1"}}\'; exit ;; esac\n',
        "runs Kubernetes v1.32.3-gke.1; the recipe wants 1.32.4",
    ),
    "a namespace is going": (
        "case $line in 'kubectl get ns dra '*) printf Terminating; exit ;; esac\n",
        "the namespace dra is being deleted",
    ),
    "a stale webhook": (
        "case $line in 'kubectl get validating'*) echo '"
        + json.dumps(
            {
                "items": [
                    {
                        "metadata": {"name": "old"},
                        "webhooks": [{"clientConfig": {"service": {"namespace": "kai", "name": "gone"}}}],
                    }
                ]
            }
        )
        + "'; exit ;; 'kubectl get service gone'*) exit 1 ;; esac\n",
        "kubectl delete validatingwebhookconfigurations old",
    ),
}


if not shutil.which("jq"):
    del PREFLIGHT["a stale webhook"]  # the script needs jq for it too, and says so


@pytest.mark.parametrize("case", PREFLIGHT)
def test_checks_stop_the_run_before_anything_is_touched(bundle: Path, tmp_path: Path, case: str) -> None:
    rules, said = PREFLIGHT[case]
    ran = deploy(bundle, tmp_path, rules=rules)
    assert ran.code == 1
    assert said in ran.err
    assert not ran.calls_of("helm upgrade", "kubectl apply", "kubectl create")


@pytest.mark.parametrize("tool", ["helm", "kubectl", "kustomize"])
def test_a_missing_tool_is_named(bundle: Path, tmp_path: Path, tool: str) -> None:
    ran = deploy(bundle, tmp_path, without=(tool,))
    assert ran.code == 1
    assert f"{tool} is not installed" in ran.err


def test_site_values_for_nobody_are_an_error(bundle: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "oprator.yaml").write_text("a: 1\n")
    ran = deploy(bundle, tmp_path, "--values-dir", str(site))
    assert ran.code == 1
    assert "oprator.yaml is for no component" in ran.err
    assert not ran.calls_of(UPGRADE)


def current(name: str, version: str, values: str) -> str:
    return (
        f'case $line in \'helm status {name} \'*) echo \'{{"info":{{"status":"deployed"}}}}\'; exit ;;\n'
        f'\'helm get metadata {name} \'*) echo \'{{"chart":"x","version":"{version}"}}\'; exit ;;\n'
        f"'helm get values {name} '*) cat <<'JSON'\n{values}\nJSON\nexit ;; esac\n"
    )


def operator_values() -> str:
    catalog = small_catalog()
    files = build_bundle(catalog, small_recipe(catalog))
    return json.dumps(yaml.safe_load(files["operator/values.yaml"]), sort_keys=True, separators=(",", ":"))


def test_a_second_run_leaves_current_releases_alone(bundle: Path, tmp_path: Path) -> None:
    ran = deploy(bundle, tmp_path, rules=current("operator", "1.2.3", operator_values()))
    assert ran.code == 0, ran.err
    assert installed(ran) == ["dra", "kai-scheduler"]
    assert "Unchanged: operator" in ran.out


@pytest.mark.parametrize(
    ("version", "values"),
    [("1.2.2", None), ("1.2.3", '{"controller":{"replicas":3}}')],
    ids=["another version", "other values"],
)
def test_a_release_that_differs_is_upgraded(
    bundle: Path, tmp_path: Path, version: str, values: str | None
) -> None:
    ran = deploy(bundle, tmp_path, rules=current("operator", version, values or operator_values()))
    assert installed(ran) == ["operator", "dra", "kai-scheduler"]


@pytest.mark.parametrize(
    ("state", "settled"),
    [
        ("pending-install", "helm uninstall dra -n dra --timeout 10m"),
        ("pending-upgrade", "helm rollback dra -n dra --timeout 10m"),
    ],
)
def test_a_release_left_pending_is_settled_first(
    bundle: Path, tmp_path: Path, state: str, settled: str
) -> None:
    rules = f'case $line in \'helm status dra \'*) echo \'{{"info":{{"status":"{state}"}}}}\'; exit ;; esac\n'
    ran = deploy(bundle, tmp_path, rules=rules)
    assert ran.code == 0, ran.err
    calls = list(ran.calls)
    upgrade = next(i for i, call in enumerate(calls) if call.startswith(f"{UPGRADE}dra "))
    assert calls.index(settled) < upgrade
    assert pauses(tmp_path) == [10, 10, 10]


def undeploy(bundle: Path, state: Path, *arguments: str, rules: str = "") -> Ran:
    return run_script(bundle / "undeploy.sh", arguments, rules=rules, state=state)


def test_removal_reverses_and_keeps_definitions_and_namespaces(bundle: Path, tmp_path: Path) -> None:
    ran = undeploy(bundle, tmp_path)
    assert ran.code == 0, ran.err
    made = ran.calls_of("kubectl delete", "helm uninstall", "kustomize")
    assert [call for call in made if "kustom" not in call] == [
        "kubectl delete -f BUNDLE/extras/manifests/all.yaml --ignore-not-found",
        "helm uninstall kai-scheduler -n kai --timeout 120s --ignore-not-found",
        "helm uninstall dra -n dra --timeout 120s --ignore-not-found",
        "kubectl delete -f BUNDLE/operator/manifests/ --ignore-not-found",
        "helm uninstall operator -n op-system --timeout 120s --ignore-not-found",
        "kubectl delete -f BUNDLE/operator/pre-manifests/ --ignore-not-found",
    ]
    assert (
        "left: the definitions, namespaces and volume claims in extras/manifests/definitions.yaml" in ran.out
    )


def test_lasting_objects_among_others_are_left_out_of_what_is_deleted(tmp_path: Path) -> None:
    mixed = (
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n---\n"
        'apiVersion: v1\nkind: "PersistentVolumeClaim"\nmetadata: {name: data}\n---\n'
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n"
    )
    catalog = small_catalog(**{"components/extras/manifests/definitions.yaml": mixed})
    folder = write_bundle(tmp_path / "bundle", build_bundle(catalog, small_recipe(catalog)))
    rules = (
        f"case $line in 'kubectl delete -f '*rest.yaml*) cat \"$4\" >>'{tmp_path}/deleted' ;;\n"
        "'kustomize build '*) printf 'kind: Namespace\\nmetadata: {name: n}\\n---\\nkind: Secret\\n' ;;\n"
        f"'kubectl delete -n kustom-system '*) cat >>'{tmp_path}/piped' ;; esac\n"
    ).replace('"$4"', '"$3"')
    ran = undeploy(folder, tmp_path / "state", rules=rules)
    assert ran.code == 0, ran.err
    deleted = [each for each in yaml.safe_load_all((tmp_path / "deleted").read_text()) if each]
    assert [each["kind"] for each in deleted] == ["ConfigMap"]
    assert [e for e in yaml.safe_load_all((tmp_path / "piped").read_text()) if e] == [{"kind": "Secret"}]
    ran = undeploy(folder, tmp_path / "state", "--delete-pvcs", rules=rules)
    assert ran.code == 0
    assert "PersistentVolumeClaim" in (tmp_path / "deleted").read_text()


def test_a_namespace_with_something_in_it_is_not_deleted(bundle: Path, tmp_path: Path) -> None:
    listing = "'kubectl get persistentvolumeclaims,'*'-n dra '*"
    rules = f"case $line in {listing}) echo persistentvolumeclaim/data; exit ;; esac\n"
    ran = undeploy(bundle, tmp_path, "--delete-namespaces", rules=rules)
    gone = [call.split()[3] for call in ran.calls_of("kubectl delete namespace")]
    assert gone == ["kustom-system", "kai-resource-reservation", "kai", "op-system"]
    assert "left: the namespace dra, which is not empty" in ran.out


def test_a_release_whose_removal_deletes_volume_claims_stays(bundle: Path, tmp_path: Path) -> None:
    printed = "printf 'a: 1\\n---\\nkind: PersistentVolumeClaim\\n'"
    rules = f"case $line in 'helm get manifest dra '*) {printed}; exit ;; esac\n"
    ran = undeploy(bundle, tmp_path, rules=rules)
    assert ran.code == 1
    assert "left behind: dra" in ran.err
    assert not [call for call in ran.calls_of("helm uninstall") if " dra " in call]
    again = undeploy(bundle, tmp_path, "--delete-pvcs", rules=rules)
    assert again.code == 0


def test_a_removal_that_fails_is_told_and_the_rest_goes_on(bundle: Path, tmp_path: Path) -> None:
    ran = undeploy(bundle, tmp_path, rules="case $line in 'helm uninstall dra '*) exit 1 ;; esac\n")
    assert ran.code == 1
    assert "left behind: dra" in ran.err
    assert ran.calls_of("helm uninstall dra ")[-1].endswith("--no-hooks")
    assert ran.calls_of("helm uninstall operator ")


@pytest.mark.parametrize("jq", ["jq"] if shutil.which("jq") else [])
def test_only_webhooks_of_the_release_are_removed(bundle: Path, tmp_path: Path, jq: str) -> None:
    def webhook(name: str, release: str, namespace: str) -> dict[str, object]:
        annotations = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
        return {"metadata": {"name": name, "annotations": annotations}}

    answer = json.dumps({"items": [webhook("ours", "dra", "dra"), webhook("theirs", "dra", "elsewhere")]})
    rules = f"case $line in 'kubectl get validating'*) echo '{answer}'; exit ;; esac\n"
    ran = undeploy(bundle, tmp_path, rules=rules)
    assert ran.calls_of("kubectl delete validating") == [
        "kubectl delete validatingwebhookconfigurations ours --ignore-not-found"
    ]


def test_removal_in_a_dry_run_calls_nothing(bundle: Path, tmp_path: Path) -> None:
    ran = undeploy(bundle, tmp_path, "--dry-run", "--delete-namespaces", "--delete-crds")
    assert (ran.code, ran.calls) == (0, ())
    assert "+ helm uninstall operator" in ran.out
