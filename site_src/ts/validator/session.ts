/** What the validator knows: the snapshots of this visit, their criteria and edits, and every recipe's report for them. */
import { satisfyingValue } from "../core/constraints.ts";
import type { Dimension } from "../core/criteria.ts";
import { DIMENSIONS } from "../core/criteria.ts";
import { detect, type Detection } from "../core/detection.ts";
import { planRecipes, type Plan } from "../core/plan.ts";
import { withReadings, type Mapping, type Snapshot } from "../core/snapshot.ts";
import { compareReports, contextFromRules, evaluateRecipe, phaseConstraints, PHASES, type Context, type Flip, type Report } from "../core/validation.ts";
import type { Verdict } from "../core/verdicts.ts";
import { plainText } from "../core/versions.ts";

export type PhaseName = (typeof PHASES)[number];
export type Chosen = Record<Dimension, string>;

/** One recipe of rules.json, as far as the page reads it. */
export interface RuleSet extends Mapping {
  readonly id: string;
  readonly page: string;
  readonly criteria: Readonly<Record<string, string>>;
  readonly coverage: string;
  readonly startingPoint: boolean;
  readonly evidence: string;
}
export interface RulesDocument extends Mapping {
  readonly catalogDigest: string;
  readonly recipes: readonly RuleSet[];
  readonly detection: readonly Mapping[];
  readonly dimensions: readonly (Mapping & { name: string; label: string; values: readonly { name: string; label: string }[] })[];
  readonly lifecycle: Mapping;
}

/** A snapshot under judgement: as it was read, what is known of it, and what the reader changed. */
export interface Case {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly detection: Detection;
  criteria: Chosen;
  /** Readings the reader set (or took away, null) to see verdicts move. */
  readonly edits: Map<string, string | null>;
}

/** A recipe's verdict over the phases that count now, without its details. */
export interface Standing { readonly rules: RuleSet; readonly report: Report }

const SUPPORTED = new Set(["exact", "composed"]);

export class Session {
  readonly document: RulesDocument;
  readonly recipes: readonly RuleSet[];
  readonly cases: Case[] = [];
  current = 0;
  phases: readonly PhaseName[] = ["readiness"];
  picked = "";
  private readonly byId: ReadonlyMap<string, RuleSet>;
  private readonly made = new WeakMap<Case, { edits: string; snapshot: Snapshot }>();
  private readonly rules: Context; // checks and readings; criteria and phases are a case's own

  constructor(document: RulesDocument) {
    this.document = document;
    this.recipes = document.recipes.filter((recipe) => SUPPORTED.has(recipe.coverage));
    this.byId = new Map(this.recipes.map((recipe) => [recipe.id, recipe]));
    this.rules = contextFromRules(document);
  }

  add(name: string, snapshot: Snapshot): Case {
    const detection = detect(snapshot, this.document.detection, this.document.dimensions);
    const made: Case = { name, snapshot, detection, criteria: chosen(detection.criteria), edits: new Map() };
    this.cases.push(made);
    return made;
  }

  remove(index: number): void {
    this.cases.splice(index, 1);
    this.current = Math.max(0, Math.min(this.current, this.cases.length - 1));
  }

  get case(): Case {
    return this.cases[this.current] as Case;
  }

  /** What people call a reading; its name where the catalog does not say. */
  labelOf(reading: string): string {
    const label = this.rules.measurements.find(reading)["label"];
    return typeof label === "string" ? label : reading;
  }

  /** The least values of a reading that recipes for these criteria ask for, each with how many ask it, most asked first. */
  askedValues(reading: string, criteria: Chosen): [string, number][] {
    const asked = new Map<string, number>();
    for (const rules of this.recipes) {
      if (!fits(rules, criteria)) continue;
      for (const constraint of phaseConstraints(rules, "readiness")) {
        const value = constraint["name"] === reading ? satisfyingValue([plainText(constraint["value"])]) : null;
        if (value !== null) asked.set(value, (asked.get(value) ?? 0) + 1);
      }
    }
    return [...asked].sort((a, b) => b[1] - a[1]);
  }

