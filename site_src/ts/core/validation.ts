// One recipe's rules held against one snapshot: a report of four phases, every result with its reason and remedy.
// Twin of generator/core/validation.py; both run tests/vectors/validation.json.

import { applies, evaluateCheck, evaluateReading, type Finding, Measurements } from "./checks.ts";
import { ANY, DIMENSIONS } from "./criteria.ts";
import { isMapping, type Mapping, type Snapshot } from "./snapshot.ts";
import { combineVerdicts, type Outcome, type Verdict, withSeverity } from "./verdicts.ts";
import { plainText, trim } from "./versions.ts";

export const PHASES: readonly string[] = ["readiness", "deployment", "performance", "conformance"];
// A recipe for another service or accelerator is about another cluster; a system can be changed, so it is a rule.
export const DECIDING: readonly string[] = ["service", "accelerator"];

/**
 * What rules are evaluated with: the catalog's checks and readings, the cluster's criteria, the wanted phases.
 * `criteria` are the detected ones as the user left them; at `any` nobody knows what the cluster has.
 * `chosen` says that the recipe was named by hand: then its results decide even where it is for another cluster.
 * `expectedWorkloads` names the components whose workloads the catalog states; null asks all of them.
 */
export interface Context {
  readonly measurements: Measurements;
  readonly checks: ReadonlyMap<string, Mapping>;
  readonly criteria: ReadonlyMap<string, string>;
  readonly phases: readonly string[];
  readonly expectedWorkloads: ReadonlySet<string> | null;
  readonly chosen: boolean;
}

/** One constraint or check, evaluated. `title` begins with `name`; `measure` says how to take a missing reading. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly kind: "constraint" | "check";
  readonly label: string;
  readonly verdict: Verdict;
  readonly actual: string | null;
  readonly expected: string;
  readonly reason: string;
  readonly remediation: string;
  readonly command: string;
  readonly link: string;
  readonly measure: string;
  readonly severity: string;
  readonly unit: string;
  readonly disruption: string;
  readonly origin: unknown;
  readonly findings: readonly Finding[];
}

/** A phase's verdict and its results in the recipe's order. */
export interface PhaseReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly results: readonly Result[];
}

/** A recipe's verdict over the wanted phases. `reason` is set where the recipe as a whole does not apply. */
export interface Report {
  readonly recipe: string;
  readonly criteria: Readonly<Record<string, string>>;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly phases: readonly PhaseReport[];
}

/** How many results have each verdict. */
export function countVerdicts(report: Report): Partial<Record<Verdict, number>> {
  const found: Partial<Record<Verdict, number>> = {};
  for (const phase of report.phases) {
    for (const result of phase.results) found[result.verdict] = (found[result.verdict] ?? 0) + 1;
  }
  return found;
}

/**
 * A Context from a RecipeRules document (`rules.json`): its `checks`, `measurements` and `health`.
 * Checks and measurements may be mappings by name or lists of entries with a `name`.
 */
export function contextFromRules(
  document: Mapping,
  criteria: Readonly<Record<string, string>> = {},
  phases: readonly string[] = PHASES,
  chosen = false,
): Context {
  const health = document["health"];
  let expectedWorkloads: Set<string> | null = null;
  if (Array.isArray(health)) expectedWorkloads = new Set((health as unknown[]).map(String));
  else if (isMapping(health)) expectedWorkloads = new Set(Object.keys(health));
  return {
    measurements: new Measurements(byName(document["measurements"])),
    checks: byName(document["checks"]),
    criteria: new Map(Object.entries(criteria)),
    phases: PHASES.filter((phase) => phases.includes(phase)),
    expectedWorkloads,
    chosen,
  };
}

function byName(value: unknown): Map<string, Mapping> {
  const named = new Map<string, Mapping>();
  if (Array.isArray(value)) {
    for (const entry of value as unknown[]) if (isMapping(entry)) named.set(plainText(entry["name"]), entry);
  } else if (isMapping(value)) {
    for (const [name, entry] of Object.entries(value)) if (isMapping(entry)) named.set(name, entry);
  }
  return named;
}

