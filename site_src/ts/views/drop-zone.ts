/** The ways a file comes in: dropped anywhere on the page, picked, pasted as a file or as text, or the sample. */
import { byId, on } from "../dom.ts";
import { SAMPLE, SAMPLE_NAME } from "../validator/sample.ts";

export function listenForFiles(root: HTMLElement, takeFiles: (files: readonly File[]) => void, takeText: (name: string, text: string) => void): void {
  const picker = byId<HTMLInputElement>("files");
  on(root, "click", "[data-choose]", () => picker.click());
  on(root, "click", "[data-sample]", () => takeText(SAMPLE_NAME, SAMPLE));
  picker.addEventListener("change", () => {
    takeFiles([...picker.files ?? []]);
    picker.value = "";
  });
  // Every element under the pointer enters and leaves on its own: the page is left when as many left as entered.
  let depth = 0;
  const over = (now: boolean): void => { byId("drop").classList.toggle("over", now); };
  addEventListener("dragenter", (event) => {
    event.preventDefault();
    depth++;
    over(true);
  });
  addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) over(false);
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    over(false);
    takeFiles([...event.dataTransfer?.files ?? []]);
  });
  addEventListener("paste", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea");
    const files = [...event.clipboardData?.files ?? []];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (typing || (!files.length && !text.trim())) return;
    event.preventDefault();
    if (files.length) takeFiles(files);
    else takeText("pasted text", text);
  });
}
