/** Verdicts in an address: enough to show the whole matrix again, and not one reading of the snapshot. */
import { DIMENSIONS } from "../core/criteria.ts";
import type { Verdict } from "../core/verdicts.ts";
import type { Chosen, RuleSet } from "./session.ts";
import { chosen } from "./session.ts";

const LETTERS: Readonly<Record<Verdict, string>> = { pass: "p", fail: "f", warn: "w", unknown: "u", "not-applicable": "n" };
const VERDICTS = Object.fromEntries(Object.entries(LETTERS).map(([verdict, letter]) => [letter, verdict as Verdict]));

export interface SharedVerdicts { digest: string; criteria: Chosen; phases: string; verdicts: Map<string, Verdict>; whatIf: boolean }

/** Enough of a catalog's digest to notice another catalog. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** `verdicts=1.<digest>.<criteria>.<phases>.<runs>`: runs are a count and a letter, in the order of the catalog's recipes. */
export function packVerdicts(digest: string, criteria: Chosen, phases: string, verdicts: readonly Verdict[], whatIf: boolean): string {
  const letters = verdicts.map((verdict) => LETTERS[verdict]).join("");
  const runs = letters.replace(/(.)\1*/g, (run, letter: string) => `${run.length > 1 ? run.length : ""}${letter}`);
  return `verdicts=1.${shortDigest(digest)}.${DIMENSIONS.map((d) => criteria[d]).join("~")}.${phases}${whatIf ? "!" : ""}.${runs}`;
}

/** The verdicts of an address; null when it carries none that this page understands. */
export function unpackVerdicts(hash: string, recipes: readonly RuleSet[]): SharedVerdicts | null {
  const found = /verdicts=1\.([0-9a-f]*)\.([a-z0-9~-]*)\.([a-z]+)(!?)\.([0-9pfwun]*)$/.exec(decodeURIComponent(hash));
  if (!found) return null;
  const [, digest = "", stated = "", phases = "", whatIf = "", runs = ""] = found;
  const letters = runs.replace(/(\d{1,5})([pfwun])/g, (_, count: string, letter: string) => letter.repeat(Math.min(Number(count), recipes.length)));
  const values = stated.split("~");
  const criteria = chosen(Object.fromEntries(DIMENSIONS.map((d, i) => [d, values[i] || "any"])) as Chosen);
  const verdicts = new Map(recipes.map((recipe, i) => [recipe.id, VERDICTS[letters[i] ?? "u"] as Verdict]));
  return { digest, criteria, phases, verdicts, whatIf: whatIf === "!" };
}
