/** A sortable table of any length: only the rows in view exist. Rows have one height, so the scroll bar is honest. */
import { draw, html, on, type Markup } from "../dom.ts";

export interface Column<Row> {
  name: string;
  label: string;
  /** What orders the column: a number, or text compared with its numbers read as numbers. */
  key(row: Row): number | string;
  cell(row: Row): Markup | string;
  /** The cell as text, for export. */
  text(row: Row): string;
  /** The text a column's width is measured by, where it is not the cell's. */
  measure?(row: Row): string;
  /** Stays in view while the rest scrolls sideways. */
  wide?: boolean;
  /** How many pixels a mark takes before the text. */
  mark?: number;
  /** Takes a line of its own where rows are folded into blocks. */
  whole?: boolean;
  numeric?: boolean;
}

const HEAD = 0.575 / 0.65; // what app.css makes of the table's size
const NAME = 0.94;
const SPARE = 8; // rows drawn beyond either edge, so that a small scroll shows no gap

export class VirtualTable<Row> {
  private readonly box: HTMLElement;
  private readonly label: string;
  private columns: readonly Column<Row>[] = [];
  private rows: readonly Row[] = [];
  private head!: HTMLElement;
  private body!: HTMLElement;
  private drawn = "";
  private heightOfRow = 36; // as styled: what is drawn first tells
  sort: { name: string; descending: boolean };

  constructor(box: HTMLElement, label: string, sorted: (name: string) => void) {
    this.box = box;
    this.label = label;
    this.sort = { name: "", descending: false };
    box.addEventListener("scroll", () => this.paint(), { passive: true });
    addEventListener("resize", () => this.measure());
    on(box, "click", "[data-sort]", (button) => {
      const name = button.dataset["sort"] ?? "";
      this.sort = { name, descending: this.sort.name === name && !this.sort.descending };
      sorted(name);
      box.querySelector<HTMLElement>(`[data-sort="${name}"]`)?.focus();
    });
  }

  /** Shows *rows*, in the order of the sorted column when there is one. */
  show(columns: readonly Column<Row>[], rows: readonly Row[]): readonly Row[] {
    this.columns = columns;
    const by = columns.find((column) => column.name === this.sort.name);
    this.rows = by ? sortRows(rows, by, this.sort.descending) : rows;
    draw(this.box, html`<div class="vt" role="table" aria-label="${this.label}" aria-rowcount="${this.rows.length + 1}"><div role="rowgroup"><div class="vt-row vt-head" role="row" aria-rowindex="1">${
      columns.map((column) => html`<div role="columnheader" class="${column.numeric ? "r" : ""}${column.wide ? " wide" : ""}" aria-sort="${
        column.name !== this.sort.name ? "none" : this.sort.descending ? "descending" : "ascending"}"><button type="button" data-sort="${column.name}">${column.label}<span aria-hidden="true">${
        column.name !== this.sort.name ? "" : this.sort.descending ? " ↓" : " ↑"}</span></button></div>`)}</div></div><div class="vt-body" role="rowgroup"></div></div>`);
    this.head = this.box.querySelector(".vt-head") as HTMLElement;
    this.body = this.box.querySelector(".vt-body") as HTMLElement;
    const ruler = new Ruler(this.box);
    const widths = columns.map((column) => ruler.column(column, this.rows, column === by));
    this.box.style.setProperty("--vt-tracks", widths.map((width) => `minmax(${width}px, ${width}fr)`).join(" "));
    this.box.style.setProperty("--vt-least", `${widths.reduce((sum, width) => sum + width, 0)}px`);
    const whole = columns.filter((column) => column.whole).length;
    this.box.style.setProperty("--vt-lines", String(whole + Math.ceil(columns.filter((column) => !column.wide && !column.whole).length / 2)));
    this.measure();
    return this.rows;
  }

  private measure(): void {
    if (!this.body) return;
    this.drawn = "";
    this.paint();
    this.heightOfRow = this.body.firstElementChild?.getBoundingClientRect().height || this.heightOfRow;
    this.body.style.height = `${this.rows.length * this.heightOfRow}px`;
    this.drawn = "";
    this.paint();
  }

  private paint(): void {
    const first = Math.max(0, Math.floor((this.box.scrollTop - this.head.offsetHeight) / this.heightOfRow) - SPARE);
    const last = Math.min(this.rows.length, first + Math.ceil((this.box.clientHeight || 600) / this.heightOfRow) + 2 * SPARE);
    if (this.drawn === `${first} ${last}`) return;
    this.drawn = `${first} ${last}`;
    draw(this.body, html`${this.rows.slice(first, last).map((row, i) => html`<div class="vt-row" role="row" aria-rowindex="${first + i + 2}">${
      this.columns.map((column) => html`<div role="cell" data-l="${column.label}" class="${column.numeric ? "r num" : ""}${column.wide ? " wide" : ""}${column.whole ? " whole" : ""}">${column.cell(row)}</div>`)}</div>`)}`);
    [...this.body.children].forEach((row, i) => { (row as HTMLElement).style.top = `${(first + i) * this.heightOfRow}px`; });
  }
}

const PADDING = { wide: 20, other: 15 }; // pixels of a cell beside its text, and one for what rounding takes

/** Measures text as the table sets it: plain, strong, a head's, or a name's in the monospace face. */
class Ruler {
  private readonly pen = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  private readonly fonts: Readonly<Record<"plain" | "strong" | "head" | "name", string>>;

  constructor(box: HTMLElement) {
    const { fontSize, fontFamily } = getComputedStyle(box);
    const size = parseFloat(fontSize);
    const code = getComputedStyle(document.documentElement).getPropertyValue("--md-code-font");
    this.fonts = {
      plain: `${size}px ${fontFamily}`, strong: `600 ${size}px ${fontFamily}`,
      head: `600 ${size * HEAD}px ${fontFamily}`, name: `${size * NAME}px ${code}`,
    };
  }

  widest(as: "plain" | "strong" | "head" | "name", texts: Iterable<string>): number {
    this.pen.font = this.fonts[as];
    let widest = 0;
    for (const text of new Set(texts)) widest = Math.max(widest, this.pen.measureText(text).width);
    return widest;
  }

  /** As wide as the column's widest text, so that rows that are grids of their own agree and nothing is cut. */
  column<Row>(column: Column<Row>, rows: readonly Row[], sorted: boolean): number {
    const as = column.wide ? "name" : column.mark ? "strong" : "plain";
    const texts = this.widest(as, rows.map(column.measure ?? ((row) => column.text(row))));
    const head = this.widest("head", [sorted ? `${column.label} ↓` : column.label]);
    return Math.ceil(Math.max(texts + (column.mark ?? 0), head) + (column.wide ? PADDING.wide : PADDING.other));
  }
}

function sortRows<Row>(rows: readonly Row[], by: Column<Row>, descending: boolean): Row[] {
  const keys = rows.map((row) => by.key(row));
  const texts = [...new Set(keys.filter((key) => typeof key === "string"))] as string[];
  const collator = new Intl.Collator("en", { numeric: true });
  const rank = new Map(texts.sort(collator.compare).map((text, i) => [text, i]));
  const numbers = keys.map((key) => (typeof key === "string" ? rank.get(key) as number : key));
  const sign = descending ? -1 : 1;
  return rows.map((_, i) => i)
    .sort((a, b) => sign * ((numbers[a] as number) - (numbers[b] as number)) || a - b)
    .map((i) => rows[i] as Row);
}
