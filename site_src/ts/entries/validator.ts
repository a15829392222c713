/** The validator's page. */
import { byId, draw, enableCopying, html, icon, on } from "../dom.ts";
import { published } from "../model/documents.ts";
import { openIntake } from "../validator/intake.ts";
import { Session, type RulesDocument } from "../validator/session.ts";
import { ValidatorPage } from "../views/validator-page.ts";

enableCopying();
const root = byId("validator");
const rules = published("rules") as RulesDocument | undefined;
if (rules) {
  const here = (document.currentScript as HTMLScriptElement | null)?.src ?? "";
  const worker = here ? new URL("validator-worker.js", here).href : `${root.dataset["base"] ?? ""}assets/validator-worker.js`;
  const page = new ValidatorPage(root, new Session(rules), openIntake(worker));
  on(root, "click", "[data-leave]", () => page.leave());
} else {
  draw(byId("problems"), html`<p class="small">${icon("info")} The site's data did not load. Reload the page; from a folder, keep <code>assets/data</code> beside it.</p>`);
}
