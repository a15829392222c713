/** What the reader of snapshots answers; apart from the reader, so that the page does not carry the YAML parser. */
import type { Snapshot } from "../core/snapshot.ts";

export interface ReadSnapshot { name: string; snapshot: Snapshot }
/** `line` is 0 where the trouble has none. */
export interface Unreadable { name: string; line: number; message: string }
export type Read = ReadSnapshot | Unreadable;

export function isUnreadable(read: Read): read is Unreadable {
  return "message" in read;
}

/** Whether a file is taken for a downloaded bundle rather than a snapshot. */
export function isBundleName(name: string): boolean {
  return /\.(tar\.gz|tgz|tar)$/i.test(name);
}
