/** The validator's page: takes snapshots in, keeps the session, and draws verdicts, plan, report, what-if, drift and fleet. */
import type { Dimension } from "../core/criteria.ts";
import type { Plan } from "../core/plan.ts";
import { countVerdicts, PHASES } from "../core/validation.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Verdict } from "../core/verdicts.ts";
import { all, byId, download, draw, html, icon, on, pageLink, redraw, type Markup } from "../dom.ts";
import { bundleDigests, loadData } from "../model/documents.ts";
import type { Later } from "../entries/validator-later.ts";
import { headlineOf, relevantTo } from "../validator/headline.ts";
import { loadScript, type Intake } from "../validator/intake.ts";
import { lifecycleNotes, type LifecycleNote } from "../core/lifecycle.ts";
import { packVerdicts, unpackVerdicts } from "../validator/permalink.ts";
import { isBundleName, isUnreadable, type Unreadable } from "../validator/read.ts";
import { type Case, type PhaseName, type RuleSet, type Session, type Standing } from "../validator/session.ts";
import { spellCount, spellDate, spellList } from "../words.ts";
import { drawDrift, drawFleet } from "./compare.ts";
import { changedCriteria, drawCriteria } from "./criteria.ts";
import { listenForFiles } from "./drop-zone.ts";
import { drawBundleCheck, drawUnreadable } from "./outcomes.ts";
import { recipeTags, verdictBadge } from "./parts.ts";
import { drawPlan } from "./plans.ts";
import { drawReport } from "./report.ts";
import { drawShared, drawUnshowable, marksOf } from "./shared.ts";
import { VerdictGrid, type Mark } from "./verdict-grid.ts";
import { drawCaption, drawTally } from "./verdicts.ts";
import { WhatIf } from "./what-if.ts";

const PLANS = 6;
const LARGEST_MB = 20;
const EXPORTS = [["html", "HTML report"], ["ctrf", "CTRF"], ["junit", "JUnit"], ["markdown", "Markdown"]] as const;
const GROUPED = ["service", "accelerator", "os"] as const;

export class ValidatorPage {
  private readonly session: Session;
  private readonly intake: Intake;
  private readonly base: string;
  private readonly whatIf: WhatIf;
  private readonly hidden = new Set<string>();
  private readonly open = new Set<string>(["readiness"]);
  private standings: readonly Standing[] = [];
  private marks: Mark[] = [];
  private plans: readonly Plan[] = [];
  private filter = "";
  private compared = -1;
  private grid: VerdictGrid | undefined;
  private frame = 0;
  private timer = 0;
  private lead = "";
  private wanted: string;

  constructor(root: HTMLElement, session: Session, intake: Intake) {
    this.session = session;
    this.intake = intake;
    this.base = root.dataset["base"] ?? "";
    this.wanted = new URLSearchParams(location.search).get("recipe") ?? "";
    this.whatIf = new WhatIf(byId("whatif"), () => this.evaluate());
    listenForFiles(root, (files) => { void this.takeFiles(files); }, (name, text) => { void this.take([new File([text], name)]); });
    this.listen(root);
    this.showShared();
    addEventListener("hashchange", () => this.showShared());
  }

  // --- taking snapshots in ---------------------------------------------------------------------------------------

  private async takeFiles(files: readonly File[]): Promise<void> {
    const small = files.filter((file) => file.size <= LARGEST_MB * 1_048_576 || isBundleName(file.name));
    const refused = files.filter((file) => !small.includes(file)).map((file): Unreadable =>
      ({ name: file.name, line: 0, message: `is larger than ${LARGEST_MB} MB; leave out what is no snapshot` }));
    this.say(`Reading ${spellList(files.map((file) => file.name).slice(0, 3))}.`);
    await this.take(small, refused);
  }

