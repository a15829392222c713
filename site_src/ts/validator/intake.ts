/** Takes files and text from the reader of the page and hands back snapshots: through the worker, or in slices without one. */
import type { Answered, Asked } from "../entries/validator-worker.ts";
import type { Read } from "./read.ts";
import type { readSnapshots } from "./reading.ts";

export interface Intake { read(name: string, content: Blob): Promise<Read[]> }

type Reader = typeof readSnapshots;

/** Lets the browser paint and answer between slices. */
function breathe(): Promise<void> {
  return new Promise((done) => { setTimeout(done, 0); });
}

export function loadScript(address: string): Promise<void> {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done();
    script.onerror = () => failed(new Error(`${address} did not load`));
    document.head.append(script);
  });
}

function onThisThread(address: string): Intake {
  let loading: Promise<void> | undefined;
  return {
    async read(name, content) {
      loading ??= loadScript(address);
      await loading;
      const reader = (globalThis as { aicrReadSnapshots?: Reader }).aicrReadSnapshots as Reader;
      return reader(name, content, breathe);
    },
  };
}

/** Reads in the worker at *address*; where the browser refuses one, on this thread with the same script. */
export function openIntake(address: string): Intake {
  const here = onThisThread(address);
  if (location.protocol === "file:" || typeof Worker === "undefined") return here;
  let worker: Worker;
  try {
    worker = new Worker(address);
  } catch {
    return here;
  }
  const waiting = new Map<number, { done: (read: Read[]) => void; retry: () => void }>();
  let next = 0;
  let broken = false;
  worker.addEventListener("message", (event: MessageEvent<Answered>) => {
    waiting.get(event.data.id)?.done(event.data.read);
    waiting.delete(event.data.id);
  });
  worker.addEventListener("error", () => {
    // The worker could not start (a policy, an old browser): what it was given is read here instead.
    broken = true;
    for (const { retry } of waiting.values()) retry();
    waiting.clear();
  });
  return {
    read(name, content) {
      if (broken) return here.read(name, content);
      return new Promise((done) => {
        const id = next++;
        waiting.set(id, { done, retry: () => { void here.read(name, content).then(done); } });
        const asked: Asked = { id, name, content }; // a handle: the worker reads the file itself
        worker.postMessage(asked);
      });
    },
  };
}
