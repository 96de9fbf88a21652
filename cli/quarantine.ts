import { Entries, type Entry } from '../actors/node/entries.ts';
import { openReadPorts } from '../actors/node/ports.ts';
import { MasterflagError } from '../schemas/errors.ts';
import type { Settings } from '../schemas/settings.ts';
import { meets, type Condition } from './where.ts';

/** Which entries are meant: all that have everything that is asked for. */
export interface Filter {
  readonly source?: string;
  readonly stage?: string;
  /** A rule, or a code. */
  readonly rule?: string;
  /** A canonical field, or a field of the raw record that it is made of. */
  readonly field?: string;
  /** A cause, or how several begin. */
  readonly cause?: string;
  /** In ms since the epoch. */
  readonly since?: number;
  readonly where: readonly Condition[];
}

/** Entries that fail alike. */
export interface Cause {
  readonly cause: string;
  readonly type: Entry['type'];
  readonly count: number;
  readonly code: string;
  readonly field: string;
  readonly from: readonly string[];
  readonly message: string;
  readonly fix: string;
  /** The values that most of them have, each with how many do. */
  readonly values: readonly (readonly [value: string, count: number])[];
  /** The files that most of them are from. */
  readonly files: readonly (readonly [file: string, count: number])[];
  /** When the last of them was rejected, ISO 8601. */
  readonly last: string;
  readonly example: string;
  /** Messages that wait behind those of them that park their keys. */
  readonly behind: number;
}

/** Different values and files that are counted of each cause: those beyond them are rare. */
const MOST_COUNTED = 500;
const MOST_TOLD = 3;

/** With the quarantine of a data set. @throws MF_DATA_ABSENT */
export async function withEntries<T>(settings: Settings, work: (entries: Entries) => Promise<T>): Promise<T> {
  const ports = await openReadPorts(settings);
  try {
    return await work(new Entries(ports));
  } finally {
    await ports.close();
  }
}

export async function* matching(entries: Entries, filter: Filter): AsyncGenerator<Entry> {
  for await (const entry of entries.all(filter.cause)) if (isMeant(entry, filter)) yield entry;
}

function isMeant(entry: Entry, { source, stage, rule, field, since, where }: Filter): boolean {
  if (source !== undefined && entry.source !== source) return false;
  if (stage !== undefined && entry.stage !== stage) return false;
  if (rule !== undefined && entry.rule !== rule && entry.code !== rule) return false;
  if (field !== undefined && entry.field !== field && !entry.from.includes(field)) return false;
  if (since !== undefined && Date.parse(entry.at) < since) return false;
  return where.length === 0 || meets(entry, where);
}

/** Causes, the most frequent first. Messages differ from record to record: one of them is told. */
export async function readCauses(settings: Settings, filter: Filter = { where: [] }): Promise<Cause[]> {
  return withEntries(settings, async (entries) => {
    const causes = new Map<string, Counting>();
    for await (const entry of matching(entries, filter)) {
      const known = causes.get(entry.cause);
      if (known === undefined) causes.set(entry.cause, new Counting(entry));
      else known.add(entry);
    }
    const counted = await Promise.all([...causes.values()].map((counting) => counting.told(entries)));
    return counted.sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
  });
}

class Counting {
  private first: Entry;
  private readonly values = new Map<string, number>();
  private readonly files = new Map<string, number>();
  private readonly parked: string[] = [];
  private count = 0;
  private last = '';

  constructor(first: Entry) {
    this.first = first;
    this.add(first);
  }

  add(entry: Entry): void {
    const { value, file, at, type, entity } = entry;
    if (isBefore(entry, this.first)) this.first = entry;
    this.count += 1;
    if (at > this.last) this.last = at;
    if (value !== '') tally(this.values, value);
    if (file !== undefined) tally(this.files, file);
    if (type === 'poison') this.parked.push(entity);
  }

  async told(entries: Entries): Promise<Cause> {
    const { cause, type, code, field, from, message, fix, _id: example } = this.first;
    let behind = 0;
    for (const entity of this.parked) behind += await entries.behind(entity);
    const { count, last } = this;
    const tops = { values: top(this.values), files: top(this.files) };
    return { cause, type, count, code, field, from, message, fix, ...tops, last, example, behind };
  }
}

/** As people read a file. */
function isBefore(a: Entry, b: Entry): boolean {
  return a.file === b.file && (a.line ?? 0) < (b.line ?? 0);
}

function tally(counts: Map<string, number>, text: string): void {
  const known = counts.get(text);
  if (known !== undefined || counts.size < MOST_COUNTED) counts.set(text, (known ?? 0) + 1);
}

function top(counts: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_TOLD);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** `2026-01-31T08:00:00Z`, or how long ago: `90s`, `15m`, `2h`, `7d`. @throws MF_USAGE */
export function sinceOf(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const time = ISO_TIME.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  throw new MasterflagError('MF_USAGE', `--since ${text} is neither a time (2026-01-31T08:00:00Z) nor an age (2h, 7d)`);
}
