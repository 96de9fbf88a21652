import type { Entry, Resolution } from '../actors/node/entries.ts';
import { count } from './progress.ts';
import type { Cause } from './quarantine.ts';
import { typed } from './shell.ts';

/** Longest value, message or file that is shown in a list. */
const MOST_SHOWN = 100;

/** A command that is longer has what it is for above it. */
const MOST_WIDE = 80;

/** So much of an id tells it from all others. */
const ID_SHOWN = 10;

/** Causes that are told in full; of more, each is a line. */
const MOST_IN_FULL = 12;

/** What is wrong, with how many, and what to type. `data` is the folder, if it has to be named. */
export function causesText(causes: readonly Cause[], data: string | undefined): string {
  const [first] = causes;
  if (first === undefined) return 'Nothing is in quarantine.';
  const records = causes.reduce((sum, cause) => sum + cause.count, 0);
  const width = count(first.count).length;
  const head = `${count(records)} in quarantine, for ${counted(causes.length, 'reason')}, the most frequent first:`;
  const full = causes.slice(0, MOST_IN_FULL).map((cause) => causeText(cause, width));
  const rest = causes.slice(MOST_IN_FULL).map((cause) => `${count(cause.count).padStart(width)}  ${cause.cause}`);
  const next = nextText(causes.find(({ type }) => type !== 'overflow') ?? first, data);
  return [head, ...full, ...(rest.length > 0 ? [rest.join('\n')] : []), next].join('\n\n');
}

function causeText(cause: Cause, width: number): string {
  const { values, files, behind } = cause;
  const facts: readonly (readonly [string, string])[] = [
    ['wrong', short(cause.message)],
    ['field', fieldText(cause)],
    ['values', tops(values)],
    ['mend', cause.fix],
    ['files', tops(files)],
    ['behind', behind === 0 ? '' : `${counted(behind, 'message')} that came later ${behind === 1 ? 'waits' : 'wait'}`],
    ['example', cause.example],
  ];
  const lines = facts.filter(([, text]) => text !== '').map(([name, text]) => `${name.padEnd(8)} ${text}`);
  const indent = ' '.repeat(width + 2);
  return [`${count(cause.count).padStart(width)}  ${cause.cause}`, ...lines.map((line) => indent + line)].join('\n');
}

/** Where each is another one, one of them. */
function tops(counts: readonly (readonly [string, number])[]): string {
  const [first, second] = counts;
  if (first?.[1] === 1 && second !== undefined) return `for example ${short(first[0])}`;
  return counts.map(([text, n]) => `${short(text)} (${count(n)})`).join(', ');
}

const MENDED: Readonly<Record<Entry['type'], string>> = {
  record: 'the source is mended: what would happen?',
  part: 'its cause is mended: what would happen?',
  poison: 'the bug is mended: what would happen?',
  overflow: 'what would happen?',
};

function nextText({ cause, count, example, type }: Cause, data: string | undefined): string {
  const say = (...words: string[]): string => typed(['quarantine', ...words], data);
  const next = 'What to type next:';
  if (type === 'overflow')
    return [next, ...commands([[say('list', '--where', '{"type":"poison"}'), 'what they wait behind']])].join('\n');
  const id = example.slice(0, ID_SHOWN);
  const which = count === 1 ? [id] : ['--cause', cause];
  const all = count === 1 ? [] : [[say('list', '--all', ...which), 'each of them, one a line']];
  const lines = [
    [say('show', id), count === 1 ? 'all that is known of it, and how to fix it' : 'one of them, and how to fix it'],
    ...all,
    [say('redrive', ...which, '--dry-run'), MENDED[type]],
    [say('redrive', ...which), '... and let it happen'],
    [say('drop', ...which, '--why', 'REASON'), count === 1 ? 'give it up' : 'give them up'],
  ];
  return [next, ...commands(lines)].join('\n');
}

