import { openReadPorts } from '../actors/node/ports.ts';
import type { StoredDocument } from '../schemas/document.ts';
import { ERRORS, isErrorCode, MasterflagError } from '../schemas/errors.ts';
import type { Settings } from '../schemas/settings.ts';
import { count } from './progress.ts';
import { table } from './table.ts';

/** A rejected record, part or message, as management.quarantine has it, with where it stood. */
export interface Entry {
  readonly _id: string;
  readonly type: 'record' | 'part' | 'poison';
  readonly entity: string;
  readonly cause: string;
  readonly code: string;
  readonly stage: string;
  readonly field?: string;
  readonly value?: string;
  readonly message: string;
  readonly fix: string;
  readonly raw: unknown;
  readonly where?: string;
  readonly feed?: string;
  readonly stack?: string;
}

/** Records that were rejected for one reason. */
export interface Cause {
  readonly cause: string;
  readonly count: number;
  readonly message: string;
  readonly example: string;
}

const PAGE = 200;
const COLLECTION = 'management.quarantine';

/** Causes, the most frequent first. Messages differ from record to record: one of them is shown. */
export async function readCauses(settings: Settings): Promise<Cause[]> {
  const causes = new Map<string, Cause>();
  for await (const { _id, cause, message } of entriesOf(settings)) {
    const known = causes.get(cause);
    causes.set(cause, known === undefined ? { cause, count: 1, message, example: _id } : plusOne(known));
  }
  return [...causes.values()].sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

function plusOne(cause: Cause): Cause {
  return { ...cause, count: cause.count + 1 };
}

/** All entries, or those of one cause, by id. */
export async function* entriesOf(settings: Settings, cause?: string): AsyncGenerator<Entry> {
  const { store, close } = portsOf(settings);
  try {
    for (let after = ''; ;) {
      const page = { after, limit: PAGE };
      const found =
        cause === undefined ? await store.page(COLLECTION, page) : await store.query(COLLECTION, 'cause', cause, page);
      yield* found.map(entryOf);
      const last = found.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  } finally {
    close();
  }
}

/** @throws MF_NOT_FOUND */
export async function readEntry(settings: Settings, id: string): Promise<Entry> {
  const { store, close } = portsOf(settings);
  try {
    const [found] = await store.load([{ collection: COLLECTION, id }]);
    if (found === undefined || found.json === null) {
      throw new MasterflagError('MF_NOT_FOUND', `nothing in quarantine has the id ${JSON.stringify(id)}`);
    }
    return entryOf(found);
  } finally {
    close();
  }
}

function portsOf(settings: Settings) {
  const ports = openReadPorts(settings);
  return { store: ports.store, close: () => ports.close() };
}

function entryOf({ json, meta }: StoredDocument): Entry {
  const more = meta === '' ? {} : (JSON.parse(meta) as Pick<Entry, 'where' | 'feed' | 'stack'>);
  return { ...(JSON.parse(json ?? '{}') as Entry), ...more };
}

export function causeText(causes: readonly Cause[]): string {
  if (causes.length === 0) return 'Nothing is in quarantine.';
  const rows = causes.map(({ cause, count: n, message, example }) => [count(n), cause, example, message.slice(0, 100)]);
  return `${table(['records', 'cause', 'example', 'what is wrong with it'], rows)}

masterflag quarantine list --cause CAUSE   lists the records of one cause
masterflag quarantine show EXAMPLE         shows one of them`;
}

export function entryText(entry: Entry): string {
  const mend = isErrorCode(entry.code) ? ERRORS[entry.code].mend : '';
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['wrong', `${entry.code}: ${entry.message}`],
    ['mend', entry.fix === '' ? mend : entry.fix],
    ['stage', entry.stage],
    ['field', entry.field],
    ['value', entry.value],
    ['where', entry.where],
    ['feed', entry.feed],
    ['entity', entry.entity],
    ['cause', entry.cause],
  ];
  const lines = facts.filter(([, value]) => value !== undefined && value !== '');
  return [
    `${entry.type} ${entry._id}`,
    ...lines.map(([name, value]) => `  ${name.padEnd(8)}${value ?? ''}`),
    '  raw',
    rawText(entry.raw).replace(/^/gm, '          '),
    ...(entry.stack === undefined || entry.stack === '' ? [] : ['', entry.stack]),
  ].join('\n');
}

/** A row under its columns, what could not be decoded as it came, anything else as JSON. */
function rawText(raw: unknown): string {
  const { columns, row } = (raw ?? {}) as { readonly columns?: unknown; readonly row?: unknown };
  if (Array.isArray(columns) && Array.isArray(row)) {
    const width = Math.max(...columns.map((name) => String(name).length));
    return columns.map((name, n) => `${String(name).padEnd(width)}  ${String(row[n] ?? '')}`).join('\n');
  }
  const { text } = (row ?? raw ?? {}) as { readonly text?: unknown };
  return typeof text === 'string' ? text : JSON.stringify(raw, null, 2);
}
