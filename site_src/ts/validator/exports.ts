/** A recipe's report as CTRF JSON, JUnit, Markdown and a page that stands alone. Twin of generator/report, as text. */
import { isMapping } from "../core/snapshot.ts";
import type { PhaseReport, Report, Result } from "../core/validation.ts";
import type { Verdict } from "../core/verdicts.ts";
import { escapeText } from "../dom.ts";
import { spellExpression } from "../words.ts";
import { adviceOf, commandOf } from "./advice.ts";

export interface ExportContext {
  /** The snapshot's name. */
  snapshot: string;
  catalogDigest: string;
  catalogVersion: string;
  /** Readings that were edited: `name was → is`; a report of a "what if" says so. */
  edits: readonly string[];
  /** Sentences about ended support. */
  lifecycle: readonly string[];
  moment: Date;
}

export interface ExportForm { name: string; label: string; suffix: string; type: string; write(report: Report, context: ExportContext): string }

const WORDS: Readonly<Record<Verdict, string>> = { pass: "Pass", fail: "Fail", warn: "Warn", unknown: "Unknown", "not-applicable": "Not applicable" };
// Every state has a shape too, so that it reads without colour.
const SHAPES: Readonly<Record<Verdict, string>> = { pass: "■", fail: "✕", warn: "▲", unknown: "◇", "not-applicable": "–" };
// The order in which verdicts are counted out.
const ORDER: readonly Verdict[] = ["fail", "unknown", "warn", "pass", "not-applicable"];
// CTRF knows five statuses. What does not hold is never "passed", and what was not measured never "skipped".
const STATUS: Readonly<Record<Verdict, string>> = { pass: "passed", fail: "failed", warn: "other", unknown: "other", "not-applicable": "skipped" };
const ABSENT = "not in the snapshot";
// What neither XML nor a terminal takes: control characters but tab and line ends, half surrogates, non-characters.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function printable(text: string): string {
  return text.replace(CONTROL, "\ufffd");
}

/** Where a rule was set: `overlays/h100-eks.yaml:14`, empty where nobody says. */
function spellOrigin(origin: unknown): string {
  if (typeof origin === "string") return origin;
  if (!isMapping(origin)) return "";
  return origin["file"] ? `${String(origin["file"])}:${String(origin["line"])}` : String(origin["name"] ?? "");
}

function countsOf(results: readonly Result[]): string {
  return ORDER.flatMap((verdict) => {
    const count = results.filter((result) => result.verdict === verdict).length;
    return count ? [`${count} ${WORDS[verdict].toLowerCase()}`] : [];
  }).join(", ");
}

/** How many results have which verdict, and what is to be said of the recipe as a whole. */
function spellOutcome(report: Report): string {
  const counts = countsOf(resultsOf(report).map(({ result }) => result));
  return [counts && `${counts}.`, report.reason].filter(Boolean).join(" ");
}

function resultsOf(report: Report): { phase: PhaseReport; result: Result }[] {
  return report.phases.flatMap((phase) => phase.results.map((result) => ({ phase, result })));
}

function withoutEmpty(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null)
    .map(([key, value]) => [key, typeof value === "string" ? printable(value) : value]));
}

