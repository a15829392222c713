/** The finder: five facets, the result they give, what to change, and the recipes one change away. */
import { all, byId, draw, html, icon, on, pageLink, recall, remember, setAddress, standing, type Markup } from "../dom.ts";
import { bundleDigests, loadData, type RecipeEntry } from "../model/documents.ts";
import { criteriaFrom, criteriaId } from "../core/criteria.ts";
import type { Answer, Change, Choice, MatrixIndex, Neighbour, Unknown } from "../model/matrix-index.ts";
import { COVERAGE_WORDS, SHOWN_ORDER, spellCount, spellExpression, spellList, spellSize } from "../words.ts";
import { commandsFor, DEPLOYER_LABELS, WAYS, type Way } from "./commands.ts";
import { article, changeText, commandLines, coverageBadge, coverageMark, lowered, recipeTags, unknownTexts } from "./parts.ts";

const COUNTS = ["", "one", "two", "three", "four", "five"];
const NEAREST = 4;
const ONE_AWAY = 8;

interface Option { name: string; input: HTMLInputElement; mark: HTMLElement; text: HTMLElement; left: HTMLElement; coverage: string; count: number }
interface Facet { dimension: number; why: HTMLElement; options: Option[] }

/** An expression that breaks between its conditions only. */
function wrapping(expression: string): Markup {
  return html`${expression.split(/ (?=[≥≤<>]|or )/).map((part, i) => html`${i ? " " : ""}<span class="nowrap">${part}</span>`)}`;
}

/** Whether overlays state the choice, so that there is a recipe under its name. */
function isStated({ coverage }: Answer): boolean {
  return coverage === "exact" || coverage === "composed";
}

/** The page's own address of something of the site: absolute, because it goes into commands that are copied. */
export function siteAddress(base: string, site: string, path: string): string {
  const home = location.protocol.startsWith("http") ? new URL(base || "./", location.href).href : site;
  return new URL(path, home).href;
}

export class Finder {
  private readonly index: MatrixIndex;
  private readonly base: string;
  private readonly site: string;
  private readonly facets: Facet[];
  private readonly order: number[];
  /** What the build drew for nothing stated. */
  private readonly start: { answer: Markup; advice: Markup };
  private choice: number[] = [];
  private unknown: Unknown[] = [];
  private deployer: string;
  private way: Way;
  private frame = 0;
  private timer = 0;

  constructor(root: HTMLElement, index: MatrixIndex) {
    this.index = index;
    this.base = root.dataset["base"] ?? "";
    this.site = root.dataset["site"] ?? location.href;
    this.order = SHOWN_ORDER.map((name) => index.dimension(name)).filter((d) => d >= 0);
    const asked = this.read();
    this.deployer = asked.get("deployer") ?? (recall("deployer") || "helm");
    this.way = (recall("way") || "bundle") as Way;
    this.facets = this.order.map((dimension) => this.facet(dimension));
    this.start = { answer: standing(byId("answer")), advice: standing(byId("advice")) };
    this.listen(root);
    if (!this.stated().length && !this.unknown.length) this.choice = this.pressed();
    // At once: nothing on a page that opens comes late and moves the rest.
    if (this.stated().length || this.unknown.length) this.show(false, true);
  }

  /** Takes over a whole choice, from search or from a suggested change. */
  use(choice: Choice): void {
    this.choice = [...choice];
    this.unknown = [];
    this.show(true);
  }

  /** Takes over what the address asks for. */
  private read(): URLSearchParams {
    const asked = new URLSearchParams(location.search);
    ({ choice: this.choice, unknown: this.unknown } = this.index.read((name) => asked.get(name)));
    return asked;
  }

  /** What stands chosen in the facets: the page takes presses before this runs. */
  private pressed(): number[] {
    const of = (dimension: number): number =>
      this.facets.find((f) => f.dimension === dimension)?.options.findIndex((o) => o.input.checked) ?? 0;
    return this.choice.map((_, dimension) => Math.max(0, of(dimension)));
  }