/**
 * null when the recipe is about a cluster with `criteria`; else what it is for.
 * Not applicable where the cluster has another service or accelerator, unknown where nobody says which it has.
 */
export function recipeApplies(rules: Mapping, criteria: ReadonlyMap<string, string>): Outcome | null {
  return appliesTo(textsOf(rules["criteria"]), criteria);
}

function appliesTo(stated: ReadonlyMap<string, string>, criteria: ReadonlyMap<string, string>): Outcome | null {
  let open: Outcome | null = null;
  for (const dimension of DECIDING) {
    const wanted = stated.get(dimension) ?? ANY;
    const have = criteria.get(dimension) ?? ANY;
    if (wanted === ANY || wanted === have) continue;
    const reason = `For ${dimension} ${wanted}; this cluster`;
    if (have !== ANY) return { verdict: "not-applicable", reason: `${reason} has ${have}.` };
    open ??= { verdict: "unknown", reason: `${reason}'s ${dimension} is not known.` };
  }
  return open;
}

/**
 * Hold every constraint and check of the wanted phases against the snapshot.
 * `rules` is one recipe of a RecipeRules document. A phase is fail if a rule of severity error fails, else
 * unknown if any reading is missing, else warn, else pass; the recipe likewise over its phases. A recipe
 * without any rule is unknown. Unless it was chosen by hand, one for another service or accelerator is not
 * applicable, and one whose service or accelerator the cluster is not known to have never passes. Its results
 * stand either way.
 */
export function evaluateRecipe(rules: Mapping, snapshot: Snapshot, context: Context): Report {
  const outline = outlineOf(rules, context);
  const { stated } = outline;
  const phases = context.phases.map((name) => evaluatePhase(name, rules, snapshot, context, outline));
  let verdict = combineVerdicts(phases.map((phase) => phase.verdict));
  let reason = "";
  if (verdict === "not-applicable") {
    verdict = "unknown";
    reason = "No rule of the recipe applies in these phases.";
  }
  const elsewhere = appliesTo(stated, context.criteria);
  if (elsewhere) {
    reason = elsewhere.reason;
    if (!context.chosen) {
      verdict = elsewhere.verdict === "unknown" ? combineVerdicts([verdict, "unknown"]) : elsewhere.verdict;
    }
  }
  return { recipe: outline.id, criteria: outline.criteria, verdict, reason, phases };
}

/** What one phase asks; `open` are its constraints' results before a snapshot is asked. */
interface PhaseOutline {
  readonly open: readonly Result[];
  readonly checks: readonly string[];
  readonly thresholds: ReadonlyMap<string, string>;
}

/** What of a recipe is the same for every snapshot; read once, because a page evaluates some hundred recipes per edit. */
interface Outline {
  readonly id: string;
  readonly stated: ReadonlyMap<string, string>;
  readonly criteria: Readonly<Record<string, string>>;
  readonly components: readonly string[];
  readonly service: string;
  readonly measurements: Measurements;
  readonly checks: ReadonlyMap<string, Mapping>;
  readonly phases: Map<string, PhaseOutline>;
}

const outlines = new WeakMap<Mapping, Outline>();

function outlineOf(rules: Mapping, context: Context): Outline {
  const known = outlines.get(rules);
  const stated = known?.stated ?? textsOf(rules["criteria"]);
  const service = serviceOf(stated, context.criteria);
  if (known?.service === service && known.measurements === context.measurements && known.checks === context.checks) {
    return known;
  }
  const outline = {
    id: plainText(rules["id"]),
    stated,
    criteria: Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, stated.get(dimension) ?? ANY])),
    components: componentsOf(rules),
    service,
    measurements: context.measurements,
    checks: context.checks,
    phases: new Map<string, PhaseOutline>(),
  };
  outlines.set(rules, outline);
  return outline;
}

