/** The home page: the finder and the search field. */
import { byId, draw, enableCopying, html, icon, pageLink } from "../dom.ts";
import { published, readMatrix, type SearchEntry } from "../model/documents.ts";
import { MatrixIndex } from "../model/matrix-index.ts";
import { SHOWN_ORDER } from "../words.ts";
import { Finder } from "../views/finder.ts";
import { enableSearch } from "../views/searchbox.ts";

const root = byId("finder");
const base = root.dataset["base"] ?? "";
const document_ = published("matrix");
enableCopying();
if (document_) {
  const index = new MatrixIndex(readMatrix(document_));
  const finder = new Finder(root, index);
  performance.mark("aicr-ready");
  const recipes = new Map(index.recipes.map((recipe, i) => [recipe.page, i]));
  const recipeOf = (entry: SearchEntry) => index.recipes[recipes.get(entry.page) ?? -1];
  enableSearch(byId<HTMLInputElement>("q"), byId("hits"), base, {
    take: (entry) => {
      const recipe = recipeOf(entry);
      if (recipe) finder.use(index.choose((name) => recipe.criteria[name]));
      else location.href = pageLink(base, entry.page);
    },
    combination: (words) => {
      const choice = index.spoken(words);
      if (!choice?.some((value) => value)) return undefined;
      const position = index.position(choice);
      const label = SHOWN_ORDER.map((name) => index.dimension(name)).filter((d) => choice[d]).map((d) => index.label(d, choice[d] as number)).join(", ");
      return { position, label, coverage: index.coverageAt(position) };
    },
    takeCombination: (position) => finder.use(index.choiceAt(position)),
    takeAll: (query) => { location.href = pageLink(base, `matrix/?view=table${query && `&q=${encodeURIComponent(query)}`}`); },
  });
} else {
  draw(byId("result"), html`<div><p class="small">${icon("info")} The site's data did not load. Reload the page; from a folder, keep <code>assets/data</code> beside it.</p></div>`);
}
