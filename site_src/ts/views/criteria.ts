/** What the cluster is judged as: detected criteria as fields, what speaks against them, and its node groups. */
import { DIMENSIONS, type Dimension } from "../core/criteria.ts";
import { html, icon, type Markup } from "../dom.ts";
import type { Case, Session } from "../validator/session.ts";
import { SHOWN_ORDER, spellCount, spellList } from "../words.ts";
import type { LabelOf } from "./verdict-grid.ts";

/** The dimensions that the snapshot names and the reader set otherwise. */
export function changedCriteria(now: Case): Dimension[] {
  return DIMENSIONS.filter((d) => now.detection.criteria[d] !== "any" && now.detection.criteria[d] !== now.criteria[d]);
}

export function drawCriteria(now: Case, session: Session, labels: LabelOf): Markup {
  const dimensionLabel = (dimension: string): string => session.document.dimensions.find((d) => d.name === dimension)?.label ?? dimension;
  const { groups } = now.detection;
  const evidence = (d: Dimension): string => now.detection.evidence.filter((e) => e.dimension === d).map((e) => `${e.reading}: ${e.text}`).slice(0, 3).join("\n");
  const select = (d: Dimension): Markup => {
    const dimension = session.document.dimensions.find((entry) => entry.name === d);
    const values = dimension?.values.filter((v) => v.name !== "any") ?? [];
    const value = now.criteria[d];
    return html`<label class="crit-b ${value === "any" ? "empty" : ""}" title="${evidence(d)}"><span>${dimension?.label ?? d}</span><select data-criterion="${d}" autocomplete="off"><option value="any">Not stated</option>${
      values.map((v) => html`<option value="${v.name}"${v.name === value ? html` selected` : ""}>${v.label}</option>`)}</select></label>`;
  };
  const weak = DIMENSIONS.filter((d) => now.criteria[d] === now.detection.criteria[d] && now.detection.strength[d] === "weak").map((d) => dimensionLabel(d));
  const changed = changedCriteria(now).map((d) => `${dimensionLabel(d)} is set by hand; the snapshot says ${labels(d, now.detection.criteria[d])}`);
  const chosenGroup = groups.findIndex((g) => (["service", "accelerator", "os"] as const).every((d) => g.criteria[d] === now.criteria[d]));
  return html`<div class="card pad"><div class="row between"><h3>${icon("node")} ${groups.length > 1 ? "Judged as" : "The cluster"}</h3><span class="small dim">${
    groups.length === 1 && groups[0]?.nodes ? spellNodes(groups[0].nodes, groups[0].gpus) : ""}</span></div><div class="crits">${SHOWN_ORDER.map(select)}</div><p class="micro dim">Detected from the snapshot${
    weak.length ? `; ${spellList(weak)} by weak evidence` : ""}. Change any of them; intent and platform cannot be read from a cluster.</p>${
    changed.length ? html`<p class="hint life">${icon("edit")}<span>${changed.join(". ")}.</span></p>` : ""}${
    now.detection.conflicts.length ? html`<p class="hint life">${icon("warn")}<span>${spellList(now.detection.conflicts.map((e) => `${e.reading} (${e.text}) speaks for ${labels(e.dimension, e.value)}`).slice(0, 3))}.</span></p>` : ""}</div>${
    groups.length > 1 ? html`<div class="card pad"><h3>${icon("node")} Node groups</h3><ul class="ngroups">${groups.map((g, i) => html`<li><span><b>${
      g.criteria.accelerator === "any" ? "No GPU label" : labels("accelerator", g.criteria.accelerator)}</b>${g.criteria.os === "any" ? "" : `, ${labels("os", g.criteria.os)}`} <span class="dim">${spellNodes(g.nodes, g.gpus)}</span></span><button class="btn sm" type="button" data-group="${i}" aria-pressed="${String(i === chosenGroup)}">${
      i === chosenGroup ? "Judged" : "Judge by these"}</button></li>`)}</ul></div>` : ""}`;
}

function spellNodes(nodes: number, gpus: number | null): string {
  return `${spellCount(nodes, "node")}${gpus ? `, ${spellCount(gpus, "GPU")}` : ""}`;
}
