/**
 * From a dropped file to snapshots: gzip, JSON, YAML (every scalar as its source text), several documents, ConfigMaps.
 * Runs in a worker; where there is none, on the page's own thread, where large YAML is read in slices.
 */
import { load as loadYaml, loadAll } from "../../node_modules/js-yaml/lib/loader.js";
import FAILSAFE from "../../node_modules/js-yaml/lib/schema/failsafe.js";
import { NotASnapshot, parseSnapshot, wrappedSnapshot } from "../core/snapshot.ts";
import { JsonError, parseJsonText } from "./json-text.ts";
import type { Read, Unreadable } from "./read.ts";

export const LARGEST = 20 * 1024 * 1024;
const LARGEST_UNPACKED = 200 * 1024 * 1024;
const SLICED_FROM = 200_000; // characters; less is read in one go, faster than a frame budget notices

/** Lets the page breathe between slices; does nothing in a worker. */
export type Pause = () => Promise<void>;

interface YamlFailure { reason?: string; mark?: { line: number } }

/** Everything *file* holds, each a snapshot or the reason why not. Never throws. */
export async function readSnapshots(name: string, file: Blob, pause: Pause): Promise<Read[]> {
  const fail = (message: string, line = 0): Read[] => [{ name, line, message }];
  if (file.size > LARGEST) return fail(`is larger than ${LARGEST / 1048576} MB; leave out what is no snapshot`);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return fail("could not be opened; it changed or went away, or is a folder");
  }
  let content = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    if (typeof DecompressionStream === "undefined") return fail("is gzip, which this browser cannot unpack; gunzip it first");
    const unpacked = await gunzip(bytes);
    if (typeof unpacked === "string") return fail(unpacked);
    content = unpacked;
    name = name.replace(/\.gz$/, "");
  }
  let text: string;
  try {
    text = new TextDecoder(encodingOf(content), { fatal: true }).decode(content);
  } catch {
    return fail("is not text; a snapshot is YAML or JSON");
  }
  if (text.includes("\u0000")) return fail("is not text; a snapshot is YAML or JSON");
  if (!text.trim()) return fail("is empty");
  try {
    const documents = await parseDocuments(text, pause);
    const found = documents.flatMap((document, i) => fromDocument(documents.length > 1 ? `${name} (${i + 1})` : name, document));
    return found.length ? found : fail("holds no document");
  } catch (error) {
    return [unreadable(name, error)];
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return "utf-8";
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array | string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > LARGEST_UNPACKED) {
        await reader.cancel();
        return `unpacks to more than ${LARGEST_UNPACKED / 1048576} MB`;
      }
      parts.push(value);
    }
  } catch {
    return "is damaged gzip; copy the file again";
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unreadable(name: string, error: unknown): Unreadable {
  if (error instanceof NotASnapshot) return { name, line: 0, message: lowerFirst(error.message) };
  if (error instanceof JsonError) return { name, line: error.line, message: error.message };
  if (error instanceof RangeError) return { name, line: 0, message: "is nested too deeply" };
  const failure = error as YamlFailure;
  if (failure?.mark) return { name, line: failure.mark.line + 1, message: `is not valid YAML: ${failure.reason ?? "unreadable"}` };
  return { name, line: 0, message: `could not be read: ${error instanceof Error ? error.message : String(error)}` };
}

function lowerFirst(text: string): string {
  return text.replace(/^It (is|has|'s)\b/, "$1").replace(/^Its /, "its ").replace(/\.$/, "");
}

/** JSON begins with a brace or a bracket and YAML's flow style does too: what is no JSON is tried as YAML. */
async function parseDocuments(text: string, pause: Pause): Promise<unknown[]> {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const body = start ? text.slice(1) : text;
  if (/^\s*[{[]/.test(body)) {
    try {
      return [parseJsonText(body)];
    } catch (error) {
      if (!(error instanceof JsonError) || looksLikeJson(body)) throw error;
    }
  }
  if (body.length > SLICED_FROM) {
    const sliced = await parseSlices(body, pause);
    if (sliced) return [sliced];
  }
  const documents: unknown[] = [];
  loadAll(body, (document: unknown) => { if (document !== undefined && document !== null && document !== "") documents.push(document); }, { schema: FAILSAFE });
  return documents;
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]\s*("|[{[\]}])/.test(text);
}

/**
 * A large snapshot in AICR's layout, one measurement at a time: the text before `measurements:`, then each of its items.
 * Undefined when the text is laid out otherwise, or a slice does not stand alone (anchors, several documents).
 */
async function parseSlices(text: string, pause: Pause): Promise<unknown | undefined> {
  const start = /^measurements:[ \t]*\r?\n/m.exec(text);
  if (!start || /^---/m.test(text.slice(3)) || /^[%]|[ \t][&*][A-Za-z0-9]+[ \t]*\r?$/m.test(text)) return undefined;
  const from = start.index + start[0].length;
  const item = /^( *)- /m.exec(text.slice(from, from + 200));
  if (!item || item.index !== 0) return undefined;
  const indent = item[1] as string;
  const edge = new RegExp(`^(?:${indent}- |[A-Za-z])`, "gm");
  edge.lastIndex = from;
  const cuts: number[] = [];
  let end = text.length;
  for (let found = edge.exec(text); found; found = edge.exec(text)) {
    if (!found[0].endsWith("- ")) {
      end = found.index;
      break;
    }
    cuts.push(found.index);
  }
  try {
    const document = loadYaml(`${text.slice(0, start.index)}${text.slice(end)}`, { schema: FAILSAFE }) as Record<string, unknown>;
    if (typeof document !== "object" || document === null || Array.isArray(document) || "measurements" in document) return undefined;
    const measurements: unknown[] = [];
    for (let i = 0; i < cuts.length; i++) {
      await pause();
      const slice = loadYaml(text.slice(cuts[i], cuts[i + 1] ?? end), { schema: FAILSAFE });
      if (!Array.isArray(slice)) return undefined;
      measurements.push(...slice);
    }
    return { ...document, measurements };
  } catch {
    return undefined; // read whole, for an error with the right line
  }
}

/** The snapshots of one document: itself, the one inside a ConfigMap, or those of a List. */
function fromDocument(name: string, document: unknown): Read[] {
  const kind = (document as { kind?: unknown } | null)?.kind;
  const items = (document as { items?: unknown } | null)?.items;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
    return items.flatMap((item, i) => fromDocument(`${name} (${i + 1})`, item));
  }
  try {
    const wrapped = wrappedSnapshot(document);
    if (!wrapped) return [{ name, snapshot: parseSnapshot(document) }];
    const [key, text] = wrapped;
    const inside = `${name}, ${key}`;
    try {
      const inner = /^\s*\{/.test(text) ? parseJsonText(text) : loadYaml(text, { schema: FAILSAFE });
      return [{ name: inside, snapshot: parseSnapshot(inner) }];
    } catch (error) {
      return [unreadable(inside, error)];
    }
  } catch (error) {
    return [unreadable(name, error)];
  }
}
