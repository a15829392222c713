/** Verdicts that came with a link: the whole matrix as somebody saw it, without the snapshot it was judged by. */
import { html, icon, type Markup } from "../dom.ts";
import { shortDigest, type SharedVerdicts } from "../validator/permalink.ts";
import type { Session } from "../validator/session.ts";
import { SHOWN_ORDER, spellCount, spellList } from "../words.ts";
import { drawGrid, type LabelOf, type Mark } from "./verdict-grid.ts";
import { drawTally } from "./verdicts.ts";

export function drawShared(shared: SharedVerdicts, session: Session, labels: LabelOf): Markup {
  const same = shared.digest === shortDigest(session.document.catalogDigest);
  const marks = session.recipes.map((rules): Mark => ({ rules, verdict: shared.verdicts.get(rules.id) ?? "unknown", note: "" }));
  const stated = SHOWN_ORDER.filter((d) => shared.criteria[d] !== "any").map((d) => labels(d, shared.criteria[d]));
  const passing = marks.filter((mark) => mark.verdict === "pass" || mark.verdict === "warn").length;
  return html`<h1>${shared.whatIf ? "What if: " : ""}${passing ? `${spellCount(passing, "recipe")} fit` : "No recipe fits yet"}</h1><p class="lead">Verdicts somebody shared for ${
    stated.length ? spellList(stated) : "a cluster"}, ${shared.phases === "all" ? "all phases" : `${shared.phases} phase`}. The link carries no reading of the cluster.</p>${
    same ? "" : html`<p class="hint life">${icon("warn")}<span>They were made with another version of the catalog; recipes and rules may have changed since.</span></p>`}<div class="card pad vwrap shared-grid"><div class="tally">${
    drawTally(marks, new Set())}</div>${drawGrid(marks, labels)}</div><p class="row"><button class="btn pri" type="button" data-leave>Check your own cluster</button></p>`;
}
