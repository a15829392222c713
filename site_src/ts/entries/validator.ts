/** The validator's page. */
import { byId, draw, enableCopying, html, icon, on } from "../dom.ts";
import { published } from "../model/documents.ts";
import { openIntake, type Intake } from "../validator/intake.ts";
import { isUnreadable } from "../validator/read.ts";
import { SAMPLE, SAMPLE_NAME } from "../validator/sample.ts";
import { Session, type RulesDocument } from "../validator/session.ts";
import { ValidatorPage } from "../views/validator-page.ts";

const REHEARSED = 40; // recipes; enough to compile the rules, too few to hold the page up

enableCopying();
const root = byId("validator");
const rules = published("rules") as RulesDocument | undefined;
if (rules) {
  const here = (document.currentScript as HTMLScriptElement | null)?.src ?? "";
  const worker = here ? new URL("validator-worker.js", here).href : `${root.dataset["base"] ?? ""}assets/validator-worker.js`;
  const intake = openIntake(worker);
  const page = new ValidatorPage(root, new Session(rules), intake);
  // Rehearsed while the reader finds the file, so that the first snapshot meets compiled code, off file:// with its worker up.
  if ("requestIdleCallback" in globalThis && byId("shared").hidden) requestIdleCallback(() => {
    page.prepare();
    if (location.protocol !== "file:") requestIdleCallback(() => { void rehearse(intake, rules); });
  });
  on(root, "click", "[data-leave]", () => page.leave());
} else {
  draw(byId("problems"), html`<p class="small">${icon("info")} The site's data did not load. Reload the page; from a folder, keep <code>assets/data</code> beside it.</p>`);
}

async function rehearse(intake: Intake, rules: RulesDocument): Promise<void> {
  for (const read of await intake.read(SAMPLE_NAME, new Blob([SAMPLE]))) {
    if (isUnreadable(read)) continue;
    const session = new Session({ ...rules, recipes: rules.recipes.slice(0, REHEARSED) });
    session.standings(session.add(read.name, read.snapshot));
  }
}