  private async take(files: readonly File[], refused: readonly Unreadable[] = []): Promise<void> {
    const problems: Unreadable[] = [...refused];
    const checks: Markup[] = [];
    const before = this.session.cases.length;
    for (const file of files) {
      if (isBundleName(file.name)) {
        const [later] = await Promise.all([this.later(), loadData(this.base, "bundles")]);
        checks.push(drawBundleCheck(await later.checkBundle(file.name, new Uint8Array(await file.arrayBuffer()), bundleDigests())));
        continue;
      }
      for (const read of await this.intake.read(file.name, file)) {
        if (isUnreadable(read)) problems.push(read);
        else this.session.add(read.name, read.snapshot);
      }
    }
    draw(byId("problems"), html`${problems.map(drawUnreadable)}${checks}`);
    const added = this.session.cases.length - before;
    if (!added) {
      this.say(problems.length ? "Nothing was read." : "Bundle checked.");
      byId("problems").scrollIntoView({ block: "nearest" });
      return;
    }
    this.session.current = before;
    if (before > 0) this.compared = before - 1;
    this.start();
  }

  /** What is loaded when it is first asked for. */
  private async later(): Promise<Later> {
    const known = (): Later | undefined => (globalThis as { aicrLater?: Later }).aicrLater;
    if (!known()) await loadScript(`${this.base}assets/validator-later.js`);
    return known() as Later;
  }

  private say(text: string): void {
    byId("say").textContent = text;
  }

  // --- the session -----------------------------------------------------------------------------------------------

  /** Lays the marks out before a snapshot is there, so that the first one only moves them. */
  prepare(): VerdictGrid {
    return this.grid ??= new VerdictGrid(byId("grid"), this.session.recipes, this.label);
  }

  /** Judges and draws a made-up snapshot where nobody sees it, so that the first real one meets compiled code. */
  rehearse(name: string, snapshot: Snapshot): void {
    if (this.session.cases.length) return; // somebody was faster
    const now = this.session.add(name, snapshot);
    this.judge(now);
    this.whatIf.show(now, this.session);
    this.drawCases();
    this.drawCriteria();
    this.drawMatrix();
    this.session.remove(0);
    this.session.picked = "";
    this.marks = [];
  }

  /** Shows the session: a snapshot came, went, or another was chosen. */
  private start(): void {
    const on_ = this.session.cases.length > 0;
    byId("before").hidden = on_;
    // What follows from the last snapshot is not shown beside this one's verdicts.
    this.state(on_ ? "pending" : "waiting");
    byId("shared").hidden = true;
    byId("shared").replaceChildren();
    if (!on_) return;
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (!this.session.picked || !this.session.recipe(this.session.picked)) this.session.picked = this.wanted && this.session.recipe(this.wanted) ? this.wanted : "";
    this.drawCases();
    this.evaluate();
    scrollTo(0, 0);
  }

  /** How much of the verdicts is shown. No class: the theme has a rule on what bears none, so a class that changes restyles all within. */
  private state(now: "waiting" | "pending" | "shown"): void {
    byId("after").dataset["state"] = now;
  }

