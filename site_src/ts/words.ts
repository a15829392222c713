/** The words of the browser pages; twin of generator/render/words.py. */

export type CoverageWord = "exact" | "composed" | "partial" | "unsupported";
export const COVERAGE: readonly CoverageWord[] = ["exact", "composed", "partial", "unsupported"];
export const COVERAGE_WORDS: Readonly<Record<CoverageWord, string>> = {
  exact: "Exact", composed: "Composed", partial: "Partial", unsupported: "Unsupported",
};
export const EVIDENCE_WORDS: Readonly<Record<string, string>> = { stated: "Stated", inferred: "Inferred", "": "Undeclared" };
export const EVIDENCE_MEANINGS: Readonly<Record<string, string>> = {
  stated: "A source states this environment.",
  inferred: "Put together from parents and mixins; no source states it as a whole.",
  "": "The overlay does not say where it comes from.",
};
/** The order of facets, permalinks and tables. */
export const SHOWN_ORDER = ["service", "accelerator", "os", "intent", "platform"] as const;

const OPERATORS: Readonly<Record<string, string>> = { ">=": "≥ ", "<=": "≤ ", "==": "", "!=": "not ", ">": "> ", "<": "< " };

/** A constraint's expression with typographic operators: `>= 1.32.4` is `≥ 1.32.4`. */
export function spellExpression(expression: string): string {
  return expression.trim().replace(/(>=|<=|==|!=|>|<)\s*/g, (_, op: string) => OPERATORS[op] as string).replaceAll("||", "or");
}

/** The count and its noun: `1 recipe`, `1,620 combinations`. */
export function spellCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${spellNumber(count)} ${count === 1 ? noun : plural}`;
}

export function spellNumber(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `a, b and c`. */
export function spellList(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words[words.length - 1]}`;
}

/** A number of bytes in the largest unit that keeps a whole number. */
export function spellSize(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${Math.round(size / 1000)} KB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** An ISO date, or the date of an ISO moment, as `23 Mar 2026`; other text as it stands. */
export function spellDate(text: string): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  return year && month && day ? `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}` : text;
}