  private facet(dimension: number): Facet {
    const fieldset = byId(`f-${this.index.dimensions[dimension]?.name}`);
    const options = all(".opt", fieldset).map((label) => ({
      name: label.querySelector("b")?.textContent ?? "",
      input: label.querySelector("input") as HTMLInputElement,
      mark: label.querySelector(".m") as HTMLElement,
      text: label.querySelector("b") as HTMLElement,
      left: label.querySelector("em") as HTMLElement,
      coverage: "", count: -1,
    }));
    return { dimension, why: fieldset.querySelector(".why") as HTMLElement, options };
  }

  private listen(root: HTMLElement): void {
    root.addEventListener("submit", (event) => event.preventDefault());
    on(root, "change", ".opt input", (target) => {
      const input = target as HTMLInputElement;
      const dimension = this.index.dimension(input.name);
      const value = this.index.dimensions[dimension]?.values.findIndex((v) => v.name === input.value) ?? -1;
      if (dimension < 0 || value < 0) return;
      this.use(this.choice.map((before, d) => (d === dimension ? value : before)));
    });
    on(root, "click", "[data-use]", (target, event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.use(this.index.choiceAt(Number(target.dataset["use"])));
      byId("result").focus({ preventScroll: true });
    });
    on(root, "click", "[data-dep]", (target) => {
      this.deployer = target.dataset["dep"] ?? this.deployer;
      remember("deployer", this.deployer);
      this.showAnswer(this.index.answer(this.choice));
      root.querySelector<HTMLElement>(`[data-dep="${this.deployer}"]`)?.focus();
    });
    on(root, "click", "[data-way]", (target) => {
      this.way = (target.dataset["way"] ?? this.way) as Way;
      remember("way", this.way);
      this.showAnswer(this.index.answer(this.choice));
      root.querySelector<HTMLElement>(`[data-way="${this.way}"]`)?.focus();
    });
    on(root, "click", "[data-reset]", () => this.use(this.choice.map(() => 0)));
    addEventListener("popstate", () => {
      this.read();
      this.show(false);
    });
  }

  /** `?service=eks&accelerator=h100`, stated choices only, in the order of the facets. */
  private query(choice: Choice = this.choice): string {
    const names = this.index.names(choice);
    const stated = SHOWN_ORDER.filter((d) => (names[d] ?? "any") !== "any").map((d) => `${d}=${encodeURIComponent(names[d] as string)}`);
    return stated.length ? `?${stated.join("&")}` : "";
  }

  /** The criteria part of the address, as it stands there. */
  private spelled(): string {
    const asked = [...new URLSearchParams(location.search)].filter(([name]) => this.index.dimension(name) >= 0);
    return asked.length ? `?${asked.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}` : "";
  }

  private stated(): number[] {
    return this.order.filter((d) => this.choice[d] !== 0);
  }

  private label(dimension: number): string {
    return this.index.label(dimension, this.choice[dimension] as number);
  }

  /** Shows what the choice gives; what to do about it follows once that is painted. */
  private show(push: boolean, atOnce = false): void {
    const answer = this.index.answer(this.choice);
    const needs = isStated(answer) ? [] : this.index.needs(this.choice);
    this.showFacets(answer);
    this.showAnswer(answer, needs);
    draw(byId("peek"), html`${coverageMark(answer.coverage)}<code>${isStated(answer)
      ? answer.recipe.id : this.stated().length ? "see what to change" : "choose at least one"}</code>${icon("down2")}`);
    if (push || this.unknown.length) byId("say").textContent = [...this.unknownTexts(), `${COVERAGE_WORDS[answer.coverage]}: ${answer.recipe.id}`].join(" ");
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    if (atOnce) this.followUp(answer, needs, push);
    else {
      byId("result").setAttribute("aria-busy", "true");
      this.frame = requestAnimationFrame(() => {
        this.timer = setTimeout(() => this.followUp(answer, needs, push), 0);
      });
    }
  }

