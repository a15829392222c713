/**
 * The heatmap over any two dimensions and the card that opens a cell. The build draws the first view with the same
 * markup (coverage_tables.py, matrix.html), so that nothing moves when the script takes over.
 */
import { all, byId, draw, html, icon, on, pageLink, type Markup } from "../dom.ts";
import {
  ALL, best, Combinations, environments, explainPartial, isStated, KIND_ICONS, KINDS, spellCounts, type Counts, type Filter, type Kind,
} from "../model/heat.ts";
import type { MatrixIndex } from "../model/matrix-index.ts";
import { SHOWN_ORDER, spellCount, spellExpression, spellNumber } from "../words.ts";
import { recipeTags } from "./parts.ts";

const LISTED = 24;
const HUES = 8; // darker with more recipes, up to what leaves the words 4.5:1

export interface HeatState { rows: number; columns: number; filter: Filter; row: number; column: number }

/** Under a row's name: how many environments it has. */
function rowNote(row: readonly Counts[]): string {
  const supported = row.reduce((n, counts) => n + environments(counts), 0);
  const starting = row.reduce((n, counts) => n + counts[KINDS.indexOf("start")]!, 0);
  return supported ? `${spellNumber(supported)} supported` : starting ? spellCount(starting, "starting point") : "none";
}

/** How many combinations reach the best there is; of the unsupported nobody wants the number. */
function shownNumber(kind: Kind, counts: Counts): string {
  if (kind === "unsupported") return "";
  return spellNumber(environments(counts) || counts[KINDS.indexOf(kind)]!);
}

/** The word of a cell; a narrow one breaks it where the soft hyphen stands. */
function shownWord(kind: Kind, counts: Counts): string {
  if (counts[0] && counts[1]) return `${spellNumber(counts[0])} exact, ${spellNumber(counts[1])} composed`;
  if (kind === "start") return counts[KINDS.indexOf(kind)] === 1 ? "starting point" : "starting points";
  return kind === "unsupported" ? "unsup\u00adported" : kind;
}

export class Heatmap {
  private readonly combinations: Combinations;
  private readonly index: MatrixIndex;
  private readonly base: string;
  private readonly box: HTMLElement;
  private readonly drill: HTMLElement;
  private state!: HeatState;

  constructor(combinations: Combinations, base: string, chosen: (row: number, column: number) => void) {
    this.combinations = combinations;
    this.index = combinations.index;
    this.base = base;
    this.box = byId("heat-table");
    this.drill = byId("drill");
    on(this.box, "click", ".cell", (cell) => {
      this.press(Number(cell.dataset["row"]), Number(cell.dataset["column"]));
      chosen(this.state.row, this.state.column);
    });
    on(this.box, "keydown", ".cell", (cell, event) => this.move(cell, event));
    this.box.addEventListener("scroll", () => this.tellMore(), { passive: true });
    addEventListener("resize", () => this.tellMore());
  }

  show(state: HeatState): void {
    this.state = state;
    const { rows, columns, filter } = state;
    const sums = this.combinations.heat(rows, columns, filter);
    const across = this.index.dimensions[columns]?.values ?? [];
    // Rows with environments first; "any" last, because it names recipes that leave the choice open.
    const supported = (counts: readonly Counts[]): number => counts.reduce((n, c) => n + environments(c), 0);
    const order = sums.map((_, row) => row).sort((a, b) =>
      Number(a === 0) - Number(b === 0) || Number(supported(sums[a] as Counts[]) === 0) - Number(supported(sums[b] as Counts[]) === 0) || a - b);
    draw(this.box, html`<table class="heat" style="--n:${across.length}"><caption class="vh">Coverage by ${this.label(rows)} and ${this.label(columns)}</caption><thead><tr><td></td>${
      across.map((value) => html`<th scope="col" title="${value.title}">${value.label}</th>`)}</tr></thead><tbody>${
      order.map((row) => html`<tr><th scope="row">${this.index.label(rows, row)}<small class="num">${rowNote(sums[row] as Counts[])}</small></th>${
        (sums[row] as Counts[]).map((counts, column) => html`<td>${this.cell(row, column, counts)}</td>`)}</tr>`)}</tbody></table>`);
    this.press(state.row, state.column);
    this.tellMore();
  }

  /** Says at the right edge that columns lie beyond it, while some do. */
  private tellMore(): void {
    const { scrollLeft, clientWidth, scrollWidth } = this.box;
    this.box.parentElement?.toggleAttribute("data-more", scrollLeft + clientWidth < scrollWidth - 2);
  }

  private label(dimension: number): string {
    return this.index.dimensions[dimension]?.label ?? "";
  }