  private listen(root: HTMLElement): void {
    on(root, "click", "[data-pick]", (target) => this.pick(target.dataset["pick"] ?? "", target.hasAttribute("data-go")));
    byId("grid").addEventListener("focusout", () => this.caption(this.session.picked));
    for (const type of ["mouseover", "focusin"] as const) {
      on(root, type, ".vc[data-pick]", (target) => this.caption(target.dataset["pick"] ?? ""));
    }
    on(root, "mouseout", ".vc[data-pick]", () => this.caption(this.session.picked));
    on(root, "click", "[data-tally]", (button) => {
      const verdict = button.dataset["tally"] ?? "";
      if (!this.hidden.delete(verdict)) this.hidden.add(verdict);
      this.drawMatrix();
      root.querySelector<HTMLElement>(`[data-tally="${verdict}"]`)?.focus();
    });
    byId<HTMLInputElement>("vfilter").addEventListener("input", (event) => {
      this.filter = (event.target as HTMLInputElement).value.toLowerCase();
      this.drawMatrix();
    });
    byId<HTMLSelectElement>("vphases").addEventListener("change", (event) => {
      const value = (event.target as HTMLSelectElement).value;
      this.session.phases = value === "all" ? [...PHASES] as PhaseName[] : ["readiness", ...(value === "readiness" ? [] : [value as PhaseName])];
      this.evaluate();
    });
    on(root, "change", "[data-criterion]", (target) => {
      const select = target as HTMLSelectElement;
      this.session.case.criteria = { ...this.session.case.criteria, [select.dataset["criterion"] as Dimension]: select.value };
      this.evaluate();
    });
    on(root, "click", "[data-group]", (target) => {
      const group = this.session.case.detection.groups[Number(target.dataset["group"])];
      if (!group) return;
      const { intent, platform } = this.session.case.criteria;
      this.session.case.criteria = { ...group.criteria, intent, platform } as Case["criteria"];
      this.evaluate();
    });
    on(root, "click", "[data-try]", (target) => {
      const plan = this.plans[Number(target.dataset["try"])];
      if (!plan) return;
      for (const change of plan.changes) this.session.case.edits.set(change.reading, change.target);
      this.whatIf.show(this.session.case, this.session);
      this.evaluate();
    });
    on(root, "click", "[data-case]", (target) => {
      this.session.current = Number(target.dataset["case"]);
      this.start();
    });
    on(root, "click", "[data-remove]", (target) => {
      this.session.remove(Number(target.dataset["remove"]));
      this.compared = -1;
      this.start();
    });
    on(root, "change", "#compare-with", (target) => {
      this.compared = Number((target as HTMLSelectElement).value);
      this.drawCompared();
    });
    on(root, "click", "[data-export]", (target) => { void this.export(target.dataset["export"] ?? ""); });
    // Paper has no disclosure: what is folded is printed too.
    addEventListener("beforeprint", () => {
      for (const phase of all<HTMLDetailsElement>(".ph:not([open])", root)) {
        phase.dataset["folded"] = "";
        phase.open = true;
      }
    });
    addEventListener("afterprint", () => {
      for (const phase of all<HTMLDetailsElement>(".ph[data-folded]", root)) {
        delete phase.dataset["folded"];
        phase.open = false;
      }
    });
    on(root, "click", "[data-share]", (target) => this.share(target));
    root.addEventListener("toggle", (event) => {
      const phase = event.target instanceof HTMLDetailsElement ? event.target.dataset["phase"] : undefined;
      if (!phase) return;
      if ((event.target as HTMLDetailsElement).open) this.open.add(phase);
      else this.open.delete(phase);
    }, true);
  }

  /** Everything that follows from the snapshot, the criteria and the edits. */
  private evaluate(): void {
    const began = performance.now();
    this.judge(this.session.case);
    performance.measure("aicr-evaluate", { start: began });
    if (!this.session.recipe(this.session.picked)) this.session.picked = this.bestMark()?.rules.id ?? "";
    this.drawCriteria();
    this.drawMatrix();
    this.drawTitle();
    performance.mark("aicr-verdicts");
    this.follow([() => this.showFields(), () => this.drawPicked(), () => this.drawPlans(), () => this.drawCompared(), () => this.state("shown")]);
  }

  /** The fields of the snapshot that is judged; they stay as they are while it does. */
  private showFields(): void {
    if (this.whatIf.shown !== this.session.case) this.whatIf.show(this.session.case, this.session);
  }

  /** Holds every recipe against a snapshot. */
  private judge(now: Case): void {
    this.standings = this.session.standings(now);
    this.marks = this.standings.map(({ rules, report }) => {
      const counts = countVerdicts(report);
      const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
      const open = total - (counts.pass ?? 0) - (counts["not-applicable"] ?? 0);
      const note = report.reason || (report.verdict === "pass" ? "every rule holds" : `${open} of ${spellCount(total, "rule")} ${open === 1 ? "does" : "do"} not hold or ${open === 1 ? "is" : "are"} unknown`);
      return { rules, verdict: report.verdict, note };
    });
  }

