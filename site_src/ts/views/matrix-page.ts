/** The matrix page: the state of its controls, the heatmap, the table, the exports, and the address that carries them all. */
import { all, byId, download, html, icon, on, pageLink, setAddress, type Markup } from "../dom.ts";
import { loadData, published, type SearchEntry } from "../model/documents.ts";
import { ALL, Combinations, environments, isStated, KIND_ICONS, KIND_WORDS, KINDS, type Filter } from "../model/heat.ts";
import type { MatrixIndex } from "../model/matrix-index.ts";
import { SearchIndex } from "../model/search.ts";
import { EVIDENCE_WORDS, SHOWN_ORDER, spellCount, spellExpression } from "../words.ts";
import { Heatmap } from "./heatmap.ts";
import { unknownTexts } from "./parts.ts";
import { VirtualTable, type Column } from "./virtual-table.ts";

const LONGEST = 12; // characters of an expression that its column has room for; GKE writes fifty
const SHOWN_AT_FIRST = ["recipe", "coverage", "evidence", ...SHOWN_ORDER, "kubernetes", "components"];

export class MatrixPage {
  private readonly index: MatrixIndex;
  private readonly base: string;
  private readonly combinations: Combinations;
  private readonly heatmap: Heatmap;
  private readonly table: VirtualTable<number>;
  private readonly columns: readonly Column<number>[];
  private shownColumns: string[];
  private rows: number;
  private across: number;
  private filter: number[];
  private cell: readonly [number, number];
  private view: "heat" | "table";
  private everything: boolean;
  private query: string;
  private listed: readonly number[] = [];
  private search: SearchIndex | undefined;
  private searching = false;
  private searchFailed = false;

  constructor(root: HTMLElement, index: MatrixIndex) {
    this.index = index;
    this.base = root.dataset["base"] ?? "";
    this.combinations = new Combinations(index);
    const asked = new URLSearchParams(location.search);
    const dimension = (name: string, otherwise: string): number => {
      const found = index.dimension(asked.get(name) ?? otherwise);
      return found < 0 ? index.dimension(otherwise) : found;
    };
    this.rows = dimension("rows", "service");
    this.across = dimension("columns", "accelerator");
    if (this.rows === this.across) this.across = (this.rows + 1) % index.dimensions.length;
    const read = index.read((name) => asked.get(name));
    const told = unknownTexts(index, read.unknown);
    byId("said").textContent = told.join(" ");
    root.querySelector(".filters")?.insertAdjacentHTML("afterend", html`${told.map((text) => html`<p class="hint">${icon("info")}<span>${text}</span></p>`)}`.text);
    this.filter = index.dimensions.map((d, i) => (asked.has(d.name) && !read.unknown.some((u) => u.dimension === i) ? read.choice[i] as number : ALL));
    this.view = asked.get("view") === "table" ? "table" : "heat";
    this.everything = asked.get("list") === "all";
    this.query = asked.get("q") ?? "";
    this.cell = this.firstCell(asked.get("cell"));
    this.columns = this.describe();
    const wanted = asked.get("show")?.split(",").filter((name) => this.columns.some((c) => c.name === name));
    this.shownColumns = wanted?.length ? wanted : [...SHOWN_AT_FIRST];
    this.heatmap = new Heatmap(this.combinations, this.base, (row, column) => {
      this.cell = [row, column];
      this.address();
    });
    this.table = new VirtualTable(byId("table-box"), "Recipes", () => this.list());
    this.table.sort = { name: asked.get("sort")?.replace(/^-/, "") ?? "", descending: asked.get("sort")?.startsWith("-") ?? false };
    this.listen(root);
    this.show();
  }

