import { FAULTS, PHASES, type FaultCount } from './faults.ts';
import type { RunResult } from './run.ts';

/** A seed that found something: it replays exactly. */
export interface Failure {
  readonly seed: number;
  readonly scenario: string;
  readonly violations: readonly string[];
}

/** What came of many seeds. Plain data: it travels between processes. */
export interface Summary {
  readonly seeds: number;
  readonly records: number;
  readonly faults: readonly FaultCount[];
  readonly failures: readonly Failure[];
  /** Seeds by scenario. */
  readonly scenarios: Readonly<Record<string, number>>;
  /** The least that one seed had. */
  readonly least: { readonly records: number; readonly faults: number };
}

export const NOTHING: Summary = {
  seeds: 0,
  records: 0,
  faults: [],
  failures: [],
  scenarios: {},
  least: { records: Infinity, faults: Infinity },
};

export function summaryOf({ seed, scenario, violations, records, faults }: RunResult): Summary {
  const failures = violations.length === 0 ? [] : [{ seed, scenario, violations: violations.slice(0, 3) }];
  const least = { records, faults: faults.reduce((sum, { count }) => sum + count, 0) };
  return { seeds: 1, records, faults, failures, scenarios: { [scenario]: 1 }, least };
}

export function sum(a: Summary, b: Summary): Summary {
  const scenarios = { ...a.scenarios };
  for (const [name, seeds] of Object.entries(b.scenarios)) scenarios[name] = (scenarios[name] ?? 0) + seeds;
  return {
    seeds: a.seeds + b.seeds,
    records: a.records + b.records,
    faults: sumOfFaults([...a.faults, ...b.faults]),
    failures: [...a.failures, ...b.failures],
    scenarios,
    least: {
      records: Math.min(a.least.records, b.least.records),
      faults: Math.min(a.least.faults, b.least.faults),
    },
  };
}

function sumOfFaults(faults: readonly FaultCount[]): FaultCount[] {
  const sums = new Map<string, FaultCount>();
  for (const { fault, phase, count } of faults) {
    const name = `${fault}|${phase}`;
    sums.set(name, { fault, phase, count: count + (sums.get(name)?.count ?? 0) });
  }
  return [...sums.values()];
}

/** How often each kind of fault met each phase of the protocol. */
export function met({ faults }: Summary, fault: string, phase: string): number {
  return faults.find((one) => one.fault === fault && one.phase === phase)?.count ?? 0;
}

export function matrix(summary: Summary): string[] {
  const head = ['', ...FAULTS].map((name) => name.padStart(12)).join('');
  const rows = PHASES.map((phase) =>
    [phase.padStart(12), ...FAULTS.map((fault) => String(met(summary, fault, phase)).padStart(12))].join(''),
  );
  return [head, ...rows];
}

/** The one line that a run ends with. */
export function lastLine(summary: Summary, seconds: number): string {
  const { seeds, records, faults, failures } = summary;
  const struck = faults.reduce((total, { count }) => total + count, 0);
  const violations = failures.reduce((total, failure) => total + failure.violations.length, 0);
  return `${seeds} seeds, ${records} records, ${struck} faults, ${violations} violations, ${(seeds / seconds).toFixed(1)} seeds/s`;
}