  private cell(row: number, column: number, counts: Counts): Markup {
    const kind = best(counts);
    return html`<button class="cell c-${kind}" type="button" style="--h:${Math.min(HUES, environments(counts))}" data-row="${row}" data-column="${column}" tabindex="-1" aria-pressed="false" aria-label="${
      this.index.label(this.state.rows, row)}, ${this.index.label(this.state.columns, column)}: ${spellCounts(counts) || "nothing"}">${icon(KIND_ICONS[kind])}<b>${
      shownNumber(kind, counts)}</b><span class="w">${shownWord(kind, counts)}</span><span class="bar" aria-hidden="true">${
      KINDS.flatMap((name, i) => (counts[i] ? [html`<i class="c-${name}" style="flex:${counts[i]}"></i>`] : []))}</span></button>`;
  }

  private press(row: number, column: number): void {
    this.state = { ...this.state, row, column };
    for (const cell of all(".cell", this.box)) {
      const here = Number(cell.dataset["row"]) === row && Number(cell.dataset["column"]) === column;
      cell.setAttribute("aria-pressed", String(here));
      cell.tabIndex = here ? 0 : -1;
    }
    this.open();
  }

  private move(cell: HTMLElement, event: KeyboardEvent): void {
    const td = cell.closest("td") as HTMLTableCellElement;
    const tr = td.parentElement as HTMLTableRowElement;
    const to = {
      ArrowRight: td.nextElementSibling, ArrowLeft: td.previousElementSibling,
      ArrowDown: (tr.nextElementSibling as HTMLTableRowElement | null)?.cells[td.cellIndex],
      ArrowUp: (tr.previousElementSibling as HTMLTableRowElement | null)?.cells[td.cellIndex],
      Home: tr.cells[1], End: tr.cells[tr.cells.length - 1],
    }[event.key];
    const next = to?.querySelector<HTMLElement>(".cell");
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** Fills the card beside the map with what the pressed cell holds. */
  private open(): void {
    const { rows, columns, row, column } = this.state;
    const filter = this.state.filter.map((value, d) => (d === rows ? row : d === columns ? column : value));
    const positions = this.combinations.matching(filter);
    const counts = this.combinations.count(positions);
    const kind = best(counts);
    const stated = positions.filter((n) => isStated(this.index.coverageAt(n)));
    const partial = counts[KINDS.indexOf("partial")] ? explainPartial(this.combinations, positions) : undefined;
    const names = (lists: readonly number[][]): string => SHOWN_ORDER.map((name) => this.index.dimension(name))
      .filter((d) => d >= 0).flatMap((d) => (lists[d] ?? []).map((v) => this.index.label(d, v))).join(", ");
    const never = partial ? names(partial.never) : "";
    const elsewhere = partial ? names(partial.elsewhere) : "";
    const asked = this.index.names(filter.map((value) => (value === ALL ? 0 : value)));
    const query = SHOWN_ORDER.filter((d) => (asked[d] ?? "any") !== "any").map((d) => `${d}=${encodeURIComponent(asked[d] as string)}`).join("&");
    draw(this.drill, html`<div class="pad"><h2><span class="c-${kind}">${icon(KIND_ICONS[kind])}</span>${this.index.label(rows, row)} with ${this.index.label(columns, column)}</h2><p class="small dim">${
      spellCount(positions.length, "combination")}: ${spellCounts(counts) || "none"}</p>${
      stated.length ? html`<ul>${stated.slice(0, LISTED).map((n) => this.line(n))}${stated.length > LISTED
        ? html`<li class="soft">and ${spellNumber(stated.length - LISTED)} more in the table</li>` : ""}</ul>`
        : html`<p class="small soft none">No recipe here. ${partial ? "Some choices would be honoured, but never all of them." : "Only the base applies."}</p>`}${
      partial ? html`<h3 class="why">Why the rest is partial</h3><ul>${never ? html`<li class="soft"><b>${never}</b>: no overlay here states it.</li>` : ""}${
        elsewhere ? html`<li class="soft"><b>${elsewhere}</b>: honoured only in ${stated.length ? "the combinations above" : "other company"}.</li>` : ""}${
        partial.unpaired ? html`<li class="soft">${spellCount(partial.unpaired, "combination")}: service and accelerator are honoured, but no overlay states the two together.</li>` : ""}</ul>` : ""}
<div class="row actions"><a class="btn sm" href="${pageLink(this.base, query ? `?${query}` : "")}">Open in finder</a><button class="btn ghost sm" type="button" data-table>List in table</button></div></div>`);
  }

  private line(position: number): Markup {
    const recipe = this.index.recipeAt(position);
    const kind = this.combinations.kindAt(position);
    return html`<li><div class="row between"><span class="row"><span class="c-${kind}">${icon(KIND_ICONS[kind], "ic-s")}</span><a href="${pageLink(this.base, recipe.page)}"><code>${recipe.id}</code></a>${
      recipeTags(recipe)}</span><span class="mono dim micro nowrap">${spellExpression(recipe.kubernetes)}</span></div></li>`;
  }
}
