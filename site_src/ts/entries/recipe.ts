/** A recipe's page: the origin of every value on hover, focus and tap; the filter; the graph's edges; the table of contents. */
import { all, draw, enableCopying, html, icon, type Markup, on } from "../dom.ts";

/** What one layer set: the value, where, and the name of the layer or file. */
interface Step { value: string; file: string; line: string; by: string }

/** A key of a component's values, what stands behind and below it, and the parts of its comment; a mapping has none. */
interface Line { margin: string; key: string; text: string; below: string[]; path: string; trail: string[] }

/** A key with its colon, plain or in either kind of quotes; what follows is the value. */
const ENTRY = /^( *)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|.+?):(?= |$)(.*)$/;
/** What begins the comment. */
const MARK = "  # ";
/** A place as a comment spells it: `file:line`, and the layer's name where the file does not bear it. */
const PLACE = /^(.*):(\d+)(?: \((.*)\))?$/;

enableCopying();
for (const box of all("[data-values]")) showValues(box);
for (const graph of all<SVGSVGElement>("svg.graph")) lightEdges(graph);
for (const code of all(".digest code")) nameDigest(code);
followContents();

function showValues(box: HTMLElement): void {
  const pane = box.querySelector<HTMLElement>("[data-origin]");
  const filter = box.querySelector<HTMLInputElement>("[data-filter]");
  const sets = all(".vset", box);
  const steps = new WeakMap<Element, Step[]>();
  const none = box.querySelector(".vpane")?.appendChild(document.createElement("p")) ?? document.createElement("p");
  none.className = "small soft pad";
  none.setAttribute("role", "status");
  const tabs = drawTabs(box, sets);
  const linesOf = (within: ParentNode): HTMLElement[] => all(".vl[data-p]", within).filter((line) => !line.hidden);
  const visible = (): HTMLElement[] => sets.filter((set) => !set.hidden).flatMap(linesOf);

  const showOrigin = (line: HTMLElement): void => {
    if (line.classList.contains("on") || !pane) return;
    for (const other of all(".vl.on", box)) other.classList.remove("on");
    line.classList.add("on");
    draw(pane, originOf(line.dataset["p"] ?? "", steps.get(line) ?? []));
  };
  const settle = (): void => {
    const lines = visible();
    for (const line of lines) line.tabIndex = -1;
    const first = lines.find((line) => line.classList.contains("over")) ?? lines[0];
    none.hidden = !filter?.value.trim() || first !== undefined;
    none.textContent = `No value matches "${filter?.value.trim()}". Try one word fewer.`;
    if (first) {
      first.tabIndex = 0;
      showOrigin(first);
    } else if (pane) {
      for (const line of all(".vl.on", box)) line.classList.remove("on");
      draw(pane, html`<p class="small soft">No value is chosen.</p>`);
    }
  };
  const choose = (tab: HTMLElement): void => {
    for (const [at, other] of tabs.entries()) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
      (sets[at] as HTMLElement).hidden = other !== tab;
      if (other === tab) drawLines(sets[at] as HTMLElement, steps);
    }
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
    for (const set of sets) drawLines(set, steps);
    for (const line of all(".vl[data-p]", box)) {
      const text = `${line.dataset["p"]} ${line.textContent}`.toLowerCase();
      line.hidden = !words.every((word) => text.includes(word));
    }
    // A match keeps the heads of the mappings it stands in.
    const kept = linesOf(box).map((line) => line.dataset["p"] ?? "");
    for (const head of all(".vl[data-h]", box)) head.hidden = !kept.some((path) => path.startsWith(`${head.dataset["h"]}.`));
    // A component without a match steps back, so that the filter works over all of them.
    for (const [at, tab] of tabs.entries()) {
      tab.classList.toggle("dim", words.length > 0 && !linesOf(sets[at] as HTMLElement).length);
    }
    const match = words.length && !visible().length ? tabs.find((tab) => !tab.classList.contains("dim")) : undefined;
    if (match) choose(match);
    else settle();
  });
  // The text is taken before the common gesture copies it.
  box.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy-yaml]") : null;
    const shown = sets.find((set) => !set.hidden);
    if (button && shown) button.dataset["copy"] = all(".vl > span", shown).map((line) => line.textContent).join("\n");
  }, true);
  const first = tabs[0];
  if (first) choose(first);
}

/** A tab for every component, named as its heading; the headings themselves step back. */
function drawTabs(box: HTMLElement, sets: readonly HTMLElement[]): HTMLElement[] {
  const side = box.querySelector(".side");
  if (!side) return [];
  draw(side, html`${sets.map((set) => {
    const name = nameOf(set);
    set.id = `v-${name}`;
    set.setAttribute("role", "tabpanel");
    set.setAttribute("aria-labelledby", `t-${name}`);
    return html`<button role="tab" type="button" id="t-${name}" data-comp="${name}" aria-controls="v-${name}"><span>${
      name}</span><span>${set.querySelector("h3 span")?.textContent}</span></button>`;
  })}`);
  box.classList.add("drawn");
  return all("[data-comp]", side);
}

function nameOf(set: HTMLElement): string {
  return (set.querySelector("h3")?.firstChild?.textContent ?? "").trim();
}