  /** What is left of each option, what to do about the answer, the address, and the recipes nearby. */
  private followUp(answer: Answer, needs: readonly Neighbour[], push: boolean): void {
    this.showCounts();
    draw(byId("advice"), isStated(answer) ? html`` : this.stated().length ? this.advice(answer, needs) : this.start.advice);
    byId("result").removeAttribute("aria-busy");
    // An address that was spelled otherwise, or asked for what is no value, is put right too.
    if (push || this.spelled() !== this.query()) setAddress(this.query());
    this.showNeighbours(answer);
  }

  private showCounts(): void {
    const remaining = this.index.remaining(this.choice);
    for (const { dimension, options } of this.facets) {
      options.forEach((option, value) => {
        const count = remaining[dimension]?.[value] as number;
        const { coverage } = option;
        const dim = coverage === "unsupported" || (count === 0 && coverage !== "exact" && coverage !== "composed") ? "dim" : "";
        if (option.text.className !== dim) option.text.className = dim;
        if (option.count !== count) option.left.textContent = count ? String(count) : "";
        option.count = count;
        option.input.setAttribute("aria-label", `${option.name}, gives ${coverage}, ${spellCount(count, "exact recipe")} left`);
      });
    }
  }

  private showFacets(answer: Answer): void {
    for (const { dimension, why, options } of this.facets) {
      const words = this.index.alternatives(this.choice, dimension);
      options.forEach((option, value) => {
        const word = words[value] as string;
        option.input.checked = this.choice[dimension] === value;
        // Write only what moved, and where nothing inherits it: the cost of a click is style and layout, not looking up.
        if (option.coverage !== word) option.mark.className = `m c-${word}`;
        option.coverage = word;
      });
      const open = this.choice[dimension] === 0;
      const lost = answer.notHonoured.includes(dimension);
      const by = answer.recipe.honouredBy[this.index.dimensions[dimension]?.name ?? ""] ?? "";
      why.className = `why${lost ? (answer.coverage === "unsupported" ? " no un" : " no") : ""}`;
      why.textContent = open ? "not stated" : lost ? "not honoured" : by ? `by ${by}` : "honoured";
      why.title = open || lost ? "" : by;
    }
  }

  private showAnswer(answer: Answer, needs: readonly Neighbour[] = []): void {
    const unknown = html`${this.unknownTexts().map((text) => html`<p class="hint unknown">${icon("info")}<span>${text}</span></p>`)}`;
    if (!this.stated().length) {
      draw(byId("answer"), this.start.answer);
      byId("answer").firstElementChild?.insertAdjacentHTML("afterbegin", unknown.text);
      return;
    }
    const stated = isStated(answer);
    const link = siteAddress(this.base, this.site, this.query());
    const head = html`${unknown}<div class="row between"><span class="row">${coverageBadge(answer.coverage)}${
      stated ? recipeTags(answer.recipe, true) : ""}</span><button class="copy" type="button" data-copy="${link}">${icon("link", "ic-s")}<span>Copy link</span></button></div>`;
    draw(byId("answer"), stated ? this.foundCard(head, answer) : this.openCard(head, answer, needs));
  }

  private foundCard(head: Markup, { coverage, recipe }: Answer): Markup {
    const stated = this.stated();
    const how = coverage === "composed" ? "Several overlays state your choices together"
      : stated.length === 1 ? "One overlay states your choice" : `One overlay states all ${COUNTS[stated.length]} choices`;
    return html`<div>${head}<h2 class="rname"><a href="${pageLink(this.base, recipe.page)}">${recipe.id}</a></h2><p class="small soft">${how}. ${
      spellCount(recipe.layers, "layer")}, ${spellCount(recipe.components, "component")}.${
      recipe.startingPoint ? " A starting point, not an environment: service and accelerator are not both stated." : ""}</p></div>${
      this.facts(recipe)}${this.deployment(recipe)}<div class="links"><a href="${pageLink(this.base, recipe.page)}"><b>Open recipe</b></a><a href="${
      pageLink(this.base, `validate/?recipe=${recipe.id}`)}">Check my cluster against it</a><a href="${this.base}api/v1/recipes/${recipe.id}.json">JSON</a><a href="${
      this.base}api/v1/recipes/${recipe.id}.yaml" download>YAML</a></div>`;
  }

