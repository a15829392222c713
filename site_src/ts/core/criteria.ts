// Criteria: the five dimensions a recipe is asked for by, and which overlay admits which query.
// Twin of generator/core/criteria.py; both run tests/vectors/criteria.json.

import { trim } from "./versions.ts";

export const ANY = "any";
export const DIMENSIONS = ["service", "accelerator", "intent", "os", "platform"] as const;
// AICR spells a recipe's id in this order.
export const ID_ORDER = ["accelerator", "service", "os", "intent", "platform"] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** One value per dimension, `any` where the dimension is left open; `nodes` is advisory and 0 when open. */
export type Criteria = Readonly<Record<Dimension, string>> & { readonly nodes?: number };

/** Criteria with what is not given left open. */
export function criteriaFrom(given: Readonly<Partial<Record<string, string>>>): Criteria {
  return {
    service: given["service"] ?? ANY,
    accelerator: given["accelerator"] ?? ANY,
    intent: given["intent"] ?? ANY,
    os: given["os"] ?? ANY,
    platform: given["platform"] ?? ANY,
  };
}

/** The dimensions that are not left open, in dimension order. */
export function stated(criteria: Criteria): Dimension[] {
  return DIMENSIONS.filter((dimension) => criteria[dimension] !== ANY);
}

/** How many dimensions are stated, `nodes` included. */
export function specificity(criteria: Criteria): number {
  return stated(criteria).length + (criteria.nodes ? 1 : 0);
}

/**
 * Whether an overlay with these criteria applies to `query`.
 * Asymmetric: an open dimension here admits every query; an open dimension in the query admits only
 * criteria that leave it open too.
 */
export function admits(criteria: Criteria, query: Criteria): boolean {
  const nodes = criteria.nodes ?? 0;
  return (
    DIMENSIONS.every((dimension) => criteria[dimension] === ANY || criteria[dimension] === query[dimension]) &&
    (nodes === 0 || nodes === (query.nodes ?? 0))
  );
}

/** The stated values joined by `-` in AICR's order, `base` when nothing is stated. */
export function criteriaId(criteria: Criteria): string {
  return (
    ID_ORDER.map((dimension) => criteria[dimension])
      .filter((value) => value !== ANY)
      .join("-") || "base"
  );
}

/** AICR's address `<service>/<accelerator>-<os>/<intent>[-<platform>]`, `any` spelled out. */
export function coordinate(criteria: Criteria): string {
  const tail = criteria.platform === ANY ? criteria.intent : `${criteria.intent}-${criteria.platform}`;
  return `${criteria.service}/${criteria.accelerator}-${criteria.os}/${tail}`;
}

/** `text` as a criteria value: trimmed, lower case, alias resolved; absent and empty are `any`. */
export function normaliseValue(text: string | null, aliases: ReadonlyMap<string, string>): string {
  const value = trim(text ?? "").toLowerCase();
  return (aliases.get(value) ?? value) || ANY;
}
