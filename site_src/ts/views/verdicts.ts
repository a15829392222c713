/** What stands around the grid of verdicts: counts by verdict, and the caption of one mark. */
import { html, type Markup } from "../dom.ts";
import type { Verdict } from "../core/verdicts.ts";
import { verdictMark } from "./parts.ts";
import type { Mark } from "./verdict-grid.ts";

const TALLIED: readonly (readonly [Verdict, string])[] = [
  ["pass", "meet their rules"], ["fail", "fail one"], ["warn", "pass with a warning"], ["unknown", "lack a reading"], ["not-applicable", "are for other hardware"],
];

/** Counts by verdict; each a switch that hides the recipes with that verdict, unless *hidden* is null. */
export function drawTally(marks: readonly Mark[], hidden: ReadonlySet<string> | null): Markup {
  return html`${TALLIED.map(([verdict, meaning]) => {
    const count = marks.filter((mark) => mark.verdict === verdict).length;
    if (!count && verdict === "warn") return "";
    const shown = html`<b>${count}</b>${verdictMark(verdict)}<span class="dim micro">${meaning}</span>`;
    return hidden ? html`<button class="t" type="button" data-tally="${verdict}" aria-pressed="${String(!hidden.has(verdict))}">${shown}</button>` : html`<div class="t">${shown}</div>`;
  })}`;
}

export function drawCaption(mark: Mark | undefined): Markup {
  if (!mark) return html`<span class="dim">Point at a mark to see its recipe.</span>`;
  return html`${verdictMark(mark.verdict)}<code>${mark.rules.id}</code>${mark.rules.startingPoint ? html` <span class="tag">starting point</span>` : ""}${
    mark.rules.evidence !== "stated" ? html` <span class="tag">${mark.rules.evidence || "undeclared"}</span>` : ""}<span class="dim">${mark.note}</span>`;
}