function phaseOutline(name: string, rules: Mapping, outline: Outline): PhaseOutline {
  const known = outline.phases.get(name);
  if (known) return known;
  const thresholds = thresholdsOf(rules, name);
  const checks = phaseChecks(rules, name);
  // A short name (`nccl-all-reduce-bw`) is a floor that a check holds, with its tolerance; it is no rule beside it.
  const held = new Set(
    checks
      .flatMap((check) => mappingsOf(outline.checks.get(check)?.["rule"]))
      .map((clause) => plainText(clause["threshold"]))
      .filter((threshold) => !threshold.includes(".")),
  );
  const open = phaseConstraints(rules, name)
    .map((constraint) => openResult(constraint, outline))
    .filter((result) => !(held.has(result.name) && thresholds.get(result.name) === result.expected));
  const made = { open, checks, thresholds };
  outline.phases.set(name, made);
  return made;
}

function serviceOf(stated: ReadonlyMap<string, string>, criteria: ReadonlyMap<string, string>): string {
  const service = stated.get("service") ?? ANY;
  return service === ANY ? (criteria.get("service") ?? ANY) : service;
}

/** A report per recipe, in the given order. */
export function evaluateAll(recipes: Iterable<Mapping>, snapshot: Snapshot, context: Context): Report[] {
  return Array.from(recipes, (rules) => evaluateRecipe(rules, snapshot, context));
}

/** The constraints of one phase; the recipe's own ones belong to readiness. */
export function phaseConstraints(rules: Mapping, phase: string): Mapping[] {
  const own = phase === "readiness" ? mappingsOf(rules["constraints"]) : [];
  return [...own, ...mappingsOf(statedPhase(rules, phase)["constraints"])];
}

function statedPhase(rules: Mapping, phase: string): Mapping {
  const phases = rules["phases"];
  const stated = isMapping(phases) ? phases[phase] : null;
  return isMapping(stated) ? stated : {};
}

/** The expressions of a phase's constraints by name, the first of a name: what its checks' thresholds refer to. */
export function thresholdsOf(rules: Mapping, phase: string): Map<string, string> {
  const thresholds = new Map<string, string>();
  for (const constraint of phaseConstraints(rules, phase)) {
    const name = plainText(constraint["name"]);
    if (!thresholds.has(name)) thresholds.set(name, plainText(constraint["value"]));
  }
  return thresholds;
}

function evaluatePhase(
  name: string,
  rules: Mapping,
  snapshot: Snapshot,
  context: Context,
  outline: Outline,
): PhaseReport {
  const asked = phaseOutline(name, rules, outline);
  const results = asked.open.map((open) => constraintResult(open, snapshot, context));
  for (const check of asked.checks) results.push(checkResult(check, snapshot, context, outline, asked.thresholds));
  return { name, verdict: combineVerdicts(results.map((result) => result.verdict)), results };
}

function openResult(constraint: Mapping, { measurements, service }: Outline): Result {
  const name = plainText(constraint["name"]);
  const expr = plainText(constraint["value"]);
  const entry = measurements.find(name);
  return {
    name,
    title: trim(`${name} ${expr}`),
    kind: "constraint",
    label: plainText(entry["label"]) || name,
    verdict: "unknown",
    actual: null,
    expected: expr,
    reason: "",
    remediation: plainText(constraint["remediation"]) || forService(entry["remediation"], service),
    command: plainText(constraint["command"]) || forService(entry["command"], service),
    link: plainText(constraint["link"]) || forService(entry["link"], service),
    measure: plainText(entry["measure"]),
    severity: plainText(constraint["severity"]) || "error",
    unit: plainText(constraint["unit"]) || plainText(entry["unit"]),
    disruption: plainText(entry["disruption"]) || "settings",
    origin: constraint["origin"] ?? null,
    findings: [],
  };
}

function constraintResult(open: Result, snapshot: Snapshot, context: Context): Result {
  const found = evaluateReading(open.name, open.expected, snapshot, context.measurements);
  const { verdict, reason } = found.outcome;
  return { ...open, verdict: withSeverity(verdict, open.severity), actual: found.actual, reason, findings: [found] };
}

