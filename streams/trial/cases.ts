import { BESIDE } from '../../config/cases.ts';
import type { CaseOutcome, SourceCase } from '../../schemas/source-cases.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { differences } from './differences.ts';
import type { Trial, TriedPart, TriedRecord } from './trial.ts';

export interface CaseResult {
  readonly name: string;
  /** Line by line; none if the source does what the case says. */
  readonly differences: readonly string[];
}

/** What a source makes of its cases. */
export async function runCases(trial: Trial, cases: readonly SourceCase[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const item of cases) results.push({ name: item.name, differences: await differencesOf(trial, item) });
  return results;
}

async function differencesOf(trial: Trial, item: SourceCase): Promise<string[]> {
  const wrong = unknownRecord(trial, item.record) ?? unknownColumn(trial, item);
  if (wrong !== null) return [wrong];
  const tried = await recordsOf(trial, item);
  const expected: readonly CaseOutcome[] = item.records ?? [item];
  if (tried.length !== expected.length) {
    return [`expected ${expected.length} records, and there are ${tried.length}`, ...tried.map(summary)];
  }
  return expected.flatMap((outcome, i) => {
    const record = tried[i];
    const found = record === undefined ? [] : compare(trial, outcome, record);
    return expected.length === 1 ? found : found.map((line) => `record ${i + 1}: ${line}`);
  });
}

function unknownRecord({ source }: Trial, record: string | undefined): string | null {
  if (record === undefined || source.records().includes(record)) return null;
  return `the source has no kind of record ${record}; it has ${source.records().join(', ')}`;
}

/** A file may have further columns; a record that is made up for a case has none by intent. */
function unknownColumn({ source }: Trial, { given, record }: SourceCase): string | null {
  const columns = given === undefined ? undefined : source.columns(record ?? source.records()[0] ?? '');
  const unknown = Object.keys(given ?? {}).find((name) => columns?.includes(name) === false);
  if (unknown === undefined || columns === undefined) return null;
  return `given.${unknown}: no such column is declared${didYouMean(unknown, columns)}`;
}

async function recordsOf(trial: Trial, { given, file, as, record }: SourceCase): Promise<TriedRecord[]> {
  if (given !== undefined) return [trial.given(given, record)];
  const name = as ?? trial.source.fileOf(record ?? trial.source.records()[0] ?? '');
  return Array.fromAsync(trial.file(name, [Buffer.from(file ?? '')]));
}

function compare(trial: Trial, outcome: CaseOutcome, tried: TriedRecord): string[] {
  const { gives, quarantine } = outcome;
  const expected = gives === undefined ? (quarantine === undefined ? simple(outcome) : 'quarantined') : 'accepted';
  if (tried.verdict !== expected) return [`expected to be ${expected}, and it is ${summary(tried)}`];
  if (gives !== undefined) return compareParts(trial, gives, tried.parts);
  const { message = '', ...exact } = quarantine ?? { code: '' };
  const problem: Readonly<Record<string, unknown>> = { ...tried.problem };
  const said = Object.fromEntries(Object.keys(exact).map((name) => [name, problem[name]]));
  const found = quarantine === undefined ? [] : differences(exact, said, 'quarantine');
  const actual = tried.problem?.message ?? '';
  return actual.includes(message) ? found : [...found, `quarantine.message: expected ${message} in it, got ${actual}`];
}

function simple({ skipped }: CaseOutcome): 'skipped' | 'duplicate' {
  return skipped === true ? 'skipped' : 'duplicate';
}

function summary({ verdict, parts, problem }: TriedRecord): string {
  if (problem !== null) return `${verdict}: ${problem.code} ${problem.field} ${problem.message}`;
  return parts.length === 0 ? verdict : `${verdict}: ${parts.map(({ name, of }) => `${name} of ${of}`).join(', ')}`;
}

type Message = Readonly<Record<string, unknown>>;

/** Messages of one name are compared one by one; the names may come in any order. */
function compareParts(trial: Trial, expected: readonly Message[], parts: readonly TriedPart[]): string[] {
  const wanted = Object.groupBy(expected, nameOf);
  const made = Object.groupBy(parts, ({ name }) => name);
  return [...new Set([...Object.keys(wanted), ...Object.keys(made)])].flatMap((name) => {
    const [left, right] = [wanted[name] ?? [], made[name] ?? []];
    return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
      const place = left.length > 1 || right.length > 1 ? `${name}[${i}]` : name;
      return comparePart(trial, place, left[i], right[i]);
    }).flat();
  });
}

function nameOf(message: Message): string {
  return Object.keys(message).find((name) => !BESIDE.includes(name)) ?? '';
}

function comparePart(trial: Trial, place: string, message: Message | undefined, part: TriedPart | undefined): string[] {
  if (part === undefined) return [`${place}: expected, and there is none`];
  if (message === undefined) return [`${place}: not expected: ${JSON.stringify(named(trial, part.body))}`];
  const said: Message = { of: part.of, slot: part.slot, merge: part.merge, state: part.order };
  const beside = Object.fromEntries(BESIDE.filter((name) => name in message).map((name) => [name, said[name]]));
  const { [nameOf(message)]: body, ...others } = message;
  return [
    ...differences(named(trial, others), named(trial, beside), place),
    ...differences(named(trial, body), named(trial, part.body), place),
  ];
}

/** With ids for keys: nobody writes hashes by hand. */
function named(trial: Trial, value: unknown): unknown {
  if (typeof value === 'string') return trial.nameOf(value);
  if (Array.isArray(value)) return value.map((item) => named(trial, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, named(trial, below)]));
}