/** Side by side with what they are for, as the shell's own comments: a line may be copied whole. */
function commands(lines: readonly (readonly string[])[]): string[] {
  const width = Math.max(...lines.map(([command = '']) => command.length));
  return lines.flatMap(([command = '', what = '']) => {
    if (width <= MOST_WIDE) return [`  ${command.padEnd(width)}  # ${what}`];
    return [`  # ${what}`, `  ${command}`];
  });
}

/** One line of a list. */
export function entryLine({ _id, file, line, column, byte, field, from, value, message }: Entry): string {
  const at = `${column === undefined ? '' : `:${column}`}${byte === undefined ? '' : `, at byte ${byte}`}`;
  const place = file === undefined ? '' : `${file}:${line ?? ''}${at}`;
  const about = field === '' ? message : `${fieldText({ field, from })}: ${message}`;
  return [_id, place, short(about), short(value)].filter((text) => text !== '').join('  ');
}

function fileText({ file, line, column, byte }: Entry): string | undefined {
  if (file === undefined) return undefined;
  const counts = Object.entries({ line, column, byte }).filter(([, count]) => count !== undefined);
  return [file, ...counts.map(([name, count]) => `${name} ${count}`)].join(', ');
}

/** An entry, whole, with what to type. `alike` counts those that fail as it does, itself included. */
export function entryText(entry: Entry, alike: number, behind: number, data: string | undefined): string {
  const { type, _id, code, message, rule, stage, fix, value, source, sourceVersion } = entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['wrong', `${code}: ${message}`],
    ['field', fieldText(entry)],
    ['value', value],
    ['rule', rule === '' ? stage : `${rule} (${stage})`],
    ['mend', fix],
    [
      'alike',
      alike > 1 ? `${counted(alike - 1, 'other')} ${alike === 2 ? 'fails' : 'fail'} in the same way` : undefined,
    ],
    [
      'behind',
      behind > 0 ? `${counted(behind, 'message')} of the same entity ${behind === 1 ? 'waits' : 'wait'}` : undefined,
    ],
    ['record', recordText(entry)],
    [
      'source',
      source === undefined ? undefined : `${source}${sourceVersion === undefined ? '' : `, version ${sourceVersion}`}`,
    ],
    ['file', fileText(entry)],
    ['feed', entry.feed],
    ['since', entry.at],
    ['entity', entry.entity],
    ['cause', entry.cause],
    ['was', entry.corrects === undefined ? undefined : `sent again out of ${entry.corrects}`],
  ];
  const lines = facts.filter(([, text]) => text !== undefined && text !== '');
  return [
    `${type} ${_id}`,
    ...lines.map(([name, text = '']) => `  ${name.padEnd(8)}${text}`),
    '  raw',
    rawText(entry).replace(/^/gm, '    '),
    ...(entry.stack === undefined || entry.stack === '' ? [] : ['', entry.stack]),
    '',
    'What to type next:',
    ...commands(entryCommands(entry, alike, data)),
  ].join('\n');
}

function recordText({ record, identity }: Entry): string | undefined {
  return identity ?? record;
}

function entryCommands(entry: Entry, alike: number, data: string | undefined): string[][] {
  const { type, cause } = entry;
  const id = shortId(entry);
  const say = (...words: string[]): string => typed(['quarantine', ...words], data);
  if (type === 'overflow')
    return [
      [
        typed(['quarantine', 'list', '--where', JSON.stringify({ entity: entry.entity, type: 'poison' })], data),
        'what it waits behind',
      ],
    ];
  const all = alike > 1 ? [[say('redrive', '--cause', cause, '--dry-run'), 'the same for all that fail alike']] : [];
  return [
    ...fixCommands(entry, say),
    [say('redrive', id, '--dry-run'), MENDED[type]],
    [say('redrive', id), '... and let it happen'],
    ...all,
    [say('drop', id, '--why', 'REASON'), 'give it up'],
  ];
}

