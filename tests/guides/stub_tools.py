"""What stands for kubectl, helm, docker and the tools of object stores in the guides: it keeps what it is given.

Not imported: test_guides.py writes it out once for each tool, with WORLD (a folder) and TOOL (its name) before it.
An object that was not applied is not found, a folder that is not there cannot be copied, an image not built not pushed.
"""
# ruff: noqa: F821
# mypy: ignore-errors

import json
import shutil
import sys
from pathlib import Path
from typing import Any, NoReturn

WORDS = sys.argv[1:]
HERE = Path(WORLD)
CLUSTER = HERE / "cluster.json"
SNAPSHOT = Path("snapshot.yaml")


def stop(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(1)


def option(name: str) -> str:
    for at, word in enumerate(WORDS):
        if word == name:
            return WORDS[at + 1]
        if word.startswith(f"{name}="):
            return word.split("=", 1)[1]
    return ""


def cluster() -> dict[str, Any]:
    return json.loads(CLUSTER.read_text()) if CLUSTER.exists() else {}


def objects(where: str) -> dict[str, Any]:
    import yaml

    text = sys.stdin.read() if where == "-" else ""
    paths = (
        [] if where == "-" else [Path(where)] if Path(where).is_file() else sorted(Path(where).glob("*.yaml"))
    )
    if where != "-" and not paths:
        stop(f"error: the path {where!r} does not exist")
    found = [
        d for t in ([text] if text else [p.read_text() for p in paths]) for d in yaml.safe_load_all(t) if d
    ]
    found = [o for d in found for o in (d["items"] if d["kind"] == "List" else [d])]
    return {f"{o['kind']}/{o['metadata']['name']}": o for o in found}


def keep(known: dict[str, Any]) -> None:
    CLUSTER.write_text(json.dumps(known, default=str))


def named(kind: str, name: str) -> Any:
    found = [o for key, o in cluster().items() if key.lower() == f"{kind}/{name}".lower()]
    if not found:
        stop(f'Error from server (NotFound): {kind} "{name}" not found')
    return found[0]


def kubectl() -> None:
    verb = WORDS[0]
    if verb == "version":
        server = {"major": "1", "minor": "34", "gitVersion": "v1.34.1"}
        print(json.dumps({"clientVersion": {"gitVersion": "v1.34.1"}, "serverVersion": server}))
    elif verb == "apply":
        keep({**cluster(), **objects(option("-f") or option("--filename"))})
    elif verb == "delete" and option("-f"):
        gone = objects(option("-f"))
        keep({key: o for key, o in cluster().items() if key not in gone})
    elif verb == "patch":
        if not Path(option("--patch-file")).is_file():
            stop("no patch")
    elif verb in ("wait", "rollout"):
        kind, name = next(word for word in WORDS if "/" in word and not word.startswith("-")).split("/")
        named(kind, name)
    elif verb == "get" and "jsonpath" in " ".join(WORDS):
        pass  # nothing is marked, nothing has a generation
    elif verb == "get" and WORDS[1] == "configmap":
        held = named("configmap", WORDS[2])
        # What the Job would have written: here the snapshot that this machine's collector took.
        held["data"] = {"snapshot.yaml": SNAPSHOT.read_text(), "format": "yaml"}
        print(json.dumps(held))
    elif verb == "get" and "json" in " ".join(WORDS):
        print(json.dumps({"items": []}))


def helm() -> None:
    if WORDS[0] == "version":
        print("v3.19.0")
    elif WORDS[0] == "status":
        stop("Error: release: not found")
    elif WORDS[0] == "list":
        print("[]")


def helmfile() -> None:
    if not Path("helmfile.yaml").is_file():
        stop("no helmfile.yaml here")
    with (HERE / "helmfile").open("a") as log:
        print(WORDS[0], file=log)


def mirror(source: str, target: str) -> None:
    """Make the bucket hold what the folder holds and nothing else."""
    if not Path(source).is_dir():
        stop(f"{source} is no folder")
    kept = HERE / target.replace("://", "/")
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(source, kept)


def bucket(address: str) -> None:
    if not (HERE / address.replace("://", "/")).is_dir():
        stop(f"{address}: no such bucket")


def aws() -> None:
    if WORDS[:2] == ["s3", "sync"] and "--delete" in WORDS:
        mirror(WORDS[2], WORDS[3])
    elif WORDS[:2] == ["s3", "website"]:
        bucket(WORDS[2])
    elif WORDS[:2] != ["cloudfront", "create-invalidation"]:
        stop(f"unknown: {WORDS}")


def gsutil() -> None:
    if "rsync" in WORDS and {"-r", "-d"} <= set(WORDS):
        mirror(WORDS[-2], WORDS[-1])
    elif WORDS[:2] == ["web", "set"]:
        bucket(WORDS[-1])
    else:
        stop(f"unknown: {WORDS}")


def docker() -> None:
    if WORDS[0] == "build":
        lines = [line.split() for line in (Path(WORDS[-1]) / "Dockerfile").read_text().splitlines()]
        for line in lines:
            if line and line[0] == "COPY" and not (Path(WORDS[-1]) / line[1]).exists():
                stop(f"COPY failed: {line[1]} is not there")
        image = HERE / "images" / option("-t")
        image.parent.mkdir(parents=True, exist_ok=True)
        image.write_text(" ".join(lines[0]))
    elif WORDS[0] == "push":
        image = HERE / "images" / WORDS[1]
        if not image.exists():
            stop(f"{WORDS[1]} was not built")
        image.with_name(f"{image.name}.pushed").touch()
    else:
        stop(f"unknown: {WORDS}")


globals()[TOOL]()
