/** What to do about a result, in the words of the page and of every export; twin of generator/report/words.py. */
import type { Result } from "../core/validation.ts";

/** Nothing for a pass, how to take a missing reading, the remediation otherwise. */
export function adviceOf(result: Result): string {
  if (result.verdict === "pass" || result.verdict === "not-applicable") return "";
  return result.verdict === "unknown" ? result.measure || result.remediation : result.remediation;
}

/** The command that goes with the advice; a constraint's own command changes a reading, it does not take one. */
export function commandOf(result: Result): string {
  return !adviceOf(result) || (result.verdict === "unknown" && result.kind === "constraint") ? "" : result.command;
}
