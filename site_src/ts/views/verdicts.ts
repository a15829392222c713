/** The whole matrix at once: counts by verdict, a mark per recipe by service and accelerator, and the caption of one. */
import { all, html, type Markup } from "../dom.ts";
import type { Verdict } from "../core/verdicts.ts";
import type { RuleSet } from "../validator/session.ts";
import { VERDICT_WORDS, verdictClass, verdictMark } from "./parts.ts";

export interface Mark { rules: RuleSet; verdict: Verdict; note: string }
export type LabelOf = (dimension: string, value: string) => string;

const TALLIED: readonly (readonly [Verdict, string])[] = [
  ["pass", "meet their rules"], ["fail", "fail one"], ["warn", "pass with a warning"], ["unknown", "lack a reading"], ["not-applicable", "are for other hardware"],
];

/** Counts by verdict; each is a switch that hides the recipes with that verdict. */
export function drawTally(marks: readonly Mark[], hidden: ReadonlySet<string>): Markup {
  return html`${TALLIED.map(([verdict, meaning]) => {
    const count = marks.filter((mark) => mark.verdict === verdict).length;
    if (!count && verdict === "warn") return "";
    return html`<button class="t" type="button" data-tally="${verdict}" aria-pressed="${String(!hidden.has(verdict))}"><b>${count}</b>${verdictMark(verdict)}<span class="dim micro">${meaning}</span></button>`;
  })}`;
}

/** A row per service, a group per accelerator, a button per recipe. */
export function drawGrid(marks: readonly Mark[], shown: (mark: Mark) => boolean, picked: string, labels: LabelOf): Markup {
  const rows = new Map<string, Map<string, Mark[]>>();
  for (const mark of marks) {
    if (!shown(mark)) continue;
    const service = mark.rules.criteria["service"] ?? "any";
    const accelerator = mark.rules.criteria["accelerator"] ?? "any";
    const row = rows.get(service) ?? new Map<string, Mark[]>();
    row.set(accelerator, [...(row.get(accelerator) ?? []), mark]);
    rows.set(service, row);
  }
  if (!rows.size) return html`<p class="small soft">No recipe is left. Switch a verdict back on, or clear the filter.</p>`;
  // The services that apply come first, recipes for any service last.
  const elsewhere = (service: string): boolean => [...(rows.get(service) ?? new Map<string, Mark[]>()).values()].flat().every((mark) => mark.verdict === "not-applicable");
  const order = [...rows.keys()].sort((a, b) => Number(a === "any") - Number(b === "any") || Number(elsewhere(a)) - Number(elsewhere(b)));
  return html`<div class="vmat">${order.map((service) => html`<div class="vline"><b>${service === "any" ? "Any service" : labels("service", service)}</b><div>${
    [...(rows.get(service) ?? [])].map(([accelerator, group]) => html`<div class="vset-g"><small>${accelerator === "any" ? "Any GPU" : labels("accelerator", accelerator)}</small><div class="vg">${
      group.map((mark) => html`<button class="vc v-${verdictClass(mark.verdict)}" type="button" data-pick="${mark.rules.id}" title="${mark.rules.id}: ${VERDICT_WORDS[mark.verdict]}" aria-label="${
        mark.rules.id}, ${VERDICT_WORDS[mark.verdict]}" aria-pressed="${String(mark.rules.id === picked)}"></button>`)}</div></div>`)}</div></div>`)}</div>`;
}

/** Moves the marks of a drawn grid to new verdicts: only the buttons that differ are touched. */
export function moveMarks(grid: HTMLElement, marks: readonly Mark[], picked: string): void {
  const byId = new Map(marks.map((mark) => [mark.rules.id, mark]));
  for (const cell of all(".vc[data-pick]", grid)) {
    const mark = byId.get(cell.dataset["pick"] ?? "");
    if (!mark) continue;
    const name = `vc v-${verdictClass(mark.verdict)}`;
    if (cell.className !== name) {
      cell.className = name;
      cell.title = `${mark.rules.id}: ${VERDICT_WORDS[mark.verdict]}`;
      cell.setAttribute("aria-label", `${mark.rules.id}, ${VERDICT_WORDS[mark.verdict]}`);
    }
    const pressed = String(mark.rules.id === picked);
    if (cell.getAttribute("aria-pressed") !== pressed) cell.setAttribute("aria-pressed", pressed);
  }
}

export function drawCaption(mark: Mark | undefined): Markup {
  if (!mark) return html`<span class="dim">Point at a mark to see its recipe.</span>`;
  return html`${verdictMark(mark.verdict)}<code>${mark.rules.id}</code>${mark.rules.startingPoint ? html` <span class="tag">starting point</span>` : ""}${
    mark.rules.evidence !== "stated" ? html` <span class="tag">${mark.rules.evidence || "undeclared"}</span>` : ""}<span class="dim">${mark.note}</span>`;
}
