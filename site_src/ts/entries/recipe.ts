/** A recipe's page: the origin of every value on hover, focus and tap; the filter; the graph's edges; the table of contents. */
import { all, draw, enableCopying, html, icon, on } from "../dom.ts";

/** What one layer set: the value, `file:line`, and the name of the layer or file. */
interface Step { value: string; place: string; by: string }

enableCopying();
for (const box of all("[data-values]")) showValues(box);
for (const graph of all<SVGSVGElement>("svg.graph")) lightEdges(graph);
followContents();

function showValues(box: HTMLElement): void {
  const pane = box.querySelector<HTMLElement>("[data-origin]");
  const filter = box.querySelector<HTMLInputElement>("[data-filter]");
  const tabs = all("[data-comp]", box);
  for (const set of all(".vset", box)) {
    namePaths(set);
    set.setAttribute("role", "tabpanel");
    set.setAttribute("aria-labelledby", `t-${set.id.slice(2)}`);
  }
  for (const tab of tabs) {
    tab.id = `t-${tab.dataset["comp"]}`;
    tab.setAttribute("aria-controls", `v-${tab.dataset["comp"]}`);
  }
  const visible = (): HTMLElement[] => all(".vset:not([hidden]) .vl[data-p]", box).filter((line) => !line.hidden);

  const showOrigin = (line: HTMLElement): void => {
    if (line.classList.contains("on") || !pane) return;
    for (const other of all(".vl.on", box)) other.classList.remove("on");
    line.classList.add("on");
    const steps = readSteps(line);
    const last = steps[0];
    const below = steps[1];
    draw(pane, html`<h3>${line.dataset["p"]}</h3><div class="row"><button class="copy" type="button" data-copy="${line.dataset["p"]}" aria-label="Copy path">${
      icon("copy", "ic-s")}<span>Path</span></button>${last ? html`<button class="copy" type="button" data-copy="${last.value}" aria-label="Copy value">${icon("copy", "ic-s")}<span>Value</span></button>` : ""}</div><ol class="trail">${
      steps.map((step, i) => html`<li><b>${i ? "Overrode" : "Set by"} ${step.by}</b><br><code>${step.place}</code><br><code class="${i ? "was" : ""}">${step.value}</code></li>`)}</ol>${
      last && below && last.value === below.value ? html`<p class="hint">${icon("info")}<span>Restates the value it overrides.</span></p>`
        : steps.length === 1 ? html`<p class="micro dim">Nothing else sets this.</p>` : ""}`);
  };
  const settle = (): void => {
    const lines = visible();
    for (const line of lines) line.tabIndex = -1;
    const first = lines.find((line) => "t" in line.dataset) ?? lines[0];
    if (!first) return;
    first.tabIndex = 0;
    showOrigin(first);
  };
  const choose = (tab: HTMLElement): void => {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    for (const set of all(".vset", box)) set.hidden = set.id !== `v-${tab.dataset["comp"]}`;
    settle();
  };

  on(box, "mouseover", ".vl[data-p]", showOrigin);
  on(box, "focusin", ".vl[data-p]", showOrigin);
  on(box, "click", ".vl[data-p]", showOrigin);
  on(box, "click", "[data-comp]", choose);
  on(box, "keydown", "[data-comp]", (tab, event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? tabs[0] : event.key === "End" ? tabs[tabs.length - 1]
      : step ? tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] : undefined;
    if (!to) return;
    event.preventDefault();
    choose(to);
    to.focus();
  });
  on(box, "keydown", ".vl[data-p]", (line, event) => {
    const lines = visible();
    const at = lines.indexOf(line);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
    const next = to === undefined ? undefined : lines[Math.max(0, Math.min(lines.length - 1, to))];
    if (!next) return;
    event.preventDefault();
    line.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  filter?.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of all(".vl", box)) {
      const text = `${line.dataset["p"] ?? ""} ${line.textContent}`.toLowerCase();
      line.hidden = words.length > 0 && !(line.dataset["p"] && words.every((word) => text.includes(word)));
    }
    // A component without a match steps back, so that the filter works over all of them.
    for (const tab of tabs) {
      const set = box.querySelector(`[id="v-${tab.dataset["comp"]}"]`);
      tab.classList.toggle("dim", words.length > 0 && !all(".vl[data-p]", set ?? box).some((line) => !line.hidden));
    }
    if (words.length && !visible().length) {
      const tab = tabs.find((t) => !t.classList.contains("dim"));
      if (tab) choose(tab);
    } else settle();
  });
  // The lines are YAML as they stand; the text is taken before the common gesture copies it.
  box.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy-yaml]") : null;
    if (button) button.dataset["copy"] = all(".vset:not([hidden]) .vl > span", box).map((line) => line.textContent).join("\n");
  }, true);
  settle();
}

/** Gives every line that holds a value its dotted path, which the indents of the lines above it spell. */
function namePaths(set: HTMLElement): void {
  const path = [set.id.slice(2)];
  for (const line of all(".vl", set)) {
    const key = line.querySelector("b");
    if (!key) continue;
    path.length = 1 + (key.previousSibling?.textContent?.length ?? 0) / 2;
    path.push((key.textContent ?? "").slice(0, -1));
    if (!line.querySelector("i")) continue;
    line.dataset["p"] = path.join(".");
    line.tabIndex = -1;
  }
}

/** Who set the value of *line*, the deciding word first: it stands on the line, what it overrode beside it. */
function readSteps(line: HTMLElement): Step[] {
  const files = JSON.parse(line.closest<HTMLElement>(".vset")?.dataset["f"] ?? "{}") as Record<string, [string, string]>;
  const value = line.querySelector("b")?.nextSibling?.textContent ?? "";
  const margin = /^\n */.exec(value)?.[0]; // a list stands below its key
  const shown = margin ? value.replaceAll(margin, "\n").trim() : value.slice(1);
  const older = JSON.parse(line.dataset["t"] ?? "[]") as [string, string][];
  const set: [string, string][] = [[shown, line.querySelector("i")?.textContent ?? ""], ...older];
  return set.map(([text, place]) => {
    const [, words = place, number = ""] = /^(.*):(\d+)$/.exec(place) ?? [];
    const [file, by] = files[words] ?? [words, words];
    return { value: text, place: `${file}:${number}`, by };
  });
}

function lightEdges(graph: SVGSVGElement): void {
  const light = (event: Event): void => {
    const node = event.target instanceof Element ? event.target.closest<SVGAElement>("a[data-n]") : null;
    if (!node) return;
    const name = node.dataset["n"];
    graph.classList.add("on");
    for (const edge of all<SVGPathElement>("path.e", graph)) {
      edge.classList.toggle("lit", edge.dataset["a"] === name || edge.dataset["b"] === name);
    }
  };
  graph.addEventListener("mouseover", light);
  graph.addEventListener("focusin", light);
  for (const type of ["mouseout", "focusout"]) graph.addEventListener(type, () => graph.classList.remove("on"));
}

/** Marks the section in view in the list of contents beside the page. */
function followContents(): void {
  const links = all<HTMLAnchorElement>(".toc a");
  if (!links.length || !("IntersectionObserver" in globalThis)) return;
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) for (const link of links) link.classList.toggle("on", link.hash === `#${entry.target.id}`);
    }
  }, { rootMargin: "-10% 0px -80%" });
  for (const link of links) {
    const target = link.hash && document.getElementById(link.hash.slice(1));
    if (target) observer.observe(target);
  }
}
