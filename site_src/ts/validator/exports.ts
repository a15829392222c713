/** A recipe's report as CTRF JSON, JUnit, Markdown and a page that stands alone. Twin of generator/report, as text. */
import type { PhaseReport, Report, Result } from "../core/validation.ts";
import type { Verdict } from "../core/verdicts.ts";
import { escapeText } from "../dom.ts";
import { spellExpression } from "../words.ts";

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
// CTRF knows five statuses; a warning does not block and unknown is neither passed nor skipped.
const STATUS: Readonly<Record<Verdict, string>> = { pass: "passed", fail: "failed", warn: "passed", unknown: "other", "not-applicable": "skipped" };

function results(report: Report): { phase: PhaseReport; result: Result }[] {
  return report.phases.flatMap((phase) => phase.results.map((result) => ({ phase, result })));
}

function ctrf(report: Report, context: ExportContext): string {
  const rows = results(report);
  const count = (status: string): number => rows.filter(({ result }) => STATUS[result.verdict] === status).length;
  const moment = context.moment.getTime();
  const document = {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    timestamp: context.moment.toISOString(),
    results: {
      tool: { name: "aicr-matrix", version: context.catalogVersion },
      summary: {
        tests: rows.length, passed: count("passed"), failed: count("failed"), pending: 0, skipped: count("skipped"), other: count("other"),
        start: moment, stop: moment,
      },
      tests: rows.map(({ phase, result }) => ({
        name: result.title, status: STATUS[result.verdict], duration: 0, rawStatus: result.verdict, suite: phase.name,
        message: result.reason,
        ...(result.remediation && result.verdict !== "pass" ? { trace: [result.remediation, result.command].filter(Boolean).join("\n") } : {}),
        extra: { kind: result.kind, actual: result.actual, expected: result.expected, severity: result.severity },
      })),
      environment: { extra: environment(report, context) },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function environment(report: Report, context: ExportContext): Record<string, unknown> {
  return {
    recipe: report.recipe, verdict: report.verdict, snapshot: context.snapshot, catalogDigest: context.catalogDigest,
    ...(context.edits.length ? { whatIf: context.edits } : {}),
    ...(context.lifecycle.length ? { lifecycle: context.lifecycle } : {}),
  };
}

/** XML knows no control characters but tab and line ends. */
function xml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return escapeText(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd"));
}

function junit(report: Report, context: ExportContext): string {
  const suites = report.phases.map((phase) => {
    const count = (...verdicts: Verdict[]): number => phase.results.filter((r) => verdicts.includes(r.verdict)).length;
    const cases = phase.results.map((result) => {
      const detail = xml([result.reason, result.remediation, result.command].filter(Boolean).join("\n"));
      const inner = result.verdict === "fail" ? `<failure message="${xml(result.reason)}">${detail}</failure>`
        : result.verdict === "unknown" ? `<error message="${xml(`unknown: ${result.reason}`)}" type="unknown">${detail}</error>`
          : result.verdict === "not-applicable" ? `<skipped message="${xml(result.reason)}"/>`
            : result.verdict === "warn" ? `<system-out>${xml(`warning: ${result.reason}`)}</system-out>` : "";
      return `    <testcase classname="${xml(`${report.recipe}.${phase.name}`)}" name="${xml(result.title)}" time="0">${inner}</testcase>`;
    });
    return `  <testsuite name="${phase.name}" tests="${phase.results.length}" failures="${count("fail")}" errors="${count("unknown")}" skipped="${count("not-applicable")}" time="0">\n${cases.join("\n")}${cases.length ? "\n" : ""}  </testsuite>`;
  });
  const name = `${report.recipe}${context.edits.length ? " (what if)" : ""}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(name)}">\n${suites.join("\n")}\n</testsuites>\n`;
}

/** Text inside a Markdown table's cell. */
function cell(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replace(/[\r\n]+/g, " ").replace(/([<>*_`[\]])/g, "\\$1");
}

function markdown(report: Report, context: ExportContext): string {
  const lines = [`# ${context.edits.length ? "What if: " : ""}${report.recipe}: ${WORDS[report.verdict]}`, "",
    `Snapshot ${cell(context.snapshot)}, catalog ${context.catalogVersion} (${context.catalogDigest.slice(0, 19)}).`, ""];
  if (report.reason) lines.push(cell(report.reason), "");
  if (context.edits.length) lines.push("Edited, so these are not the cluster's own verdicts:", "", ...context.edits.map((edit) => `- ${cell(edit)}`), "");
  for (const note of context.lifecycle) lines.push(`- ${cell(note)}`);
  if (context.lifecycle.length) lines.push("");
  for (const phase of report.phases) {
    lines.push(`## ${phase.name[0]?.toUpperCase()}${phase.name.slice(1)}: ${WORDS[phase.verdict]}`, "");
    if (!phase.results.length) {
      lines.push("The recipe states no rule here.", "");
      continue;
    }
    lines.push("| Verdict | Rule | On this cluster | Needs | What to do |", "|---|---|---|---|---|");
    for (const result of phase.results) {
      const todo = result.verdict === "pass" ? "" : [result.reason, result.verdict === "unknown" ? result.measure : result.remediation].filter(Boolean).join(" ");
      lines.push(`| ${WORDS[result.verdict]} | ${cell(result.label)} | ${cell(result.actual ?? "not in the snapshot")} | ${cell(spellExpression(result.expected))} | ${cell(todo)} |`);
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

const STYLE = `body{font:15px/1.55 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#161b22;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #dde2e8}code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
.pass{color:#08764f}.fail{color:#a11532}.warn{color:#8a5f00}.unknown{color:#6a3fc0}.not-applicable{color:#5c6675}b{font-weight:640}
@media(prefers-color-scheme:dark){body{background:#0f1318;color:#e8ecf1}th,td{border-color:#29313b}.pass{color:#74e3b6}.fail{color:#f5836d}.warn{color:#f0ca6a}.unknown{color:#c493f7}.not-applicable{color:#9aa5b3}}`;
const SHAPES: Readonly<Record<Verdict, string>> = { pass: "■", fail: "✕", warn: "▲", unknown: "◇", "not-applicable": "–" };

function page(report: Report, context: ExportContext): string {
  const mark = (verdict: Verdict): string => `<b class="${verdict}">${SHAPES[verdict]} ${WORDS[verdict]}</b>`;
  const row = (result: Result): string => `<tr><td>${mark(result.verdict)}</td><td>${escapeText(result.label)}<br><code>${escapeText(result.name)}</code></td><td><code>${
    escapeText(result.actual ?? "not in the snapshot")}</code></td><td><code>${escapeText(spellExpression(result.expected))}</code></td><td>${escapeText(result.verdict === "pass" ? ""
    : [result.reason, result.verdict === "unknown" ? result.measure : result.remediation].filter(Boolean).join(" "))}${
    result.command && result.verdict !== "pass" ? `<br><code>${escapeText(result.command)}</code>` : ""}</td></tr>`;
  const title = `${context.edits.length ? "What if: " : ""}${report.recipe}`;
  const phases = report.phases.map((phase) => `<h2>${phase.name[0]?.toUpperCase()}${phase.name.slice(1)}: ${mark(phase.verdict)}</h2>${phase.results.length
    ? `<table><thead><tr><th>Verdict</th><th>Rule</th><th>On this cluster</th><th>Needs</th><th>What to do</th></tr></thead><tbody>${phase.results.map(row).join("")}</tbody></table>`
    : "<p>The recipe states no rule here.</p>"}`);
  const list = (items: readonly string[]): string => (items.length ? `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join("")}</ul>` : "");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeText(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeText(title)}: ${mark(report.verdict)}</h1><p>Snapshot <code>${escapeText(context.snapshot)}</code>, catalog ${escapeText(context.catalogVersion)} <code>${escapeText(context.catalogDigest)}</code>, ${context.moment.toISOString().slice(0, 16).replace("T", " ")} UTC.</p>
${report.reason ? `<p>${escapeText(report.reason)}</p>` : ""}${context.edits.length ? `<p>Edited, so these are not the cluster’s own verdicts:</p>${list(context.edits)}` : ""}${list(context.lifecycle)}
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