/** Draws the YAML of a component as lines that can be pointed at, once; *steps* then knows the trail of each. */
function drawLines(set: HTMLElement, steps: WeakMap<Element, Step[]>): void {
  const yaml = set.querySelector("pre");
  if (!yaml) return;
  const component = nameOf(set);
  const lines = readLines(component, yaml.textContent ?? "").map((line) => ({ line, trail: readSteps(component, line) }));
  const drawn = document.createElement("div");
  draw(drawn, html`${lines.map(({ line: { margin, key, text, below, path }, trail: [last, ...older] }) => last
    ? html`<div class="vl${older.length ? " over" : ""}" data-p="${path}" tabindex="-1"><span>${margin}<b>${key}:</b>${
      text}</span><i>${last.file.replace(/.*\//, "")}:${last.line}</i>${below.length > 0 && html`<span>${below.join("\n")}</span>`}</div>`
    : html`<div class="vl" data-h="${path}"><span>${margin}<b>${key}:</b></span></div>`)}`);
  for (const [at, element] of [...drawn.children].entries()) steps.set(element, lines[at]?.trail ?? []);
  yaml.replaceWith(drawn);
}

/** Reads the lines that generator/render/values.py writes: YAML, and in comments where each value was set. */
function readLines(component: string, yaml: string): Line[] {
  const lines: Line[] = [];
  const path: string[] = [];
  let block: Line | undefined; // the value whose further lines may follow
  for (const written of yaml.split("\n")) {
    if (block && (written === "" || written.startsWith(`${block.margin}  `))) {
      block.below.push(written);
      continue;
    }
    const [first = "", ...older] = written.split("\t");
    const cut = first.lastIndexOf(MARK);
    const [, margin = "", key = "", text = ""] = ENTRY.exec(cut < 0 ? first : first.slice(0, cut)) ?? [];
    path.length = margin.length / 2;
    path.push(unquote(key));
    const trail = cut < 0 ? [] : [first.slice(cut + MARK.length), ...older];
    const line = { margin, key, text, below: [], path: [component, ...path].join("."), trail };
    block = trail.length ? line : undefined;
    lines.push(line);
  }
  return lines;
}

function unquote(key: string): string {
  return key.startsWith('"') ? String(JSON.parse(key)) : key.startsWith("'") ? key.slice(1, -1).replaceAll("''", "'") : key;
}

/** Who set the value of a line, the deciding word first, then what it overrode. */
function readSteps(component: string, { margin, text, below, trail }: Line): Step[] {
  // What stands below its key moves to the left edge.
  const value = below.length ? below.map((line) => line.slice(margin.length + 2)).join("\n") : text.trim();
  const steps: Step[] = [];
  for (let at = 0; at < trail.length; at += 2) {
    const before = (trail[at - 1] ?? "").replace("over ", "");
    const [, words = "", line = "", name] = PLACE.exec(trail[at] ?? "") ?? [];
    const file = words.includes("/") ? words.replace(/^\.\//, "") : `components/${component}/${words}`;
    const own = file.replace(/.*\//, "");
    const by = name ?? (/^(overlays|mixins)\//.test(file) ? own.replace(/\.yaml$/, "") : own);
    steps.push({ value: !at || before === "the same" ? value : before, file, line, by });
  }
  return steps;
}

/** What the pane says of a value: its path, who set it, and what that overrode. */
function originOf(path: string, steps: readonly Step[]): Markup {
  const [last, below] = steps;
  return html`<h3>${path}</h3><div class="row"><button class="copy" type="button" data-copy="${path}" aria-label="Copy path">${
    icon("copy", "ic-s")}<span>Path</span></button><button class="copy" type="button" data-copy="${last?.value}" aria-label="Copy value">${
    icon("copy", "ic-s")}<span>Value</span></button></div><ol class="trail">${
    steps.map((step, i) => html`<li><b>${i ? "Overrode" : "Set by"} ${step.by}</b><br><code>${step.file}:${step.line}</code><br><code class="${i ? "was" : ""}">${step.value}</code></li>`)}</ol>${
    !below ? html`<p class="micro dim">Nothing else sets this.</p>`
      : last?.value === below.value ? html`<p class="micro dim">It restates the value it overrides.</p>` : ""}`;
}

/** Marks the arrows of the box that is pointed at or has the focus; an arrow names its boxes by their number. */
function lightEdges(graph: SVGSVGElement): void {
  const boxes = all<SVGAElement>("a", graph);
  const light = (event: Event): void => {
    const box = event.target instanceof Element ? event.target.closest<SVGAElement>("a") : null;
    if (!box) return;
    const number = String(boxes.indexOf(box));
    graph.classList.add("on");
    for (const edge of all<SVGPathElement>("path", graph)) {
      edge.classList.toggle("lit", edge.dataset["e"]?.split(" ").includes(number) ?? false);
    }
  };
  graph.addEventListener("mouseover", light);
  graph.addEventListener("focusin", light);
  for (const type of ["mouseout", "focusout"]) graph.addEventListener(type, () => graph.classList.remove("on"));
}

/** Gives the button beside a digest the text it copies. */
function nameDigest(code: HTMLElement): void {
  const button = code.parentElement?.querySelector<HTMLElement>(".copy");
  if (button) button.dataset["copy"] = code.textContent ?? "";
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
