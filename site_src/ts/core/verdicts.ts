// The five verdicts and how those of rules add up to one of a phase and of a recipe.
// Twin of generator/core/verdicts.py; both run tests/vectors/verdicts.json.

export type Verdict = "pass" | "fail" | "warn" | "unknown" | "not-applicable";

export const VERDICTS: readonly Verdict[] = ["pass", "fail", "warn", "unknown", "not-applicable"];

/** A verdict and, in one sentence, why. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly reason: string;
}

export const WORST_FIRST: readonly Verdict[] = ["fail", "unknown", "warn", "pass"];
export const BEST_FIRST: readonly Verdict[] = ["pass", "warn", "unknown", "fail"];

/** A failing rule of any severity but error (`""` means error) is a warning. */
export function withSeverity(verdict: Verdict, severity: string): Verdict {
  return verdict === "fail" && severity !== "" && severity !== "error" ? "warn" : verdict;
}

/**
 * One verdict of many: fail if any fails, else unknown if any is unknown, else warn, else pass.
 * Rules that do not apply count for nothing; where no rule applies, neither does the whole.
 */
export function combineVerdicts(verdicts: Iterable<Verdict>): Verdict {
  const found = new Set(verdicts);
  return WORST_FIRST.find((verdict) => found.has(verdict)) ?? "not-applicable";
}

/** The outcome of conditions that are all needed: the first of the worst. */
export function allNeeded(outcomes: readonly Outcome[]): Outcome {
  return first(outcomes, WORST_FIRST);
}

/** The outcome of alternatives: the first of the best; unknown when none passes and one could. */
export function anySuffices(outcomes: readonly Outcome[]): Outcome {
  return first(outcomes, BEST_FIRST);
}

function first(outcomes: readonly Outcome[], order: readonly Verdict[]): Outcome {
  for (const verdict of order) {
    const found = outcomes.find((outcome) => outcome.verdict === verdict);
    if (found) return found;
  }
  return { verdict: "not-applicable", reason: "No rule applies." };
}
