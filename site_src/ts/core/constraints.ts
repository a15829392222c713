// Constraint expressions: `>= 1.32.4`, `ubuntu`, `>= 1.34.3-gke.1318000 < 1.35 || >= 1.35.0`, held against a reading.
// Twin of generator/core/constraints.py; both run tests/vectors/constraints.json.

import { allNeeded, anySuffices, type Outcome } from "./verdicts.ts";
import {
  compareDigits,
  comparePlaces,
  compareVersions,
  gkeBuild,
  isPreRelease,
  parseVersion,
  trim,
  type Version,
  VersionError,
} from "./versions.ts";

// Longer operators first, so that `>=` is not read as `>`.
const OPERATORS = [">=", "<=", "!=", "==", ">", "<"];
const ORDERING = [">=", "<=", ">", "<"];

const COMPOUND_CONDITION = /[ \t\r\n]*(>=|<=|!=|==|>|<)[ \t\r\n]*([^ \t\r\n<>=!|,]+)/y;
const SPACES = /^[ \t\r\n]*$/;
const NUMBER = /^[-+]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?$/;
const SHOWN = 80;
// A matrix asks the same few questions hundreds of times; the answers never change.
const MOST_REMEMBERED = 20_000;
const remembered = new Map<string, Outcome>();
const rememberedValues = new Map<string, string | null>();

function remember<Answer>(memory: Map<string, Answer>, question: string, answer: () => Answer): Answer {
  const known = memory.get(question);
  if (known !== undefined) return known;
  const found = answer();
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  memory.set(question, found);
  return found;
}

/** The expression is malformed; the message says how. */
export class ExpressionError extends Error {}

/** One operator (`""` is exact text) and the value it names. */
export interface Condition {
  readonly operator: string;
  readonly value: string;
}

/** Alternatives of conditions; all conditions of one alternative are needed. Of more than one condition `-gke.N` builds count. */
export interface Expression {
  readonly alternatives: readonly (readonly Condition[])[];
  readonly compound: boolean;
}

/**
 * Read an expression; throws ExpressionError when it or a value in it is empty.
 * It is compound only when it consists of nothing but conditions that each have an operator and a value
 * without spaces; everything else is one operator, or none, and the rest as its value.
 */
export function parseExpression(text: string): Expression {
  const whole = trim(text);
  if (!whole) throw new ExpressionError("it is empty");
  const compound = parseCompound(whole);
  if (compound) return compound;
  const operator = OPERATORS.find((each) => whole.startsWith(each)) ?? "";
  const value = trim(whole.slice(operator.length));
  if (!value) throw new ExpressionError(`no value follows ${operator}`);
  return { alternatives: [[{ operator, value }]], compound: false };
}

function parseCompound(whole: string): Expression | null {
  const alternatives: Condition[][] = [];
  let count = 0;
  for (const part of whole.split("||")) {
    const conditions: Condition[] = [];
    let at = 0;
    for (;;) {
      COMPOUND_CONDITION.lastIndex = at;
      const found = COMPOUND_CONDITION.exec(part);
      if (!found) break;
      conditions.push({ operator: found[1] as string, value: found[2] as string });
      at += found[0].length;
    }
    if (!conditions.length || !SPACES.test(part.slice(at))) return null;
    count += conditions.length;
    alternatives.push(conditions);
  }
  return count > 1 ? { alternatives, compound: true } : null;
}

/**
 * Hold `actual` against `expr`: pass, fail, warn (a pre-release that passes by its numbers) or unknown.
 * `< <= > >=` look at as many places as the expression states and are unknown where `actual` states too
 * few to decide. `==` and `!=` compare versions where the value has a digit and a dot and both sides are
 * versions, else text. Without an operator the texts must be equal, case included.
 */
export function evaluateExpression(expr: string, actual: string): Outcome {
  return remember(remembered, `${expr}\n\0${actual}`, () => evaluateAnew(expr, actual));
}

function evaluateAnew(expr: string, actual: string): Outcome {
  const expression = tryParse(expr);
  if (!("alternatives" in expression)) return expression;
  const have = trim(actual);
  if (!expression.compound) {
    return evaluateCondition(expression.alternatives[0]?.[0] as Condition, have, false);
  }
  const outcome = anySuffices(
    expression.alternatives.map((alternative) =>
      allNeeded(alternative.map((condition) => evaluateCondition(condition, have, true))),
    ),
  );
  if (outcome.verdict === "pass" || outcome.verdict === "fail") {
    return met(outcome.verdict === "pass", have, shorten(trim(expr)));
  }
  return outcome;
}

function tryParse(expr: string): Expression | Outcome {
  try {
    return parseExpression(expr);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return unknown(`The rule ${quoted(expr)} is malformed: ${error.message}.`);
  }
}

function tryVersion(text: string): Version | string {
  try {
    return parseVersion(text);
  } catch (error) {
    if (!(error instanceof VersionError)) throw error;
    return error.message;
  }
}