  /** What can wait until the frame is painted, a task each; what was still to come of an older change is dropped. */
  private follow(steps: readonly (() => void)[]): void {
    const left = [...steps];
    const next = (): void => {
      if (!this.session.cases.length) return;
      left.shift()?.();
      if (left.length) this.timer = setTimeout(next, 0);
    };
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = requestAnimationFrame(() => { this.timer = setTimeout(next, 0); });
  }

  /** The recipe to open first: the most specific one that applies, in the order of how near it is. */
  private bestMark(): Mark | undefined {
    const order: readonly Verdict[] = ["pass", "warn", "fail", "unknown", "not-applicable"];
    const stated = (mark: Mark): number => Object.values(mark.rules.criteria).filter((v) => v !== "any").length;
    return [...this.relevant()].sort((a, b) => Number(a.rules.startingPoint) - Number(b.rules.startingPoint)
      || order.indexOf(a.verdict) - order.indexOf(b.verdict) || stated(b) - stated(a))[0] ?? this.marks[0];
  }

  /** The recipes that could be about this cluster and what the reader asks for. */
  private relevant(): Mark[] {
    return relevantTo(this.marks, this.session.case.criteria);
  }

  private label = (dimension: string, value: string): string =>
    this.session.document.dimensions.find((d) => d.name === dimension)?.values.find((v) => v.name === value)?.label ?? value;

  private lifecycle(now: Case): LifecycleNote[] {
    return lifecycleNotes(this.session.document.lifecycle, this.session.edited(now), now.criteria.service, this.label, new Date().toISOString().slice(0, 10));
  }

  private editTexts(now: Case): string[] {
    return [
      ...changedCriteria(now).map((d) => `${d} ${now.detection.criteria[d]} → ${now.criteria[d]}`),
      ...[...now.edits].map(([name, text]) => `${name} ${now.snapshot.readings.get(name) ?? "absent"} → ${text ?? "absent"}`),
    ];
  }

  // --- drawing ---------------------------------------------------------------------------------------------------

  private drawTitle(): void {
    const now = this.session.case;
    const { title, notes } = headlineOf(this.marks, now.criteria, this.session.phases.length > 1 ? "all phases asked for" : "readiness", this.label);
    byId("vh").textContent = `${now.edits.size ? "What if: " : ""}${title}`;
    const named = now.detection.groups.filter((group) => group.criteria.accelerator !== "any");
    const other = named.filter((group) => GROUPED.some((d) => group.criteria[d] !== now.criteria[d]));
    this.lead = [
      ...notes,
      !now.snapshot.readings.size ? "The snapshot holds no reading." : "",
      named.length > 1 && other.length ? `${spellList(other.map((group) => `${this.label("accelerator", group.criteria.accelerator)} on ${spellCount(group.nodes, "node")}`))} ${
        other.length > 1 ? "are node groups" : "is a node group"} of its own and not judged here.`.replace("groups of its own", "groups of their own") : "",
    ].filter(Boolean).join(" ");
    byId("vl").textContent = this.lead;
    this.say(byId("vh").textContent ?? "");
  }

