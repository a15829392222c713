// What to change: the smallest set of readings whose change makes a recipe's rules hold, and recipes ranked by it.
// Twin of generator/core/plan.py; both run tests/vectors/plan.json.

import { evaluateReading, type Finding, GPU_NODE_LABELS } from "./checks.ts";
import { byText, satisfyingValue } from "./constraints.ts";
import { ANY } from "./criteria.ts";
import { isMapping, type Mapping, readingTexts, type Snapshot } from "./snapshot.ts";
import { type Context, DECIDING, evaluateRecipe, forService, type Report, thresholdsOf } from "./validation.ts";
import { plainText } from "./versions.ts";

// Least disruptive first; a rank is an index into it.
export const DISRUPTIONS: readonly string[] = [
  "none",
  "settings",
  "node-restart",
  "node-upgrade",
  "control-plane",
  "rebuild",
];
const MAX_COMBINATIONS = 4096; // alternatives beyond this are not weighed: the first ones stand

type Wish = readonly [reading: string, expression: string];
type Alternative = readonly Wish[];

/** One reading to change: from `actual` so that every one of `expected` holds, for example to `target`. */
export interface Change {
  readonly reading: string;
  readonly label: string;
  readonly actual: string;
  readonly expected: readonly string[];
  readonly target: string;
  readonly disruption: string;
  readonly remediation: string;
  readonly command: string;
}

/** What it takes for `recipes` to hold: changes, readings still to be taken, and rules no value can meet. */
export interface Plan {
  readonly recipes: readonly string[];
  readonly changes: readonly Change[];
  readonly missing: readonly string[];
  readonly unreachable: readonly string[];
  /** The worst disruption of the changes, `none` without any. */
  readonly disruption: string;
}

function rank(disruption: string): number {
  const index = DISRUPTIONS.indexOf(disruption);
  return index < 0 ? DISRUPTIONS.length : index;
}

/** What plans are ranked by: reachable first, fewest changes, least disruption, fewest missing readings. */
export function planCost(plan: Plan): number[] {
  return [
    plan.unreachable.length,
    plan.changes.length,
    rank(plan.disruption),
    plan.changes.reduce((sum, change) => sum + rank(change.disruption), 0),
    plan.missing.length,
  ];
}

function byCost(left: Plan, right: Plan): number {
  const ours = planCost(left);
  const theirs = planCost(right);
  for (const [index, value] of ours.entries()) {
    const order = value - (theirs[index] ?? 0);
    if (order) return order;
  }
  return 0;
}

function byTexts(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = byText(left[index] as string, right[index] as string);
    if (order) return order;
  }
  return left.length - right.length;
}

/** The smallest change that makes `rules` hold in the wanted phases, the least disruptive of equals. */
export function planRecipe(rules: Mapping, snapshot: Snapshot, context: Context): Plan {
  return planFor([rules], snapshot, context);
}

/** The smallest change that makes all of `recipes` hold at once. */
export function planTogether(recipes: readonly Mapping[], snapshot: Snapshot, context: Context): Plan {
  return planFor(recipes, snapshot, context);
}

/**
 * A plan per set of changes, best first; recipes that the same changes reach share one.
 * Recipes for another service or accelerator have no plan: what they need is another cluster. Where the
 * cluster's own is not known, that is missing before any reading.
 */
export function planRecipes(
  recipes: Iterable<Mapping>,
  snapshot: Snapshot,
  context: Context,
  reportOf: (rules: Mapping) => Report = (rules) => evaluateRecipe(rules, snapshot, context),
): Plan[] {
  const byChanges = new Map<string, Plan>();
  for (const rules of recipes) {
    const report = reportOf(rules);
    if (report.verdict === "not-applicable") continue;
    const found = planFor([rules], snapshot, context, [report]);
    const plan = { ...found, missing: [...unknownCriteria(rules, context), ...found.missing] };
    const key = JSON.stringify([plan.changes, plan.missing, plan.unreachable]);
    const known = byChanges.get(key);
    byChanges.set(key, known ? { ...plan, recipes: [...known.recipes, ...plan.recipes] } : plan);
  }
  return [...byChanges.values()].sort((a, b) => byCost(a, b) || byTexts(a.recipes, b.recipes));
}

/** The dimensions that decide whether the recipe is about the cluster, and that nobody knows of it. */
function unknownCriteria(rules: Mapping, context: Context): string[] {
  const stated = rules["criteria"];
  if (context.chosen || !isMapping(stated)) return [];
  return DECIDING.filter((dimension) => {
    const wanted = plainText(stated[dimension]);
    return wanted !== "" && wanted !== ANY && (context.criteria.get(dimension) ?? ANY) === ANY;
  });
}

function planFor(
  recipes: readonly Mapping[],
  snapshot: Snapshot,
  context: Context,
  reports: readonly Report[] = recipes.map((rules) => evaluateRecipe(rules, snapshot, context)),
): Plan {
  const names = recipes.map((rules) => plainText(rules["id"]));
  const { needs, missing } = needsOf(recipes, reports, snapshot, context);
  let combinations = 1;
  const kept = needs.map((alternatives) => {
    combinations *= alternatives.length;
    return combinations <= MAX_COMBINATIONS ? alternatives : alternatives.slice(0, 1);
  });
  let best: Plan | null = null;
  for (const chosen of choices(kept)) {
    const plan = fromWishes(names, chosen.flat(), missing, snapshot, context);
    if (!best || (byCost(plan, best) || byTexts(readingsOf(plan), readingsOf(best))) < 0) best = plan;
  }
  return best as Plan; // a product of nothing is one empty choice
}

