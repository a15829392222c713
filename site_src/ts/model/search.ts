/**
 * Full-text search over recipes, combinations, components, settings and images. Every word of the query must begin a
 * word of the entry; a version must stand beside the name it is asked for: `driver 595` is not a driver and a 595.
 */
import type { SearchEntry } from "./documents.ts";

/** `why` is the statement that has the version asked for; "" where none was. */
export interface Hit { entry: SearchEntry; why: string }
/** Another query that finds something, and what it finds. */
export interface Suggestion { query: string; count: number; noun: "recipe" | "match" }
export interface Found {
  hits: Hit[];
  total: number;
  /** How many of them are recipes. */
  recipes: number;
  /** The words that were read instead, where one letter had to change; "" where none had. */
  read: string;
  /** What is near where nothing matches: the versions there are, else the query with a word left out. */
  near: Suggestion[];
}

const WORD = /[a-z0-9]+(?:[.][a-z0-9]+)*/g;
const VERSION = /^v?\d/;
const STOP = new Set(("a an and are at be by can cluster clusters do does find for from have how i in is it me my need needs of on or our recipe recipes "
  + "run running runs set sets ship ships should show stack that the this to use uses using version versions want we what which with").split(" "));
const NEAR = 3;

/** The words of *text* as the words of a query are spelled, a space between them and around them. */
export function plainWords(text: string): string {
  return ` ${(flatten(text).match(WORD) ?? []).join(" ")} `;
}

/** Lower case with `-`, `_`, `/`, `:` and the dots of names as spaces: `gpu-operator` is found by "gpu operator". */
function flatten(text: string): string {
  return ` ${text.toLowerCase().replace(/([a-z])\.(?=[a-z])/g, "$1 ").replace(/[\s\-_/:,;()="]+/g, " ").trim()} `;
}

/** The words of a query that say something: `which recipes set driver.version 595` is `driver`, `595`. */
export function queryWords(query: string): string[] {
  const words = (flatten(query).match(WORD) ?? []).map((word) => (word === "k8s" ? "kubernetes" : word));
  const telling = words.filter((word) => !STOP.has(word));
  return telling.length ? telling : words;
}

/** 2 where *text* has the word, 1 where a word of it begins so; a version may be written with or without its `v`. */
function match(text: string, word: string): number {
  const spellings = /^v\d/.test(word) ? [word, word.slice(1)] : /^\d/.test(word) ? [word, `v${word}`] : [word];
  let best = 0;
  for (const spelling of spellings) {
    if (text.includes(` ${spelling} `)) return 2;
    if (text.includes(` ${spelling}`)) best = 1;
  }
  return best;
}

/** Whether one letter added, left out, changed or swapped with its neighbour makes *a* of *b*. */
export function oneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const rest = (x: string, from: number): string => x.slice(from);
  return rest(a, at + 1) === rest(b, at + 1) || rest(a, at + 1) === rest(b, at) || rest(a, at) === rest(b, at + 1)
    || (a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2));
}

/** What stands first where the words match alike: what is meant by name, then what can be deployed, then the rest. */
function rank(entry: SearchEntry, named: boolean, titled: boolean): number {
  if (entry.coverage) return entry.start ? 4 : { exact: 2, composed: 3, partial: 6, unsupported: 7 }[entry.coverage];
  if (entry.page.startsWith("components/by-")) return named && !titled ? 1 : 5;
  return named ? 0 : 5;
}

export class SearchIndex {
  private readonly entries: readonly SearchEntry[];
  private readonly names: string[];
  private readonly titles: string[];
  /** The distinct statements of all entries, and each entry's as numbers: a query looks at each statement once. */
  private readonly statements: string[] = [];
  private readonly flat: string[] = [];
  private readonly stated: number[][];
  private vocabulary: Map<string, number> | undefined;

  constructor(entries: readonly SearchEntry[]) {
    this.entries = entries;
    this.names = entries.map((entry) => flatten(`${entry.id} ${entry.title}`));
    this.titles = entries.map((entry) => flatten(entry.title));
    const numbers = new Map<string, number>();
    this.stated = entries.map((entry) => (entry.text ? entry.text.split(", ") : []).map((statement) => {
      const known = numbers.get(statement);
      if (known !== undefined) return known;
      numbers.set(statement, this.statements.length);
      this.flat.push(flatten(statement));
      return this.statements.push(statement) - 1;
    }));
  }

  /** The best *limit* matches and how many there are in all; what is near where there are none. */
  find(query: string, limit: number): Found {
    const words = queryWords(query);
    const nothing: Found = { hits: [], total: 0, recipes: 0, read: "", near: [] };
    if (!words.length) return nothing;
    const found = this.matches(words);
    if (found.length) return this.answer(found, limit, "");
    const read = words.map((word) => this.meant(word));
    if (read.some((word, i) => word !== words[i])) {
      const meant = this.matches(read);
      if (meant.length) return this.answer(meant, limit, read.join(" "));
    }
    return { ...nothing, near: this.near(read) };
  }