  private drawCases(): void {
    const now = this.session.case;
    const taken = now.snapshot.metadata.get("timestamp") ?? now.snapshot.metadata.get("created-at") ?? "";
    const groups = now.detection.groups.length;
    draw(byId("case"), html`${icon("file")}<b class="mono">${now.name}</b>${taken ? html`<span class="dim">taken ${spellDate(taken)}${/T(\d\d:\d\d)/.exec(taken)?.[1] ? `, ${/T(\d\d:\d\d)/.exec(taken)?.[1]} UTC` : ""}</span>` : ""}<span class="dim">${
      spellCount(now.snapshot.readings.size, "reading")}</span>${groups > 1 ? html`<span class="dim">${spellCount(groups, "node group")}</span>` : ""}<span class="grow"></span><span class="soft">${icon("lock", "ic-s")} not uploaded</span><button class="btn ghost sm" type="button" data-choose>Add another</button><button class="btn ghost sm" type="button" data-remove="${this.session.current}">Remove</button>`);
    draw(byId("notes"), html`${now.snapshot.notes.map((note) => html`<p class="hint">${icon("info")}<span>${note}</span></p>`)}`);
    draw(byId("fleet"), this.session.cases.length > 1 ? drawFleet(this.session, this.label) : html``);
  }

  private drawCriteria(): void {
    const box = byId("groups");
    const chosen = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["criterion"] : undefined;
    const changed = redraw(box, drawCriteria(this.session.case, this.session, this.label));
    if (changed && chosen) box.querySelector<HTMLElement>(`[data-criterion="${chosen}"]`)?.focus();
  }

  private drawMatrix(): void {
    redraw(byId("tally"), drawTally(this.marks, this.hidden));
    const words = this.filter.split(/\s+/).filter(Boolean);
    const shown = (mark: Mark): boolean => !this.hidden.has(mark.verdict) && words.every((word) => mark.rules.id.includes(word));
    this.prepare().show(this.marks, shown, this.session.picked);
    byId("vcount").textContent = `${spellCount(this.marks.filter(shown).length, "recipe")}, ${this.session.phases.length === 1 ? "readiness phase" : this.session.phases.length === 2 ? `readiness and ${this.session.phases[1]}` : "all phases"}`;
    this.caption(this.session.picked);
  }

  private caption(id: string): void {
    redraw(document.querySelector("#shared .vcap") ?? byId("vcap"), drawCaption(this.marks.find((mark) => mark.rules.id === id)));
  }

  private pick(id: string, scroll: boolean): void {
    if (!this.session.cases.length) return; // shared verdicts: the mark is a link
    this.session.picked = id;
    this.prepare().press(id);
    this.caption(id);
    this.follow([
      () => {
        this.drawPicked();
        if (scroll) byId("chosen").scrollIntoView({ block: "start" });
      },
      () => this.showPlans(),
    ]);
  }

  private drawPicked(): void {
    const rules = this.session.recipe(this.session.picked);
    byId("chosen").hidden = !rules;
    if (!rules) return;
    const now = this.session.case;
    const report = this.session.report(now, rules);
    draw(byId("picked-head"), html`<h2 class="mono">${rules.id}</h2>${verdictBadge(report.verdict)}${recipeTags(rules)}<a class="small" href="${pageLink(this.base, rules.page)}">Recipe</a><span class="grow"></span><div class="tabs noprint" role="group" aria-label="Export the report">${
      EXPORTS.map(([name, label]) => html`<button type="button" data-export="${name}">${label}</button>`)}</div>`);
    draw(byId("report"), drawReport(report, this.lifecycle(now), new Set(now.edits.keys()), this.open));
  }

  private drawPlans(): void {
    if (!this.session.cases.length) return;
    this.plans = this.session.plans(this.session.case, this.standings);
    this.showPlans();
    const least = this.plans.find((plan) => plan.changes.length && !plan.unreachable.length && !plan.missing.length && plan.recipes.some((id) => !this.session.recipe(id)?.startingPoint));
    if (!least || this.marks.some((mark) => mark.verdict === "pass" && !mark.rules.startingPoint)) return;
    const count = least.changes.length;
    byId("vl").textContent = `${this.lead} ${spellCount(count, "change")} ${count === 1 ? "makes" : "make"} ${spellCount(least.recipes.length, "recipe")} fit.`.trim();
  }

