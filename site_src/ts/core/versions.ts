// Versions as clusters write them: their leading dotted integers, with what follows kept as detail.
// Twin of generator/core/versions.py; both run tests/vectors/versions.json.

// Written out because the languages' own trimming differ: this is what AICR's parser trims.
const SPACE = new Set(
  "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);
const LARGEST = "9223372036854775807";
const MAX_PLACES = 3;

const CUT = /[0-9]([-+])/;
const INTEGER = /^[-+]?[0-9]+$/;
const PRE_RELEASE = /^-(alpha|beta|rc|pre|preview|dev|snapshot|nightly)(?![a-z])/i;
const GKE = /^-gke\.([0-9]{1,18})(?![0-9])/;

/** The text is not a version; the message says why, after the text itself. */
export class VersionError extends Error {}

/**
 * `places` are one to three integers as digits without leading zeros (they may pass what a number holds);
 * `suffix` is everything after them, its `-` or `+` included.
 */
export interface Version {
  readonly places: readonly string[];
  readonly suffix: string;
}

/** Whether the suffix names a version that comes before the release (`-rc.1`, `-beta`). */
export function isPreRelease(version: Version): boolean {
  return PRE_RELEASE.test(version.suffix);
}

/** The digits of a `-gke.N` suffix, null without one. */
export function gkeBuild(version: Version): string | null {
  const found = GKE.exec(version.suffix);
  return found ? withoutZeros(found[1] ?? "") : null;
}

/** `text` without the white space around it, the same in both languages. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.has(text[start] as string)) start += 1;
  while (end > start && SPACE.has(text[end - 1] as string)) end -= 1;
  return text.slice(start, end);
}

/** A parsed scalar as the text both languages give it: absent is empty, `true` is lower case, 300.0 is 300. */
export function plainText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/**
 * Read `v1.32.4-eks-3025e55` and the like; throws VersionError.
 * One lower-case `v` may stand in front. The suffix begins at the first `-` or `+` after a digit.
 * One to three places, each an integer that fits 64 bits and is not negative.
 */
export function parseVersion(text: string): Version {
  const whole = trim(text);
  if (!whole) throw new VersionError("is empty");
  const rest = whole.startsWith("v") ? whole.slice(1) : whole;
  const cut = CUT.exec(rest);
  const at = cut ? cut.index + 1 : rest.length;
  const parts = rest.slice(0, at).split(".");
  if (parts.length > MAX_PLACES) throw new VersionError("has more than three places");
  return { places: parts.map(place), suffix: rest.slice(at) };
}

function place(part: string): string {
  if (!part) throw new VersionError("has an empty place");
  if (!INTEGER.test(part)) throw new VersionError("has a place that is not a number");
  const digits = withoutZeros(part.replace(/^[-+]/, ""));
  if (digits.length > 19) throw new VersionError("has a place that is not a number");
  if (part.startsWith("-") && digits !== "0") throw new VersionError("has a negative place");
  if (compareDigits(digits, LARGEST) > 0) throw new VersionError("has a place that is not a number");
  return digits;
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, "");
}

/** -1, 0 or 1 of two numbers written as digits without leading zeros. */
export function compareDigits(left: string, right: string): number {
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}

/** -1, 0 or 1 over all three places; a missing place is 0 and suffixes are ignored. */
export function compareVersions(left: Version, right: Version): number {
  for (let index = 0; index < MAX_PLACES; index += 1) {
    const order = compareDigits(left.places[index] ?? "0", right.places[index] ?? "0");
    if (order) return order;
  }
  return 0;
}

/**
 * -1, 0 or 1 over the places `expected` states; null where `actual` states too few to decide.
 * `1.32` against `1.32.4` is null, against `1.33.1` it is -1.
 */
export function comparePlaces(actual: Version, expected: Version): number | null {
  for (const [index, wanted] of expected.places.entries()) {
    const have = actual.places[index];
    if (have === undefined) return null;
    const order = compareDigits(have, wanted);
    if (order) return order;
  }
  return 0;
}