  private answer(found: { i: number; why: number }[], limit: number, read: string): Found {
    return {
      hits: found.slice(0, limit).map(({ i, why }) => ({ entry: this.entries[i] as SearchEntry, why: this.statements[why] ?? "" })),
      total: found.length, recipes: found.filter(({ i }) => /exact|composed/.test(this.entries[i]?.coverage ?? "")).length, read, near: [],
    };
  }

  /** Every entry that has all words, the best first. */
  private matches(words: readonly string[]): { i: number; why: number }[] {
    const groups = this.groups(words);
    const worths = groups.map((group) => this.flat.map((statement) => worth(statement, group)));
    const found: { i: number; why: number; rank: number; score: number; length: number }[] = [];
    for (let i = 0; i < this.entries.length; i++) {
      const name = this.names[i] as string;
      let score = 0;
      let why = -1;
      let named = true;
      for (let g = 0; g < groups.length; g++) {
        const group = groups[g] as string[];
        const versioned = VERSION.test(group[group.length - 1] as string);
        let best = 3 * worth(name, group);
        if (!best) {
          if (!versioned || !worth(name, group.slice(0, -1))) named = false;
          for (const number of this.stated[i] as number[]) {
            const here = worths[g]?.[number] ?? 0;
            if (here <= best) continue;
            best = here;
            if (versioned) why = number;
          }
        }
        if (!best) {
          score = 0;
          break;
        }
        score += best;
      }
      if (!score) continue;
      const titled = groups.every((group) => worth(this.titles[i] as string, group) > 0);
      found.push({ i, why, rank: rank(this.entries[i] as SearchEntry, named, titled), score, length: name.length });
    }
    // Of equal matches the plainer name comes first.
    return found.sort((a, b) => a.rank - b.rank || b.score - a.score || a.length - b.length || a.i - b.i);
  }

  /** The words that must be found together: a version goes with the name before it, where anything is versioned so. */
  private groups(words: readonly string[]): string[][] {
    const groups: string[][] = [];
    let free: string[] = [];
    for (const word of words) {
      if (!VERSION.test(word)) {
        free.push(word);
        continue;
      }
      let from = free.length;
      while (from > 0 && this.versioned(free.slice(from - 1)).length) from--;
      groups.push(...free.slice(0, from).map((each) => [each]), [...free.slice(from), word]);
      free = [];
    }
    return [...groups, ...free.map((each) => [each])];
  }

  /** The statements that give what *names* call a version. */
  private versioned(names: readonly string[]): number[] {
    return this.flat.flatMap((statement, number) =>
      (/ v?\d/.test(statement) && names.every((name) => match(statement, name) === 2) ? [number] : []));
  }

  /** The word of the index that *word* is one letter away from, the commonest of several; the word itself where it is known. */
  private meant(word: string): string {
    if (word.length < 4 || VERSION.test(word) || [...this.names, ...this.flat].some((text) => match(text, word))) return word;
    let best = word;
    let most = 0;
    for (const [known, count] of this.words()) if (count > most && oneEdit(word, known)) [best, most] = [known, count];
    return best;
  }

  private words(): Map<string, number> {
    if (!this.vocabulary) {
      const counts = new Map<string, number>();
      for (const text of [...this.names, ...this.flat]) {
        for (const word of text.match(WORD) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      this.vocabulary = counts;
    }
    return this.vocabulary;
  }

  private near(words: readonly string[]): Suggestion[] {
    const groups = this.groups(words);
    const versioned = groups.filter((group) => group.length > 1 && VERSION.test(group[group.length - 1] as string));
    const asked = versioned.find((group) => !this.matches(group).length) ?? versioned[0];
    if (asked) {
      const names = asked.slice(0, -1);
      const others = groups.filter((group) => group !== asked).flat();
      const asking = others.length ? this.matches(others).map(({ i }) => i) : [...this.entries.keys()];
      const recipes = asking.filter((i) => /exact|composed/.test(this.entries[i]?.coverage ?? ""));
      const versions = this.versioned(names).map((number) => ({
        query: [...others, ...(this.flat[number] as string).match(WORD) ?? []].join(" "),
        count: recipes.filter((i) => this.stated[i]?.includes(number)).length,
        own: this.flat[number]?.startsWith(` ${names.join(" ")} `),
      })).filter(({ count }) => count);
      const own = versions.filter((each) => each.own);
      const shown = (own.length ? own : versions).sort((x, y) => y.count - x.count).slice(0, NEAR);
      if (shown.length) return shown.map(({ query, count }) => ({ query, count, noun: "recipe" as const }));
    }
    return words.map((_, at) => words.filter((_each, i) => i !== at)).filter((fewer) => fewer.length)
      .map((fewer) => ({ query: fewer.join(" "), count: this.matches(fewer).length, noun: "match" as const }))
      .filter(({ count }) => count).sort((a, b) => a.count - b.count).slice(0, NEAR);
  }
}

/** How well *text* has all words of *group*; 0 where it lacks one. */
function worth(text: string, group: readonly string[]): number {
  let sum = 0;
  for (const word of group) {
    const here = match(text, word);
    if (!here) return 0;
    sum += here;
  }
  return sum;
}
