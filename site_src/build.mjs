// Bundles each page's script from ts/ into generator/render/assets/, as classic scripts: they run on file:// too.
// Called by generator/toolchain.py whenever a source changed. The bytes depend on the sources and the locked esbuild alone.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "generator", "render", "assets");

// One entry a page, plus `page` (every generated page) and the validator's worker.
const entries = readdirSync(join(here, "ts", "entries")).filter((name) => name.endsWith(".ts")).sort();

mkdirSync(out, { recursive: true });
for (const old of readdirSync(out)) if (old.endsWith(".js")) rmSync(join(out, old));
await build({
  absWorkingDir: here,
  entryPoints: entries.map((name) => join("ts", "entries", name)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2021"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  plugins: [{
    // The reader always says FAILSAFE: js-yaml's default schema, with its dates and binaries, is dead weight.
    name: "failsafe-only",
    setup({ onResolve }) {
      onResolve({ filter: /schema\/default$/ }, (found) =>
        found.importer.includes("js-yaml") ? { path: join(here, "node_modules/js-yaml/lib/schema/failsafe.js") } : undefined);
    },
  }],
});