function evaluateCondition(condition: Condition, actual: string, buildCounts: boolean): Outcome {
  const { operator, value } = condition;
  const rule = operator ? `${operator} ${shorten(value)}` : shorten(value);
  if (ORDERING.includes(operator)) {
    const expected = tryVersion(value);
    if (typeof expected === "string") {
      return unknown(`The rule ${quoted(rule)} is malformed: ${shorten(value)} ${expected}.`);
    }
    const version = tryVersion(actual);
    if (typeof version === "string") return unknown(`${quoted(actual)} is not a version: it ${version}.`);
    return evaluateOrdering(operator, version, expected, actual, rule, buildCounts);
  }
  if (operator && /[0-9]/.test(value) && value.includes(".")) {
    const expected = tryVersion(value);
    const version = tryVersion(actual);
    if (typeof expected !== "string" && typeof version !== "string") {
      let equal = compareVersions(version, expected) === 0;
      const wanted = gkeBuild(expected);
      if (equal && buildCounts && wanted !== null) {
        const have = gkeBuild(version);
        if (have === null) return unknown(`${shorten(actual)} states no GKE build; ${rule} needs it.`);
        equal = have === wanted;
      }
      if (equal && operator === "==" && fallsShort(version, expected)) return preRelease(actual, rule);
      return met(equal === (operator === "=="), actual, rule);
    }
  }
  if (operator) return met((actual === value) === (operator === "=="), actual, rule);
  if (actual === value) return { verdict: "pass", reason: `It is ${rule}.` };
  return { verdict: "fail", reason: `It is ${shorten(actual) || "empty"}, not ${rule}.` };
}

function evaluateOrdering(
  operator: string,
  version: Version,
  expected: Version,
  actual: string,
  rule: string,
  buildCounts: boolean,
): Outcome {
  let order = comparePlaces(version, expected);
  if (order === null) {
    const decided = decideOpen(operator, version, expected);
    if (decided === null) return unknown(`${shorten(actual)} states too few places to decide ${rule}.`);
    return met(decided, actual, rule);
  }
  const wanted = gkeBuild(expected);
  if (order === 0 && buildCounts && wanted !== null) {
    const have = gkeBuild(version);
    if (have === null) return unknown(`${shorten(actual)} states no GKE build; ${rule} needs it.`);
    order = compareDigits(have, wanted);
  }
  const holds = compare(operator, order, 0);
  if (holds && operator === ">=" && compareVersions(version, expected) === 0 && fallsShort(version, expected)) {
    return preRelease(actual, rule);
  }
  return met(holds, actual, rule);
}

/** Whether every value of the places `version` leaves out gives one answer; null when they differ. */
function decideOpen(operator: string, version: Version, expected: Version): boolean | null {
  if (expected.places.slice(version.places.length).some((place) => place !== "0")) return null;
  return operator === ">=" ? true : operator === "<" ? false : null;
}

function fallsShort(version: Version, expected: Version): boolean {
  return isPreRelease(version) && version.suffix !== expected.suffix;
}

function unknown(reason: string): Outcome {
  return { verdict: "unknown", reason };
}

function preRelease(actual: string, rule: string): Outcome {
  return { verdict: "warn", reason: `${shorten(actual)} is a pre-release; it meets ${rule} by its numbers only.` };
}

function met(holds: boolean, actual: string, rule: string): Outcome {
  const shown = shorten(actual) || '""';
  return holds
    ? { verdict: "pass", reason: `${shown} meets ${rule}.` }
    : { verdict: "fail", reason: `${shown} does not meet ${rule}.` };
}

/**
 * Hold a measured number against `expr`; falls back to `evaluateExpression` where either is none.
 * `tolerance` is a share: with 0.1 a floor counts from 90 % of it and a ceiling up to 110 %.
 */
export function evaluateNumber(expr: string, actual: string, tolerance = 0): Outcome {
  const expression = tryParse(expr);
  if (!("alternatives" in expression)) return expression;
  const have = trim(actual);
  const conditions = expression.alternatives.flat();
  if (!NUMBER.test(have) || !conditions.every((condition) => NUMBER.test(condition.value))) {
    if (NUMBER.test(have) || !ORDERING.includes(conditions[0]?.operator ?? "")) {
      return evaluateExpression(expr, actual);
    }
    return unknown(`${quoted(have)} is not a number.`);
  }
  const outcome = anySuffices(
    expression.alternatives.map((alternative) =>
      allNeeded(alternative.map((condition) => evaluateOneNumber(condition, have, tolerance))),
    ),
  );
  return expression.compound ? met(outcome.verdict === "pass", have, shorten(trim(expr))) : outcome;
}

