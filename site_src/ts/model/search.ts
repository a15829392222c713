/** Full-text search over recipes, components and versions: every word of the query must begin a word of the entry. */
import type { SearchEntry } from "./documents.ts";

export interface Hit { entry: SearchEntry; score: number }

const WORD = /[a-z0-9]+(?:[.][a-z0-9]+)*/g;

/** Lower case with `-`, `_`, `/` and `:` as spaces, so that `gpu-operator` is found by "gpu operator" and the reverse. */
function flatten(text: string): string {
  return ` ${text.toLowerCase().replace(/[\s\-_/:,;()]+/g, " ").trim()} `;
}

/** The words of a query: `gpu-operator v26` is `gpu`, `operator`, `v26`. */
export function queryWords(query: string): string[] {
  return flatten(query).match(WORD) ?? [];
}

export class SearchIndex {
  private readonly entries: readonly SearchEntry[];
  private readonly titles: string[];
  private readonly texts: string[];

  constructor(entries: readonly SearchEntry[]) {
    this.entries = entries;
    this.titles = entries.map((entry) => flatten(`${entry.id} ${entry.title}`));
    this.texts = entries.map((entry) => flatten(entry.text));
  }

  /** The best *limit* matches and how many there are in all; a version may be written with or without its `v`. */
  find(query: string, limit: number): { hits: Hit[]; total: number } {
    const words = queryWords(query);
    if (!words.length) return { hits: [], total: 0 };
    const hits: Hit[] = [];
    for (let i = 0; i < this.entries.length; i++) {
      const title = this.titles[i] as string;
      const text = this.texts[i] as string;
      let score = 0;
      for (const word of words) {
        const spellings = /^v\d/.test(word) ? [word, word.slice(1)] : /^\d/.test(word) ? [word, `v${word}`] : [word];
        const worth = Math.max(...spellings.map((w) =>
          title.includes(` ${w} `) ? 8 : title.includes(` ${w}`) ? 5 : text.includes(` ${w} `) ? 3 : text.includes(` ${w}`) ? 2 : 0));
        if (!worth) {
          score = 0;
          break;
        }
        score += worth;
      }
      // Of equal matches the plainer name comes first.
      if (score) hits.push({ entry: this.entries[i] as SearchEntry, score: score - title.length / 1000 });
    }
    hits.sort((a, b) => b.score - a.score || (a.entry.id < b.entry.id ? -1 : 1));
    return { hits: hits.slice(0, limit), total: hits.length };
  }
}
