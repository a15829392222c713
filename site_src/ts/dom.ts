/** Draws HTML from templates that escape by default, and the few gestures every page shares: copy, announce, download. */

/** Markup that is safe to insert: made by `html` only. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Part = Markup | string | number | false | null | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;",
};

/** Text as it stands in markup or in a quoted attribute. */
export function escapeText(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (c) => ENTITIES[c] as string) : text;
}

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (part === false || part === null || part === undefined) return "";
  if (Array.isArray(part)) return part.map(render).join("");
  return escapeText(String(part));
}

/** Markup with every inserted text escaped; inserted markup and lists of it stand as they are. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  let text = strings[0] as string;
  for (let i = 0; i < parts.length; i++) text += render(parts[i]) + strings[i + 1];
  return new Markup(text);
}

/** A symbol of the page's sprite. */
export function icon(name: string, extra = ""): Markup {
  return html`<svg class="ic ${extra}" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-${name}"/></svg>`;
}

/** Replaces an element's children. */
export function draw(target: Element, markup: Markup): void {
  target.innerHTML = markup.text;
}

/** What stands in an element of the page as the build made it, to be drawn again. */
export function standing(target: Element): Markup {
  return new Markup(target.innerHTML);
}

const drawn = new WeakMap<Element, string>();

/** Replaces an element's children unless they were drawn from the same markup; says whether it did. */
export function redraw(target: Element, markup: Markup): boolean {
  if (drawn.get(target) === markup.text) return false;
  drawn.set(target, markup.text);
  draw(target, markup);
  return true;
}

/** The element with this id; the page's template must have it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

export function all<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

/** Runs *act* when the browser has time, or never where it does not say: only for what is done in time anyway. */
export function whenIdle(act: () => void, timeout?: number): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(act, timeout === undefined ? {} : { timeout });
}

/** Runs *act* when a *type* event reaches an element that matches *selector*, inside *within*. */
export function on<K extends keyof HTMLElementEventMap>(
  within: HTMLElement | Document, type: K, selector: string,
  act: (target: HTMLElement, event: HTMLElementEventMap[K]) => void,
): void {
  within.addEventListener(type, (event) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
    if (target) act(target, event as HTMLElementEventMap[K]);
  });
}

/** The text of a code box without its prompts. */
function codeText(box: Element): string {
  return all("pre", box).map((pre) => {
    const twin = pre.cloneNode(true) as HTMLElement;
    for (const prompt of all(".p", twin)) prompt.remove();
    return twin.textContent ?? "";
  }).join("\n").trim();
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http and file:// have no clipboard API; the old command still works there.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Every `.copy` button copies its `data-copy`, or the code box it stands in, and says so for a moment. */
export function enableCopying(): void {
  if (document.documentElement.dataset["copying"]) return;
  document.documentElement.dataset["copying"] = "on"; // two scripts of one page share the gesture
  on(document, "click", "button.copy", (button) => {
    const box = button.closest(".code");
    const text = button.dataset["copy"] || (box ? codeText(box) : "");
    void toClipboard(text).then((done) => {
      const label = button.querySelector("span");
      if (!label) return;
      const before = label.dataset["was"] ?? label.textContent ?? "";
      label.dataset["was"] = before;
      label.textContent = done ? "Copied" : "Not copied";
      setTimeout(() => { label.textContent = before; }, 1200);
    });
  });
}

/** Hands *content* to the reader as a file; nothing leaves the page. */
export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A link to one of the site's pages. A folder opened from disk has no server to add index.html. */
export function pageLink(base: string, page: string): string {
  if (/^[a-z]+:/i.test(page)) return page;
  const [path = "", tail = ""] = page.split(/(?=[?#])/, 2);
  const folder = path === "" || path.endsWith("/");
  return `${base}${path}${folder && location.protocol === "file:" ? "index.html" : ""}${tail}`;
}

/** On a site opened from disk every link to a folder leads to its page, whichever way it is followed. */
export function enableFolderLinks(): void {
  if (location.protocol !== "file:") return;
  for (const type of ["pointerdown", "focusin", "click", "auxclick"] as const) {
    document.addEventListener(type, (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.protocol !== "file:" || !link.pathname.endsWith("/")) return;
      link.pathname += "index.html";
    }, true);
  }
}

/** Rewrites the address without a new history entry; a folder opened from disk may refuse, and needs none. */
export function setAddress(query: string): void {
  try {
    history.replaceState(null, "", query || location.pathname);
  } catch {
    // Some browsers refuse replaceState on file://; the page works without it.
  }
}

/** Keeps a small preference; private windows may refuse storage. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`aicr-matrix.${key}`, value);
  } catch {
    // Without storage the preference lasts as long as the page.
  }
}

export function recall(key: string): string {
  try {
    return localStorage.getItem(`aicr-matrix.${key}`) ?? "";
  } catch {
    return "";
  }
}
