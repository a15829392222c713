/** One recipe against one cluster: four phases, each rule with its verdict, what was read, what is needed and what to do. */
import { html, icon, type Markup } from "../dom.ts";
import { isMapping } from "../core/snapshot.ts";
import type { PhaseReport, Report, Result } from "../core/validation.ts";
import type { LifecycleNote } from "../core/lifecycle.ts";
import { adviceOf, commandOf } from "../validator/advice.ts";
import { spellExpression } from "../words.ts";
import { commandBox, verdictMark } from "./parts.ts";

const TITLES: Readonly<Record<string, string>> = { readiness: "Readiness", deployment: "Deployment", performance: "Performance", conformance: "Conformance" };

/** `h100-eks, overlays/h100-eks.yaml:14` from what rules.json says of a constraint's origin. */
function spellOrigin(origin: unknown): string {
  if (typeof origin === "string") return origin;
  if (!isMapping(origin)) return "";
  const place = isMapping(origin["place"]) ? origin["place"] : origin;
  const file = typeof place["file"] === "string" ? `${place["file"]}:${String(place["line"] ?? 1)}` : "";
  return [origin["name"], file].filter((part) => typeof part === "string" && part).join(", ");
}

/** `1 pass, 3 fail` in the order of urgency. */
function spellCounts(phase: PhaseReport): string {
  const words: readonly (readonly [string, string])[] = [["fail", "fail"], ["unknown", "not measured"], ["warn", "warn"], ["pass", "pass"], ["not-applicable", "not applicable"]];
  const parts = words.flatMap(([verdict, word]) => {
    const count = phase.results.filter((result) => result.verdict === verdict).length;
    return count ? [`${count} ${word}`] : [];
  });
  return parts.join(", ") || "no rule stated";
}

function drawRule(result: Result, edited: ReadonlySet<string>): Markup {
  const advice = adviceOf(result);
  const command = commandOf(result);
  const origin = spellOrigin(result.origin);
  const touched = result.findings.some((finding) => edited.has(finding.reading));
  return html`<div class="rule">${verdictMark(result.verdict)}<div>${result.label}<span class="lb mono">${result.name}</span>${origin ? html`<span class="lb">set by ${origin}</span>` : ""}</div><div><span class="lb">On this cluster</span><span class="v">${
    result.actual ?? "not in the snapshot"}${result.unit && result.actual ? ` ${result.unit}` : ""}</span>${touched ? html` <span class="tag">what if</span>` : ""}</div><div><span class="lb">Needs</span><span class="v">${
    spellExpression(result.expected)}${result.unit && result.expected ? ` ${result.unit}` : ""}</span></div>${result.verdict === "pass" ? "" : html`<div class="fix soft">${result.reason} ${
    looksLikeCommand(advice) ? commandBox([advice]) : advice}${
    result.link && result.verdict !== "not-applicable" ? html` <a href="${result.link}" rel="external noopener">How</a>` : ""}${command ? commandBox([command]) : ""}</div>`}</div>`;
}

function looksLikeCommand(text: string): boolean {
  return !/\.$/.test(text) && /^[a-z][\w./-]*( |$)/.test(text);
}

export function drawLifecycle(notes: readonly LifecycleNote[]): Markup {
  return html`${notes.map((note) => html`<div class="rule">${verdictMark("warn")}<div>${note.title}<span class="lb">lifecycle</span></div><div><span class="lb">On this cluster</span><span class="v">${
    note.actual}</span></div><div><span class="lb">Advice</span><span class="v">${note.advice ? `≥ ${note.advice}` : "none dated"}</span></div><div class="fix soft">${note.text}</div></div>`)}`;
}

/** The phases as they fold; *open* names those that stand open. */
export function drawReport(report: Report, lifecycle: readonly LifecycleNote[], edited: ReadonlySet<string>, open: ReadonlySet<string>): Markup {
  return html`${report.reason ? html`<p class="small soft pad">${report.reason}</p>` : ""}${report.phases.map((phase) => html`<details class="ph" data-phase="${phase.name}"${open.has(phase.name) ? html` open` : ""}><summary><h3>${
    TITLES[phase.name] ?? phase.name}</h3><span>${phase.results.length ? verdictMark(phase.verdict) : icon("na")} <span class="dim small">${spellCounts(phase)}</span></span></summary><div>${
    phase.results.map((result) => drawRule(result, edited))}${phase.name === "readiness" ? drawLifecycle(lifecycle) : ""}</div></details>`)}`;
}
