/**
 * Answers the finder's questions from the flat arrays of matrix.json: what a choice resolves to, what each further
 * choice would give, what it needs and what comes nearest. Scales to tens of thousands of combinations.
 */
import { COVERAGE, type CoverageWord } from "../words.ts";
import { plainWords } from "./search.ts";
import type { DimensionEntry, MatrixDocument, RecipeEntry } from "./documents.ts";

/** A value's index per dimension, in the matrix's dimension order; 0 is `any`. */
export type Choice = readonly number[];

export interface Answer {
  coverage: CoverageWord;
  recipe: RecipeEntry;
  /** Indices of the dimensions that are stated and not honoured. */
  notHonoured: number[];
  unpaired: boolean;
}

/** One dimension's move from one value to another, both as indices. */
export interface Change { dimension: number; from: number; to: number }
/** A word of an address that is no value of its dimension. */
export interface Unknown { dimension: number; text: string }
export interface Neighbour { position: number; choice: Choice; changes: Change[]; recipe: RecipeEntry; coverage: CoverageWord }

const UNPAIRED = 1 << 5;
const EXACT = 48; // the digit "0"
// What a change costs a cluster's owner, lightest first; dropping a choice costs more than swapping it.
const COST: Readonly<Record<string, number>> = { platform: 1, intent: 1.4, os: 1.5, accelerator: 2, service: 2.2 };
const DROP_COST = 0.6;

export class MatrixIndex {
  readonly dimensions: readonly DimensionEntry[];
  readonly recipes: readonly RecipeEntry[];
  readonly size: number;
  /** How many combinations have each coverage, best first. */
  readonly tally: readonly number[];
  private readonly document: MatrixDocument;
  private readonly strides: number[];
  private readonly sizes: number[];
  /** A value's index by its name and by its other spellings. */
  private readonly byName: ReadonlyMap<string, number>[];
  /** Positions whose coverage is exact, and their value indices one after the other. */
  private readonly exact: Int32Array;
  private readonly exactValues: Uint16Array;

  constructor(document: MatrixDocument) {
    this.document = document;
    this.dimensions = document.dimensions;
    this.recipes = document.recipes;
    this.sizes = document.dimensions.map((d) => d.values.length);
    this.strides = this.sizes.map((_, i) => this.sizes.slice(i + 1).reduce((n, size) => n * size, 1));
    this.size = this.sizes.reduce((n, size) => n * size, 1);
    this.byName = document.dimensions.map((d) => new Map([
      ...(d.anyAliases ?? []).map((word) => [word.toLowerCase(), 0] as const),
      ...d.values.flatMap((v, i) => [...(v.aliases ?? []), v.name].map((word) => [word.toLowerCase(), i] as const)),
    ]));
    if (document.coverage.length !== this.size) {
      throw new Error(`matrix.json has ${document.coverage.length} combinations, its dimensions give ${this.size}`);
    }
    const tally = [0, 0, 0, 0];
    const exact: number[] = [];
    for (let n = 0; n < this.size; n++) {
      const digit = document.coverage.charCodeAt(n);
      tally[digit - EXACT] = (tally[digit - EXACT] ?? 0) + 1;
      if (digit === EXACT) exact.push(n);
    }
    this.tally = tally;
    this.exact = Int32Array.from(exact);
    const width = this.sizes.length;
    this.exactValues = new Uint16Array(exact.length * width);
    exact.forEach((position, row) => this.choiceAt(position).forEach((v, d) => { this.exactValues[row * width + d] = v; }));
  }

  /** The dimension's index, or -1. */
  dimension(name: string): number {
    return this.dimensions.findIndex((d) => d.name === name);
  }

  label(dimension: number, value: number): string {
    return this.dimensions[dimension]?.values[value]?.label ?? "";
  }

  /** The choice that names and other spellings give; a word the catalog does not have is left open. */
  choose(names: (dimension: string) => string | null | undefined): number[] {
    return this.read(names).choice;
  }

