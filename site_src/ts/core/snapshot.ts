// A snapshot's readings: a parsed AICR Snapshot document, old form or new, as texts by their full names.
// Twin of generator/core/snapshot.py; both run tests/vectors/snapshot.json.

import { trim } from "./versions.ts";

// What a parser that keeps source text hands over for a null, in YAML's spellings and in Go's.
const NULLS = new Set(["null", "Null", "NULL", "~", "<nil>"]);
const WITHHELD = new Set(["<redacted>", "<withheld>", "[redacted]"]);
const KIND = "Snapshot";
export const LABEL = "NodeTopology.label.";
const COLLECTED_KEYS = ["snapshot.yaml", "snapshot.yml", "snapshot.json"];
const EFFECTS = ["NoSchedule", "NoExecute", "PreferNoSchedule"];
const MORE = / ?\(\+([0-9]{1,9}) more\)$/;

export type Mapping = Readonly<Record<string, unknown>>;

/** The document is not a snapshot; the message says why and what it is instead. */
export class NotASnapshot extends Error {}

/** A label (or taint) with one value and the nodes that carry it; `count` exceeds `nodes` where the list was cut. */
export interface Label {
  readonly key: string;
  readonly value: string;
  readonly nodes: readonly string[];
  readonly count: number;
  readonly effect: string;
}

/**
 * What was read (`readings`), what was not and why (`unread`), and what is odd about the document (`notes`).
 * `gpuModels` are the GPU product names in document order, because AICR lets the last one win.
 */