  private facts(recipe: RecipeEntry): Markup {
    const note = (subject: string): Markup => html`${recipe.lifecycle.filter((each) => each.subject === subject && each.state !== "ok").map((each) =>
      html`<p class="hint life">${icon("clock")}<span>${each.sentence}</span></p>`)}`;
    const none = html`<span class="dim">No constraint stated</span>`;
    const driver = recipe.driver === "node image" ? "Provided by the node image" : recipe.driver === "chart default" ? "The chart’s default"
      : recipe.driver ? html`<b>${recipe.driver}</b>` : none;
    return html`<div><dl class="facts"><dt>Kubernetes</dt><dd>${recipe.kubernetes ? html`<b>${spellExpression(recipe.kubernetes)}</b>` : none}${note("kubernetes")}</dd>
<dt>Node image</dt><dd>${recipe.os ? html`<b>${spellExpression(recipe.os)}</b>` : none}${recipe.kernel ? html`, kernel <b>${spellExpression(recipe.kernel)}</b>` : ""}${note("os")}</dd>
<dt>GPU driver</dt><dd>${driver}${recipe.operator ? html`, GPU Operator <b>${recipe.operator}</b>` : ""}${note("driver")}${note("operator")}</dd>
<dt>Components</dt><dd><b>${recipe.components}</b>${recipe.tiers ? html` in <b>${recipe.tiers}</b> deployment tiers` : ""}</dd></dl></div>`;
  }

