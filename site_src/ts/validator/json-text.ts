/** Reads JSON with every scalar as its source text, so that a reading of 1.10 stays "1.10"; errors carry their line. */

export class JsonError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"([^"\\\u0000-\u001f]*)"/y;
const ESCAPED = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;
const DEEPEST = 200; // a snapshot is five deep; more is an attempt to exhaust the stack

/** The document as mappings, lists and source texts; throws JsonError. */
export function parseJsonText(text: string): unknown {
  let at = 0;

  const fail = (what: string): never => {
    throw new JsonError(what, lineAt(text, at));
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const string = (): string | undefined => {
    const plain = take(STRING);
    if (plain) return plain[1] as string;
    const escaped = take(ESCAPED);
    return escaped ? (JSON.parse(escaped[0]) as string) : undefined;
  };
  const value = (depth: number): unknown => {
    if (depth > DEEPEST) fail("is nested too deeply");
    const first = text[at];
    if (first === "{") return mapping(depth);
    if (first === "[") return list(depth);
    if (first === '"') return string() ?? fail("has text that does not end, or holds a bad escape");
    return take(SCALAR)?.[0] ?? fail(at >= text.length ? "ends before it is complete" : `has ${JSON.stringify(first)} where a value was expected`);
  };
  const mapping = (depth: number): Record<string, unknown> => {
    const made: Record<string, unknown> = {};
    at++;
    take(SPACE);
    if (text[at] === "}") {
      at++;
      return made;
    }
    for (;;) {
      const key = string() ?? fail(at >= text.length ? "ends inside a mapping" : "has a key that is not text in double quotes");
      if (Object.hasOwn(made, key)) fail(`states ${JSON.stringify(key)} twice`);
      take(SPACE);
      if (text[at] !== ":") fail("misses a colon after a key");
      at++;
      take(SPACE);
      const item = value(depth + 1);
      if (key === "__proto__") Object.defineProperty(made, key, { value: item, enumerable: true, configurable: true, writable: true });
      else made[key] = item;
      take(SPACE);
      const next = text[at++];
      if (next === "}") return made;
      if (next !== ",") {
        at--;
        fail(at >= text.length ? "ends inside a mapping" : "misses a comma or a closing brace");
      }
      take(SPACE);
    }
  };
  const list = (depth: number): unknown[] => {
    const made: unknown[] = [];
    at++;
    take(SPACE);
    if (text[at] === "]") {
      at++;
      return made;
    }
    for (;;) {
      made.push(value(depth + 1));
      take(SPACE);
      const next = text[at++];
      if (next === "]") return made;
      if (next !== ",") {
        at--;
        fail(at >= text.length ? "ends inside a list" : "misses a comma or a closing bracket");
      }
      take(SPACE);
    }
  };

  take(SPACE);
  const document = value(0);
  take(SPACE);
  if (at < text.length) fail("goes on after its end");
  return document;
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) line++;
  return line;
}