function evaluateOneNumber(condition: Condition, actual: string, tolerance: number): Outcome {
  const { operator, value } = condition;
  const rule = operator ? `${operator} ${value}` : value;
  const have = Number(actual);
  const wanted = Number(value);
  const holds = compare(operator, have, wanted);
  if (!holds && tolerance && ORDERING.includes(operator)) {
    const bound = operator === ">=" || operator === ">" ? wanted * (1 - tolerance) : wanted * (1 + tolerance);
    const percent = Math.floor(tolerance * 100 + 0.5);
    if (compare(operator, have, bound)) {
      return { verdict: "pass", reason: `${actual} is within ${percent} % of ${rule}.` };
    }
    return { verdict: "fail", reason: `${actual} does not meet ${rule}, nor within ${percent} % of it.` };
  }
  return met(holds, actual, rule);
}

function compare(operator: string, have: number, wanted: number): boolean {
  switch (operator) {
    case ">=":
      return have >= wanted;
    case "<=":
      return have <= wanted;
    case ">":
      return have > wanted;
    case "<":
      return have < wanted;
    case "!=":
      return have !== wanted;
    default:
      return have === wanted;
  }
}

/**
 * A value that passes every expression, the lowest of those tried; null when none was found.
 * Tried are the values the expressions name and their neighbours in the last place: where any value passes,
 * one of these does, because verdicts change nowhere else. `numeric` holds numbers, not versions.
 */
export function satisfyingValue(expressions: readonly string[], numeric = false): string | null {
  return remember(rememberedValues, `${numeric}\n\0${expressions.join("\n\0")}`, () => findValue(expressions, numeric));
}

function findValue(expressions: readonly string[], numeric: boolean): string | null {
  const named = new Set<string>();
  for (const expr of expressions) {
    const parsed = tryParse(expr);
    if (!("alternatives" in parsed)) return null;
    for (const condition of parsed.alternatives.flat()) {
      for (const value of numeric ? nearNumber(condition.value) : neighbours(condition.value)) named.add(value);
    }
  }
  const judge = numeric ? evaluateNumber : evaluateExpression;
  const candidates = [...named].sort(numeric ? byNumber : byVersion);
  return candidates.find((value) => expressions.every((expr) => judge(expr, value).verdict === "pass")) ?? null;
}

/** The number, the next whole ones, and a little to either side of it. */
function nearNumber(value: string): string[] {
  if (!NUMBER.test(value) || /e/i.test(value)) return [value];
  const whole = BigInt((value.split(".")[0] ?? "0").replace("+", ""));
  const digits = value.includes(".") ? value : `${value}.`;
  const below = whole > 0n ? whole - 1n : whole; // measured numbers are seldom negative
  return [value, String(whole + 1n), String(below), `${digits}5`];
}

function byNumber(left: string, right: string): number {
  const [a, b] = [NUMBER.test(left), NUMBER.test(right)];
  if (a !== b) return a ? -1 : 1;
  return (a && Number(left) - Number(right)) || byText(left, right);
}

function neighbours(value: string): string[] {
  const version = tryVersion(value);
  if (typeof version === "string") return [value, `${value}-other`];
  const full = padded(version);
  const last = version.places.length - 1;
  const step = (index: number, by: bigint, below = "0"): string =>
    full
      .map((place, at) => (at === index ? String(BigInt(place) + by) : at === index + 1 && by < 0n ? below : place))
      .join(".");
  const texts = [value, full.join("."), step(last, 1n)];
  if (full[last] !== "0") texts.push(step(last, -1n, full[last + 1] ?? "0"));
  else if (last && full[last - 1] !== "0") texts.push(step(last - 1, -1n));
  const build = gkeBuild(version);
  if (build !== null) {
    texts.push(`${full.join(".")}-gke.${BigInt(build) + 1n}`, `${step(last, 1n)}-gke.1`);
    if (build !== "0") texts.push(`${full.join(".")}-gke.${BigInt(build) - 1n}`);
  }
  return texts;
}

function padded(version: Version): string[] {
  return [0, 1, 2].map((index) => version.places[index] ?? "0");
}

function byVersion(left: string, right: string): number {
  const a = tryVersion(left);
  const b = tryVersion(right);
  if (typeof a === "string" || typeof b === "string") {
    if (typeof a !== typeof b) return typeof a === "string" ? 1 : -1;
    return byText(left, right);
  }
  return (
    compareVersions(a, b) ||
    compareDigits(gkeBuild(a) ?? "0", gkeBuild(b) ?? "0") ||
    [...left].length - [...right].length ||
    byText(left, right)
  );
}

/** Order by code points, as the other language orders text. */
export function byText(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (order) return order;
  }
  return a.length - b.length;
}

/** `text` in at most 80 characters, for sentences. */
export function shorten(text: string): string {
  if (text.length <= SHOWN) return text;
  const characters = [...text];
  return characters.length <= SHOWN ? text : `${characters.slice(0, SHOWN - 1).join("")}…`;
}

function quoted(text: string): string {
  return `"${shorten(text)}"`;
}
