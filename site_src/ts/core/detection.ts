// What a snapshot says the cluster is: a proposal per dimension with its evidence, and the node groups.
// Twin of generator/core/detection.py; both run tests/vectors/detection.json.

import { byText } from "./constraints.ts";
import { ANY, type Criteria, criteriaFrom, criteriaId, type Dimension, DIMENSIONS, normaliseValue } from "./criteria.ts";
import { isMapping, LABEL, type Mapping, nodeLabels, type Snapshot } from "./snapshot.ts";
import { plainText, trim } from "./versions.ts";

const GPU_MODEL = "GPU.smi.gpu.model";
const GPU_COUNT = "nvidia.com/gpu.count";

/** One reading that speaks for one value, as a detection rule read it. */
export interface Evidence {
  readonly dimension: Dimension;
  readonly value: string;
  readonly reading: string;
  readonly text: string;
  readonly strength: string; // strong | weak
  readonly note: string;
}

/** Nodes with the same accelerator by their labels; `gpus` is null where no label counts them. */
export interface NodeGroup {
  readonly criteria: Criteria;
  readonly nodes: number;
  readonly gpus: number | null;
}

/**
 * The proposed criteria, all evidence (what decided comes first within its dimension), and the node groups.
 * `strength` is `strong` or `weak` per proposed dimension; `conflicts` is evidence as strong as what decided,
 * for another value.
 */
export interface Detection {
  readonly criteria: Criteria;
  readonly strength: Readonly<Partial<Record<Dimension, string>>>;
  readonly evidence: readonly Evidence[];
  readonly conflicts: readonly Evidence[];
  readonly groups: readonly NodeGroup[];
}

type Aliases = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Propose criteria by `rules` (criteria.yaml's `detection`) over `dimensions` (its `dimensions`).
 * Per dimension the first strong rule that matches decides, else the first weak one; where a reading has
 * several texts, the earlier text goes before the earlier rule (the last GPU model, as in AICR; the label
 * most nodes carry). Intent and platform are never proposed unless a rule says so.
 */
export function detect(snapshot: Snapshot, rules: readonly Mapping[], dimensions: readonly Mapping[]): Detection {
  const aliases = aliasesByDimension(dimensions);
  const found = new Map<Dimension, { rank: number[]; evidence: Evidence }[]>();
  const begins = new Map<string, number>(); // where the rules on a reading begin
  for (const [index, rule] of rules.entries()) {
    const reading = plainText(rule["reading"]);
    if (!begins.has(reading)) begins.set(reading, index);
    for (const [order, [name, text]] of textsOf(snapshot, reading).entries()) {
      const evidence = judge(rule, name, text, aliases);
      if (!evidence) continue;
      const rank = [evidence.strength === "strong" ? 0 : 1, begins.get(reading) as number, order, index];
      const matches = found.get(evidence.dimension);
      if (matches) matches.push({ rank, evidence });
      else found.set(evidence.dimension, [{ rank, evidence }]);
    }
  }
  const evidence: Evidence[] = [];
  const chosen: Partial<Record<Dimension, string>> = {};
  const strength: Partial<Record<Dimension, string>> = {};
  for (const dimension of DIMENSIONS) {
    const ordered = (found.get(dimension) ?? []).sort((a, b) => byRank(a.rank, b.rank)).map((each) => each.evidence);
    evidence.push(...ordered);
    const first = ordered[0];
    if (!first) continue;
    chosen[dimension] = first.value;
    if (first.value !== ANY) strength[dimension] = first.strength;
  }
  const criteria = criteriaFrom(chosen);
  const conflicts = evidence.filter(
    (each) => each.value !== criteria[each.dimension] && each.strength === (strength[each.dimension] ?? ""),
  );
  return { criteria, strength, evidence, conflicts, groups: groupsOf(snapshot, rules, aliases, criteria) };
}

function byRank(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const order = value - (right[index] ?? 0);
    if (order) return order;
  }
  return 0;
}

/** The [name, text] pairs that a rule on `reading` looks at. */
function textsOf(snapshot: Snapshot, reading: string): (readonly [string, string])[] {
  if (reading === GPU_MODEL && snapshot.gpuModels.length) {
    // AICR reads the subtypes smi and device, `gpu.model` before `model`, and lets the last one win.
    const whole = snapshot.gpuModels.filter(([name]) => name.endsWith(".gpu.model"));
    return [...[...whole].reverse(), ...snapshot.gpuModels.filter(([name]) => !name.endsWith(".gpu.model"))];
  }
  if (reading.startsWith(LABEL)) {
    const key = reading.slice(LABEL.length);
    const carried = snapshot.labels.filter((label) => label.key === key);
    return carried.sort((a, b) => b.count - a.count).map((label) => [reading, label.value]);
  }
  const text = snapshot.readings.get(reading);
  return text === undefined ? [] : [[reading, text]];
}

