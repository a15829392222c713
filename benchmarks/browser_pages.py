"""What benchmarks/browser.py gives the pages: scripts to run, and a matrix, rules and a snapshot of stated size."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import product
from typing import Any

from tests.browser.snapshots import snapshot_yaml

# A frame is over when an urgent task asked for inside it runs: whatever the page itself puts off until after the frame
# comes later.
AFTER_PAINT = """
globalThis.afterPaint = () => new Promise(done => requestAnimationFrame(() => {
  scheduler.postTask(() => done(performance.now()), {priority: 'user-blocking'});
}));
"""
FACETS = """() => Object.fromEntries([...document.querySelectorAll('.facet')]
  .map(facet => [facet.id.slice(2), [...facet.querySelectorAll('input')].map(input => input.value)]))"""
CLICK = """async clicks => {
  const inputs = [...document.querySelectorAll('.opt input')], result = document.getElementById('result');
  const empty = [], painted = [], settled = [];
  // The screen keeps its beat, and people do not wait for it: clicks fall anywhere between two frames. An idle browser
  // would begin a frame when it is asked to, so a beat is kept here too.
  let turn = 0, beat = requestAnimationFrame(function next() { beat = requestAnimationFrame(next); });
  const pause = () => new Promise(done => setTimeout(done, 20 + (turn++ * 7) % 17));
  for (let i = 0; i < clicks; i++) {
    await pause();
    let began = performance.now();
    empty.push(await afterPaint() - began);
    await pause();
    began = performance.now();
    inputs[(i * 7919) % inputs.length].click();
    painted.push(await afterPaint() - began);
    do settled[i] = await afterPaint() - began; while (result.ariaBusy === 'true');
  }
  cancelAnimationFrame(beat);
  return {empty, painted, settled};
}"""
# The facets are on screen and the script that answers them has its data, whichever comes last.
INTERACTIVE = """async () => {
  const [facets] = await new Promise(done =>
    new PerformanceObserver(list => done(list.getEntries())).observe({type: 'element', buffered: true}));
  return Math.max(facets.renderTime, performance.getEntriesByName('aicr-ready')[0].startTime);
}"""
SEARCH = """async () => {
  const field = document.getElementById('q'), hits = document.getElementById('hits'), began = performance.now();
  field.focus();
  field.value = 'gpu-operator';
  field.dispatchEvent(new Event('input'));
  while (hits.hidden) await new Promise(done => setTimeout(done, 2));
  return await afterPaint() - began;
}"""
# A computer's speed as Lighthouse counts it: texts grown to 10,000 characters and lists of 100,000 numbers copied, tens
# a second, the mean of both.
SPEED = """() => {
  const tens = act => {
    const began = performance.now();
    let turns = 0;
    while (turns % 10 || performance.now() - began < 500) act(turns++);
    return turns / 10 / ((performance.now() - began) / 1000);
  };
  const lists = [0, 1].map(() => Array.from({length: 1e5}, (_, i) => i));
  const grown = tens(() => {
    let text = '';
    for (let i = 0; i < 1e4; i++) text += 'a';
    if (text.length === 1) throw new Error('never; or the loop is compiled away');
  });
  const copied = tens(turn => {
    const from = lists[turn % 2], to = lists[1 - turn % 2];
    for (let i = 0; i < from.length; i++) to[i] = from[i];
  });
  return (grown + copied) / 2;
}"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 600);
})"""
DROP = """async text => {
  performance.clearMarks();
  performance.clearMeasures();
  const data = new DataTransfer();
  data.items.add(new File([text], 's.yaml'));
  // The page marks the moment its verdicts stand in the document; the frame that shows them is the next one.
  const mark = performance.mark.bind(performance);
  const shown = new Promise(done => {
    performance.mark = (name, ...rest) => {
      if (name === 'aicr-verdicts') done(afterPaint());
      return mark(name, ...rest);
    };
  });
  const began = performance.now();
  dispatchEvent(new DragEvent('drop', {dataTransfer: data}));
  const painted = await shown;
  performance.mark = mark;
  return {took: painted - began, evaluation: performance.getEntriesByName('aicr-evaluate')[0].duration};
}"""
EDIT = """async () => {
  const took = [], edit = document.querySelector('[data-reading="K8s.server.version"]');
  for (let i = 0; i < 10; i++) {
    await new Promise(done => setTimeout(done, 150));
    const began = performance.now();
    if (i % 2) document.querySelectorAll('.vc')[i * 20].click();
    else {
      edit.value = `v1.${25 + i}.0`;
      edit.dispatchEvent(new Event('input', {bubbles: true}));
    }
    took.push(await afterPaint() - began);
  }
  return took;
}"""


SIZES = {
    "service": 12,
    "accelerator": 14,
    "intent": 3,
    "os": 10,
    "platform": 6,
}  # with `any`: 30,240 combinations


def synthetic_matrix(seed: int = 7) -> dict[str, Any]:
    """A matrix of 30,240 combinations and some 300 recipes, laid out as overlays lay one out."""
    chance = random.Random(seed)
    names = {d: ["any", *(f"{d[:2]}{i}" for i in range(1, n))] for d, n in SIZES.items()}
    stated: list[dict[str, str]] = [{}]
    for service, accelerator in product(names["service"][1:], names["accelerator"][1:]):
        if chance.random() < 0.35:
            for intent in names["intent"][1:]:
                system = chance.choice(names["os"][1:4])
                base = {"service": service, "accelerator": accelerator, "intent": intent}
                stated += [
                    base,
                    {**base, "os": system},
                    {**base, "os": system, "platform": chance.choice(names["platform"][1:])},
                ]
    known = {tuple(r.get(d, "any") for d in SIZES): i for i, r in enumerate(stated)}
    coverage, resolved, lost = [], [], []
    dimensions = list(SIZES)
    for combination in product(*names.values()):
        best = max(
            (
                known.get(tuple(v if keep >> i & 1 else "any" for i, v in enumerate(combination)), 0)
                for keep in range(32)
            ),
            key=lambda i: len(stated[i]),
        )
        honoured = stated[best]
        mask = sum(
            1 << i
            for i, (d, v) in enumerate(zip(dimensions, combination, strict=True))
            if v not in ("any", honoured.get(d))
        )
        exact = combination in known and any(v != "any" for v in combination)
        coverage.append("0" if exact else "2" if honoured else "3")
        resolved.append(best)
        lost.append(f"{mask:02x}")
    return {
        "schemaVersion": "1.0", "catalogDigest": "sha256:0", "catalogVersion": "synthetic",
        "dimensions": [
            {"name": d, "label": d, "values": [{"name": v, "label": v, "title": v} for v in names[d]]} for d in SIZES
        ],
        "recipes": [synthetic_recipe(r) for r in stated],
        "coverage": "".join(coverage), "recipe": resolved, "notHonoured": "".join(lost),
    }  # fmt: skip


def synthetic_recipe(stated: Mapping[str, str]) -> dict[str, Any]:
    """A recipe's entry in the matrix."""
    name = "-".join(stated.values()) or "base"
    return {
        "id": name, "page": f"recipes/{name}/", "criteria": {d: stated.get(d, "any") for d in SIZES},
        "coverage": "exact", "startingPoint": len(stated) < 2, "evidence": "stated", "kubernetes": "≥ 1.32.4",
        "os": "Ubuntu 24.04", "kernel": "≥ 6.8", "driver": "580.105.08", "operator": "v26.7.0", "components": 14,
        "tiers": 4, "layers": 6, "honouredBy": dict.fromkeys(stated, name), "lifecycle": [],
        "bundles": [{"deployer": "helm", "url": f"bundles/{name}.tar.gz", "sha256": "0", "tarSha256": "0", "size": 1}],
    }  # fmt: skip


