/** Sums the combinations over two dimensions, filtered by the rest: the numbers behind the heatmap and its drill-down. */
import { COVERAGE_WORDS, spellCount, spellNumber, type CoverageWord } from "../words.ts";
import type { Answer, MatrixIndex } from "./matrix-index.ts";

/** A wanted value per dimension, -1 for all of them. */
export type Filter = readonly number[];
export const ALL = -1;

/**
 * What a combination is shown as: its coverage, or a starting point where its recipe leaves service or accelerator
 * open and so is no environment. Twin of KINDS in generator/render/words.py.
 */
export type Kind = CoverageWord | "start";
export const KINDS: readonly Kind[] = ["exact", "composed", "start", "partial", "unsupported"];
export const KIND_WORDS: Readonly<Record<Kind, string>> = { ...COVERAGE_WORDS, start: "Starting point" };
export const KIND_ICONS: Readonly<Record<Kind, string>> = {
  exact: "exact", composed: "composed", start: "right", partial: "partial", unsupported: "unsupported",
};

/** Combinations of one cell, in the order of KINDS. */
export type Counts = readonly [exact: number, composed: number, start: number, partial: number, unsupported: number];

export function best(counts: Counts): Kind {
  return KINDS[counts.findIndex((n) => n > 0)] ?? "unsupported";
}

/** How many of them are supported environments. */
export function environments(counts: Counts): number {
  return counts[0] + counts[1];
}

/** `6 exact, 2 starting points, 39 partial`, what there is none of left out. */
export function spellCounts(counts: Counts): string {
  return KINDS.flatMap((kind, i) => {
    const n = counts[i] as number;
    return n ? [kind === "start" ? spellCount(n, "starting point") : `${spellNumber(n)} ${kind}`] : [];
  }).join(", ");
}

/** The value of every combination in every dimension, so that a filter is a comparison. */
export class Combinations {
  readonly index: MatrixIndex;
  readonly values: readonly Uint8Array[];

  constructor(index: MatrixIndex) {
    this.index = index;
    const sizes = index.dimensions.map((d) => d.values.length);
    this.values = sizes.map((size, d) => {
      const stride = sizes.slice(d + 1).reduce((n, s) => n * s, 1);
      const column = new Uint8Array(index.size);
      for (let n = 0; n < column.length; n++) column[n] = Math.floor(n / stride) % size;
      return column;
    });
  }

  /** What the combination at *position* is shown as. */
  kindAt(position: number): Kind {
    const word = this.index.coverageAt(position);
    return isStated(word) && this.index.recipeAt(position).startingPoint ? "start" : word;
  }

  /** How many of *positions* are of each kind. */
  count(positions: readonly number[]): Counts {
    const counts: [number, number, number, number, number] = [0, 0, 0, 0, 0];
    for (const n of positions) counts[KINDS.indexOf(this.kindAt(n))]!++;
    return counts;
  }

  /** The positions that pass *filter*, in order. */
  matching(filter: Filter): number[] {
    const wanted = filter.flatMap((value, d) => (value === ALL ? [] : [[this.values[d] as Uint8Array, value] as const]));
    const found: number[] = [];
    for (let n = 0; n < this.index.size; n++) {
      if (wanted.every(([column, value]) => column[n] === value)) found.push(n);
    }
    return found;
  }

  /** Counts per row and column value. */
  heat(rows: number, columns: number, filter: Filter): Counts[][] {
    const free = filter.map((value, d) => (d === rows || d === columns ? ALL : value));
    const sums = this.index.dimensions[rows]?.values.map(() =>
      (this.index.dimensions[columns]?.values ?? []).map(() => [0, 0, 0, 0, 0] as [number, number, number, number, number])) ?? [];
    for (const n of this.matching(free)) {
      const cell = sums[this.values[rows]?.[n] ?? 0]?.[this.values[columns]?.[n] ?? 0];
      if (cell) cell[KINDS.indexOf(this.kindAt(n))]!++;
    }
    return sums;
  }
}

/** Whether a combination has a recipe of its own: an environment or a starting point. */
export function isStated(word: CoverageWord): boolean {
  return word === "exact" || word === "composed";
}

/** Why some combinations are only partial: values nobody states here, and values stated in other company only. */
export function explainPartial(combinations: Combinations, positions: readonly number[]): { never: number[][]; elsewhere: number[][]; unpaired: number } {
  const { index, values } = combinations;
  const supported = index.dimensions.map(() => new Set<number>());
  const lost = index.dimensions.map(() => new Set<number>());
  let unpaired = 0;
  for (const n of positions) {
    const word = index.coverageAt(n);
    if (isStated(word)) index.dimensions.forEach((_, d) => supported[d]?.add(values[d]?.[n] ?? 0));
    if (word !== "partial") continue;
    const answer: Answer = index.answer(index.choiceAt(n));
    for (const d of answer.notHonoured) lost[d]?.add(values[d]?.[n] ?? 0);
    if (answer.unpaired) unpaired++;
  }
  const split = (inSupported: boolean): number[][] => lost.map((set, d) => [...set].filter((v) => v !== 0 && supported[d]?.has(v) === inSupported).sort((a, b) => a - b));
  return { never: split(false), elsewhere: split(true), unpaired };
}
