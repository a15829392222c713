/** What if: readings as editable fields. The verdicts of the page follow; the snapshot itself stays as it was read. */
import { all, draw, html, on, type Markup } from "../dom.ts";
import { isMapping } from "../core/snapshot.ts";
import type { Case, Session } from "../validator/session.ts";
import { spellCount } from "../words.ts";

// Most recipes ask these; the rest of what recipes ask for can be added.
const FIRST = ["K8s.server.version", "OS.release.ID", "OS.release.VERSION_ID", "OS.sysctl./proc/sys/kernel/osrelease", "GPU.smi.driver-version", "Deployment.gpu-driver.version"];
const SHOWN = 6;

/** The readings that the constraints of the recipes name, the most asked ones first. */
function askedReadings(session: Session): string[] {
  const asked = new Map<string, number>();
  for (const recipe of session.recipes) {
    const constraints = recipe["constraints"];
    for (const constraint of Array.isArray(constraints) ? constraints : []) {
      const name = isMapping(constraint) ? String(constraint["name"]) : "";
      if (name) asked.set(name, (asked.get(name) ?? 0) + 1);
    }
  }
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return [...asked.keys()].sort((a, b) => rank(a) - rank(b) || (asked.get(b) as number) - (asked.get(a) as number));
}

export class WhatIf {
  private readonly box: HTMLElement;
  private readonly changed: () => void;
  private now: Case | undefined;
  private fields: string[] = [];
  private labels: (name: string) => string = (name) => name;

  constructor(box: HTMLElement, changed: () => void) {
    this.box = box;
    this.changed = changed;
    let timer = 0;
    on(box, "input", "[data-reading]", (target) => {
      const input = target as HTMLInputElement;
      this.set(input.dataset["reading"] ?? "", input.value.trim());
      // One evaluation per frame is enough, however fast somebody types.
      cancelAnimationFrame(timer);
      timer = requestAnimationFrame(() => {
        this.mark();
        this.changed();
      });
    });
    // What recipes ask of a reading is offered when its field is entered, not computed for every field.
    on(box, "focusin", "[data-reading]", (input) => {
      const list = input.nextElementSibling;
      if (list && !list.childElementCount) draw(list, html`${this.offered(input.dataset["reading"] ?? "").map(([value, count]) => html`<option value="${value}">${spellCount(count, "recipe")}</option>`)}`);
    });
    on(box, "change", "[data-add]", (target) => {
      const select = target as HTMLSelectElement;
      if (!select.value) return;
      this.fields.push(select.value);
      this.draw();
      all<HTMLInputElement>("[data-reading]", this.box).at(-1)?.focus();
    });
    on(box, "click", "[data-reset-edits]", () => {
      this.now?.edits.clear();
      this.draw();
      this.changed();
    });
  }

  private known: readonly string[] = [];
  private offered: (name: string) => readonly (readonly [string, number])[] = () => [];

  /** The snapshot whose readings the fields hold. */
  get shown(): Case | undefined {
    return this.now;
  }

  /** Shows the fields for a snapshot; edited readings always have one. */
  show(now: Case, session: Session): void {
    this.now = now;
    this.labels = (name) => session.labelOf(name);
    this.offered = (name) => session.askedValues(name, now.criteria);
    if (!this.known.length) this.known = askedReadings(session);
    this.fields = [...new Set([...this.known.slice(0, SHOWN), ...now.edits.keys()])];
    this.draw();
  }

  private set(name: string, text: string): void {
    const read = this.now?.snapshot.readings.get(name);
    if (text === (read ?? "")) this.now?.edits.delete(name);
    else this.now?.edits.set(name, text === "" ? null : text);
  }

  private draw(): void {
    const more = this.known.filter((name) => !this.fields.includes(name));
    draw(this.box, html`<div class="row between"><h2 class="h3">What if</h2><button class="btn sm" type="button" data-reset-edits>Reset</button></div><p class="small dim note-edits" role="status"></p><div class="whatif">${
      this.fields.map((name) => this.field(name))}</div>${more.length ? html`<label class="small more-readings">Another reading <select class="sel" data-add autocomplete="off"><option value="">Choose</option>${
      more.map((name) => html`<option value="${name}">${this.labels(name)}</option>`)}</select></label>` : ""}`);
    this.mark();
  }

  private field(name: string): Markup {
    const edit = this.now?.edits.get(name);
    const value = edit === undefined ? this.now?.snapshot.readings.get(name) ?? "" : edit ?? "";
    return html`<label class="wi" title="${name}"><span class="soft">${this.labels(name)}<span class="was"></span></span><input data-reading="${name}" value="${value}" spellcheck="false" autocomplete="off" placeholder="not in the snapshot" list="asked-${this.fields.indexOf(name)}"><datalist id="asked-${this.fields.indexOf(name)}"></datalist></label>`;
  }

  private mark(): void {
    const edits = this.now?.edits ?? new Map();
    for (const input of all<HTMLInputElement>("[data-reading]", this.box)) {
      const name = input.dataset["reading"] ?? "";
      input.closest(".wi")?.classList.toggle("ed", edits.has(name));
      const was = input.closest(".wi")?.querySelector(".was");
      if (was) was.textContent = edits.has(name) ? `was ${this.now?.snapshot.readings.get(name) ?? "absent"}` : "";
    }
    const reset = this.box.querySelector<HTMLButtonElement>("[data-reset-edits]");
    if (reset) reset.disabled = !edits.size;
    const note = this.box.querySelector(".note-edits");
    const text = edits.size ? `${spellCount(edits.size, "reading")} edited. These are not your cluster’s verdicts.` : "Edit a reading and every verdict on the page follows.";
    if (note && note.textContent !== text) note.textContent = text;
  }
}
