/** The home page: the finder and the search field. It runs while the stylesheets load, before the page's content is there. */
import { byId, draw, enableCopying, html, pageLink, whenIdle } from "../dom.ts";
import { published, readMatrix, whenPublished } from "../model/documents.ts";
import { MatrixIndex } from "../model/matrix-index.ts";
import { SHOWN_ORDER } from "../words.ts";
import { Finder } from "../views/finder.ts";
import { noData } from "../views/parts.ts";
import { enableSearch } from "../views/searchbox.ts";

const PRESSES = ["pointerdown", "keydown", "change", "click"] as const;

interface Answering { index: MatrixIndex; finder: Finder }

let made: Answering | undefined;

/** Makes the index and the finder, once; the page's content and its data have to be there. */
function answering(): Answering {
  if (made) return made;
  const index = new MatrixIndex(readMatrix(published("matrix")));
  for (const type of PRESSES) document.removeEventListener(type, answerPress, true);
  return made = { index, finder: new Finder(byId("finder"), index) };
}

/** In the capture phase: the finder then hears the very press that made it. */
function answerPress(): void {
  if (document.getElementById("peek")) answering();
}

enableCopying();
whenPublished("matrix", () => {
  // The page stands as the build drew it until somebody chooses, so that it is seen before the index is made.
  for (const type of PRESSES) document.addEventListener(type, answerPress, true);
  performance.mark("aicr-ready");
  whenContent(() => {
    // An address that asks, or an option that was pressed before this ran.
    if (location.search || document.querySelector("#finder input:checked:not([value=any])")) answering();
    else whenIdle(answering);
    search();
  });
}, () => {
  draw(byId("answer"), html`<div>${noData()}</div>`);
  draw(byId("advice"), html``);
});

function search(): void {
  const base = byId("finder").dataset["base"] ?? "";
  enableSearch(byId<HTMLInputElement>("q"), byId("hits"), base, {
    take: (entry) => {
      const { index, finder } = answering();
      const recipe = index.recipes.find((each) => each.page === entry.page);
      if (recipe) finder.use(index.choose((name) => recipe.criteria[name]));
      else location.href = pageLink(base, entry.page);
    },
    combination: (words) => {
      const { index } = answering();
      const choice = index.spoken(words);
      if (!choice?.some((value) => value)) return undefined;
      const position = index.position(choice);
      const label = SHOWN_ORDER.map((name) => index.dimension(name)).filter((d) => choice[d]).map((d) => index.label(d, choice[d] as number)).join(", ");
      return { position, label, coverage: index.coverageAt(position) };
    },
    takeCombination: (position) => {
      const { index, finder } = answering();
      finder.use(index.choiceAt(position));
    },
    takeAll: (query) => { location.href = pageLink(base, `matrix/?view=table${query && `&q=${encodeURIComponent(query)}`}`); },
  });
}

/** Runs *act* once the page's content is there; the page tells when it is parsed. */
function whenContent(act: () => void): void {
  if (document.getElementById("peek")) act();
  else addEventListener("aicr-content", act, { once: true });
}