/** One alternative of each need, in every combination, the last one turning fastest. */
function* choices(needs: readonly (readonly Alternative[])[]): Generator<Alternative[]> {
  const at = needs.map(() => 0);
  let turned: number;
  do {
    yield needs.map((alternatives, need) => alternatives[at[need] as number] as Alternative);
    for (turned = needs.length - 1; turned >= 0; turned -= 1) {
      at[turned] = ((at[turned] as number) + 1) % (needs[turned] as readonly Alternative[]).length;
      if (at[turned] !== 0) break;
    }
  } while (turned >= 0);
}

function readingsOf(plan: Plan): string[] {
  return plan.changes.map((change) => change.reading);
}

/**
 * What every rule asks, as alternatives of wishes, and the readings that are absent.
 * Rules that hold are among them: a change for one rule must not break another.
 */
function needsOf(
  recipes: readonly Mapping[],
  reports: readonly Report[],
  snapshot: Snapshot,
  context: Context,
): { needs: Alternative[][]; missing: string[] } {
  const needs: Alternative[][] = [];
  const missing = new Set<string>();
  for (const [index, report] of reports.entries()) {
    const rules = recipes[index] as Mapping;
    for (const phase of report.phases) {
      const thresholds = thresholdsOf(rules, phase.name);
      for (const result of phase.results) {
        if (result.verdict === "not-applicable") continue;
        const absent = result.findings.filter((each) => each.outcome.verdict === "unknown").map((each) => each.reading);
        if (result.verdict === "unknown") {
          for (const reading of absent.length ? absent : [result.name]) missing.add(reading);
          continue;
        }
        if (result.severity !== "error") continue; // a warning blocks nothing, nor does what breaks one
        if (result.kind === "constraint") {
          needs.push([[[result.findings[0]?.reading ?? result.name, result.expected]]]);
          continue;
        }
        needs.push(...clauseNeeds(context.checks.get(result.name)?.["rule"], result.findings, snapshot, context, thresholds));
        if (result.verdict === "fail") for (const reading of absent) missing.add(reading);
      }
    }
  }
  return { needs, missing: [...missing] };
}

/** What a check's conditions ask; of alternatives only those whose readings were taken. */
function clauseNeeds(
  value: unknown,
  findings: readonly Finding[],
  snapshot: Snapshot,
  context: Context,
  thresholds: ReadonlyMap<string, string>,
): Alternative[][] {
  const needs: Alternative[][] = [];
  for (const clause of Array.isArray(value) ? (value as unknown[]) : []) {
    if (!isMapping(clause)) continue;
    if ("any" in clause) {
      const each = Array.isArray(clause["any"]) ? (clause["any"] as unknown[]) : [];
      const taken = each
        .map((one) => clauseNeeds([one], findings, snapshot, context, thresholds))
        .filter((inner) => inner.length)
        .map((inner): Alternative => inner.flatMap((need) => need[0] ?? []))
        .filter((alternative) => alternative.every(([reading]) => readingTexts(snapshot, reading).length));
      if (taken.length) needs.push(taken);
      continue;
    }
    const named = plainText(clause["reading"]);
    const expr = plainText(clause["value"]) || (thresholds.get(plainText(clause["threshold"])) ?? "");
    if (!expr) continue; // a tolerance loosens a floor; a plan aims at the floor itself
    const [before, ...after] = named.split("{component}");
    const readings = after.length
      ? findings
          .map((each) => each.reading)
          .filter((reading) => reading.startsWith(before ?? "") && reading.endsWith(after.join("{component}")))
      : [context.measurements.reading(named)];
    for (const reading of readings) needs.push([[[reading, expr]]]);
  }
  return needs;
}

function fromWishes(
  recipes: readonly string[],
  wishes: readonly Wish[],
  missing: readonly string[],
  snapshot: Snapshot,
  context: Context,
): Plan {
  const byReading = new Map<string, string[]>();
  for (const [reading, expr] of wishes) {
    const exprs = byReading.get(reading);
    if (!exprs) byReading.set(reading, [expr]);
    else if (!exprs.includes(expr)) exprs.push(expr);
  }
  const changes: Change[] = [];
  const unreachable: string[] = [];
  for (const [reading, expected] of byReading) {
    const findings = expected.map((expr) => evaluateReading(reading, expr, snapshot, context.measurements));
    const actual = findings[0]?.actual ?? null;
    if (actual === null) continue; // it stands among the missing ones
    if (findings.every(({ outcome: { verdict } }) => verdict !== "fail" && verdict !== "warn")) continue;
    const entry = context.measurements.find(reading);
    const target = targetOf(reading, expected, entry);
    if (target === null) {
      unreachable.push(`${reading} ${expected.join(" and ")}`);
      continue;
    }
    const service = context.criteria.get("service") ?? "any";
    changes.push({
      reading,
      label: plainText(entry["label"]) || reading,
      actual,
      expected,
      target,
      disruption: plainText(entry["disruption"]) || "settings",
      remediation: forService(entry["remediation"], service),
      command: forService(entry["command"], service),
    });
  }
  changes.sort((a, b) => rank(a.disruption) - rank(b.disruption) || byText(a.reading, b.reading));
  unreachable.sort(byText);
  const disruption = changes.reduce((worst, each) => (rank(each.disruption) > rank(worst) ? each.disruption : worst), "none");
  return { recipes, changes, missing, unreachable, disruption };
}

/** A value that meets every expression; for labels over all GPU nodes the rules themselves. */
function targetOf(reading: string, expected: readonly string[], entry: Mapping): string | null {
  return reading === GPU_NODE_LABELS ? expected.join(" and ") : satisfyingValue(expected, entry["kind"] === "number");
}
