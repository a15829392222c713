/** Parts that several pages draw: coverage and verdict marks, code boxes, recipe names with their labels. */
import { html, icon, type Markup } from "../dom.ts";
import type { RecipeEntry } from "../model/documents.ts";
import type { Change, MatrixIndex, Unknown } from "../model/matrix-index.ts";
import { COVERAGE_WORDS, EVIDENCE_MEANINGS, EVIDENCE_WORDS, type CoverageWord } from "../words.ts";

export const VERDICT_WORDS: Readonly<Record<string, string>> = {
  pass: "Pass", fail: "Fail", warn: "Warn", unknown: "Unknown", "not-applicable": "Not applicable",
};

/** The short name a verdict has in icons and classes. */
export function verdictClass(verdict: string): string {
  return verdict === "not-applicable" ? "na" : verdict;
}

export function coverageBadge(word: CoverageWord): Markup {
  return html`<span class="badge c-${word}">${icon(word)}${COVERAGE_WORDS[word]}</span>`;
}

export function coverageMark(word: CoverageWord): Markup {
  return html`<span class="mark c-${word}">${icon(word)}${COVERAGE_WORDS[word]}</span>`;
}

export function verdictBadge(verdict: string): Markup {
  const name = verdictClass(verdict);
  return html`<span class="badge v-${name}">${icon(name)}${VERDICT_WORDS[verdict] ?? verdict}</span>`;
}

export function verdictMark(verdict: string): Markup {
  const name = verdictClass(verdict);
  return html`<span class="mark v-${name}">${icon(name)}${VERDICT_WORDS[verdict] ?? verdict}</span>`;
}

type Labelled = Pick<RecipeEntry, "startingPoint" | "evidence">;

/** What has to be said wherever a recipe is named: it is a starting point, or put together by inference. */
export function recipeTags(recipe: Labelled, always = false): Markup {
  const inferred = recipe.evidence !== "stated";
  return html`${recipe.startingPoint ? html` <span class="tag" title="Service and accelerator are not both stated">starting point</span>` : ""}${
    always || inferred ? html` <span class="tag" title="${EVIDENCE_MEANINGS[recipe.evidence] ?? ""}">${
      (EVIDENCE_WORDS[recipe.evidence] ?? recipe.evidence).toLowerCase()}${always ? " evidence" : ""}</span>` : ""}`;
}

/** A box of commands, a line each; lines that start with a space continue the one before. */
export function commandLines(lines: readonly string[]): Markup {
  return html`${lines.map((line, i) =>
    html`${i ? "\n" : ""}${line.startsWith(" ") ? "" : html`<span class="p">$ </span>`}${line}`)}`;
}

export function commandBox(lines: readonly string[], label = "Copy command"): Markup {
  return html`<div class="code"><pre tabindex="0">${commandLines(lines)}</pre><button class="copy" type="button" aria-label="${label}">${icon("copy", "ic-s")}<span>Copy</span></button></div>`;
}

/** `Platform Kubeflow → Any, OS ...`, the old struck and the new bold. */
export function changeText(index: MatrixIndex, changes: readonly Change[]): Markup {
  return html`${changes.map((change, i) => html`${i ? ", " : ""}${index.dimensions[change.dimension]?.label} ${
    change.from ? html`<s>${index.label(change.dimension, change.from)}</s> → ` : ""}<b>${index.label(change.dimension, change.to)}</b>`)}`;
}

/** A dimension's label inside a sentence: `service`, but `OS`. */
export function lowered(label: string): string {
  return label === label.toUpperCase() ? label : label.toLowerCase();
}

export function article(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}

/** What an address asked for and the catalog does not know, a sentence each. */
export function unknownTexts(index: MatrixIndex, unknown: readonly Unknown[]): string[] {
  return unknown.map(({ dimension, text }) => {
    const name = lowered(index.dimensions[dimension]?.label ?? "");
    return `“${text}” is not ${article(name)} of this catalog, so the ${name} is left open.`;
  });
}

/** Stands where a page's data should: its script did not load. */
export function noData(): Markup {
  return html`<p class="small">${icon("info")} The site's data did not load. Reload the page; from a folder, keep <code>assets/data</code> beside it.</p>`;
}
