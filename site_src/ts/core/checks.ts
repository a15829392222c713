// Checks as data: the readings a check needs and the rule over them, evaluated against a snapshot.
// Twin of generator/core/checks.py; both run tests/vectors/checks.json.

import { byText, evaluateExpression, evaluateNumber, shorten } from "./constraints.ts";
import { absentReason, isMapping, type Label, type Mapping, readingTexts, type Snapshot } from "./snapshot.ts";
import { allNeeded, anySuffices, type Outcome } from "./verdicts.ts";
import { plainText, trim } from "./versions.ts";

export const GPU_NODE_LABELS = "NodeTopology.gpu-nodes.label";
// A node with one of these labels has GPUs; `nvidia.com/gpu.present` must say so.
const GPU_MARKS = ["nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "nvidia.com/gpu.count"];
const NOTHING: Mapping = {};

/** The measurement catalog, looked up by a reading's name; a `*` in an entry's name stands for any text. */
export class Measurements {
  private readonly found = new Map<string, Mapping>();
  private readonly patterns: readonly string[];
  /** What is known of a snapshot by reading and expression: a matrix asks the same few questions hundreds of times. */
  private readonly known = new WeakMap<Snapshot, Map<string, Map<string, Finding>>>();

  constructor(private readonly entries: ReadonlyMap<string, Mapping>) {
    this.patterns = [...entries.keys()]
      .filter((name) => name.includes("*"))
      .sort((a, b) => [...b].length - [...a].length || byText(b, a));
  }

  /** The entry for `name`: its own, else that of the longest pattern that fits; empty when there is none. */
  find(name: string): Mapping {
    let entry = this.found.get(name);
    if (!entry) {
      const pattern = this.patterns.find((each) => fits(each, name));
      entry = this.entries.get(name) ?? (pattern === undefined ? NOTHING : (this.entries.get(pattern) ?? NOTHING));
      this.found.set(name, entry);
    }
    return entry;
  }

  /** The findings on `name` in `snapshot` so far, by expression. */
  findings(snapshot: Snapshot, name: string): Map<string, Finding> {
    let byName = this.known.get(snapshot);
    if (!byName) this.known.set(snapshot, (byName = new Map()));
    let byExpression = byName.get(name);
    if (!byExpression) byName.set(name, (byExpression = new Map()));
    return byExpression;
  }

  /** The reading that `name` is held against: a short name's own `reading`, else `name` itself. */
  reading(name: string): string {
    return plainText(this.find(name)["reading"]) || name;
  }
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  if (!name.startsWith(parts[0] ?? "") || !name.endsWith(parts[parts.length - 1] ?? "")) return false;
  const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".+")}$`, "s").test(name);
}

/** One condition held against one reading; `actual` is null where the reading is absent. */
export interface Finding {
  readonly reading: string;
  readonly actual: string | null;
  readonly expected: string;
  readonly outcome: Outcome;
  readonly means: string;
}

/** A check's outcome and every condition it was decided by. */
export interface CheckOutcome {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

function finding(reading: string, actual: string | null, expected: string, outcome: Outcome, means = ""): Finding {
  return { reading, actual, expected, outcome, means };
}

function unknown(reason: string): Outcome {
  return { verdict: "unknown", reason };
}

function notApplicable(reason: string): Outcome {
  return { verdict: "not-applicable", reason };
}

/**
 * Hold the reading called `name` against `expr`; a reading that is absent or empty is unknown.
 * Readings whose kind is `number` compare as numbers, all others as constraint expressions do.
 */
export function evaluateReading(
  name: string,
  expr: string,
  snapshot: Snapshot,
  measurements: Measurements,
  tolerance = 0,
): Finding {
  if (tolerance) return judgeReading(name, expr, snapshot, measurements, tolerance);
  const known = measurements.findings(snapshot, name);
  let found = known.get(expr);
  if (!found) known.set(expr, (found = judgeReading(name, expr, snapshot, measurements, 0)));
  return found;
}

function judgeReading(
  name: string,
  expr: string,
  snapshot: Snapshot,
  measurements: Measurements,
  tolerance: number,
): Finding {
  const reading = measurements.reading(name);
  if (reading === GPU_NODE_LABELS && !snapshot.readings.has(reading)) return evaluateGpuLabels(expr, snapshot);
  const texts = readingTexts(snapshot, reading);
  if (!texts.length) return finding(reading, null, expr, unknown(absentReason(snapshot, reading)));
  const number = measurements.find(name)["kind"] === "number" || tolerance !== 0;
  const outcomes = texts.map((text) => evaluateText(reading, expr, text, number, tolerance));
  return finding(reading, texts.join(", "), expr, allNeeded(outcomes));
}

function evaluateText(reading: string, expr: string, text: string, number: boolean, tolerance: number): Outcome {
  if (!trim(text)) return unknown(`${reading} is empty.`);
  return number ? evaluateNumber(expr, text, tolerance) : evaluateExpression(expr, text);
}

/** `key=value`: every GPU node carries the label; `!= key=value`: none does. */
function evaluateGpuLabels(expr: string, snapshot: Snapshot): Finding {
  const rule = trim(expr);
  const negated = rule.startsWith("!=");
  const label = trim(negated || rule.startsWith("==") ? rule.slice(2) : rule);
  const equals = label.indexOf("=");
  const key = equals < 0 ? label : label.slice(0, equals);
  const value = equals < 0 ? "" : label.slice(equals + 1);
  const gpuLabels = snapshot.labels.filter(marksGpus);
  const ownLabels = snapshot.labels.filter((each) => each.key === key && each.value === value);
  const gpuNodes = new Set(gpuLabels.flatMap((each) => each.nodes));
  if (!gpuNodes.size) {
    return finding(GPU_NODE_LABELS, null, expr, unknown("No node's labels say that it has GPUs."));
  }
  if ([...gpuLabels, ...ownLabels].some((each) => each.count > each.nodes.length)) {
    return finding(GPU_NODE_LABELS, null, expr, unknown("The snapshot's lists of nodes are cut short."));
  }
  const carrying = new Set(ownLabels.flatMap((each) => each.nodes).filter((node) => gpuNodes.has(node))).size;
  const actual = `${carrying} of ${gpuNodes.size} GPU nodes`;
  const holds = carrying === (negated ? 0 : gpuNodes.size);
  const outcome: Outcome = { verdict: holds ? "pass" : "fail", reason: `${actual} carry ${label}.` };
  return finding(GPU_NODE_LABELS, actual, expr, outcome);
}

function marksGpus(label: Label): boolean {
  return GPU_MARKS.includes(label.key) || (label.key === "nvidia.com/gpu.present" && label.value === "true");
}

/** null when the check is about this recipe, else not-applicable (or unknown) with what it is about instead. */
export function applies(
  check: Mapping,
  components: readonly string[],
  criteria: ReadonlyMap<string, string>,
): Outcome | null {
  const requires = check["requires"];
  if (!isMapping(requires)) return null;
  const wanted = listOf(requires["anyComponent"]);
  if (wanted.length && !wanted.some((name) => components.includes(name))) {
    return notApplicable(`For recipes with ${either(wanted)}.`);
  }
  for (const dimension of ["service", "accelerator", "intent", "os", "platform"]) {
    const values = listOf(requires[dimension]);
    const have = criteria.get(dimension) ?? "any";
    if (values.length && have === "any") {
      return unknown(`It is for ${dimension} ${either(values)}, and the ${dimension} is not known.`);
    }
    if (values.length && !values.includes(have)) return notApplicable(`For ${dimension} ${either(values)}.`);
  }
  return null;
}

/**
 * Evaluate a check's `rule`: a list of conditions that are all needed.
 * `components` are the recipe's enabled ones, `thresholds` the expressions of the phase's constraints by
 * name. A condition is `{reading, value}`, the same with `eachComponent`, `{reading, threshold, tolerance}`,
 * or `{any: [conditions]}`. A rule without conditions is unknown.
 */
export function evaluateCheck(
  check: Mapping,
  snapshot: Snapshot,
  measurements: Measurements,
  components: readonly string[],
  thresholds: ReadonlyMap<string, string>,
): CheckOutcome {
  const evaluation = new Evaluation(snapshot, measurements, components, thresholds);
  const outcomes = clausesOf(check["rule"]).map((clause) => evaluation.evaluate(clause));
  const { findings } = evaluation;
  if (!outcomes.length) return { outcome: unknown("The check states no rule."), findings: [] };
  const absent = outcomes.find((outcome) => outcome.verdict === "not-applicable");
  // What is left of the rule would pass without what the check is about.
  return { outcome: absent ?? counted(allNeeded(outcomes), findings), findings };
}

class Evaluation {
  readonly findings: Finding[] = [];

  constructor(
    private readonly snapshot: Snapshot,
    private readonly measurements: Measurements,
    private readonly components: readonly string[],
    private readonly thresholds: ReadonlyMap<string, string>,
  ) {}

  evaluate(clause: Mapping): Outcome {
    if ("any" in clause) {
      const inner = clausesOf(clause["any"]).map((each) => this.evaluate(each));
      return inner.length ? anySuffices(inner) : unknown("The check states no rule.");
    }
    const reading = plainText(clause["reading"]);
    const means = plainText(clause["means"]);
    let expr = plainText(clause["value"]);
    if (plainText(clause["eachComponent"]).toLowerCase() === "true") return this.evaluateEach(reading, expr);
    let tolerance = 0;
    if ("threshold" in clause) {
      const threshold = plainText(clause["threshold"]);
      tolerance = parseTolerance(clause["tolerance"]);
      const floor = this.thresholds.get(threshold) ?? (/^[<>=!0-9]/.test(threshold) ? threshold : null);
      if (floor === null) return this.withoutThreshold(reading, means);
      expr = floor;
    }
    const found = evaluateReading(reading, expr, this.snapshot, this.measurements, tolerance);
    this.findings.push({ ...found, means: means || found.means });
    return told(found);
  }

  private evaluateEach(reading: string, expr: string): Outcome {
    const each = this.components.map((name) =>
      evaluateReading(reading.split("{component}").join(name), expr, this.snapshot, this.measurements),
    );
    this.findings.push(...each);
    if (!each.length) return notApplicable("The recipe has no component with stated workloads.");
    return allNeeded(each.map(told));
  }

  /** Where the recipe states no floor, a known version is enough; a measured number says nothing. */
  private withoutThreshold(reading: string, means: string): Outcome {
    const name = this.measurements.reading(reading);
    if (this.measurements.find(reading)["kind"] === "number") {
      return notApplicable(`The recipe states no floor for ${name}.`);
    }
    const texts = readingTexts(this.snapshot, name);
    const actual = texts.length ? texts.join(", ") : undefined;
    let outcome: Outcome;
    if (actual === undefined) outcome = unknown(absentReason(this.snapshot, name));
    else if (!trim(actual)) outcome = unknown(`${name} is empty.`);
    else outcome = { verdict: "pass", reason: `${shorten(actual)} is known; the recipe states no floor for it.` };
    const found = finding(name, actual ?? null, "known", outcome, means);
    this.findings.push(found);
    return told(found);
  }
}

/** A share from `10%`, `0.1` or a number; 0 where it is absent or unreadable. */
export function parseTolerance(value: unknown): number {
  const text = trim(plainText(value));
  const percent = text.endsWith("%");
  const number = trim(percent ? text.slice(0, -1) : text);
  if (!/^[0-9]{1,3}(\.[0-9]{1,6})?$/.test(number)) return 0;
  return percent ? Number(number) / 100 : Number(number);
}

/** The finding's outcome, in a sentence that names the reading. */
function told({ reading, outcome: { verdict, reason } }: Finding): Outcome {
  return { verdict, reason: reason.startsWith(reading) ? reason : `${reading}: ${reason}` };
}

/** The outcome with a count where it is that of several conditions. */
function counted(outcome: Outcome, findings: readonly Finding[]): Outcome {
  const { verdict, reason } = outcome;
  const same = findings.filter((each) => each.outcome.verdict === verdict).length;
  if (verdict === "pass" && same === findings.length && same > 1) {
    return { verdict, reason: `All ${same} conditions hold.` };
  }
  if ((verdict !== "fail" && verdict !== "unknown") || same < 2) return outcome;
  const what = verdict === "fail" ? "do not hold" : "cannot be judged";
  return { verdict, reason: `${reason} (${same} of ${findings.length} conditions ${what}.)` };
}

function clausesOf(value: unknown): Mapping[] {
  if (isMapping(value)) return [value];
  return Array.isArray(value) ? (value as unknown[]).filter(isMapping) : [];
}

function listOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? (value as unknown[]).map(plainText) : [];
}

function either(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : `${values.slice(0, -1).join(", ")} or ${values[values.length - 1]}`;
}
