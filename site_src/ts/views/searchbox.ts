/** The large search field: a combobox over recipes, components and versions. `/` focuses it, arrows move, Enter takes. */
import { draw, html, icon, on } from "../dom.ts";
import { loadData, published, type SearchEntry } from "../model/documents.ts";
import { SearchIndex } from "../model/search.ts";
import type { CoverageWord } from "../words.ts";
import { spellNumber } from "../words.ts";

export interface SearchActions {
  /** The coverage to mark an entry with; "" for what is not a recipe. */
  coverage(entry: SearchEntry): CoverageWord | "";
  note(entry: SearchEntry): string;
  take(entry: SearchEntry): void;
  /** Goes to the list of everything that matches. */
  takeAll(query: string): void;
}

const SHOWN = 8;

/** Reads search.js when it was not loaded with the page: at the first focus, or when the browser has time. */
function whenSearchable(base: string, ready: (index: SearchIndex) => void): () => void {
  let asked = false;
  const build = (): void => ready(new SearchIndex((published("search") as SearchEntry[]) ?? []));
  return () => {
    if (asked) return;
    asked = true;
    void loadData(base, "search").then(build);
  };
}

export function enableSearch(input: HTMLInputElement, list: HTMLElement, base: string, actions: SearchActions): void {
  let index: SearchIndex | undefined;
  let shown: SearchEntry[] = [];
  let total = 0;
  let current = 0;
  const load = whenSearchable(base, (built) => {
    index = built;
    if (input.value) show();
  });

  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]")];
  const move = (to: number): void => {
    const all = options();
    if (!all.length) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    current = (to + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === current)));
    input.setAttribute("aria-activedescendant", `hit-${current}`);
    all[current]?.scrollIntoView({ block: "nearest" });
  };
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const show = (): void => {
    const query = input.value.trim();
    if (!query || !index) {
      close();
      return;
    }
    const found = index.find(query, SHOWN);
    shown = found.hits.map((hit) => hit.entry);
    total = found.total;
    draw(list, total
      ? html`${shown.map((entry, i) => {
        const word = actions.coverage(entry);
        return html`<li role="option" id="hit-${i}" data-hit="${i}">${word ? html`<span class="c-${word}">${icon(word)}</span>` : icon("file")}<span class="grow hit"><code>${entry.id}</code>${entry.title && entry.title !== entry.id ? html` <span class="dim">${entry.title}</span>` : ""}</span><span class="dim micro nowrap">${actions.note(entry)}</span></li>`;
      })}<li role="option" id="hit-${shown.length}" data-hit="all" class="all">${icon("rows")}<span class="grow">${total > 1 ? `All ${spellNumber(total)} matches` : "This match"} in a table</span></li>`
      : html`<li role="option" aria-disabled="true" class="none">Nothing matches “${query}”. Try one word fewer, a service, a GPU or a component name.</li>`);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (total) move(0);
    else input.removeAttribute("aria-activedescendant");
  };
  const take = (hit: string): void => {
    const query = input.value.trim();
    if (hit === "all") {
      actions.takeAll(query);
      return;
    }
    const entry = shown[Number(hit)];
    if (!entry) return;
    input.value = "";
    close();
    actions.take(entry);
  };

  input.addEventListener("focus", () => { load(); show(); });
  input.addEventListener("input", () => { load(); show(); });
  input.addEventListener("blur", () => setTimeout(close, 120));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show();
      else move(current + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && total) {
      event.preventDefault();
      take(options()[current]?.dataset["hit"] ?? "");
    }
  });
  // Before blur closes the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  on(list, "click", "[data-hit]", (option) => take(option.dataset["hit"] ?? ""));
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  if ("requestIdleCallback" in globalThis) requestIdleCallback(load, { timeout: 2000 });
  else setTimeout(load, 300);
}
