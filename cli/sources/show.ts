import type { SourceFile } from '../../config/sources.ts';
import type { PartRule, RecordRule } from '../../schemas/source.ts';

/** What `sources show` prints for programs. */
export function shownSource({ file, source }: SourceFile) {
  return { file, ...source };
}

/** What a source takes and makes, in the words of its file. */
export function sourceText({ file, source }: SourceFile): string {
  const { name, version, title, namespace, format, records, ignore = [] } = source;
  const { type, ...options } = format;
  const lines = [
    `${name}, version ${version}${title === undefined ? '' : `: ${title}`}`,
    `  file        ${file}`,
    `  format      ${type}${Object.keys(options).length === 0 ? '' : ` ${JSON.stringify(options)}`}`,
    `  namespace   ${namespace}`,
    ...Object.entries(records).flatMap(([record, rule]) => recordLines(record, rule)),
    ...ignore.map(({ files, reason }) => `  ignored     ${files.join(', ')}: ${reason}`),
  ];
  return lines.join('\n');
}

function recordLines(record: string, rule: RecordRule): string[] {
  const { files, columns, optional, match, at, route, identity, order, parts } = rule;
  const said: readonly (readonly [string, unknown])[] = [
    ['files', files?.join(', ')],
    ['columns', columns?.join(', ')],
    ['optional', optional?.join(', ')],
    ['match', match],
    ['read from', at],
    ['routed to', `${route.kind} ${written(route.id)}`],
    ['told by', identity],
    ['order', order],
  ];
  return [
    `\n${record}`,
    ...said.filter(([, value]) => value !== undefined).map(([what, value]) => line(what, value)),
    ...parts.map((part) => line('', partText(part))),
  ];
}

function partText({ name, each, of, fields }: PartRule): string {
  const whose = of === undefined ? '' : ` of ${of.kind} ${written(of.id)}`;
  const many = each === undefined ? '' : `, for each of ${written(each)}`;
  return `-> ${name}${whose}${many}: ${Object.keys(fields).join(', ')}`;
}

function line(what: string, value: unknown): string {
  return `  ${what.padEnd(12)}${written(value)}`;
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