/** A field where one is at fault and can be named; the whole record where it could not even be read. */
function fixCommands(entry: Entry, say: (...words: string[]) => string): string[][] {
  const { from, stage, raw, code } = entry;
  const field =
    from.find((path) => /^[^*]+$/.test(path)) ??
    (stage === 'validate' || stage === 'extract' ? firstField(raw) : undefined);
  if (field !== undefined)
    return [[say('fix', shortId(entry), '--field', field, '--value', 'VALUE'), 'send it with another value there']];
  if (stage === 'ingress' && code !== 'MF_SOURCE_UNKNOWN')
    return [[say('fix', shortId(entry), '--payload', 'FILE'), 'send what the file holds in its stead']];
  return [];
}

/** What waits has an id that says where, and in which order. */
function shortId({ _id, type }: Entry): string {
  return type === 'overflow' ? _id : _id.slice(0, ID_SHOWN);
}

function firstField(raw: unknown): string | undefined {
  const { columns } = (raw ?? {}) as { readonly columns?: readonly string[] };
  return columns?.[0];
}

/** Of an entry that is in quarantine no more. */
export function resolutionText({ _id, how, by, at, why, to, entry }: Resolution): string {
  const lines = [
    `${entry.type} ${_id} is in quarantine no more: ${how} by ${by} at ${at}`,
    ...(why === undefined ? [] : [`  why     ${why}`]),
    ...(to === undefined ? [] : [`  sent to ${to.entity}${to.feed === undefined ? '' : `, in feed ${to.feed}`}`]),
    `  it was  ${entry.code}: ${entry.message}`,
    `  cause   ${entry.cause}`,
    '  raw',
    rawText({ raw: entry.raw, from: [] }).replace(/^/gm, '    '),
  ];
  return lines.join('\n');
}

function fieldText({ field, from }: Pick<Entry, 'field' | 'from'>): string {
  if (field === '' || from.length === 0) return field;
  return `${field}, made of ${from.join(', ')}`;
}

/** Lines of a record that are shown: of a long one, what is at fault stands before it. */
const MOST_LINES = 60;

/** A row under its columns with a mark at what is at fault, what could not be read as it came, anything else as JSON. */
function rawText({ raw, from }: Pick<Entry, 'raw' | 'from'>): string {
  const { columns, row } = unwrapped(raw);
  if (columns !== undefined && Array.isArray(row)) {
    const width = Math.max(...columns.map((name) => name.length));
    const lines = columns.map((name, n) => {
      return `${from.includes(name) ? '>' : ' '} ${name.padEnd(width)}  ${cellText((row as readonly unknown[])[n])}`.trimEnd();
    });
    return lines.join('\n');
  }
  const { text } = (row ?? {}) as { readonly text?: unknown };
  if (typeof text === 'string' && columns !== undefined) return text;
  const marked = from.flatMap((path) => markedText(row, path));
  const lines = JSON.stringify(row, null, 2).split('\n');
  const more =
    lines.length > MOST_LINES ? [`... and ${count(lines.length - MOST_LINES)} more lines (--json shows all)`] : [];
  return [...marked, ...lines.slice(0, MOST_LINES), ...more].join('\n');
}

function markedText(row: unknown, path: string): string[] {
  const names = path.replace(/\[(\d+)\]/g, '.$1').split('.');
  const value = names.reduce<unknown>(
    (at, name) => (at as Readonly<Record<string, unknown>> | null | undefined)?.[name],
    row,
  );
  return [`> ${path}  ${value === undefined ? '(nothing)' : short(JSON.stringify(value))}`];
}

/** A record, out of what it is kept in: under its columns, or in a message of the inbox. */
function unwrapped(raw: unknown): { readonly columns?: readonly string[]; readonly row: unknown } {
  const { columns, row, records } = (raw ?? {}) as {
    readonly columns?: readonly string[];
    readonly row?: unknown;
    readonly records?: readonly { readonly raw: unknown }[];
  };
  const [record] = records ?? [];
  if (record !== undefined) return { ...(columns === undefined ? {} : { columns }), row: record.raw };
  return columns === undefined || row === undefined ? { row: raw } : { columns, row };
}

function cellText(cell: unknown): string {
  return typeof cell === 'string' ? cell : JSON.stringify(cell ?? '');
}

function short(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN - 1).toWellFormed()}…`;
}

function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}