  /** The cell the address names, or the one with the most environments. */
  private firstCell(asked: string | null): readonly [number, number] {
    const [row, column] = (asked ?? "").split(",");
    const find = (d: number, name: string | undefined): number => this.index.dimensions[d]?.values.findIndex((v) => v.name === name) ?? -1;
    if (find(this.rows, row) >= 0 && find(this.across, column) >= 0) return [find(this.rows, row), find(this.across, column)];
    let most: readonly [number, number] = [0, 0];
    let count = -1;
    this.combinations.heat(this.rows, this.across, this.filter).forEach((counts, r) => counts.forEach((c, k) => {
      if (r && k && environments(c) > count) [most, count] = [[r, k], environments(c)];
    }));
    return most;
  }

  private listen(root: HTMLElement): void {
    on(root, "change", "select[data-axis]", (target) => {
      const select = target as HTMLSelectElement;
      const chosen = this.index.dimension(select.value);
      const before = [this.rows, this.across] as const;
      if (select.dataset["axis"] === "rows") this.rows = chosen;
      else this.across = chosen;
      // The same dimension twice shows nothing: the other axis takes what this one had.
      if (this.rows === this.across) [this.rows, this.across] = select.dataset["axis"] === "rows" ? [chosen, before[0]] : [before[1], chosen];
      this.cell = this.firstCell(null);
      this.show();
    });
    on(root, "change", "select[data-filter]", (target) => {
      const select = target as HTMLSelectElement;
      const d = this.index.dimension(select.dataset["filter"] ?? "");
      this.filter[d] = select.value === "*" ? ALL : this.index.dimensions[d]?.values.findIndex((v) => v.name === select.value) ?? ALL;
      this.show();
    });
    on(root, "click", "[data-view]", (button) => {
      this.view = button.dataset["view"] === "table" ? "table" : "heat";
      this.show();
    });
    on(root, "click", "[data-table]", () => {
      this.filter[this.rows] = this.cell[0];
      this.filter[this.across] = this.cell[1];
      this.view = "table";
      this.show();
      byId("table-box").focus();
    });
    on(root, "change", "[data-column]", () => {
      const on_ = new Set(all<HTMLInputElement>("[data-column]").filter((box) => box.checked).map((box) => box.dataset["column"]));
      this.shownColumns = this.columns.map((c) => c.name).filter((name) => on_.has(name));
      this.list();
    });
    byId<HTMLSelectElement>("scope").addEventListener("change", (event) => {
      this.everything = (event.target as HTMLSelectElement).value === "all";
      this.list();
    });
    byId<HTMLInputElement>("q").addEventListener("input", (event) => {
      this.query = (event.target as HTMLInputElement).value;
      this.searchFailed = false; // typing asks for it again
      this.list();
    });
    const menu = root.querySelector<HTMLDetailsElement>(".columns") as HTMLDetailsElement;
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target as Node)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
    on(root, "click", "[data-export]", (button) => this.export(button.dataset["export"] === "json" ? "json" : "csv"));
  }

  private show(): void {
    for (const button of all("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset["view"] === this.view));
    byId("heat").hidden = this.view !== "heat";
    byId("table").hidden = this.view !== "table";
    for (const select of all<HTMLSelectElement>("select[data-axis]")) {
      select.value = this.index.dimensions[select.dataset["axis"] === "rows" ? this.rows : this.across]?.name ?? "";
      (select.closest("label") as HTMLElement).hidden = this.view !== "heat";
    }
    for (const select of all<HTMLSelectElement>("select[data-filter]")) {
      const d = this.index.dimension(select.dataset["filter"] ?? "");
      const value = this.filter[d] as number;
      select.value = value === ALL ? "*" : this.index.dimensions[d]?.values[value]?.name ?? "*";
      (select.closest("label") as HTMLElement).hidden = this.view === "heat" && (d === this.rows || d === this.across);
    }
    if (this.view === "heat") this.heatmap.show({ rows: this.rows, columns: this.across, filter: this.filter as Filter, row: this.cell[0], column: this.cell[1] });
    else {
      byId<HTMLSelectElement>("scope").value = this.everything ? "all" : "recipes";
      byId<HTMLInputElement>("q").value = this.query;
      for (const box of all<HTMLInputElement>("[data-column]")) box.checked = this.shownColumns.includes(box.dataset["column"] ?? "");
      this.list();
    }
    this.address();
  }

  /** Text search needs search.js; it is read when the first word is typed. */
  private searchIndex(): SearchIndex | undefined {
    if (this.search) return this.search;
    const entries = published("search") as SearchEntry[] | undefined;
    if (entries) this.search = new SearchIndex(entries);
    else if (!this.searching && !this.searchFailed) {
      this.searching = true;
      void loadData(this.base, "search").catch(() => {
        this.searchFailed = true;
        this.searching = false;
      }).then(() => this.list());
    }
    return this.search;
  }

  private list(): void {
    let positions = this.combinations.matching(this.filter);
    if (!this.everything) positions = positions.filter((n) => isStated(this.index.coverageAt(n)));
    if (this.query.trim()) {
      const search = this.searchIndex();
      const found = new Set(search?.find(this.query, Number.MAX_SAFE_INTEGER).hits.map((hit) => hit.entry.page));
      positions = search ? positions.filter((n) => found.has(this.index.recipeAt(n).page)) : [];
    }
    const shown = this.columns.filter((c) => this.shownColumns.includes(c.name));
    this.listed = this.table.show(shown, positions);
    byId("listed").textContent = this.searchFailed && this.query.trim() && !this.search ? "The search did not load. Reload the page, or clear the field."
      : positions.length
      ? spellCount(positions.length, this.everything ? "combination" : "recipe")
      : this.query.trim() ? `No recipe matches “${this.query.trim()}”. Try one word fewer.` : "Nothing here. Widen a filter, or list all combinations.";
    this.address();
  }

  private address(): void {
    const asked = new URLSearchParams();
    const name = (d: number, v: number): string => this.index.dimensions[d]?.values[v]?.name ?? "";
    if (this.view === "table") asked.set("view", "table");
    else if (name(this.rows, 0)) {
      if (this.index.dimensions[this.rows]?.name !== "service") asked.set("rows", this.index.dimensions[this.rows]?.name ?? "");
      if (this.index.dimensions[this.across]?.name !== "accelerator") asked.set("columns", this.index.dimensions[this.across]?.name ?? "");
      asked.set("cell", `${name(this.rows, this.cell[0])},${name(this.across, this.cell[1])}`);
    }
    for (const d of SHOWN_ORDER) {
      const value = this.filter[this.index.dimension(d)] ?? ALL;
      if (value !== ALL) asked.set(d, name(this.index.dimension(d), value));
    }
    if (this.view === "table") {
      if (this.everything) asked.set("list", "all");
      if (this.query.trim()) asked.set("q", this.query.trim());
      if (this.table.sort.name) asked.set("sort", (this.table.sort.descending ? "-" : "") + this.table.sort.name);
      if (this.shownColumns.join() !== SHOWN_AT_FIRST.join()) asked.set("show", this.shownColumns.join(","));
    }
    const text = asked.toString().replaceAll("%2C", ",");
    setAddress(text ? `?${text}` : "");
  }

  private describe(): Column<number>[] {
    const { index } = this;
    const recipe = (n: number) => index.recipeAt(n);
    const plain = (name: string, label: string, text: (n: number) => string): Column<number> => ({
      name, label, text: (n) => dataExpression(text(n)), key: text, measure: (n) => text(n).slice(0, LONGEST),
      cell: (n): Markup => (text(n) ? html`<span class="mono">${spellExpression(text(n))}</span>` : html`<span class="dim">none stated</span>`),
    });
    const stated = (n: number): boolean => isStated(index.coverageAt(n));
    const dimensions = SHOWN_ORDER.filter((name) => index.dimension(name) >= 0).map((name): Column<number> => {
      const d = index.dimension(name);
      const value = (n: number): number => this.combinations.values[d]?.[n] ?? 0;
      return {
        name, label: index.dimensions[d]?.label ?? name, key: value, text: (n) => index.dimensions[d]?.values[value(n)]?.name ?? "any",
        measure: (n) => index.label(d, value(n)),
        cell: (n) => (value(n) ? index.label(d, value(n)) : html`<span class="dim">Any</span>`),
      };
    });
    return [
      {
        name: "recipe", label: "Recipe", wide: true, key: (n) => recipe(n).id, text: (n) => recipe(n).id,
        cell: (n) => html`<a class="mono" href="${pageLink(this.base, recipe(n).page)}">${recipe(n).id}</a>${!stated(n) ? html` <span class="dim micro">applies</span>` : ""}`,
      },
      {
        name: "coverage", label: "Coverage", whole: true, key: (n) => KINDS.indexOf(this.combinations.kindAt(n)), text: (n) => index.coverageAt(n),
        measure: (n) => KIND_WORDS[this.combinations.kindAt(n)], mark: 22,
        cell: (n) => {
          const kind = this.combinations.kindAt(n);
          return html`<span class="mark c-${kind}">${icon(KIND_ICONS[kind])}${KIND_WORDS[kind]}</span>`;
        },
      },
      {
        name: "evidence", label: "Evidence", measure: (n) => EVIDENCE_WORDS[recipe(n).evidence] ?? recipe(n).evidence, key: (n) => recipe(n).evidence, text: (n) => recipe(n).evidence,
        cell: (n) => EVIDENCE_WORDS[recipe(n).evidence] ?? recipe(n).evidence,
      },
      ...dimensions,
      plain("kubernetes", "Kubernetes", (n) => recipe(n).kubernetes),
      plain("image", "Node image", (n) => recipe(n).os),
      plain("kernel", "Kernel", (n) => recipe(n).kernel),
      plain("driver", "GPU driver", (n) => recipe(n).driver),
      plain("operator", "GPU Operator", (n) => recipe(n).operator),
      {
        name: "components", label: "Components", numeric: true, key: (n) => recipe(n).components,
        text: (n) => String(recipe(n).components), cell: (n) => String(recipe(n).components),
      },
    ];
  }

  /** The rows and columns as shown, in the API's spelling; coverage never without whether it is a starting point's. */
  private export(form: "csv" | "json"): void {
    if (this.view === "heat") this.list();
    const { index } = this;
    const cells = this.columns.filter((c) => this.shownColumns.includes(c.name))
      .map((c) => ({ name: c.name, value: (n: number): string | number | boolean => (c.numeric ? Number(c.text(n)) : c.text(n)) }));
    const after = 1 + Math.max(cells.findIndex((c) => c.name === "recipe"), cells.findIndex((c) => c.name === "coverage"));
    cells.splice(after, 0, { name: "startingPoint", value: (n) => isStated(index.coverageAt(n)) && index.recipeAt(n).startingPoint });
    if (form === "json") {
      const rows = this.listed.map((n) => Object.fromEntries(cells.map((c) => [c.name, c.value(n)])));
      download("aicr-matrix.json", "application/json", `${JSON.stringify(rows, null, 2)}\n`);
    } else {
      // A cell that begins like a formula is data, not one: spreadsheets are told so with an apostrophe.
      const quote = (text: string): string => {
        const safe = /^[=+@-]/.test(text) ? `'${text}` : text;
        return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
      };
      const lines = [cells.map((c) => c.name), ...this.listed.map((n) => cells.map((c) => String(c.value(n))))];
      download("aicr-matrix.csv", "text/csv", `${lines.map((line) => line.map(quote).join(",")).join("\r\n")}\r\n`);
    }
    byId("said").textContent = `${spellCount(this.listed.length, "row")} exported as ${form === "csv" ? "CSV" : "JSON"}.`;
  }
}

/** A constraint's expression as data writes it: the pages' `≥ 1.34 or ...` is `>= 1.34 || ...`. */
function dataExpression(spelled: string): string {
  return spelled.replaceAll("≥", ">=").replaceAll("≤", "<=").replace(/\bnot (?=\d)/g, "!= ").replaceAll(" or ", " || ");
}

/** Drawn in place of everything when the data script did not load. */
