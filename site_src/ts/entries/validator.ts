/** The validator's page. */
import { byId, draw, enableCopying, on, whenIdle } from "../dom.ts";
import { published, whenPublished } from "../model/documents.ts";
import { openIntake } from "../validator/intake.ts";
import { isUnreadable } from "../validator/read.ts";
import { SAMPLE, SAMPLE_NAME } from "../validator/sample.ts";
import { Session, type RulesDocument } from "../validator/session.ts";
import { drawPixels } from "../views/mark-images.ts";
import { noData } from "../views/parts.ts";
import { ValidatorPage } from "../views/validator-page.ts";

const REHEARSED = 1500; // readings; enough for the browser to compile the reader

enableCopying();
const root = byId("validator");
const here = (document.currentScript as HTMLScriptElement | null)?.src ?? "";
whenPublished("rules", () => {
  const worker = here ? new URL("validator-worker.js", here).href : `${root.dataset["base"] ?? ""}assets/validator-worker.js`;
  const intake = openIntake(worker);
  const page = new ValidatorPage(root, new Session(published("rules") as RulesDocument), intake);
  // Made ready while the reader finds the file: the marks are laid out, and off file:// a made-up snapshot is read and
  // judged, so that the first real one meets compiled code and a worker that is up.
  if (byId("shared").hidden) {
    whenIdle(() => { page.prepare(); void drawPixels(/\.vc\.v-/); });
    if (location.protocol !== "file:") {
      void intake.read(SAMPLE_NAME, new Blob([rehearsalText()])).then((read) => {
        for (const each of read) if (!isUnreadable(each)) whenIdle(() => page.rehearse(each.name, each.snapshot));
      });
    }
  }
  on(root, "click", "[data-leave]", () => page.leave());
}, () => draw(byId("problems"), noData()));

function rehearsalText(): string {
  const lines = Array.from({ length: REHEARSED }, (_, i) => `      /proc/sys/rehearsal/${i}: 'text ${i} of a list'\n`);
  return `${SAMPLE}- type: Rehearsal\n  subtypes:\n  - subtype: made-up\n    data:\n${lines.join("")}`;
}