function ctrf(report: Report, context: ExportContext): string {
  const rows = resultsOf(report);
  const moment = context.moment.getTime();
  const tests = rows.map(({ phase, result }) => ({
    name: printable(result.title), status: STATUS[result.verdict], duration: 0, suite: [phase.name], message: printable(result.reason), rawStatus: result.verdict,
    extra: withoutEmpty({
      recipe: report.recipe, kind: result.kind, label: result.label, actual: result.actual, expected: result.expected, unit: result.unit,
      severity: result.severity, remediation: adviceOf(result), command: commandOf(result), link: result.link, origin: spellOrigin(result.origin),
    }),
  }));
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  const recipe = {
    recipe: report.recipe, verdict: report.verdict, ...(report.reason ? { reason: report.reason } : {}),
    phases: Object.fromEntries(report.phases.map((phase) => [phase.name, phase.verdict])),
  };
  const document = {
    reportFormat: "CTRF", specVersion: "0.0.1", timestamp: `${context.moment.toISOString().slice(0, 19)}Z`, generatedBy: "aicr-matrix",
    results: {
      tool: { name: "aicr-matrix" },
      summary: {
        tests: tests.length, passed: count("passed"), failed: count("failed"), skipped: count("skipped"), pending: 0, other: count("other"), start: moment, stop: moment,
      },
      tests,
      environment: {
        extra: {
          snapshot: context.snapshot, catalogDigest: context.catalogDigest,
          ...(context.edits.length ? { whatIf: context.edits } : {}), ...(context.lifecycle.length ? { lifecycle: context.lifecycle } : {}),
          recipes: [recipe],
        },
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Text between tags: nothing in it is markup, nor what a reader chokes on. */
function plain(text: string): string {
  return escapeText(printable(text));
}

function xml(text: string): string {
  return plain(text).replace(/[\n\t\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function junit(report: Report, context: ExportContext): string {
  const counts = (results: readonly Result[]): string => {
    const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
    return ` tests="${results.length}" failures="${count("fail")}" errors="${count("unknown")}" skipped="${count("not-applicable")}" time="0"`;
  };
  const inside = (result: Result): string => {
    const advice = plain([result.reason, adviceOf(result), commandOf(result)].filter(Boolean).join("\n"));
    if (result.verdict === "fail") return `<failure message="${xml(result.reason)}" type="fail">${advice}</failure>`;
    if (result.verdict === "unknown") return `<error message="${xml(result.reason)}" type="unknown">${advice}</error>`;
    if (result.verdict === "not-applicable") return `<skipped message="${xml(result.reason)}"/>`;
    return result.verdict === "warn" ? `<system-out>warning: ${advice}</system-out>` : "";
  };
  const suites = report.phases.map((phase, index) => {
    const name = xml(`${report.recipe}.${phase.name}`);
    const cases = phase.results.map((result) => `    <testcase classname="${name}" name="${xml(result.title)}" time="0">${inside(result)}</testcase>\n`);
    return `  <testsuite name="${name}"${counts(phase.results)}>\n${cases.join("")}${
      index || !context.lifecycle.length ? "" : `    <system-out>${plain(context.lifecycle.join("\n"))}</system-out>\n`}  </testsuite>\n`;
  });
  const title = context.edits.length ? "aicr-matrix (what if)" : "aicr-matrix";
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${title}"${counts(resultsOf(report).map(({ result }) => result))}>\n${suites.join("")}</testsuites>\n`;
}

function inOneLine(text: string): string {
  return printable(text).split(/\s+/).filter(Boolean).join(" ");
}

/** Code inside a Markdown table's cell; a bar must be escaped even there, and a backtick ends the span. */
function code(text: string): string {
  const shown = inOneLine(text).replaceAll("`", "'").replaceAll("|", "\\|");
  return shown && `\`${shown}\``;
}

/** Text inside a Markdown table's cell: nothing in it is markup. */
function cell(text: string): string {
  return inOneLine(text).replace(/([\\`*_{}[\]<>#|~&])/g, "\\$1");
}

function markdown(report: Report, context: ExportContext): string {
  const mark = (verdict: Verdict): string => `${SHAPES[verdict]} ${WORDS[verdict]}`;
  const lines = [`## ${context.edits.length ? "What if: " : ""}${mark(report.verdict)}: ${cell(report.recipe)}`, "", cell(spellOutcome(report)), "",
    `Snapshot ${cell(context.snapshot)}, catalog ${cell(context.catalogVersion)}.`, ""];
  if (context.edits.length) lines.push("Edited, so these are not the cluster's own verdicts:", "", ...context.edits.map((edit) => `- ${cell(edit)}`), "");
  if (context.lifecycle.length) lines.push(...context.lifecycle.map((note) => `- ${cell(note)}`), "");
  for (const phase of report.phases) {
    lines.push(`### ${capital(phase.name)}: ${WORDS[phase.verdict]}`, "");
    if (!phase.results.length) {
      lines.push("The recipe states no rule for this phase.", "");
      continue;
    }
    lines.push("| Verdict | Rule | On this cluster | Needs | What to do |", "|---|---|---|---|---|");
    for (const result of phase.results) {
      const advice = adviceOf(result);
      const told = result.verdict === "unknown" || !advice ? cell(result.reason) : "";
      const todo = result.verdict === "pass" ? "" : [told, cell(advice), code(commandOf(result))].filter(Boolean).join(" ");
      const label = result.label === result.name ? "" : `${cell(result.label)} `;
      lines.push(`| ${mark(result.verdict)} | ${label}${code(result.name)} | ${cell(result.actual ?? ABSENT)} | ${cell(spellExpression(result.expected))} | ${todo} |`);
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.55 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #8885}code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
.pass{color:#08764f}.fail{color:#a11532}.warn{color:#8a5f00}.unknown{color:#6a3fc0}.not-applicable{color:#5c6675}
@media(prefers-color-scheme:dark){.pass{color:#74e3b6}.fail{color:#f5836d}.warn{color:#f0ca6a}.unknown{color:#c493f7}.not-applicable{color:#9aa5b3}}`;

function page(report: Report, context: ExportContext): string {
  const mark = (verdict: Verdict): string => `<b class="${verdict}">${SHAPES[verdict]} ${WORDS[verdict]}</b>`;
  const coded = (text: string): string => text && `<code>${plain(text)}</code>`;
  const small = (origin: string): string => origin && `<br><small>set by ${plain(origin)}</small>`;
  const row = (result: Result): string => `<tr><td>${mark(result.verdict)}</td><td>${plain(result.label)}<br>${coded(result.name)}${small(spellOrigin(result.origin))}</td><td>${
    coded(result.actual ?? ABSENT)}</td><td>${coded(spellExpression(result.expected))}${result.unit ? ` ${plain(result.unit)}` : ""}</td><td>${
    result.verdict === "pass" ? "" : [plain(result.reason), plain(adviceOf(result)), coded(commandOf(result))].filter(Boolean).join("<br>")}</td></tr>`;
  const title = `${context.edits.length ? "What if: " : ""}${report.recipe}`;
  const phases = report.phases.map((phase) => `<h2>${capital(phase.name)}: ${mark(phase.verdict)}</h2>${phase.results.length
    ? `<table><thead><tr><th>Verdict</th><th>Rule</th><th>On this cluster</th><th>Needs</th><th>What to do</th></tr></thead><tbody>${phase.results.map(row).join("")}</tbody></table>`
    : "<p>The recipe states no rule for this phase.</p>"}`);
  const list = (items: readonly string[]): string => (items.length ? `<ul>${items.map((item) => `<li>${plain(item)}</li>`).join("")}</ul>` : "");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${plain(title)}</title><style>${STYLE}</style></head>
<body><h1>${plain(title)}: ${mark(report.verdict)}</h1><p>Snapshot ${coded(context.snapshot)}, catalog ${plain(context.catalogVersion)} ${coded(context.catalogDigest)}, ${context.moment.toISOString().slice(0, 16).replace("T", " ")} UTC.</p>
${context.edits.length ? `<p>Edited, so these are not the cluster’s own verdicts:</p>${list(context.edits)}` : ""}${list(context.lifecycle)}<p>${plain(spellOutcome(report))}</p>
${phases.join("\n")}
</body></html>
`;
}

export const EXPORTS: readonly ExportForm[] = [
  { name: "html", label: "HTML report", suffix: "html", type: "text/html", write: page },
  { name: "ctrf", label: "CTRF", suffix: "ctrf.json", type: "application/json", write: ctrf },
  { name: "junit", label: "JUnit", suffix: "junit.xml", type: "application/xml", write: junit },
  { name: "markdown", label: "Markdown", suffix: "md", type: "text/markdown", write: markdown },
];