  recipe(id: string): RuleSet | undefined {
    return this.byId.get(id);
  }

  /** The snapshot as the edits have it; the same value until they change. */
  edited(of: Case): Snapshot {
    if (!of.edits.size) return of.snapshot;
    const edits = JSON.stringify([...of.edits]);
    let made = this.made.get(of);
    if (made?.edits !== edits) this.made.set(of, (made = { edits, snapshot: withReadings(of.snapshot, of.edits) }));
    return made.snapshot;
  }

  private context(of: Case, phases: readonly string[]): Context {
    return { ...this.rules, criteria: new Map(Object.entries(of.criteria)), phases: PHASES.filter((phase) => phases.includes(phase)) };
  }

  /** Every recipe held against the snapshot in the phases that count, in the catalog's order. */
  standings(of: Case): Standing[] {
    const snapshot = this.edited(of);
    const context = this.context(of, this.phases);
    return this.recipes.map((rules) => ({ rules, report: evaluateRecipe(rules, snapshot, context) }));
  }

  /** One recipe in all four phases. */
  report(of: Case, rules: RuleSet): Report {
    return evaluateRecipe(rules, this.edited(of), this.context(of, PHASES));
  }

  /** What to change for the recipes that fit what the reader asks for, least first; *standings* are the case's own. */
  plans(of: Case, standings: readonly Standing[]): readonly Plan[] {
    const wanted = standings.filter(({ rules }) => fits(rules, of.criteria));
    const context = this.context(of, ["readiness"]);
    const snapshot = this.edited(of);
    if (this.phases.length > 1) return planRecipes(wanted.map(({ rules }) => rules), snapshot, context);
    const reports = new Map<Mapping, Report>(wanted.map(({ rules, report }) => [rules, report]));
    return planRecipes(reports.keys(), snapshot, context, (rules) => reports.get(rules) as Report);
  }

  /** Verdicts that differ between two snapshots, for the recipes that apply to either. */
  flips(before: Case, after: Case): { recipe: string; before: Verdict; after: Verdict; flips: readonly Flip[] }[] {
    const old = this.standings(before);
    const now = this.standings(after);
    return old.flatMap((standing, i) => {
      const other = now[i] as Standing;
      const flips = compareReports(standing.report, other.report);
      const counts = standing.report.verdict !== "not-applicable" || other.report.verdict !== "not-applicable";
      return counts && (flips.length || standing.report.verdict !== other.report.verdict)
        ? [{ recipe: standing.rules.id, before: standing.report.verdict as Verdict, after: other.report.verdict as Verdict, flips }] : [];
    });
  }
}

/** Plain values per dimension, so that the page can change them one by one. */
export function chosen(criteria: { readonly [D in Dimension]?: string }): Chosen {
  return Object.fromEntries(DIMENSIONS.map((d) => [d, criteria[d] ?? "any"])) as Chosen;
}

/** Whether a recipe is among what the criteria ask for: intent and platform, once stated, narrow the choice. */
export function fits(rules: RuleSet, criteria: Chosen): boolean {
  return DIMENSIONS.every((d) => {
    const have = rules.criteria[d] ?? "any";
    return d === "os" || have === "any" || criteria[d] === "any" || have === criteria[d];
  });
}

/** Readings that differ between two snapshots, by name. */
export function readingChanges(before: Snapshot, after: Snapshot): { name: string; before: string | null; after: string | null }[] {
  const names = [...new Set([...before.readings.keys(), ...after.readings.keys()])].sort();
  return names.flatMap((name) => {
    const was = before.readings.get(name) ?? null;
    const is = after.readings.get(name) ?? null;
    return was === is ? [] : [{ name, before: was, after: is }];
  });
}
