/** Verdicts in an address: enough to show the whole matrix again, and not one reading of the snapshot. */
import { DIMENSIONS } from "../core/criteria.ts";
import type { Verdict } from "../core/verdicts.ts";
import type { Chosen, RuleSet } from "./session.ts";
import { chosen } from "./session.ts";

const LETTERS: Readonly<Record<Verdict, string>> = { pass: "p", fail: "f", warn: "w", unknown: "u", "not-applicable": "n" };
const VERDICTS = Object.fromEntries(Object.entries(LETTERS).map(([verdict, letter]) => [letter, verdict as Verdict]));

/** Why the verdicts of an address cannot be shown. */
export interface Unshowable { problem: string }
export interface SharedVerdicts { criteria: Chosen; phases: string; verdicts: Map<string, Verdict>; whatIf: boolean }

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

/**
 * The verdicts of an address; null when it carries none. They stand by the recipes' places in the catalog: of another
 * catalog, or with an end cut off, they would be told of recipes that nobody judged.
 */
export function unpackVerdicts(hash: string, recipes: readonly RuleSet[], catalogDigest: string): SharedVerdicts | Unshowable | null {
  const text = decode(hash);
  if (!text.includes("verdicts=")) return null;
  const found = /verdicts=1\.([0-9a-f]{12})\.([a-z0-9~-]*)\.([a-z]+)(!?)\.([0-9pfwun]*)$/.exec(text);
  if (!found) return { problem: "It is cut short or altered. Ask for it again." };
  const [, digest = "", stated = "", phases = "", whatIf = "", runs = ""] = found;
  if (digest !== shortDigest(catalogDigest)) {
    return { problem: `It was made with catalog ${digest}; this site has ${shortDigest(catalogDigest)}. Ask for a report, or check the snapshot here.` };
  }
  const letters = runs.replace(/(\d{1,5})([pfwun])/g, (_, count: string, letter: string) => letter.repeat(Math.min(Number(count), recipes.length + 1)));
  if (letters.length !== recipes.length) return { problem: "It is cut short or altered. Ask for it again." };
  const values = stated.split("~");
  const criteria = chosen(Object.fromEntries(DIMENSIONS.map((d, i) => [d, values[i] || "any"])) as Chosen);
  const verdicts = new Map(recipes.map((recipe, i) => [recipe.id, VERDICTS[letters[i] as string] as Verdict]));
  return { criteria, phases, verdicts, whatIf: whatIf === "!" };
}

/** The hash with its escapes read; as it stands where they are broken. */
function decode(hash: string): string {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}
