// Only the reader and the one schema are bundled: the writer and the other schemas would double the script.
declare module "*/js-yaml/lib/loader.js" {
  export function load(text: string, options: { schema: unknown }): unknown;
  export function loadAll(text: string, each: (document: unknown) => void, options: { schema: unknown }): void;
}
declare module "*/js-yaml/lib/schema/failsafe.js" {
  const schema: unknown;
  export default schema;
}
