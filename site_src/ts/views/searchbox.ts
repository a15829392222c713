/** The large search field: a combobox over recipes, components and versions. `/` focuses it, arrows move, Enter takes. */
import { all, draw, html, icon, on, whenIdle, type Markup } from "../dom.ts";
import { loadData, published, type SearchEntry } from "../model/documents.ts";
import { queryWords, SearchIndex, type Found } from "../model/search.ts";
import { spellCount, spellNumber, type CoverageWord } from "../words.ts";

export interface SearchActions {
  take(entry: SearchEntry): void;
  /** What the finder answers to words that are all values; undefined where one is none. */
  combination(words: readonly string[]): Combination | undefined;
  takeCombination(position: number): void;
  /** Goes to the list of every recipe that matches. */
  takeAll(query: string): void;
}

export interface Combination { position: number; label: string; coverage: CoverageWord }

const SHOWN = 8;

export function enableSearch(input: HTMLInputElement, list: HTMLElement, base: string, actions: SearchActions): void {
  let index: SearchIndex | undefined;
  let state: "absent" | "loading" | "failed" = "absent";
  let found: Found | undefined;
  let current = 0;
  /** Reads search.js when it did not come with the page: at the first focus, or when the browser has time. */
  const load = (): void => {
    if (index || state === "loading") return;
    state = "loading";
    loadData(base, "search").then(() => {
      index = new SearchIndex((published("search") as SearchEntry[]) ?? []);
    }, () => { state = "failed"; }).finally(() => {
      if (document.activeElement === input) show();
    });
  };

  const options = (): HTMLElement[] => all("[role=option]:not([aria-disabled])", list);
  const move = (to: number): void => {
    const listed = options();
    if (!listed.length) return;
    current = (to + listed.length) % listed.length;
    listed.forEach((option, i) => option.setAttribute("aria-selected", String(i === current)));
    input.setAttribute("aria-activedescendant", listed[current]?.id ?? "");
    listed[current]?.scrollIntoView({ block: "nearest" });
  };
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const show = (): void => {
    const query = input.value.trim();
    found = query ? index?.find(query, SHOWN) : undefined;
    if (!query || (!found && state !== "failed")) {
      close();
      return;
    }
    const combination = found && !found.total ? actions.combination(queryWords(query)) : undefined;
    draw(list, !found ? failure() : combination ? answered(combination) : matches(found, query));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (options().length) move(0);
    else input.removeAttribute("aria-activedescendant");
  };
  const take = (option: HTMLElement | undefined): void => {
    const { hit, all: everything, query, position } = option?.dataset ?? {};
    if (query !== undefined) {
      input.value = query;
      input.focus();
      show();
    } else if (everything !== undefined) actions.takeAll(everything);
    else {
      const entry = found?.hits[Number(hit)]?.entry;
      input.value = "";
      close();
      if (position !== undefined) actions.takeCombination(Number(position));
      else if (entry) actions.take(entry);
    }
  };

  input.addEventListener("focus", () => { load(); show(); });
  input.addEventListener("input", () => { load(); show(); });
  input.addEventListener("blur", () => setTimeout(() => {
    if (document.activeElement !== input) close();
  }, 120));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show();
      else move(current + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && options().length) {
      event.preventDefault();
      take(options()[current]);
    }
  });
  // Before blur closes the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  on(list, "click", "[role=option]:not([aria-disabled])", take);
  on(document, "click", "[data-try]", (button) => {
    input.value = button.dataset["try"] ?? "";
    input.focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  if (document.activeElement === input) load(); // somebody was faster than this script
  else whenIdle(load, 2000);
}

function matches({ hits, total, recipes, read, near }: Found, query: string): Markup {
  const table = read || query;
  if (!total) {
    return html`${told(`Nothing matches “${query}”.${near.length ? " Near it:" : " Try one word fewer, a service, a GPU or a component name."}`)}${
      near.map((each, i) => html`<li role="option" id="hit-${i}" data-query="${each.query}">${icon("rows")}<span class="grow hit">${each.query}</span><span class="dim micro nowrap">${
        spellCount(each.count, each.noun, each.noun === "match" ? "matches" : "recipes")}</span></li>`)}`;
  }
  return html`${read ? told(`Nothing matches “${query}”. Read as “${read}”:`) : ""}${hits.map(({ entry, why }, i) =>
    html`<li role="option" id="hit-${i}" data-hit="${i}">${entry.coverage ? html`<span class="c-${entry.coverage}">${icon(entry.coverage)}<span class="vh">${entry.coverage}</span></span>`
      : icon("file")}<span class="grow hit"><code>${entry.id}</code>${entry.title && entry.title !== entry.id ? html` <span class="dim">${entry.title}</span>` : ""}</span><span class="dim micro nowrap">${
      why || entry.note}</span></li>`)}${recipes ? html`<li role="option" id="hit-${hits.length}" data-all="${table}" class="all">${icon("rows")}<span class="grow">${
    recipes > 1 ? `All ${spellNumber(recipes)} recipes` : "This recipe"} in a table</span></li>` : ""}`;
}

function answered({ position, label, coverage }: Combination): Markup {
  return html`${told("No recipe has all of these. The finder answers:")}<li role="option" id="hit-0" data-position="${position}"><span class="c-${coverage}">${
    icon(coverage)}</span><span class="grow hit">${label}</span><span class="dim micro nowrap">${coverage}</span></li>`;
}

/** A line of the list that cannot be taken. */
function told(text: string): Markup {
  return html`<li role="option" aria-disabled="true" class="none">${text}</li>`;
}

function failure(): Markup {
  return html`${told("The search data did not load. Reload the page; from a folder, keep assets/data beside it.")}<li role="option" id="hit-0" data-all="" class="all">${
    icon("rows")}<span class="grow">Every recipe in a table</span></li>`;
}
