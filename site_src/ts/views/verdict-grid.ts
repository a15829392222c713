/** Every recipe as a mark, a row per service and a group per accelerator. Drawn once; verdicts, order and filters only move marks. */
import { all, draw, html, pageLink, type Markup } from "../dom.ts";
import type { Verdict } from "../core/verdicts.ts";
import type { RuleSet } from "../validator/session.ts";
import { VERDICT_WORDS, verdictClass } from "./parts.ts";

export interface Mark { rules: RuleSet; verdict: Verdict; note: string }
export type LabelOf = (dimension: string, value: string) => string;

/**
 * The marks as markup; the services that apply come first, recipes for any service last.
 * Each picks its recipe, or with *base* leads to the recipe's page.
 */
export function drawGrid(marks: readonly Mark[], labels: LabelOf, base?: string): Markup {
  const rows = new Map<string, Map<string, Mark[]>>();
  for (const mark of marks) {
    const service = mark.rules.criteria["service"] ?? "any";
    const accelerator = mark.rules.criteria["accelerator"] ?? "any";
    const row = rows.get(service) ?? new Map<string, Mark[]>();
    const group = row.get(accelerator) ?? [];
    group.push(mark);
    rows.set(service, row.set(accelerator, group));
  }
  const elsewhere = (service: string): boolean => [...(rows.get(service) ?? [])].every(([, group]) => group.every((mark) => mark.verdict === "not-applicable"));
  const services = [...rows.keys()].sort((a, b) => Number(a === "any") - Number(b === "any") || Number(elsewhere(a)) - Number(elsewhere(b)));
  return html`<div class="vmat">${services.map((service) => html`<div class="vline"><b>${service === "any" ? "Any service" : labels("service", service)}</b><div>${
    [...(rows.get(service) ?? [])].map(([accelerator, group]) => html`<div class="vset-g"><small>${accelerator === "any" ? "Any GPU" : labels("accelerator", accelerator)}</small><div class="vg">${
      group.map(({ rules, verdict }) => base !== undefined ? html`<a class="vc v-${verdictClass(verdict)}" href="${pageLink(base, rules.page)}" data-pick="${rules.id}" aria-label="${nameOf(rules, verdict)}"></a>` : html`<button class="vc v-${verdictClass(verdict)}" type="button" data-pick="${rules.id}" aria-label="${nameOf(rules, verdict)}" aria-pressed="false"></button>`)}</div></div>`)}</div></div>`)}</div>`;
}

function nameOf(rules: RuleSet, verdict: Verdict): string {
  return `${rules.id}, ${VERDICT_WORDS[verdict]}`;
}

interface Cell { element: HTMLElement; line: Element | null; verdict: Verdict }
interface Line { element: HTMLElement; any: boolean; groups: readonly HTMLElement[] }

export class VerdictGrid {
  private readonly cells: ReadonlyMap<string, Cell>;
  private readonly lines: readonly Line[];
  private readonly none: HTMLElement;
  private readonly box: HTMLElement;
  private order: string;
  private pressed: HTMLElement | undefined;

  constructor(box: HTMLElement, recipes: readonly RuleSet[], labels: LabelOf) {
    draw(box, html`${drawGrid(recipes.map((rules) => ({ rules, verdict: "unknown", note: "" })), labels)}<p class="small soft" hidden>No recipe is left. Switch a verdict back on, or clear the filter.</p>`);
    this.box = box.firstElementChild as HTMLElement;
    this.none = box.lastElementChild as HTMLElement;
    this.cells = new Map(all(".vc", box).map((element) => [element.dataset["pick"] ?? "", { element, line: element.closest(".vline"), verdict: "unknown" }]));
    const anywhere = new Set(recipes.filter((rules) => (rules.criteria["service"] ?? "any") === "any").map((rules) => this.cells.get(rules.id)?.line));
    this.lines = all(".vline", box).map((element) => ({ element, any: anywhere.has(element), groups: all(".vset-g", element) }));
    this.order = this.lines.map((_, i) => i).join();
    // Laid out while nobody waits for it: the marks' places never change with a verdict.
    box.getBoundingClientRect();
  }

  /** Moves the marks to new verdicts and shows those that *shown* admits; only what differs is touched. */
  show(marks: readonly Mark[], shown: (mark: Mark) => boolean, picked: string): void {
    const applies = new Set<Element | null>();
    let left = 0;
    let moved = false;
    for (const mark of marks) {
      const cell = this.cells.get(mark.rules.id);
      if (!cell) continue;
      if (cell.verdict !== mark.verdict) {
        cell.verdict = mark.verdict;
        cell.element.className = `vc v-${verdictClass(mark.verdict)}`;
        cell.element.setAttribute("aria-label", nameOf(mark.rules, mark.verdict));
      }
      const hidden = !shown(mark);
      if (cell.element.hidden !== hidden) {
        cell.element.hidden = hidden;
        moved = true;
      }
      if (!hidden) left++;
      if (mark.verdict !== "not-applicable") applies.add(cell.line);
    }
    for (const { element, groups } of moved ? this.lines : []) {
      for (const group of groups) group.hidden = !group.querySelector(".vc:not([hidden])");
      element.hidden = groups.every((group) => group.hidden);
    }
    this.none.hidden = left > 0;
    // The services that apply come first, recipes for any service last.
    const rank = (line: Line): number => (line.any ? 2 : applies.has(line.element) ? 0 : 1);
    const lines = [...this.lines].sort((a, b) => rank(a) - rank(b));
    const order = lines.map((line) => this.lines.indexOf(line)).join();
    if (order !== this.order) this.box.append(...lines.map((line) => line.element));
    this.order = order;
    this.press(picked);
  }

  /** Marks the recipe that is looked at. */
  press(picked: string): void {
    const cell = this.cells.get(picked)?.element;
    if (cell === this.pressed) return;
    this.pressed?.setAttribute("aria-pressed", "false");
    cell?.setAttribute("aria-pressed", "true");
    this.pressed = cell;
  }
}
