"""Stub `helm`, `kubectl` and `kustomize` that record their calls and answer, fail or hang as a test says."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.bundle.build import file_mode

_STUB = """\
#!/usr/bin/env bash
line="$(basename "$0") $*"
printf '%s\\n' "$line" >>"$STUBS/calls"
# once KEY: true the first time it is asked.
once() { if [[ -e $STUBS/once.$1 ]]; then return 1; fi; touch "$STUBS/once.$1"; }
case $line in
  'kubectl create namespace '*'--dry-run=client'*) echo 'kind: Namespace' ;;
  'kubectl apply -f -' | 'kubectl apply -n '*' -f -') cat >/dev/null ;;
esac
. "$STUBS/rules"
"""
# What the scripts may find besides: nothing else is on their path.
TOOLS = (
    *("bash", "basename", "cat", "cut", "dirname", "grep", "jq", "mktemp", "rm", "sha256sum", "sort"),
    *("timeout", "touch", "true"),
)
# What a healthy, empty cluster says.
HEALTHY = """
case $line in
  'helm version --short') echo 'v3.18.4+gd80839c' ;;
  'helm status '*) echo 'Error: release: not found' >&2; exit 1 ;;
  'kubectl version -o json')
    echo '{"clientVersion": {"gitVersion": "v1.33.1"}, "serverVersion": {"gitVersion": "v1.34.2-eks-1"}}' ;;
  'kubectl get daemonset '*) echo daemonset.apps/dra-kubelet-plugin ;;
  'kubectl get '*'-o json') echo '{"items": []}' ;;
esac
"""


@dataclass(frozen=True)
class Ran:
    """How a script ended: its exit code, what it said, and the calls it made (the bundle's path is BUNDLE)."""

    code: int
    out: str
    err: str
    calls: tuple[str, ...]

    def calls_of(self, *starts: str) -> list[str]:
        return [call for call in self.calls if call.startswith(starts)]


def write_bundle(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write *files* below *folder* with their modes."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(file_mode(path))
    return folder


def run_script(
    script: Path, arguments: Sequence[str] = (), *, rules: str = "", state: Path, without: Sequence[str] = ()
) -> Ran:
    """Run *script* with the stubs first on the path; *rules* are tried before the healthy answers."""
    tools = state / "bin"
    tools.mkdir(parents=True, exist_ok=True)
    for name in ("helm", "kubectl", "kustomize"):
        stub = tools / name
        if name in without:
            stub.unlink(missing_ok=True)
        else:
            stub.write_text(_STUB)
            stub.chmod(0o755)
    for name in TOOLS:
        real, link = shutil.which(name), tools / name
        if real and not link.exists():
            link.symlink_to(real)
    pause = tools / "sleep"
    pause.write_text('#!/usr/bin/env bash\nprintf \'%s\\n\' "$1" >>"$STUBS/pauses"\n')
    pause.chmod(0o755)
    (state / "rules").write_text(rules + HEALTHY)
    calls = state / "calls"
    calls.unlink(missing_ok=True)
    environment = {**os.environ, "PATH": str(tools), "STUBS": str(state)}
    done = subprocess.run(
        [script, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    made = calls.read_text().splitlines() if calls.exists() else []
    bundle = str(script.parent)
    return Ran(done.returncode, done.stdout, done.stderr, tuple(c.replace(bundle, "BUNDLE") for c in made))


def pauses(state: Path) -> list[int]:
    """How long the scripts slept, in seconds, in order."""
    file = state / "pauses"
    return [int(line) for line in file.read_text().split()] if file.exists() else []