def synthetic_rules(real: Mapping[str, Any]) -> dict[str, Any]:
    """Rules of 300 recipes with 10 constraints each, the catalog's own checks and readings kept."""
    readings = [f"OS.sysctl./proc/sys/bench/{i}" for i in range(6)]
    named = [
        ("K8s.server.version", ">= 1.30"),
        ("OS.release.ID", "ubuntu"),
        ("OS.release.VERSION_ID", "24.04"),
    ]
    named += [
        ("OS.sysctl./proc/sys/kernel/osrelease", ">= 6.5"),
        *((r, f">= {i}") for i, r in enumerate(readings)),
    ]
    recipes = [
        {
            **real["recipes"][i % len(real["recipes"])], "id": f"bench-{i}",
            "criteria": {"service": "eks", "accelerator": "h100", "intent": "any", "os": "ubuntu", "platform": "any"},
            "coverage": "exact", "startingPoint": False,
            "constraints": [{"name": name, "value": value, "severity": "error"} for name, value in named], "phases": {},
        }
        for i in range(300)
    ]  # fmt: skip
    return {**real, "recipes": recipes}


def synthetic_snapshot(size: int = 180_000) -> str:
    """A snapshot in YAML of *size* characters."""
    readings = {
        "K8s.server.version": "v1.34.1-eks-1", "K8s.node.provider": "eks", "GPU.smi.gpu.model": "NVIDIA H100 80GB HBM3",
        "OS.release.ID": "ubuntu", "OS.release.VERSION_ID": "24.04", "OS.sysctl./proc/sys/kernel/osrelease": "6.8.0",
        **{f"OS.sysctl./proc/sys/bench/{i}": str(i) for i in range(6)},
    }  # fmt: skip
    text = snapshot_yaml(readings)
    filler = "".join(f"      /proc/sys/filler/{i}: 'value {i} of the list'\n" for i in range(size // 45))
    return (text + filler)[:size].rsplit("\n", 1)[0] + "\n"
