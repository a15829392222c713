/** The commands that bring a recipe onto a cluster: by bundle, by our command line, by AICR's. */

export const DEPLOYER_LABELS: Readonly<Record<string, string>> = {
  helm: "Helm", helmfile: "Helmfile", argocd: "Argo CD", flux: "Flux",
};
/** What starts a deployment inside an unpacked bundle, as the bundle's own README.md says it. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  helm: ["./deploy.sh"],
  helmfile: ["helmfile apply"],
  argocd: ["./deploy.sh"],
  flux: ["./deploy.sh"],
};

export type Way = "bundle" | "ours" | "aicr";
export const WAYS: readonly [Way, string][] = [["bundle", "Shell"], ["ours", "aicr-matrix"], ["aicr", "aicr"]];

/** Criteria as flags, wrapped after the third so that they fit a narrow card. */
export function criteriaFlags(criteria: readonly (readonly [string, string])[]): string[] {
  const flags = criteria.map(([dimension, value]) => `--${dimension} ${value}`);
  return flags.length > 3 ? [flags.slice(0, 3).join(" "), flags.slice(3).join(" ")] : [flags.join(" ")];
}

function wrapped(head: string, flags: readonly string[], tail: string): string[] {
  const lines = [`${head} ${flags[0] ?? ""}`.trimEnd(), ...flags.slice(1).map((flag) => `    ${flag}`), `    ${tail}`];
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}

/** The command lines for one way; *url* is the bundle's address, empty when the site has no bundle. */
export function commandsFor(way: Way, deployer: string, url: string, criteria: readonly (readonly [string, string])[]): string[] {
  const flags = criteriaFlags(criteria);
  if (way === "bundle") {
    const file = url.slice(url.lastIndexOf("/") + 1);
    const folder = file.replace(/\.tar\.gz$/, "");
    return [`curl -fLO ${url}`, `tar xzf ${file} && cd ${folder}`, "sha256sum -c checksums.txt", ...(STARTS[deployer] ?? [])];
  }
  if (way === "ours") return wrapped("aicr-matrix bundle", flags, `--deployer ${deployer} -o ./bundle`);
  return [...wrapped("aicr recipe", flags, "-o recipe.yaml"), `aicr bundle --recipe recipe.yaml --deployer ${deployer} -o ./bundle`];
}