  /** The same, with the words that are left open because no value is spelled so. */
  read(names: (dimension: string) => string | null | undefined): { choice: number[]; unknown: Unknown[] } {
    const unknown: Unknown[] = [];
    const choice = this.dimensions.map((d, dimension) => {
      const text = (names(d.name) ?? "").trim();
      const value = text ? this.byName[dimension]?.get(text.toLowerCase()) : 0;
      if (value === undefined) unknown.push({ dimension, text });
      return value ?? 0;
    });
    return { choice, unknown };
  }

  /** The choice that *words* spell when every one of them belongs to a value's name, label or other spelling. */
  spoken(words: readonly string[]): number[] | undefined {
    let rest = ` ${words.join(" ")} `;
    const choice = this.dimensions.map(() => 0);
    const spellings = this.dimensions.flatMap((d, dimension) => d.values.flatMap((v, value) =>
      (value ? [v.name, v.label, ...(v.aliases ?? [])] : []).map((text) => ({ dimension, value, text: plainWords(text) }))));
    for (const { dimension, value, text } of spellings.sort((a, b) => b.text.length - a.text.length)) {
      if (choice[dimension] || !rest.includes(text)) continue;
      choice[dimension] = value;
      rest = rest.replace(text, " ");
    }
    return rest.trim() ? undefined : choice;
  }

  names(choice: Choice): Record<string, string> {
    return Object.fromEntries(this.dimensions.map((d, i) => [d.name, d.values[choice[i] ?? 0]?.name ?? "any"]));
  }

  position(choice: Choice): number {
    let n = 0;
    for (let i = 0; i < this.strides.length; i++) n += (this.strides[i] as number) * (choice[i] as number);
    return n;
  }

  choiceAt(position: number): number[] {
    return this.strides.map((stride, i) => Math.floor(position / stride) % (this.sizes[i] as number));
  }

  coverageAt(position: number): CoverageWord {
    return COVERAGE[this.document.coverage.charCodeAt(position) - EXACT] ?? "unsupported";
  }

  recipeAt(position: number): RecipeEntry {
    return this.recipes[this.document.recipe[position] as number] as RecipeEntry;
  }

  answer(choice: Choice): Answer {
    const position = this.position(choice);
    const mask = Number.parseInt(this.document.notHonoured.slice(position * 2, position * 2 + 2), 16) || 0;
    return {
      coverage: this.coverageAt(position),
      recipe: this.recipeAt(position),
      notHonoured: this.dimensions.flatMap((_, i) => (mask & (1 << i) ? [i] : [])),
      unpaired: (mask & UNPAIRED) !== 0,
    };
  }

  /** The coverage of *choice* with one dimension set to each of its values. */
  alternatives(choice: Choice, dimension: number): CoverageWord[] {
    const stride = this.strides[dimension] as number;
    const start = this.position(choice) - stride * (choice[dimension] as number);
    return Array.from({ length: this.sizes[dimension] as number }, (_, value) => this.coverageAt(start + stride * value));
  }

  /**
   * How many exact combinations stay possible with each option of each dimension, the other choices kept and the open
   * ones free to be stated. `any` counts those that are possible whatever the dimension becomes.
   */
  remaining(choice: Choice): number[][] {
    const counts = this.sizes.map((size) => new Array<number>(size).fill(0));
    const width = this.sizes.length;
    for (let row = 0; row < this.exact.length; row++) {
      let misses = 0;
      let missed = 0;
      for (let d = 0; d < width && misses < 2; d++) {
        if (choice[d] !== 0 && this.exactValues[row * width + d] !== choice[d]) {
          misses++;
          missed = d;
        }
      }
      if (misses > 1) continue;
      for (let d = 0; d < width; d++) {
        if (misses === 1 && d !== missed) continue;
        const row_ = counts[d] as number[];
        const value = this.exactValues[row * width + d] as number;
        row_[0] = (row_[0] as number) + 1;
        if (value !== 0) row_[value] = (row_[value] as number) + 1;
      }
    }
    return counts;
  }