export interface Snapshot {
  readonly readings: ReadonlyMap<string, string>;
  readonly unread: ReadonlyMap<string, string>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly labels: readonly Label[];
  readonly taints: readonly Label[];
  readonly gpuModels: readonly (readonly [string, string])[];
  readonly notes: readonly string[];
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** [key, text] of the snapshot inside a parsed ConfigMap, null when `document` is no such ConfigMap. */
export function wrappedSnapshot(document: unknown): [string, string] | null {
  if (!isMapping(document) || document["kind"] !== "ConfigMap") return null;
  const data = document["data"];
  if (!isMapping(data)) return null;
  for (const key of COLLECTED_KEYS) {
    const text = own(data, key);
    if (typeof text === "string") return [key, text];
  }
  return null;
}

function own(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/**
 * The readings of a parsed document whose scalars kept their source text; throws NotASnapshot.
 * Of a type, subtype or key that stands twice the first counts, as in AICR, and a note says so. Nulls,
 * nested values and withheld ones are no readings: they stand in `unread` with the reason.
 */
export function parseSnapshot(document: unknown): Snapshot {
  if (!isMapping(document)) throw new NotASnapshot("It is not a mapping; a snapshot begins with kind: Snapshot.");
  const kind = own(document, "kind") ?? null;
  if (kind === null && !Object.hasOwn(document, "measurements")) {
    throw new NotASnapshot("It has neither kind: Snapshot nor measurements.");
  }
  if (kind !== null && kind !== KIND) {
    throw new NotASnapshot(`Its kind is ${typeof kind === "string" ? kind : "not text"}; it must be ${KIND}.`);
  }
  const reader = new Reader();
  reader.read(document);
  return reader.snapshot();
}

/** Gathers readings, reasons and notes on the way through one document. */
class Reader {
  private readonly readings = new Map<string, string>();
  private readonly unread = new Map<string, string>();
  private readonly metadata = new Map<string, string>();
  private readonly labels: Label[] = [];
  private readonly taints: Label[] = [];
  private readonly gpuModels: [string, string][] = [];
  private readonly notes: string[] = [];

  snapshot(): Snapshot {
    const { readings, metadata, labels, taints, gpuModels, notes } = this;
    const unread = new Map([...this.unread].filter(([name]) => !readings.has(name)));
    return { readings, unread, metadata, labels, taints, gpuModels, notes };
  }

  read(document: Mapping): void {
    const metadata = own(document, "metadata");
    if (isMapping(metadata)) {
      for (const [key, value] of Object.entries(metadata)) {
        const [text] = textOf(value);
        if (text !== null) this.readMetadata(key, text);
      }
    }
    const measurements = own(document, "measurements");
    if (isNothing(measurements)) return;
    if (!Array.isArray(measurements)) {
      this.notes.push("measurements is not a list; nothing was read from it.");
      return;
    }
    for (const [index, measurement] of measurements.entries()) {
      const type = isMapping(measurement) ? own(measurement, "type") : null;
      if (typeof type !== "string") {
        this.notes.push(`measurements[${index}] has no type; it was passed over.`);
        continue;
      }
      this.readMeasurement(type, own(measurement as Mapping, "subtypes"));
    }
  }

  private readMetadata(key: string, text: string): void {
    for (const prefix of ["unread.", "withheld."]) {
      if (key.startsWith(prefix)) {
        this.unread.set(key.slice(prefix.length), text);
        return;
      }
    }
    this.metadata.set(key, text);
  }

  private readMeasurement(kind: string, subtypes: unknown): void {
    if (isNothing(subtypes)) return;
    if (!Array.isArray(subtypes)) {
      this.notes.push(`${kind}.subtypes is not a list; nothing was read from it.`);
      return;
    }
    for (const [index, subtype] of subtypes.entries()) {
      const name = isMapping(subtype) ? own(subtype, "subtype") : null;
      if (typeof name !== "string") {
        this.notes.push(`${kind}.subtypes[${index}] has no name; it was passed over.`);
        continue;
      }
      this.readSubtype(kind, name, subtype as Mapping);
    }
  }

  private readSubtype(kind: string, name: string, subtype: Mapping): void {
    const data = own(subtype, "data");
    if (isMapping(data)) {
      for (const key of Object.keys(data)) this.readReading(kind, name, key, data[key]);
    } else if (!isNothing(data)) {
      this.notes.push(`${kind}.${name}.data is not a mapping; nothing was read from it.`);
    }
    const items = own(subtype, "items");
    if (!Array.isArray(items)) return;
    for (const [index, item] of items.entries()) if (isMapping(item)) this.readItem(kind, name, index, item);
  }

  private readReading(kind: string, subtype: string, key: string, value: unknown): void {
    const name = `${kind}.${subtype}.${key}`;
    const [text, reason] = textOf(value);
    if (text === null) {
      if (!this.unread.has(name)) this.unread.set(name, reason);
      return;
    }
    if (kind === "GPU" && (subtype === "smi" || subtype === "device") && (key === "gpu.model" || key === "model")) {
      this.gpuModels.push([name, text]);
    }
    const known = this.readings.get(name);
    if (known !== undefined) {
      if (known !== text) this.notes.push(`${name} stands twice with different values; the first one counts.`);
      return;
    }
    this.readings.set(name, text);
    if (kind === "NodeTopology" && subtype === "label") this.labels.push(parseLabel(key, text));
    else if (kind === "NodeTopology" && subtype === "taint") this.taints.push(parseTaint(key, text));
  }

  private readItem(kind: string, subtype: string, index: number, item: Mapping): void {
    const context = textsOf(own(item, "context"));
    const data = textsOf(own(item, "data"));
    if (kind === "NodeTopology" && (subtype === "label" || subtype === "taint")) {
      const key = context.get("key");
      if (key === undefined) return;
      const [nodes, listed] = parseNodes(data.get("node-list") ?? "");
      const counted = data.get("node-count") ?? "";
      const count = /^[0-9]{1,9}$/.test(counted) ? Math.max(listed, Number(counted)) : listed;
      const label = { key, value: context.get("value") ?? "", nodes, count, effect: context.get("effect") ?? "" };
      const into = subtype === "label" ? this.labels : this.taints;
      // The same label stands in `data` too where a collector writes both forms.
      if (!into.some((o) => o.key === label.key && o.value === label.value && o.effect === label.effect)) {
        into.push(label);
      }
      return;
    }
    for (const [key, text] of data) {
      const name = `${kind}.${subtype}[${index}].${key}`;
      if (!this.readings.has(name)) this.readings.set(name, text);
    }
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === "null" || value === "~";
}

/** The reading's text, or null and why it is none. */
function textOf(value: unknown): [string | null, string] {
  if (typeof value === "boolean") return [String(value), ""];
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return [String(value || 0), ""];
    return [null, "It is a number whose digits were lost; write it in quotes."];
  }
  if (value === null || value === undefined) return [null, "It is null."];
  if (typeof value !== "string") return [null, "It is not a single value."];
  if (NULLS.has(value)) return [null, "It is null."];
  if (WITHHELD.has(trim(value))) return [null, "It was withheld when the snapshot was taken."];
  return [value, ""];
}

function textsOf(value: unknown): Map<string, string> {
  const texts = new Map<string, string>();
  if (!isMapping(value)) return texts;
  for (const [key, item] of Object.entries(value)) {
    const [text] = textOf(item);
    if (text !== null) texts.set(key, text);
  }
  return texts;
}

/** `value|node1,node2`; a key with several values in the cluster carries `.value` at its end. */
function parseLabel(key: string, text: string): Label {
  const [value, rest] = cutAt(text, "|");
  const [nodes, count] = parseNodes(rest);
  const base = value && key.endsWith(`.${value}`) ? key.slice(0, -value.length - 1) : key;
  return { key: base, value, nodes, count, effect: "" };
}

/** `effect|value|nodes`, or `value|nodes` under `key.Effect` where the key has several effects. */
function parseTaint(key: string, text: string): Label {
  const parts = text.split("|");
  if (parts.length >= 3) {
    const [nodes, count] = parseNodes(parts[2] ?? "");
    return { key, value: parts[1] ?? "", nodes, count, effect: parts[0] ?? "" };
  }
  const [nodes, count] = parseNodes(parts[1] ?? "");
  const value = parts[0] ?? "";
  const dot = key.lastIndexOf(".");
  const effect = key.slice(dot + 1);
  if (EFFECTS.includes(effect)) return { key: key.slice(0, Math.max(dot, 0)), value, nodes, count, effect };
  return { key, value, nodes, count, effect: "" };
}

function cutAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

function parseNodes(text: string): [string[], number] {
  const more = MORE.exec(text);
  const listed = more ? text.slice(0, more.index) : text;
  const nodes = listed.split(",").map(trim).filter(Boolean);
  return [nodes, nodes.length + (more ? Number(more[1]) : 0)];
}

/** The labels of each node that some label's list names, in the order they are met. */
export function nodeLabels(snapshot: Snapshot): Map<string, Map<string, string>> {
  const nodes = new Map<string, Map<string, string>>();
  for (const label of snapshot.labels) {
    for (const node of label.nodes) {
      let labels = nodes.get(node);
      if (!labels) nodes.set(node, (labels = new Map()));
      labels.set(label.key, label.value);
    }
  }
  return nodes;
}

/** What the reading called `name` says: nothing, one text, or for a node label each value that nodes carry. */
export function readingTexts(snapshot: Snapshot, name: string): string[] {
  if (name.startsWith(LABEL)) {
    const key = name.slice(LABEL.length);
    return [...new Set(snapshot.labels.filter((label) => label.key === key).map((label) => label.value))];
  }
  const text = snapshot.readings.get(name);
  return text === undefined ? [] : [text];
}

/** Why the reading called `name` is absent: the collector's own reason, its parts' included, or that it is. */
export function absentReason(snapshot: Snapshot, name: string): string {
  const parts = name.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const reason = snapshot.unread.get(parts.slice(0, length).join("."));
    if (reason !== undefined) return `${name} was not read: ${reason}${/[.!?]$/.test(reason) ? "" : "."}`;
  }
  return `${name} is not in the snapshot.`;
}

/** The snapshot as it would be with readings set, or taken away (null): what a "what if" is held against. */
export function withReadings(snapshot: Snapshot, edits: Iterable<readonly [string, string | null]>): Snapshot {
  const readings = new Map(snapshot.readings);
  const unread = new Map(snapshot.unread);
  let labels = snapshot.labels;
  for (const [name, text] of edits) {
    if (name.startsWith(LABEL)) labels = withLabel(labels, name.slice(LABEL.length), text);
    if (text === null) {
      readings.delete(name);
      unread.set(name, "It was taken away.");
    } else {
      readings.set(name, text);
      unread.delete(name);
    }
  }
  const gpuModels = snapshot.gpuModels
    .filter(([name]) => readings.has(name))
    .map(([name]): [string, string] => [name, readings.get(name) as string]);
  return { ...snapshot, readings, unread, labels, gpuModels };
}

/** The labels with one value of `key` on every node that carried any, or without the key. */
function withLabel(labels: readonly Label[], key: string, text: string | null): Label[] {
  const own = labels.filter((label) => label.key === key);
  const rest = labels.filter((label) => label.key !== key);
  if (text === null) return rest;
  const nodes = [...new Set(own.flatMap((label) => label.nodes))];
  const count = own.reduce((sum, label) => sum + label.count, 0);
  return [...rest, { key, value: cutAt(text, "|")[0], nodes, count, effect: "" }];
}
