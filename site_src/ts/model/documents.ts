/** The documents the build publishes as `assets/data/*.js`, and how a page gets at them. */

export interface ValueEntry { name: string; label: string; title: string }
export interface DimensionEntry { name: string; label: string; values: ValueEntry[] }
export interface BundleEntry { deployer: string; url: string; sha256: string; tarSha256: string; size: number }
export interface ComponentEntry { name: string; version: string }
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
  components: ComponentEntry[];
  tiers: number;
  layers: number;
  honouredBy: Record<string, string>;
  bundles: BundleEntry[];
  lifecycle: { subject: string; text: string }[];
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
export interface SearchEntry { id: string; page: string; title: string; text: string }

interface Published { matrix?: unknown; search?: unknown; rules?: unknown; sample?: unknown }

/** What the page's data scripts left behind; undefined when a script did not load. */
export function published(name: keyof Published): unknown {
  return (globalThis as { aicrData?: Published }).aicrData?.[name];
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : typeof value === "object" ? "" : String(value);
}

function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === "number" ? value : 0;
}

function componentsOf(value: unknown): ComponentEntry[] {
  if (Array.isArray(value)) {
    return value.map((entry) => {
      if (Array.isArray(entry)) return { name: textOf(entry[0]), version: textOf(entry[1]) };
      if (entry && typeof entry === "object") return { name: textOf(entry.name), version: textOf(entry.version) };
      return { name: textOf(entry), version: "" };
    });
  }
  if (value && typeof value === "object") {
    return Object.entries(value).map(([name, version]) => ({ name, version: textOf(version) }));
  }
  return [];
}

function lifecycleOf(value: unknown): { subject: string; text: string }[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry) => entry && typeof entry === "object"
    ? { subject: textOf(entry.subject), text: textOf(entry.text ?? entry.message ?? entry.note) }
    : { subject: "", text: textOf(entry) }).filter((entry) => entry.text);
}

/** The matrix with the spellings a page may rely on: lists where the document may leave a field out. */
export function readMatrix(document: unknown): MatrixDocument {
  const raw = document as MatrixDocument;
  const recipes = raw.recipes.map((recipe): RecipeEntry => ({
    ...recipe,
    evidence: textOf(recipe.evidence),
    kubernetes: textOf(recipe.kubernetes), os: textOf(recipe.os), kernel: textOf(recipe.kernel),
    driver: textOf(recipe.driver), operator: textOf(recipe.operator),
    components: componentsOf(recipe.components),
    tiers: countOf(recipe.tiers), layers: countOf(recipe.layers),
    honouredBy: recipe.honouredBy ?? {},
    bundles: recipe.bundles ?? [],
    lifecycle: lifecycleOf(recipe.lifecycle),
  }));
  const dimensions = raw.dimensions.map((dimension) => ({
    ...dimension,
    values: dimension.values[0]?.name === "any"
      ? dimension.values
      : [{ name: "any", label: "Any", title: "Any" }, ...dimension.values],
  }));
  return { ...raw, recipes, dimensions };
}
