/** The home page: the finder and the search field. */
import { byId, draw, enableCopying, html, pageLink } from "../dom.ts";
import { readMatrix, withPublished, type SearchEntry } from "../model/documents.ts";
import { MatrixIndex } from "../model/matrix-index.ts";
import { SHOWN_ORDER } from "../words.ts";
import { Finder } from "../views/finder.ts";
import { noData } from "../views/parts.ts";
import { enableSearch } from "../views/searchbox.ts";

const root = byId("finder");
const base = root.dataset["base"] ?? "";
enableCopying();
withPublished("matrix", (document) => {
  const index = new MatrixIndex(readMatrix(document));
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
}, () => {
  draw(byId("answer"), html`<div>${noData()}</div>`);
  draw(byId("advice"), html``);
});
