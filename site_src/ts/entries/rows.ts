/** Pages of long tables: rows are shown that hold every word typed, in groups that open when they hold one. */
import { all, byId } from "../dom.ts";
import { spellCount } from "../words.ts";

const input = byId<HTMLInputElement>("rows-filter");
const rows = all("[data-words]").map((head) => ({ row: head.closest("tr") as HTMLTableRowElement, words: (head.dataset["words"] ?? "").toLowerCase() }));
const groups = all("[data-group]");

function filter(): void {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { row, words: held } of rows) {
    row.hidden = !words.every((word) => held.includes(word));
    if (!row.hidden) shown++;
  }
  for (const group of groups) {
    const holds = group.querySelector("tbody tr:not([hidden])") !== null;
    group.hidden = !holds;
    if (group instanceof HTMLDetailsElement) group.open = words.length > 0 && holds;
  }
  byId("rows-said").textContent = !words.length ? "" : shown
    ? spellCount(shown, "row") : `No row matches “${input.value.trim()}”. Try one word fewer.`;
}

input.addEventListener("input", filter);
if (input.value) filter(); // what a browser kept when the page was left
