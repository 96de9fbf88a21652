import type { Settings } from '../../schemas/settings.ts';
import { Trial, type TriedPart, type TriedRecord } from '../../streams/trial/trial.ts';
import { openInputs } from '../inputs.ts';
import { findSource } from './found.ts';

export interface TryRequest {
  /** Name of a source, or path of its file. */
  readonly source: string;
  /** File, folder or `-`. */
  readonly path: string;
  /** The name that standard input goes by. */
  readonly stdinName: string;
  readonly limit: number;
}

/** One thing that `sources try` found, in the order of the files. */
export type Tried =
  | { readonly type: 'record'; readonly file: string; readonly record: TriedRecord }
  | { readonly type: 'ignored'; readonly file: string; readonly reason: string };

/** Records of each file, up to the limit. @throws MF_SOURCE_UNKNOWN, MF_SOURCE_INVALID, MF_USAGE */
export async function* tryFiles(settings: Settings, request: TryRequest): AsyncGenerator<Tried> {
  const trial = new Trial(findSource(request.source, settings), settings);
  const { source } = trial;
  const rule = { format: source.format.type, names: (file: string) => source.names(file) };
  const { inputs, skipped } = openInputs([request.path], rule, request.stdinName);
  for (const { name, open } of inputs) {
    const reason = trial.ignored(name);
    if (reason !== undefined) yield { type: 'ignored', file: name, reason };
    else
      for await (const record of trial.file(name, open(), request.limit)) yield { type: 'record', file: name, record };
  }
  for (const { name, reason } of skipped) yield { type: 'ignored', file: name, reason };
}

/** What `--json` prints of one record. */
export function triedJson(tried: Tried): unknown {
  if (tried.type === 'ignored') return { file: tried.file, ignored: tried.reason };
  return { file: tried.file, ...tried.record };
}

export function triedText(tried: Tried): string {
  if (tried.type === 'ignored') return `${tried.file}: not fed: ${tried.reason}\n`;
  const { line, record, verdict, reason, routed, parts, names, problem, decoded } = tried.record;
  const why = reason === '' ? '' : `: ${reason}`;
  const lines = [`${tried.file}:${line}: ${record === '' ? 'a record' : record}, ${verdict}${why}`];
  lines.push(`  decoded as ${shown(decoded, 200)}`);
  if (routed !== null) {
    const identity = routed.identity === null ? 'without an id of its own' : `as ${routed.identity}`;
    lines.push(`  routed to ${routed.kind} ${routed.id}, ${identity}`);
  }
  if (problem !== null) {
    const field = problem.field === '' ? '' : `${problem.field}: `;
    lines.push(`  ${problem.stage} says ${problem.code}: ${field}${problem.message}`);
    if (problem.value !== '') lines.push(`    value   ${problem.value}`);
    lines.push(`    rule    ${problem.rule}`, `    fix     ${problem.fix}`);
  }
  return [...lines, ...parts.flatMap((part) => partLines(part, names)), ''].join('\n');
}

function partLines({ name, of, merge, order, body, before }: TriedPart, names: TriedRecord['names']): string[] {
  const fields = [...new Set([...Object.keys(body), ...Object.keys(before)])];
  const width = Math.max(...fields.map((field) => field.length));
  const state = order.length === 0 ? '' : `, state ${order.join(' ')}`;
  return [
    `  ${name} of ${of} (${merge}${state})`,
    ...fields.map((field) => {
      const was = Object.hasOwn(before, field) ? `   <- ${shown(before[field], 60)}` : '';
      const value = Object.hasOwn(body, field) ? shown(withNames(body[field], names), 160) : '-';
      return `    ${field.padEnd(width)}  ${value}${was}`;
    }),
  ];
}

/** With what a key was made of in its place. */
function withNames(value: unknown, names: TriedRecord['names']): unknown {
  const text = JSON.stringify(value).replace(/"[^"\\]*"/g, (word) => {
    const name = names[word.slice(1, -1)];
    return name === undefined ? word : JSON.stringify(`-> ${name}`);
  });
  return JSON.parse(text) as unknown;
}

function shown(value: unknown, length: number): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replaceAll('\n', '\\n');
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** How many records got which verdict. */
export class TrySummary {
  private readonly counts = new Map<string, number>();

  add(tried: Tried): void {
    if (tried.type === 'ignored') return;
    const { verdict } = tried.record;
    this.counts.set(verdict, (this.counts.get(verdict) ?? 0) + 1);
  }

  text(limit: number): string {
    const counts = [...this.counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
    return `Of the first ${limit} records of each file: ${counts === '' ? 'none is there' : counts}`;
  }
}
