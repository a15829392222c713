// What dated support windows say about a snapshot's versions: advice beside verdicts, never a verdict.
// Twin of generator/core/lifecycle.py; both run tests/vectors/lifecycle.json.

import { spellDate } from "../words.ts";
import { isMapping, type Snapshot } from "./snapshot.ts";
import { comparePlaces, compareVersions, parseVersion, plainText, type Version } from "./versions.ts";

interface Window { subject: string; scope: string; cycle: string; version: Version; end: string; status: string; label: string }

/** A version whose support has ended, or ends within 90 days; `advice` is the next cycle supported beyond them. */
export interface LifecycleNote { reading: string; title: string; actual: string; advice: string; text: string }

const SOON_DAYS = 90;
const DATE = /^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}$/;

function versionOf(text: string): Version | null {
  try {
    return parseVersion(text);
  } catch {
    return null;
  }
}

/** The windows whose cycle can be read, oldest first; an end that is no date is none. */
function windowsOf(lifecycle: unknown): Window[] {
  const listed = isMapping(lifecycle) ? lifecycle["windows"] : null;
  return (Array.isArray(listed) ? listed : []).filter(isMapping).flatMap((raw) => {
    const text = (key: string): string => plainText(raw[key]);
    const cycle = text("cycle");
    const version = versionOf(cycle);
    const end = text("end");
    return version ? [{ subject: text("subject"), scope: text("scope"), cycle, version, end: DATE.test(end) ? end : "", status: text("status"), label: text("label") }] : [];
  }).sort((a, b) => compareVersions(a.version, b.version));
}

/**
 * What the windows of *lifecycle* say on *today* (an ISO date) about the versions a snapshot states.
 * A version that is absent, unreadable, too short for its cycle or in no window gives no note; one older than every
 * window is held against the oldest. *labels* spells a service.
 */
export function lifecycleNotes(
  lifecycle: unknown, snapshot: Snapshot, service: string, labels: (dimension: string, value: string) => string, today: string,
): LifecycleNote[] {
  const { readings } = snapshot;
  const windows = windowsOf(lifecycle);
  const soon = new Date(Date.parse(today) + SOON_DAYS * 86_400_000).toISOString().slice(0, 10);
  // A service without windows of its own is held against Kubernetes' own, the outer bound.
  const own = windows.some((w) => w.subject === "kubernetes" && w.scope === service);
  const asked: [string, string, string, string, string][] = [
    ["kubernetes", own ? service : "upstream", "K8s.server.version", "Kubernetes", own ? labels("service", service) : "Kubernetes"],
    ["os", readings.get("OS.release.ID") ?? "", "OS.release.VERSION_ID", "Node OS", readings.get("OS.release.NAME") || "The node OS"],
    ["driver", "nvidia", readings.has("GPU.smi.driver") ? "GPU.smi.driver" : "Deployment.gpu-driver.version", "GPU driver", "The GPU driver branch"],
    ["component", "gpu-operator", "Deployment.gpu-operator.version", "GPU Operator", "GPU Operator"],
  ];
  return asked.flatMap(([subject, scope, reading, title, name]) => {
    const actual = readings.get(reading) ?? "";
    const version = versionOf(actual);
    const family = windows.filter((w) => w.subject === subject && w.scope === scope);
    const window = version && (family.find((w) => comparePlaces(version, w.version) === 0) ?? family[0]);
    if (!window) return [];
    const order = comparePlaces(version, window.version);
    const label = window.label.replace(`${name} `, "") || "support";
    const state = window.end > soon ? "" : window.end ? `${window.end < today ? "left" : "leaves"} ${label} on ${spellDate(window.end)}`
      : window.status === "end-of-support" ? "is past end of support" : window.status === "deprecated" ? "is deprecated" : "";
    if (!state || order === null || order > 0) return [];
    const next = family.find((w) => comparePlaces(version, w.version) === -1 && (w.end ? w.end > soon : w.status === "supported"));
    return [{
      reading, title: `${title} support window`, actual, advice: next?.cycle ?? "",
      text: `${name} ${order ? `${actual} is older than ${window.cycle}, which` : window.cycle} ${state}.${
        next ? ` ${name} ${next.cycle} is supported${next.end ? ` until ${spellDate(next.end)}` : ""}.` : ""}`,
    }];
  });
}
