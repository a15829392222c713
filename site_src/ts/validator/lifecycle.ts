/** What the dated support windows say about the versions of a snapshot. Dates come with the page; nothing is fetched. */
import { isMapping, type Mapping, type Snapshot } from "../core/snapshot.ts";
import { spellDate } from "../words.ts";

interface Window { subject: string; scope: string; cycle: string; end: string; status: string; label: string }

/** A version that is past, or within 90 days of, the end of its support. */
export interface LifecycleNote { reading: string; title: string; actual: string; advice: string; text: string; past: boolean }

const SOON_DAYS = 90;

function numbers(version: string): number[] {
  const found = /(\d+)(?:\.(\d+))?/.exec(version);
  return found ? found.slice(1).filter((part) => part !== undefined).map(Number) : [];
}

function isNewer(left: string, right: string): boolean {
  const [a, b] = [numbers(left), numbers(right)];
  return (a[0] ?? 0) > (b[0] ?? 0) || (a[0] === b[0] && (a[1] ?? 0) > (b[1] ?? 0));
}

function windowsOf(lifecycle: unknown): Window[] {
  const listed = isMapping(lifecycle) ? lifecycle["windows"] : undefined;
  return (Array.isArray(listed) ? listed : []).filter(isMapping).map((raw: Mapping) => ({
    subject: String(raw["subject"] ?? ""), scope: String(raw["scope"] ?? ""), cycle: String(raw["cycle"] ?? ""),
    end: String(raw["end"] ?? ""), status: String(raw["status"] ?? ""), label: String(raw["label"] ?? ""),
  }));
}

/** The windows of *today* that a snapshot's versions have left or are about to leave. */
export function lifecycleNotes(
  lifecycle: unknown, snapshot: Snapshot, service: string, labels: (dimension: string, value: string) => string, today: string,
): LifecycleNote[] {
  const windows = windowsOf(lifecycle);
  const soon = new Date(Date.parse(today) + SOON_DAYS * 86_400_000).toISOString().slice(0, 10);
  const asked: [string, string, string, string, string][] = [
    ["kubernetes", windows.some((w) => w.subject === "kubernetes" && w.scope === service) ? service : "upstream", "K8s.server.version", "Kubernetes support window",
      service !== "any" && windows.some((w) => w.subject === "kubernetes" && w.scope === service) ? labels("service", service) : "Kubernetes"],
    ["os", snapshot.readings.get("OS.release.ID") ?? "", "OS.release.VERSION_ID", "Node OS support window", snapshot.readings.get("OS.release.NAME") ?? "The node OS"],
    ["driver", "nvidia", snapshot.readings.has("GPU.smi.driver-version") ? "GPU.smi.driver-version" : "Deployment.gpu-driver.version", "GPU driver support window", "The GPU driver branch"],
    ["component", "gpu-operator", "Deployment.gpu-operator.version", "GPU Operator support window", "GPU Operator"],
  ];
  return asked.flatMap(([subject, scope, reading, title, name]): LifecycleNote[] => {
    const actual = snapshot.readings.get(reading);
    if (!actual || !numbers(actual).length) return [];
    const family = windows.filter((w) => w.subject === subject && w.scope === scope);
    const cycleOf = (w: Window): boolean => numbers(w.cycle).every((n, i) => numbers(actual)[i] === n);
    const window = family.find(cycleOf);
    const later = family.filter((w) => (w.end ? w.end > soon : w.status === "supported") && (!window || isNewer(w.cycle, window.cycle)));
    const advice = later[0];
    const next = advice ? ` ${name} ${advice.cycle} is supported${advice.end ? ` until ${spellDate(advice.end)}` : ""}.` : "";
    const label = (window ?? family[0])?.label.replace(`${name} `, "") || "support";
    const make = (text: string, past: boolean): LifecycleNote[] =>
      [{ reading, title, actual, advice: advice?.cycle ?? "", text: text + next, past }];
    if (window?.end) {
      if (window.end < today) return make(`${name} ${window.cycle} left ${label} on ${spellDate(window.end)}.`, true);
      return window.end <= soon ? make(`${name} ${window.cycle} leaves ${label} on ${spellDate(window.end)}.`, false) : [];
    }
    if (window) {
      return window.status === "end-of-support" ? make(`${name} ${window.cycle} is past end of support.`, true)
        : window.status === "deprecated" ? make(`${name} ${window.cycle} is deprecated.`, false) : [];
    }
    // Older than everything the table knows: past, and the table cannot say since when.
    const oldest = family.filter((w) => w.end).sort((a, b) => (isNewer(a.cycle, b.cycle) ? 1 : -1))[0];
    return oldest && isNewer(oldest.cycle, actual) && oldest.end < today ? make(`${name} ${numbers(actual).join(".")} is past ${label}.`, true) : [];
  });
}
