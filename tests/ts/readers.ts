// The browser's reader of snapshots, over lines of JSON: {text} in, {readings} or {refused, line} out, with the time it took.

import { readFileSync, writeFileSync } from "node:fs";
import { evaluateRecipe, contextFromRules } from "../../site_src/ts/core/validation.ts";
import { isUnreadable } from "../../site_src/ts/validator/read.ts";
import { readSnapshots } from "../../site_src/ts/validator/reading.ts";

async function main(): Promise<void> {
  const { rules, texts } = JSON.parse(readFileSync(0, "utf8")) as { rules: Record<string, unknown>; texts: string[] };
  const context = contextFromRules({}, {}, ["readiness"]);
  const answers: string[] = [];
  for (const text of texts) {
    const began = performance.now();
    const found = await readSnapshots("mangled.yaml", new Blob([text]), async () => undefined);
    const told = found.map((each) => {
      if (isUnreadable(each)) return { refused: each.message, line: each.line };
      const report = evaluateRecipe(rules, each.snapshot, context);
      const verdicts = report.phases.flatMap((phase) => phase.results.map((result) => result.verdict));
      return { readings: Object.fromEntries(each.snapshot.readings), verdicts };
    });
    answers.push(JSON.stringify({ found: told, milliseconds: performance.now() - began }));
  }
  writeFileSync(1, `${answers.join("\n")}\n`);
}

void main();