  private neighbour(row: number, choice: Choice): Neighbour {
    const position = this.exact[row] as number;
    const target = this.choiceAt(position);
    const changes = target.flatMap((to, dimension) =>
      to === choice[dimension] ? [] : [{ dimension, from: choice[dimension] as number, to }]);
    return { position, choice: target, changes, recipe: this.recipeAt(position), coverage: this.coverageAt(position) };
  }

  /** Fewest further choices that make *choice* exact, each set once; empty when none do or none are needed. */
  needs(choice: Choice): Neighbour[] {
    if (this.coverageAt(this.position(choice)) === "exact" || choice.every((v) => v === 0)) return [];
    const width = this.sizes.length;
    let best = width + 1;
    let rows: number[] = [];
    for (let row = 0; row < this.exact.length; row++) {
      let added = 0;
      for (let d = 0; d < width && added <= best; d++) {
        const value = this.exactValues[row * width + d];
        if (value === choice[d]) continue;
        added += choice[d] === 0 ? 1 : width + 1;
      }
      if (added < best) [best, rows] = [added, []];
      if (added === best && added <= width) rows.push(row);
    }
    return rows.map((row) => this.neighbour(row, choice));
  }

  /** How many exact combinations state the value *choice* has in *dimension*, and the one that differs least. */
  stating(choice: Choice, dimension: number): { count: number; closest: Neighbour; clashes: Change[] } | undefined {
    const width = this.sizes.length;
    let count = 0;
    let closest = -1;
    let least = [width, width];
    for (let row = 0; row < this.exact.length; row++) {
      const at = row * width;
      if (this.exactValues[at + dimension] !== choice[dimension]) continue;
      count++;
      let clashes = 0;
      let stated = 0;
      for (let d = 0; d < width; d++) {
        const value = this.exactValues[at + d];
        if (value === 0) continue;
        stated++;
        if (value !== choice[d]) clashes++;
      }
      if (clashes < (least[0] as number) || (clashes === least[0] && stated < (least[1] as number))) {
        least = [clashes, stated];
        closest = row;
      }
    }
    if (closest < 0) return undefined;
    const found = this.neighbour(closest, choice);
    return { count, closest: found, clashes: found.changes.filter((change) => change.to !== 0) };
  }

  /**
   * Exact combinations near *choice*: those that only add come first, then those that swap, then those that drop.
   * At most *most* changes each; with *changing* those that only add are left out.
   */
  nearest(choice: Choice, limit: number, { most = this.sizes.length, changing = false } = {}): Neighbour[] {
    const width = this.sizes.length;
    const ranked: { row: number; kind: number; count: number; cost: number }[] = [];
    for (let row = 0; row < this.exact.length; row++) {
      let count = 0;
      let cost = 0;
      let kind = 0;
      for (let d = 0; d < width; d++) {
        const value = this.exactValues[row * width + d];
        if (value === choice[d]) continue;
        count++;
        cost += COST[this.dimensions[d]?.name ?? ""] ?? 1;
        if (value === 0) {
          cost += DROP_COST;
          kind = 2;
        } else if (choice[d] !== 0 && kind === 0) kind = 1;
      }
      if (count > 0 && count <= most && (kind > 0 || !changing)) ranked.push({ row, kind, count, cost });
    }
    ranked.sort((a, b) => a.kind - b.kind || a.count - b.count || a.cost - b.cost || a.row - b.row);
    return ranked.slice(0, limit).map(({ row }) => this.neighbour(row, choice));
  }

  /** Every exact combination with the given values, whatever the rest. */
  exactWith(wanted: Choice): Neighbour[] {
    const width = this.sizes.length;
    const found: Neighbour[] = [];
    for (let row = 0; row < this.exact.length; row++) {
      if (wanted.every((v, d) => v === 0 || this.exactValues[row * width + d] === v)) found.push(this.neighbour(row, wanted));
    }
    return found;
  }
}
