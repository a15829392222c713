// The core's functions as the shared vectors call them: JSON lines {function, args} in, {value} or {error} a line out.
// Twin of tests/core/functions.py; a name means the same call on both sides.

import { readFileSync, writeFileSync } from "node:fs";
import * as checks from "../../site_src/ts/core/checks.ts";
import * as constraints from "../../site_src/ts/core/constraints.ts";
import * as criteria from "../../site_src/ts/core/criteria.ts";
import * as detection from "../../site_src/ts/core/detection.ts";
import * as lifecycle from "../../site_src/ts/core/lifecycle.ts";
import * as plan from "../../site_src/ts/core/plan.ts";
import * as snapshot from "../../site_src/ts/core/snapshot.ts";
import * as validation from "../../site_src/ts/core/validation.ts";
import * as verdicts from "../../site_src/ts/core/verdicts.ts";
import * as versions from "../../site_src/ts/core/versions.ts";

// Vectors are JSON of any shape; what a row's arguments are is the row's business.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const entriesOf = (value: Json): Map<string, Json> => new Map(Object.entries(value ?? {}));
const objectOf = (value: ReadonlyMap<string, Json>): Json => Object.fromEntries(value);

/** A mapping without a kind is readings by name; anything else is a document. */
function snapshotOf(given: Json): snapshot.Snapshot {
  if (snapshot.isMapping(given) && !("kind" in given) && !("measurements" in given)) {
    const readings = new Map(Object.entries(given).map(([name, text]): [string, string] => [name, String(text)]));
    return { readings, unread: new Map(), metadata: new Map(), labels: [], taints: [], gpuModels: [], notes: [] };
  }
  return snapshot.parseSnapshot(given);
}

const snapshotDict = (s: snapshot.Snapshot): Json => ({
  ...s,
  readings: objectOf(s.readings),
  unread: objectOf(s.unread),
  metadata: objectOf(s.metadata),
});
const contextOf = (given: Json): validation.Context =>
  validation.contextFromRules(given, given.criteria ?? {}, given.phases ?? validation.PHASES, given.chosen ?? false);
const measurementsOf = (entries: Json): checks.Measurements => new checks.Measurements(entriesOf(entries));
const findingDict = ({ outcome, ...rest }: checks.Finding): Json => ({ ...rest, ...outcome });
const reportDict = (report: validation.Report): Json => ({
  ...report,
  counts: validation.countVerdicts(report),
  phases: report.phases.map((phase) => ({
    ...phase,
    results: phase.results.map((result) => ({ ...result, findings: result.findings.map(findingDict) })),
  })),
});
const report = (rules: Json, taken: Json, context: Json): validation.Report =>
  validation.evaluateRecipe(rules, snapshotOf(taken), contextOf(context));
const criteriaOf = (given: Json): criteria.Criteria => ({ ...criteria.criteriaFrom(given), nodes: given.nodes ?? 0 });
const parse = versions.parseVersion;

