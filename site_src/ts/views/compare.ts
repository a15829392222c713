/** Several snapshots: a table of the fleet, and two of them side by side with the verdicts their differences flip. */
import { html, icon, type Markup } from "../dom.ts";
import type { Case, RuleSet, Session } from "../validator/session.ts";
import { readingChanges } from "../validator/session.ts";
import { SHOWN_ORDER, spellCount } from "../words.ts";
import { recipeTags, verdictMark } from "./parts.ts";
import type { LabelOf } from "./verdict-grid.ts";

const LISTED = 200;

export function drawFleet(session: Session, labels: LabelOf): Markup {
  const rows = session.cases.map((each, i) => {
    const verdicts = session.standings(each).filter((s) => s.report.verdict !== "not-applicable" && !s.rules.startingPoint).map((s) => s.report.verdict);
    const count = (verdict: string): number => verdicts.filter((v) => v === verdict).length;
    const stated = SHOWN_ORDER.filter((d) => each.criteria[d] !== "any").map((d) => labels(d, each.criteria[d])).join(", ");
    return html`<tr${i === session.current ? html` class="here"` : ""}><th scope="row"><code>${each.name}</code></th><td data-l="Detected">${stated || html`<span class="dim">nothing</span>`}</td><td data-l="Kubernetes" class="mono">${
      each.snapshot.readings.get("K8s.server.version") ?? ""}</td><td data-l="Pass" class="num r">${count("pass") + count("warn")}</td><td data-l="Fail" class="num r">${count("fail")}</td><td data-l="Unknown" class="num r">${
      count("unknown")}</td><td class="r"><button class="btn sm" type="button" data-case="${i}" aria-pressed="${String(i === session.current)}" aria-label="Show ${each.name}">${i === session.current ? "Shown" : "Show"}</button></td></tr>`;
  });
  return html`<h2 class="h3">${spellCount(session.cases.length, "snapshot")}</h2><table class="tbl fold"><thead><tr><th scope="col">Snapshot</th><th scope="col">Detected</th><th scope="col">Kubernetes</th><th scope="col" class="r">Pass</th><th scope="col" class="r">Fail</th><th scope="col" class="r">Unknown</th><th scope="col"><span class="vh">Show</span></th></tr></thead><tbody>${rows}</tbody></table>`;
}

export function drawDrift(session: Session, compared: number, others: readonly { c: Case; i: number }[]): Markup {
  const before = session.cases[compared] as Case;
  const after = session.case;
  const readings = readingChanges(before.snapshot, session.edited(after));
  const flips = session.flips(before, after);
  const turned = flips.filter((flip) => flip.before !== flip.after).length;
  return html`<div class="sec-h"><h2>Drift</h2><label class="small">from <select class="sel" id="compare-with" autocomplete="off">${others.map(({ c, i }) =>
    html`<option value="${i}"${i === compared ? html` selected` : ""}>${c.name}</option>`)}</select> to <code>${after.name}</code></label></div><p class="small soft">${spellCount(readings.length, "reading")} ${
    readings.length === 1 ? "differs" : "differ"}, ${turned ? `and the verdict of ${spellCount(turned, "recipe")} changes` : "and no recipe's verdict changes"}${
    flips.length > turned ? `; ${spellCount(flips.length - turned, "more recipe")} ${flips.length - turned === 1 ? "keeps its" : "keep their"} verdict and ${flips.length - turned === 1 ? "changes" : "change"} a rule's` : ""}.</p>${
    flips.length ? html`<ul class="card plan flips">${flips.slice(0, LISTED).map((flip) => html`<li><span>${verdictMark(flip.before)} ${icon("right", "ic-s")} ${verdictMark(flip.after)}</span><div><code>${flip.recipe}</code>${recipeTags(session.recipe(flip.recipe) as RuleSet)}<ul>${
      flip.flips.map((f) => html`<li>${f.name}: <code>${f.actualBefore ?? "absent"}</code> → <code>${f.actualAfter ?? "absent"}</code></li>`)}</ul></div><button class="btn sm" type="button" data-pick="${flip.recipe}" data-go aria-label="Show ${flip.recipe}">Show</button></li>`)}</ul>` : ""}${
    readings.length ? html`<details class="drift-readings"><summary>${spellCount(readings.length, "reading")} side by side</summary><table class="tbl fold"><thead><tr><th scope="col">Reading</th><th scope="col">${before.name}</th><th scope="col">${after.name}</th></tr></thead><tbody>${
      readings.slice(0, LISTED).map((r) => html`<tr><th scope="row"><code>${r.name}</code></th><td data-l="Before" class="mono">${r.before ?? html`<span class="dim">absent</span>`}</td><td data-l="After" class="mono">${r.after ?? html`<span class="dim">absent</span>`}</td></tr>`)}</tbody></table>${
      readings.length > LISTED ? html`<p class="small dim">and ${spellCount(readings.length - LISTED, "more reading")}</p>` : ""}</details>` : ""}`;
}