  private deployment(recipe: RecipeEntry): Markup {
    const offered = recipe.bundles.map((bundle) => bundle.deployer);
    const bundle = recipe.bundles.find((b) => b.deployer === this.deployer) ?? recipe.bundles[0];
    const deployer = bundle?.deployer ?? "helm";
    const way = bundle ? this.way : this.way === "bundle" ? "ours" : this.way;
    const names = this.index.names(this.choice);
    const criteria = SHOWN_ORDER.filter((d) => (names[d] ?? "any") !== "any").map((d) => [d, names[d] as string] as const);
    const url = bundle ? siteAddress(this.base, this.site, bundle.url) : "";
    return html`<div>${bundle ? html`<div class="row between deploy"><div class="tabs" role="group" aria-label="Deployer">${offered.map((name) =>
      html`<button type="button" data-dep="${name}" aria-pressed="${String(name === deployer)}">${DEPLOYER_LABELS[name] ?? name}</button>`)}</div><a class="btn pri" href="${
      /^[a-z]+:/i.test(bundle.url) ? bundle.url : this.base + bundle.url}" download>${icon("down")}${DEPLOYER_LABELS[deployer] ?? deployer} bundle</a></div>` : ""}
<div class="code"><div class="bar-h"><div class="tabs" role="group" aria-label="Command for">${WAYS.filter(([name]) => bundle || name !== "bundle").map(([name, text]) =>
      html`<button type="button" data-way="${name}" aria-pressed="${String(name === way)}">${text}</button>`)}</div><button class="copy" type="button" aria-label="Copy commands">${icon("copy", "ic-s")}<span>Copy</span></button></div><pre class="tall" tabindex="0">${
      commandLines(commandsFor(way, deployer, url, criteria))}</pre></div>${bundle ? html`<p class="micro dim digest" id="digest">${this.digest(recipe, bundle.deployer)}</p>` : ""}</div>`;
  }

  /** The bundle's digest and size; they load after the page's first answer. */
  private digest(recipe: RecipeEntry, deployer: string): Markup {
    const found = bundleDigests()[recipe.id]?.find((each) => each.deployer === deployer);
    if (found) {
      return html`sha256 of the tar <code title="${found.tarSha256}">${found.tarSha256.slice(0, 8)}…${found.tarSha256.slice(-4)}</code>, ${spellSize(found.size)} download`;
    }
    void loadData(this.base, "bundles").then(() => {
      const line = document.getElementById("digest");
      if (line && bundleDigests()[recipe.id] && this.index.answer(this.choice).recipe === recipe) draw(line, this.digest(recipe, deployer));
    }, () => undefined); // without it the line names no digest; the bundle's .sha256 lies beside it
    return html`sha256 of the tar`;
  }

  /** What the choice lacks, named in a sentence, and why. */
  private openCard(head: Markup, answer: Answer, needs: readonly Neighbour[]): Markup {
    const said = (title: string, why: string): Markup => html`<div>${head}<h2 class="say">${title}</h2><p class="small soft">${why}</p></div>`;
    const unsupported = answer.coverage === "unsupported";
    const lost = this.lost(answer);
    const service = this.label(this.index.dimension("service"));
    const accelerator = this.label(this.index.dimension("accelerator"));
    const are = `${spellList(lost.map((d) => this.label(d)))} ${lost.length > 1 ? "are" : "is"} not honoured`;
    const title = needs.length ? this.needsText(needs)
      : unsupported ? "No overlay covers this" : lost.length ? are : `${accelerator} on ${service} is not stated as a pair`;
    return said(title, unsupported ? "Only the base applies. It is a starting point, not an environment, so there is no bundle."
      : !lost.length ? `No overlay states ${service} and ${accelerator} together, so there is no bundle.`
        : needs.length ? `${are}, so there is no bundle.` : `The rest resolves to ${answer.recipe.id}, so there is no bundle under this name.`);
  }

  private lost(answer: Answer): number[] {
    return answer.notHonoured.filter((d) => this.choice[d] !== 0);
  }

  /** What to do about an answer that is no recipe: what to add or change, what is honoured, what to contribute. */
  private advice(answer: Answer, needs: readonly Neighbour[]): Markup {
    const stated = this.stated();
    const unsupported = answer.coverage === "unsupported";
    const lost = this.lost(answer);
    // What only adds is said by the needs; beside them stand the ways that change a choice.
    const near = this.index.nearest(this.choice, NEAREST, { changing: needs.length > 0 });
    return html`${needs.length ? html`<div class="needs"><h3>Add what is missing</h3>${this.changeList(needs.slice(0, NEAREST))}</div>` : ""}<div><div class="dims">${
      this.order.map((d) => this.honour(d, answer, unsupported))}</div>${lost.length ? html`<dl class="whys small">${
      this.order.filter((d) => lost.includes(d)).map((d) => html`<dt>${this.label(d)}</dt><dd class="soft">${this.whyText(d)}</dd>`)}</dl>` : ""}</div>${
      near.length ? html`<div><h3>${needs.length ? "Or change a choice" : "What to change"}</h3>${this.changeList(near)}</div>` : ""}
<div class="small soft"><p>No bundle is offered under this name. ${unsupported ? "" : html`You can still <a href="${pageLink(this.base, answer.recipe.page)}">read what would apply</a>.`}</p><p>To add it, contribute an overlay that states ${
      stated.length > 1 ? "every choice" : "the choice"}, <code>recipes/overlays/${criteriaId(criteriaFrom(this.index.names(this.choice)))}.yaml</code>, values for the components that differ there, and evidence: <a href="${
      pageLink(this.base, "guides/add-overlay/")}">how to add an overlay</a>.</p></div>`;
  }

  private unknownTexts(): string[] {
    return unknownTexts(this.index, this.unknown);
  }

  /**
   * `Needs OS: COS and an intent`: a dimension that several values serve is not named with one.
   * Twin of `needs_sentence` in `generator/render/combination_page.py`.
   */
  private needsText(needs: readonly Neighbour[]): string {
    const wanting = this.order.filter((d) => needs[0]?.changes.some((c) => c.dimension === d));
    if (needs.some((n) => n.changes.some((c) => !wanting.includes(c.dimension)))) return `Needs ${spellCount(wanting.length, "more choice")}`;
    return `Needs ${spellList(wanting.map((d) => {
      const values = new Set(needs.map((n) => n.choice[d]));
      const name = lowered(this.index.dimensions[d]?.label ?? "");
      return values.size > 1 ? article(name) : `${name}: ${this.index.label(d, needs[0]?.choice[d] ?? 0)}`;
    }))}`;
  }

  /**
   * Why a choice is not honoured: nobody states it, or whoever does asks for something else too.
   * Twin of `_why` in `generator/render/combination_page.py`.
   */
  private whyText(dimension: number): string {
    const found = this.index.stating(this.choice, dimension);
    if (!found) return `No overlay of this catalog states ${this.label(dimension)}.`;
    const others = this.order.map((d) => found.clashes.find((c) => c.dimension === d)).filter((c): c is Change => c !== undefined)
      .map((c) => `${this.index.dimensions[c.dimension]?.label} ${this.index.label(c.dimension, c.to)}`);
    return `Stated by ${found.closest.recipe.id}${found.count > 1 ? `, the closest of ${found.count}` : ""}, which ${
      others.length ? `also states ${spellList(others)}` : "does not apply here"}.`;
  }

  private honour(dimension: number, answer: Answer, unsupported: boolean): Markup {
    const name = this.index.dimensions[dimension]?.label;
    if (this.choice[dimension] === 0) return html`<div class="off">${name}<b>Any</b>not stated</div>`;
    const lost = answer.notHonoured.includes(dimension);
    return html`<div class="${lost && !unsupported ? "no" : ""}">${name}<b>${this.label(dimension)}</b>${lost
      ? html`<span class="c-${unsupported ? "unsupported" : "partial"}">${icon("unsupported", "ic-s")} not honoured</span>`
      : html`<span class="soft">${icon("tick", "ic-s")} honoured</span>`}</div>`;
  }

  private changeList(neighbours: readonly Neighbour[]): Markup {
    return html`<ul class="near">${neighbours.map((n) => html`<li><span class="ch">${changeText(this.index, n.changes)}</span><span class="to"><span class="c-${n.coverage}">${
      icon(n.coverage, "ic-s")}</span> ${n.recipe.id}${recipeTags(n.recipe)}</span><button class="btn sm" type="button" data-use="${n.position}" aria-label="Use ${n.recipe.id}">Use this</button></li>`)}</ul>`;
  }

  private showNeighbours(answer: Answer): void {
    const section = byId("one");
    const supported = isStated(answer);
    let rows: Neighbour[];
    let wanted = this.choice.map(() => 0);
    if (supported) rows = this.index.nearest(this.choice, ONE_AWAY, { most: 1 });
    else {
      // What exists for the pair people come with; for one of the two when nobody states the pair.
      const keys = ["service", "accelerator"].map((name) => this.index.dimension(name)).filter((d) => this.choice[d] !== 0);
      rows = [];
      for (const use of [keys, ...keys.map((d) => [d])]) {
        wanted = this.choice.map((v, d) => (use.includes(d) ? v : 0));
        rows = use.length ? this.index.exactWith(wanted) : [];
        if (rows.length) break;
      }
    }
    section.hidden = !rows.length;
    if (!rows.length) return;
    const total = rows.length;
    const named = this.order.filter((d) => wanted[d] !== 0).map((d) => this.index.label(d, wanted[d] as number));
    draw(section, html`<div class="sec-h"><h2>${supported ? "One change away" : `What exists for ${named.join(" with ")}`}</h2><span class="small">${
      supported ? "Other exact recipes that differ in a single choice" : spellCount(total, "exact recipe")}</span></div>
<table class="tbl fold"><thead><tr><th scope="col">${supported ? "Change" : "States"}</th><th scope="col">Recipe</th><th scope="col">Kubernetes</th><th scope="col" class="r">Components</th></tr></thead><tbody>${
      rows.slice(0, 24).map((n) => html`<tr><td>${supported ? changeText(this.index, n.changes)
        : this.order.filter((d) => n.choice[d] !== 0).map((d) => this.index.label(d, n.choice[d] as number)).join(", ")}</td><td><a class="mono" href="${
        this.query(n.choice)}" data-use="${n.position}">${n.recipe.id}</a>${recipeTags(n.recipe)}</td><td data-l="Kubernetes" class="mono">${
        wrapping(spellExpression(n.recipe.kubernetes))}</td><td data-l="Components" class="num r">${n.recipe.components}</td></tr>`)}</tbody></table>`);
  }
}
