/** What became of files that are no snapshot: the reason and line, or the outcome of a bundle check. */
import { html, icon, type Markup } from "../dom.ts";
import type { BundleCheck } from "../validator/bundle-check.ts";
import type { Unreadable } from "../validator/read.ts";
import { spellCount } from "../words.ts";
import { commandBox } from "./parts.ts";

export function drawUnreadable({ name, line, message }: Unreadable): Markup {
  return html`<div class="card pad problem" role="alert"><h3>${icon("fail")} Not a snapshot</h3><p class="small"><code>${name}${line ? `:${line}` : ""}</code> ${message}. Nothing of it was checked.</p></div>`;
}

export function drawBundleCheck(check: BundleCheck): Markup {
  const state = check.impossible ? "unknown" : check.problems.length ? "fail" : "pass";
  const title = check.impossible ? "Bundle not checked" : check.problems.length ? `Bundle does not verify: ${spellCount(check.problems.length, "problem")}` : "Bundle verifies";
  return html`<div class="card pad problem" role="status"><h3><span class="v-${state}">${icon(state)}</span> ${title}</h3><p class="small"><code>${check.name}</code></p><ul class="small">${
    check.impossible ? html`<li>${check.impossible}</li>` : ""}${check.problems.slice(0, 20).map((text) => html`<li>${text}</li>`)}${check.facts.map((text) => html`<li class="soft">${text}</li>`)}</ul>${
    check.impossible || check.problems.length ? commandBox([check.command]) : ""}</div>`;
}