function checkResult(
  name: string,
  snapshot: Snapshot,
  context: Context,
  { components, stated, service }: Outline,
  thresholds: ReadonlyMap<string, string>,
): Result {
  const check = context.checks.get(name) ?? {};
  let outcome: Outcome = { verdict: "unknown", reason: `The catalog describes no check called ${name}.` };
  let findings: readonly Finding[] = [];
  if (context.checks.has(name)) {
    const where = new Map([...context.criteria, ...[...stated].filter(([, value]) => value !== ANY)]);
    const elsewhere = applies(check, components, where);
    const expected = context.expectedWorkloads;
    const asked = expected ? components.filter((each) => expected.has(each)) : components;
    const done = evaluateCheck(check, snapshot, context.measurements, asked, thresholds);
    if (elsewhere) outcome = elsewhere;
    else ({ outcome, findings } = done);
  }
  const severity = plainText(check["severity"]) || "error";
  const floor = thresholds.get(name) ?? "";
  const alike = findings.filter((each) => each.outcome.verdict === outcome.verdict);
  const deciding = alike.find((each) => floor !== "" && each.expected === floor) ?? alike[0];
  return {
    name,
    title: trim(`${name} ${floor}`),
    kind: "check",
    label: plainText(check["title"]) || name,
    verdict: withSeverity(outcome.verdict, severity),
    actual: deciding ? deciding.actual : null,
    expected: deciding && deciding.expected !== floor ? `${deciding.reading} ${deciding.expected}` : floor,
    reason: outcome.reason,
    remediation: forService(check["remediation"], service),
    command: forService(check["command"], service),
    link: forService(check["link"], service),
    measure: forService(check["measure"], service),
    severity,
    unit: plainText(context.measurements.find(name)["unit"]),
    disruption: "settings",
    origin: check["origin"] ?? null,
    findings,
  };
}

/** A text, or of texts by service the one for `service`, else the default. */
export function forService(value: unknown, service: string): string {
  if (isMapping(value)) return plainText(value[service]) || plainText(value["default"]);
  return plainText(value);
}

function phaseChecks(rules: Mapping, phase: string): string[] {
  const checks = statedPhase(rules, phase)["checks"];
  if (!Array.isArray(checks)) return [];
  return (checks as unknown[]).map((each) => plainText(isMapping(each) ? each["name"] : each));
}

/** The names of the enabled components; they may be names, entries with a name, or a mapping by name. */
function componentsOf(rules: Mapping): string[] {
  const value = rules["components"];
  const enabled = (entry: unknown): boolean => !(isMapping(entry) && entry["enabled"] === false);
  if (isMapping(value)) return Object.keys(value).filter((name) => enabled(value[name]));
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter(enabled).map((each) => plainText(isMapping(each) ? each["name"] : each));
}

function mappingsOf(value: unknown): Mapping[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isMapping) : [];
}

function textsOf(value: unknown): Map<string, string> {
  const entries = isMapping(value) ? Object.entries(value) : [];
  return new Map(entries.map(([key, each]): [string, string] => [key, plainText(each)]));
}

/** A result whose verdict differs between two reports of one recipe; null where one side lacks it. */
export interface Flip {
  readonly recipe: string;
  readonly phase: string;
  readonly name: string;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  readonly actualBefore: string | null;
  readonly actualAfter: string | null;
}

/** The verdicts that moved from one report to the other, in the order of the results. */
export function compareReports(before: Report, after: Report): Flip[] {
  const old = resultsByKey(before);
  const now = resultsByKey(after);
  const flips: Flip[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.result.verdict === is?.result.verdict) continue;
    const known = (is ?? was) as { phase: string; result: Result };
    flips.push({
      recipe: after.recipe,
      phase: known.phase,
      name: known.result.title,
      before: was?.result.verdict ?? null,
      after: is?.result.verdict ?? null,
      actualBefore: was?.result.actual ?? null,
      actualAfter: is?.result.actual ?? null,
    });
  }
  return flips;
}

function resultsByKey(report: Report): Map<string, { phase: string; result: Result }> {
  const results = new Map<string, { phase: string; result: Result }>();
  for (const phase of report.phases) {
    for (const result of phase.results) results.set(`${phase.name}\n${result.title}`, { phase: phase.name, result });
  }
  return results;
}