const FUNCTIONS: Record<string, (...args: Json[]) => Json> = {
  trim: versions.trim,
  plain_text: versions.plainText,
  parse_version: parse,
  is_pre_release: (text) => versions.isPreRelease(parse(text)),
  gke_build: (text) => versions.gkeBuild(parse(text)),
  compare_versions: (a, b) => versions.compareVersions(parse(a), parse(b)),
  compare_places: (a, b) => versions.comparePlaces(parse(a), parse(b)),
  compare_digits: versions.compareDigits,
  with_severity: verdicts.withSeverity,
  combine_verdicts: verdicts.combineVerdicts,
  all_needed: verdicts.allNeeded,
  any_suffices: verdicts.anySuffices,
  parse_expression: (text) =>
    constraints.parseExpression(text).alternatives.map((each) => each.map((c) => [c.operator, c.value])),
  evaluate_expression: constraints.evaluateExpression,
  evaluate_number: constraints.evaluateNumber,
  satisfying_value: constraints.satisfyingValue,
  shorten: constraints.shorten,
  by_text: (a, b) => Math.sign(constraints.byText(a, b)),
  criteria_from: criteria.criteriaFrom,
  normalise_value: (text, aliases) => criteria.normaliseValue(text, entriesOf(aliases)),
  stated: (given) => criteria.stated(criteriaOf(given)),
  specificity: (given) => criteria.specificity(criteriaOf(given)),
  admits: (given, query) => criteria.admits(criteriaOf(given), criteriaOf(query)),
  criteria_id: (given) => criteria.criteriaId(criteriaOf(given)),
  coordinate: (given) => criteria.coordinate(criteriaOf(given)),
  is_mapping: snapshot.isMapping,
  wrapped_snapshot: snapshot.wrappedSnapshot,
  parse_snapshot: (document) => snapshotDict(snapshot.parseSnapshot(document)),
  node_labels: (given) =>
    Object.fromEntries([...snapshot.nodeLabels(snapshotOf(given))].map(([node, labels]) => [node, objectOf(labels)])),
  reading_texts: (given, name) => snapshot.readingTexts(snapshotOf(given), name),
  absent_reason: (given, name) => snapshot.absentReason(snapshotOf(given), name),
  with_readings: (given, edits) => snapshotDict(snapshot.withReadings(snapshotOf(given), edits)),
  matches_words: detection.matchesWords,
  detect: (given, rules, dimensions) => detection.detect(snapshotOf(given), rules, dimensions),
  find_measurement: (entries, name) => measurementsOf(entries).find(name),
  measured_reading: (entries, name) => measurementsOf(entries).reading(name),
  parse_tolerance: checks.parseTolerance,
  applies: (check, components, chosen) => checks.applies(check, components, entriesOf(chosen)),
  evaluate_reading: (name, expr, taken, entries, tolerance) =>
    findingDict(checks.evaluateReading(name, expr, snapshotOf(taken), measurementsOf(entries), tolerance)),
  evaluate_check: (check, taken, entries, components, thresholds) => {
    const done = checks.evaluateCheck(check, snapshotOf(taken), measurementsOf(entries), components, entriesOf(thresholds));
    return { ...done.outcome, findings: done.findings.map(findingDict) };
  },
  context_from_rules: (document, chosen, phases) => {
    const context = validation.contextFromRules(document, chosen, phases);
    return {
      phases: context.phases,
      criteria: objectOf(context.criteria),
      checks: [...context.checks.keys()].sort(),
      expectedWorkloads: context.expectedWorkloads && [...context.expectedWorkloads].sort(),
    };
  },
  for_service: validation.forService,
  phase_constraints: validation.phaseConstraints,
  thresholds_of: (rules, phase) => objectOf(validation.thresholdsOf(rules, phase)),
  recipe_applies: (rules, chosen) => validation.recipeApplies(rules, entriesOf(chosen)),
  evaluate_recipe: (rules, taken, context) => reportDict(report(rules, taken, context)),
  evaluate_all: (recipes, taken, context) =>
    validation.evaluateAll(recipes, snapshotOf(taken), contextOf(context)).map(reportDict),
  count_verdicts: (rules, taken, context) => validation.countVerdicts(report(rules, taken, context)),
  compare_reports: (rules, before, after, context, rulesAfter) =>
    validation.compareReports(report(rules, before, context), report(rulesAfter ?? rules, after, context)),
  plan_recipe: (rules, taken, context) => plan.planRecipe(rules, snapshotOf(taken), contextOf(context)),
  plan_recipes: (recipes, taken, context) => plan.planRecipes(recipes, snapshotOf(taken), contextOf(context)),
  plan_together: (recipes, taken, context) => plan.planTogether(recipes, snapshotOf(taken), contextOf(context)),
  lifecycle_notes: (windows, taken, service, labels, today) =>
    lifecycle.lifecycleNotes(windows, snapshotOf(taken), service, (dimension, value) => labels[dimension]?.[value] ?? value, today),
  plan_cost: (rules, taken, context) => plan.planCost(plan.planRecipe(rules, snapshotOf(taken), contextOf(context))),
};

function call(name: string, args: Json[]): Json {
  const called = FUNCTIONS[name];
  if (!called) return { error: `no function called ${name}` };
  try {
    return { value: called(...args) ?? null };
  } catch (error) {
    const refusals = [versions.VersionError, constraints.ExpressionError, snapshot.NotASnapshot];
    if (refusals.some((refusal) => error instanceof refusal)) return { error: (error as Error).message };
    throw error;
  }
}

const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
const answers = lines.map((line) => {
  const { function: name, args } = JSON.parse(line) as { function: string; args: Json[] };
  return JSON.stringify(call(name, args));
});
writeFileSync(1, `${answers.join("\n")}\n`);
