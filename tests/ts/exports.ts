// The browser's exports of reports, over one line of JSON: a list of {rules, readings, context, run} in, the forms of each out.

import { readFileSync, writeFileSync } from "node:fs";
import type { Mapping, Snapshot } from "../../site_src/ts/core/snapshot.ts";
import { contextFromRules, evaluateRecipe } from "../../site_src/ts/core/validation.ts";
import { EXPORTS } from "../../site_src/ts/validator/exports.ts";

interface Asked {
  rules: Mapping;
  readings: Record<string, string>;
  context: Mapping;
  run: { snapshot: string; catalogVersion: string; catalogDigest: string; lifecycle: string[]; moment: number };
}

const answers = (JSON.parse(readFileSync(0, "utf8")) as Asked[]).map(({ rules, readings, context, run }) => {
  const snapshot: Snapshot = {
    readings: new Map(Object.entries(readings)), unread: new Map(), metadata: new Map(), labels: [], taints: [], gpuModels: [], notes: [],
  };
  const report = evaluateRecipe(rules, snapshot, contextFromRules(context, {}));
  const told = { ...run, edits: [], moment: new Date(run.moment) };
  return JSON.stringify(Object.fromEntries(EXPORTS.map((form) => [form.name, form.write(report, told)])));
});
writeFileSync(1, `${answers.join("\n")}\n`);