function judge(rule: Mapping, name: string, text: string, aliases: Aliases): Evidence | null {
  const dimension = plainText(rule["dimension"]) as Dimension;
  const value = plainText(rule["value"]);
  const wanted = plainText(rule["text"]).toLowerCase();
  if (!DIMENSIONS.includes(dimension)) return null;
  const low = trim(text).toLowerCase();
  if (!matches(plainText(rule["match"]), low, wanted, () => normaliseValue(text, aliases.get(dimension) ?? new Map()) === value)) {
    return null;
  }
  const strength = plainText(rule["strength"]) || "weak";
  return { dimension, value, reading: name, text, strength, note: plainText(rule["note"]) };
}

function matches(how: string, low: string, wanted: string, named: () => boolean): boolean {
  switch (how) {
    case "equals":
      return low === trim(wanted) || named();
    case "contains":
      return low.includes(wanted);
    case "prefix":
      return low.startsWith(wanted);
    case "words":
      return matchesWords(low, wanted);
    default:
      return false;
  }
}

/**
 * Whether the words of `wanted` stand in `text` side by side, any case.
 * `h100` is in `NVIDIA-H100-80GB`, not in `H1000`.
 */
export function matchesWords(text: string, wanted: string): boolean {
  const have = wordsOf(text);
  const want = wordsOf(wanted);
  if (!want.length) return false;
  return have.some((_, at) => want.every((word, index) => have[at + index] === word));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function aliasesByDimension(dimensions: readonly Mapping[]): Aliases {
  const aliases = new Map<string, Map<string, string>>();
  for (const dimension of dimensions) {
    const names = new Map<string, string>();
    const values = Array.isArray(dimension["values"]) ? (dimension["values"] as unknown[]) : [];
    for (const value of values) {
      if (!isMapping(value) || !Array.isArray(value["aliases"])) continue;
      for (const alias of value["aliases"] as unknown[]) {
        names.set(plainText(alias).toLowerCase(), plainText(value["name"]));
      }
    }
    aliases.set(plainText(dimension["name"]), names);
  }
  return aliases;
}

/** Nodes by the accelerator (and system) their labels name; one group of all where no label names any. */
function groupsOf(snapshot: Snapshot, rules: readonly Mapping[], aliases: Aliases, criteria: Criteria): NodeGroup[] {
  const nodes = nodeLabels(snapshot);
  const labelRules = rules.filter((rule) => plainText(rule["reading"]).startsWith(LABEL));
  const members = new Map<string, { accelerator: string; system: string; names: string[] }>();
  for (const [node, labels] of nodes) {
    const accelerator = firstValue(labels, labelRules, aliases, "accelerator");
    const system = firstValue(labels, labelRules, aliases, "os");
    const key = `${accelerator}\n${system}`;
    const group = members.get(key);
    if (group) group.names.push(node);
    else members.set(key, { accelerator, system, names: [node] });
  }
  const groups = [...members.values()];
  const unlabelled = groups.some((group) => group.accelerator) ? ANY : criteria.accelerator;
  return groups
    .map(({ accelerator, system, names }) => ({
      criteria: { ...criteria, accelerator: accelerator || unlabelled, os: system || criteria.os },
      nodes: names.length,
      gpus: countGpus(nodes, names),
    }))
    .sort(
      (a, b) =>
        Number(a.criteria.accelerator === ANY) - Number(b.criteria.accelerator === ANY) ||
        b.nodes - a.nodes ||
        byText(criteriaId(a.criteria), criteriaId(b.criteria)),
    );
}

function firstValue(
  labels: ReadonlyMap<string, string>,
  rules: readonly Mapping[],
  aliases: Aliases,
  dimension: Dimension,
): string {
  let weak = "";
  for (const rule of rules) {
    if (rule["dimension"] !== dimension) continue;
    const reading = plainText(rule["reading"]);
    const text = labels.get(reading.slice(LABEL.length));
    const evidence = text === undefined ? null : judge(rule, reading, text, aliases);
    if (evidence?.strength === "strong") return evidence.value;
    weak ||= evidence?.value ?? "";
  }
  return weak;
}

function countGpus(nodes: ReadonlyMap<string, ReadonlyMap<string, string>>, names: readonly string[]): number | null {
  let sum = 0;
  for (const name of names) {
    const count = nodes.get(name)?.get(GPU_COUNT) ?? "";
    if (!/^[0-9]{1,6}$/.test(count)) return null;
    sum += Number(count);
  }
  return names.length ? sum : null;
}
