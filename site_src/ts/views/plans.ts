/** The least to change: sets of changes by number and disruption, and which recipes each reaches. */
import { html, icon, type Markup } from "../dom.ts";
import type { Change, Plan } from "../core/plan.ts";
import type { RuleSet } from "../validator/session.ts";
import { spellCount, spellExpression, spellList } from "../words.ts";

const DISRUPTIONS: Readonly<Record<string, string>> = {
  settings: "Settings", "node-restart": "Nodes restart", "node-upgrade": "Nodes are upgraded or replaced",
  "control-plane": "The control plane is upgraded", rebuild: "Nodes or cluster are rebuilt",
};
const NAMED = 3;

function drawChange(change: Change): Markup {
  return html`<li><span>${change.label} <code>${change.actual}</code> → <code>${change.expected.map(spellExpression).join(", ")}</code></span></li>`;
}

/** What the changes do to the cluster, each kind once, the worst first; a node that is replaced is not restarted besides. */
function spellDisruption(plan: Plan): string {
  if (!plan.changes.length) return "Ready to deploy";
  const kinds = [...new Set(plan.changes.map((change) => change.disruption))].reverse();
  const ofNodes = kinds.filter((kind) => kind.startsWith("node-") || kind === "rebuild");
  return kinds.filter((kind) => !ofNodes.includes(kind) || kind === ofNodes[0]).map((kind) => DISRUPTIONS[kind] ?? kind).join(". ");
}

/** A plan's row: the recipe it leads to, what is not honoured by it, its changes, and the press that tries it. */
export function drawPlan(plan: Plan, index: number, recipes: readonly RuleSet[], lost: readonly string[], picked: string): Markup {
  const first = recipes.find((rules) => rules.id === picked) ?? recipes[0];
  if (!first) return html``;
  const others = recipes.filter((rules) => rules !== first);
  const count = plan.changes.length;
  return html`<li class="${first.id === picked ? "sel" : ""}"><span class="n">${plan.unreachable.length ? "Out of reach" : count ? spellCount(count, "change") : plan.missing.length ? "No change known" : "No change"}<small>${
    plan.unreachable.length ? "No value meets every rule" : !count && plan.missing.length ? "Readings are missing" : spellDisruption(plan)}</small></span><div><code>${first.id}</code>${
    first.id === picked ? html` <span class="tag">chosen</span>` : ""}${first.startingPoint ? html` <span class="tag">starting point</span>` : ""}${
    lost.length ? html` <span class="small c-partial">${icon("partial", "ic-s")} ${spellList(lost)} not honoured</span>` : ""}<ul>${plan.changes.map(drawChange)}${
    !count && !plan.missing.length && !plan.unreachable.length ? html`<li class="soft">Its readiness rules hold on this cluster as it is.</li>` : ""}${
    plan.unreachable.map((text) => html`<li class="soft">${text}: no value is known that meets it.</li>`)}${
    plan.missing.length ? html`<li class="soft">Not measured: ${plan.missing.slice(0, 4).join(", ")}${plan.missing.length > 4 ? ` and ${plan.missing.length - 4} more` : ""}.</li>` : ""}${
    others.length ? html`<li class="soft">Also for ${others.slice(0, NAMED).map((rules) => rules.id).join(", ")}${others.length > NAMED ? ` and ${others.length - NAMED} more` : ""}.</li>` : ""}</ul></div><span class="acts">${
    count ? html`<button class="btn sm" type="button" data-try="${index}" aria-label="Try the changes for ${first.id}">Try</button>` : ""}${
    first.id === picked ? "" : html`<button class="btn sm" type="button" data-pick="${first.id}" data-go aria-label="Show ${first.id}">Show</button>`}</span></li>`;
}
