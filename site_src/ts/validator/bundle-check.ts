/** Checks a downloaded bundle in the page: both digests against the catalog's, every file against checksums.txt, closed world. */
import type { BundleDigests } from "../model/documents.ts";

/** The catalog's bundles by recipe. */
export type KnownBundles = Readonly<Record<string, readonly BundleDigests[]>>;

export interface BundleCheck {
  name: string;
  /** What is wrong, a sentence each; empty when the bundle verifies. */
  problems: string[];
  /** What was checked, a sentence each. */
  facts: string[];
  /** The bundle could not be checked here; `command` does it elsewhere. */
  impossible: string;
  command: string;
}

interface Member { name: string; type: string; content: Uint8Array }

const BLOCK = 512;

export async function checkBundle(name: string, bytes: Uint8Array, known: KnownBundles): Promise<BundleCheck> {
  const folder = name.replace(/( \(\d+\))?\.(tar\.gz|tgz|tar)$/i, "");
  const made: BundleCheck = { name, problems: [], facts: [], impossible: "", command: extract(name, folder) };
  if (!globalThis.crypto?.subtle) {
    made.impossible = "This page was not loaded over https, so the browser offers it no digests. Check the bundle in a shell.";
    return made;
  }
  let tar = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      tar = new Uint8Array(await new Response(new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
    } catch {
      made.problems.push("The archive is damaged gzip. Download it again.");
      return made;
    }
  }
  await compareDigests(made, bytes, tar, known);
  let members: Member[];
  try {
    members = readTar(tar);
  } catch (error) {
    made.problems.push(error instanceof Error ? error.message : "The archive could not be read.");
    return made;
  }
  await checkMembers(made, members);
  return made;
}

function extract(archive: string, folder: string): string {
  const quoted = (text: string): string => (/^[\w.+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return `tar x${/\.tar$/i.test(archive) ? "" : "z"}f ${quoted(archive)} && cd ${quoted(folder)} && sha256sum -c checksums.txt`;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function compareDigests(made: BundleCheck, archive: Uint8Array, tar: Uint8Array, bundles: KnownBundles): Promise<void> {
  const [outer, inner] = [await sha256(archive), await sha256(tar)];
  const known = Object.entries(bundles).flatMap(([recipe, each]) => each.map((bundle) => ({ recipe, bundle })));
  const same = known.find(({ bundle }) => bundle.tarSha256 === inner);
  if (same) {
    made.facts.push(`The tar is the catalog's ${same.bundle.deployer} bundle of ${same.recipe}: sha256 ${inner}.`);
    made.facts.push(outer === same.bundle.sha256 ? "The compressed file is byte for byte the published one." : "It was compressed by another tool; what counts is the tar inside.");
    return;
  }
  const named = known.find(({ bundle }) => bundle.url.slice(bundle.url.lastIndexOf("/") + 1).replace(/\.tar\.gz$/, "") === made.name.replace(/( \(\d+\))?\.(tar\.gz|tgz|tar)$/i, ""));
  made.problems.push(named
    ? `Its tar has sha256 ${inner}; the catalog's bundle of this name has ${named.bundle.tarSha256}. It is of another catalog version, or was altered.`
    : `No bundle of this catalog has the tar's sha256 ${inner}.`);
}

/** The regular files of a tar; throws on what AICR's bundles never hold. */
function readTar(tar: Uint8Array): Member[] {
  const text = new TextDecoder();
  const field = (from: number, length: number): string => text.decode(tar.subarray(from, from + length)).replace(/\0[\s\S]*$/, "");
  const members: Member[] = [];
  let long = ""; // the name of the next member, where it did not fit its header
  for (let at = 0; at + BLOCK <= tar.length;) {
    if (tar.subarray(at, at + BLOCK).every((byte) => byte === 0)) return members;
    if (field(at + 257, 5) !== "ustar") throw new Error("It is no tar archive in ustar form.");
    const size = Number.parseInt(field(at + 124, 12).trim() || "0", 8);
    const prefix = field(at + 345, 155);
    const name = long || `${prefix ? `${prefix}/` : ""}${field(at, 100)}`;
    if (!Number.isInteger(size) || at + BLOCK + size > tar.length) throw new Error(`The archive ends inside ${name || "a member"}.`);
    const type = String.fromCharCode(tar[at + 156] ?? 0);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    // GNU tar and pax write a long name as a member of its own before the member it names.
    const told = text.decode(content);
    if (type === "L") long = told.replace(/\0[\s\S]*$/, "");
    else if (type === "x") long = /^\d+ path=(.*)$/m.exec(told)?.[1] ?? "";
    else if (type !== "g") {
      members.push({ name, type, content });
      long = "";
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error("The archive has no end; the download is incomplete.");
}

async function checkMembers(made: BundleCheck, members: readonly Member[]): Promise<void> {
  const tops = new Set(members.map((member) => member.name.split("/", 1)[0] ?? ""));
  const [top = ""] = tops;
  if (tops.size === 1) made.command = extract(made.name, top);
  if (tops.size !== 1) made.problems.push(`It has ${tops.size} top folders; a bundle has one.`);
  for (const member of members) {
    if (!/^[05\x00]$/.test(member.type)) made.problems.push(`${member.name} is neither a file nor a folder.`);
    if (member.name.startsWith("/") || member.name.split("/").includes("..")) made.problems.push(`${member.name} leaves the folder.`);
  }
  const files = new Map(members.filter((m) => m.type !== "5").map((m) => [m.name.slice(m.name.indexOf("/") + 1), m.content]));
  const list = files.get("checksums.txt");
  if (!list) {
    made.problems.push("It has no checksums.txt.");
    return;
  }
  const stated = new Map<string, string>();
  for (const line of new TextDecoder().decode(list).split("\n")) {
    const found = /^([0-9a-f]{64}) [ *](.+)$/.exec(line.trimEnd());
    if (found) stated.set((found[2] as string).replace(/^\.\//, ""), found[1] as string);
    else if (line.trim()) made.problems.push(`checksums.txt has a line that is no checksum: ${line.slice(0, 80)}`);
  }
  let right = 0;
  for (const [name, digest] of stated) {
    const content = files.get(name);
    if (!content) made.problems.push(`${name} is listed in checksums.txt and missing.`);
    else if (await sha256(content) !== digest) made.problems.push(`${name} differs from its checksum.`);
    else right++;
  }
  for (const name of files.keys()) {
    if (name !== "checksums.txt" && !stated.has(name)) made.problems.push(`${name} is not listed in checksums.txt.`);
  }
  made.facts.push(`${right} of ${stated.size} files match checksums.txt, and nothing else is inside.`.replace(", and nothing else is inside", made.problems.length ? "" : ", and nothing else is inside"));
}
