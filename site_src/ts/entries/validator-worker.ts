/** Reads snapshots off the page's thread; loaded as a plain script on file://, where browsers refuse workers. */
import type { Read } from "../validator/read.ts";
import { readSnapshots } from "../validator/reading.ts";

export interface Asked { id: number; name: string; content: Blob }
export interface Answered { id: number; read: Read[] }

interface Reader { aicrReadSnapshots?: typeof readSnapshots }

if (typeof document === "undefined") {
  addEventListener("message", (event: MessageEvent<Asked>) => {
    const { id, name, content } = event.data;
    void readSnapshots(name, content, () => Promise.resolve()).then((read) => {
      const answer: Answered = { id, read };
      (postMessage as (message: Answered) => void)(answer);
    });
  });
} else {
  (globalThis as Reader).aicrReadSnapshots = readSnapshots;
}
