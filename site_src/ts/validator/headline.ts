/** What a page of verdicts says first: the answer in words, for a snapshot at hand and for verdicts that came with a link. */
import type { Verdict } from "../core/verdicts.ts";
import { spellCount, spellList } from "../words.ts";
import { fits, type Chosen, type RuleSet } from "./session.ts";

interface Judged { readonly rules: RuleSet; readonly verdict: Verdict }
export interface Headline { title: string; notes: string[] }

/** The recipes that could be about this cluster and what the reader asks for. */
export function relevantTo<Mark extends Judged>(marks: readonly Mark[], criteria: Chosen): Mark[] {
  return marks.filter((mark) => mark.verdict !== "not-applicable" && fits(mark.rules, criteria));
}

/** Counts environments, never starting points; a service or accelerator that nobody knows comes before any count. */
export function headlineOf(
  marks: readonly Judged[], criteria: Chosen, phases: string, label: (dimension: string, value: string) => string,
): Headline {
  const unknown = (["service", "accelerator"] as const).filter((dimension) => criteria[dimension] === "any");
  const relevant = relevantTo(marks, criteria);
  const accelerator = criteria.accelerator === "any" ? "" : label("accelerator", criteria.accelerator);
  const own = relevant.filter(({ rules }) => !rules.startingPoint && (!accelerator || rules.criteria["accelerator"] === criteria.accelerator));
  const count = (...verdicts: Verdict[]): number => own.filter((mark) => verdicts.includes(mark.verdict)).length;
  const [passing, failing, lacking] = [count("pass", "warn"), count("fail"), count("unknown")];
  const what = accelerator ? `${accelerator} recipe` : "recipe";
  const title = unknown.length ? `The ${spellList(unknown)} ${unknown.length > 1 ? "are" : "is"} not known`
    : !own.length ? `No recipe is for ${accelerator} on ${label("service", criteria.service)}`
      : passing ? `${passing} of ${spellCount(own.length, what)} meet${passing === 1 ? "s" : ""} ${phases}`
        : failing ? `No ${what} fits yet`
          : `Nothing can be said of ${own.length === 1 ? `the ${what}` : `${own.length} ${what}s`} yet`;
  const rest = relevant.filter(({ rules, verdict }) => rules.startingPoint && verdict === "pass").length;
  return {
    title,
    notes: [
      unknown.length ? "Choose below what the snapshot does not name; until then no recipe for one passes." : "",
      passing && failing ? `${failing} more ${failing === 1 ? "fails" : "fail"} a rule.` : "",
      lacking && !unknown.length ? `${spellCount(lacking, "recipe")} ${lacking === 1 ? "lacks" : "lack"} a reading; unknown never counts as pass.` : "",
      rest && !passing && !unknown.length ? `${spellCount(rest, "starting point")} would hold.` : "",
    ].filter(Boolean),
  };
}
