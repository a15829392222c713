/** Verdicts that came with a link: the whole matrix as somebody saw it, without the snapshot it was judged by. */
import { html, type Markup } from "../dom.ts";
import { headlineOf } from "../validator/headline.ts";
import type { SharedVerdicts, Unshowable } from "../validator/permalink.ts";
import type { Session } from "../validator/session.ts";
import { SHOWN_ORDER, spellList } from "../words.ts";
import { drawGrid, type LabelOf, type Mark } from "./verdict-grid.ts";
import { drawCaption, drawTally } from "./verdicts.ts";

const LEAVE = html`<p class="row"><button class="btn pri" type="button" data-leave>Check your own cluster</button></p>`;

export function marksOf(shared: SharedVerdicts, session: Session): Mark[] {
  return session.recipes.map((rules) => ({ rules, verdict: shared.verdicts.get(rules.id) ?? "unknown", note: "" }));
}

export function drawShared(shared: SharedVerdicts, marks: readonly Mark[], labels: LabelOf, base: string): Markup {
  const stated = SHOWN_ORDER.filter((d) => shared.criteria[d] !== "any").map((d) => labels(d, shared.criteria[d]));
  const phases = shared.phases === "all" ? "all phases" : shared.phases;
  const { title, notes } = headlineOf(marks, shared.criteria, phases, labels);
  return html`<h1>${shared.whatIf ? "What if: " : ""}${title}</h1><p class="lead">Verdicts somebody shared for ${
    stated.length ? spellList(stated) : "a cluster"}, ${shared.phases === "readiness" || shared.phases === "all" ? phases : `readiness and ${phases}`}. The link carries no reading of the cluster. ${
    notes.join(" ")}</p><div class="card pad vwrap shared-grid"><div class="tally">${
    drawTally(marks, null)}</div>${drawGrid(marks, labels, base)}<p class="vcap">${drawCaption(undefined)}</p></div>${LEAVE}`;
}

export function drawUnshowable({ problem }: Unshowable): Markup {
  return html`<h1>This link cannot be shown</h1><p class="lead">${problem}</p>${LEAVE}`;
}