  private showPlans(): void {
    const { criteria } = this.session.case;
    const rows = this.plans.map((plan, i) => ({ plan, i, recipes: plan.recipes.map((id) => this.session.recipe(id)).filter((r): r is RuleSet => r !== undefined) }));
    const shown = rows.filter(({ recipes }) => recipes.some((r) => !r.startingPoint)).slice(0, PLANS);
    const chosen = rows.find(({ plan }) => plan.recipes.includes(this.session.picked));
    if (chosen && !shown.includes(chosen)) shown.push(chosen);
    draw(byId("plan"), shown.length ? html`${shown.map(({ plan, i, recipes }) => {
      // The most specific recipe of the set speaks for it.
      const order = [...recipes].sort((a, b) => count(b) - count(a));
      const speaks = order.find((r) => r.id === this.session.picked) ?? order[0];
      const lost = (["accelerator", "os", "service"] as const).filter((d) => criteria[d] !== "any" && (speaks?.criteria[d] ?? "any") === "any").map((d) => this.label(d, criteria[d]));
      return drawPlan(plan, i, order, lost, this.session.picked);
    })}` : html`<li class="none small soft">No recipe is for this hardware. <a href="${pageLink(this.base, "matrix/")}">See what exists</a>.</li>`);
  }

  private drawCompared(): void {
    const { cases, current } = this.session;
    const section = byId("drift");
    const others = cases.map((c, i) => ({ c, i })).filter(({ i }) => i !== current);
    section.hidden = !others.length;
    if (!others.length) return;
    if (!others.some(({ i }) => i === this.compared)) this.compared = others[0]?.i ?? -1;
    draw(section, drawDrift(this.session, this.compared, others));
  }

  // --- what leaves the page, and only by the reader's hand -------------------------------------------------------

  private async export(name: string): Promise<void> {
    const form = (await this.later()).exports.find((each) => each.name === name);
    const rules = this.session.recipe(this.session.picked);
    if (!form || !rules) return;
    const now = this.session.case;
    const text = form.write(this.session.report(now, rules), {
      snapshot: now.name, catalogDigest: this.session.document.catalogDigest, catalogVersion: String(this.session.document["catalogVersion"] ?? ""),
      edits: this.editTexts(now), lifecycle: this.lifecycle(now).map((note) => note.text), moment: new Date(),
    });
    download(`${rules.id}${now.edits.size ? "-what-if" : ""}.${form.suffix}`, form.type, text);
    this.say(`${form.label} of ${rules.id} saved.`);
  }

  private share(button: HTMLElement): void {
    const now = this.session.case;
    const verdicts = this.session.recipes.map((recipe) => this.marks.find((mark) => mark.rules === recipe)?.verdict ?? "unknown");
    const phases = this.session.phases.length === PHASES.length ? "all" : this.session.phases[this.session.phases.length - 1] ?? "readiness";
    const hash = packVerdicts(this.session.document.catalogDigest, now.criteria, phases, verdicts, now.edits.size > 0);
    button.dataset["copy"] = `${location.href.replace(/[?#].*$/, "")}#${hash}`;
  }

  /** A link that carries verdicts shows them, without the snapshot they came from. */
  private showShared(): void {
    const shared = unpackVerdicts(location.hash.slice(1), this.session.recipes, this.session.document.catalogDigest);
    byId("shared").hidden = !shared;
    if (!shared) return;
    byId("before").hidden = true;
    this.state("waiting");
    if (!("problem" in shared)) this.marks = marksOf(shared, this.session);
    draw(byId("shared"), "problem" in shared ? drawUnshowable(shared) : drawShared(shared, this.marks, this.label, this.base));
  }

  /** Back from shared verdicts to the empty page. */
  leave(): void {
    history.replaceState(null, "", location.pathname + location.search);
    byId("shared").hidden = true;
    this.start();
    byId("before").hidden = this.session.cases.length > 0;
  }
}

function count(rules: RuleSet): number {
  return Object.values(rules.criteria).filter((value) => value !== "any").length;
}
