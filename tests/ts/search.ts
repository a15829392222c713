// The finder's search on entries given as JSON: each query's answer on a line.
import { readFileSync } from "node:fs";
import type { SearchEntry } from "../../site_src/ts/model/documents.ts";
import { SearchIndex } from "../../site_src/ts/model/search.ts";

const { entries, queries } = JSON.parse(readFileSync(0, "utf8")) as { entries: SearchEntry[]; queries: string[] };
const index = new SearchIndex(entries);
for (const query of queries) {
  const began = performance.now();
  const { hits, ...rest } = index.find(query, 8);
  const answer = { ...rest, hits: hits.map(({ entry, why }) => [entry.id, why]), milliseconds: performance.now() - began };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
