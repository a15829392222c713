/** The documents the build publishes as `assets/data/*.js`, and how a page gets at them. */
import type { CoverageWord } from "../words.ts";

/** `aliases` and `anyAliases` are other spellings: of the value, and of leaving the dimension open. */
export interface ValueEntry { name: string; label: string; title: string; aliases?: string[] }
export interface DimensionEntry { name: string; label: string; anyAliases?: string[]; values: ValueEntry[] }
/** What the index says of a bundle; digests and size come with bundles.js, after the page has answered. */
export interface BundleEntry { deployer: string; url: string }
export interface BundleDigests extends BundleEntry { sha256: string; tarSha256: string; size: number }
export interface RecipeEntry {
  id: string;
  page: string;
  criteria: Record<string, string>;
  coverage: string;
  startingPoint: boolean;
  evidence: string;
  kubernetes: string;
  os: string;
  kernel: string;
  driver: string;
  operator: string;
  /** How many are installed. */
  components: number;
  tiers: number;
  layers: number;
  honouredBy: Record<string, string>;
  bundles: BundleEntry[];
  /** What the support windows say: `subject` is kubernetes, os, driver or operator; `state` past, soon or ok. */
  lifecycle: { subject: string; state: string; sentence: string }[];
}
export interface MatrixDocument {
  schemaVersion: string;
  catalogDigest: string;
  catalogVersion: string;
  dimensions: DimensionEntry[];
  recipes: RecipeEntry[];
  /** A digit per combination: 0 exact, 1 composed, 2 partial, 3 unsupported. */
  coverage: string;
  recipe: number[];
  /** Two hex digits per combination: bit i is dimension i, bit 5 an unpaired service and accelerator. */
  notHonoured: string;
}
/** `text` is a list of statements, `note` what the entry is; `coverage` and `start` are a recipe's or a combination's. */
export interface SearchEntry { id: string; page: string; title: string; text: string; note: string; coverage?: CoverageWord; start?: string }

type PublishedName = "matrix" | "search" | "rules" | "bundles";

const documents = new Map<PublishedName, unknown>();

/** What a data script left behind: a function that reads the document. */
function reader(name: PublishedName): (() => unknown) | undefined {
  return (globalThis as { aicrData?: Partial<Record<PublishedName, () => unknown>> }).aicrData?.[name];
}

/** A document of the page's data scripts, read when it is first asked for; undefined when its script did not load. */
export function published(name: PublishedName): unknown {
  if (!documents.has(name)) {
    const read = reader(name);
    if (!read) return undefined;
    documents.set(name, read());
  }
  return documents.get(name);
}

/** Runs *act* once the document of a data script is there, before or after the page's own script; *missing* when it did not load. */
export function whenPublished(name: PublishedName, act: () => void, missing: () => void): void {
  if (reader(name)) act();
  else {
    addEventListener(`aicr-${name}`, act, { once: true });
    addEventListener("load", () => { if (!reader(name)) missing(); });
  }
}

const loading = new Map<string, Promise<void>>();

/** Loads a data script after the page: a script, because pages opened from a folder may not fetch. */
export function loadData(base: string, name: PublishedName): Promise<void> {
  if (reader(name)) return Promise.resolve();
  const known = loading.get(name);
  if (known) return known;
  const made = new Promise<void>((done, failed) => {
    const script = document.createElement("script");
    script.src = `${base}assets/data/${name}.js`;
    script.onload = () => done();
    script.onerror = () => {
      loading.delete(name); // who asks again, tries again
      script.remove();
      failed(new Error(`${script.src} did not load`));
    };
    document.head.append(script);
  });
  loading.set(name, made);
  return made;
}

/** Every bundle's digests by recipe, once bundles.js is there. */
export function bundleDigests(): Readonly<Record<string, readonly BundleDigests[]>> {
  return (published("bundles") as Record<string, BundleDigests[]> | undefined) ?? {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The matrix with the spellings a page may rely on: lists where the document may leave a field out. */
export function readMatrix(document: unknown): MatrixDocument {
  const raw = document as MatrixDocument;
  const recipes = raw.recipes.map((recipe): RecipeEntry => ({
    ...recipe,
    components: recipe.components ?? 0, tiers: recipe.tiers ?? 0, layers: recipe.layers ?? 0,
    evidence: textOf(recipe.evidence),
    kubernetes: textOf(recipe.kubernetes), os: textOf(recipe.os), kernel: textOf(recipe.kernel),
    driver: textOf(recipe.driver), operator: textOf(recipe.operator),
    honouredBy: recipe.honouredBy ?? {},
    bundles: recipe.bundles ?? [],
    lifecycle: recipe.lifecycle ?? [],
  }));
  const dimensions = raw.dimensions.map((dimension) => ({
    ...dimension,
    values: dimension.values[0]?.name === "any"
      ? dimension.values
      : [{ name: "any", label: "Any", title: "Any" }, ...dimension.values],
  }));
  return { ...raw, recipes, dimensions };
}
