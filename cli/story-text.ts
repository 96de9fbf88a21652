import type { Shown, Story } from '../actors/node/queries.ts';
import { money } from './money.ts';
import { count } from './progress.ts';
import { table } from './table.ts';

/** Records of one collection, and events, that a person reads at once; the rest is said to be there. */
const MOST_SHOWN = 12;
const MOST_EVENTS = 20;

/** Lines of an order that are shown. */
const MOST_LINES = 15;

type Body = Readonly<Record<string, unknown>>;

/** An entity's story as people read it. */
export function storyText(story: Story): string {
  const { key, kind, version, records, waiting, quarantine, parked } = story;
  const flag = story.flag as { readonly status: string; readonly facts?: Body };
  const groups = Map.groupBy(records, ({ collection }) => collection);
  groups.delete('master.waiting');
  const sections = [
    `${kind} ${key}\n  status ${flag.status}, version ${version}${factsText(flag.facts)}`,
    ...[...groups].map(([collection, group]) => recordsText(collection, group)),
    recordsText('waiting for what they are about', waiting),
    recordsText('in quarantine', quarantine),
    parked === 0
      ? ''
      : `${count(parked)} messages are parked behind one that its actor could not take: masterflag do redrive ${key}`,
    eventsText(story.events as readonly EventLike[]),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function factsText(facts: Body | undefined): string {
  if (facts === undefined) return '';
  return Object.entries(facts)
    .map(([name, value]) => `\n  ${name} ${plain(value)}`)
    .join('');
}

function recordsText(title: string, records: readonly Shown[]): string {
  if (records.length === 0) return '';
  const shown = records.slice(0, MOST_SHOWN).map(({ body }) => bodyText(body as Body));
  const more = records.length - shown.length;
  const head = records.length === 1 ? title : `${title} (${count(records.length)})`;
  return [head, ...shown, ...(more > 0 ? [`  ... and ${count(more)} more`] : [])].join('\n');
}

/** Fields that only say again which record this is, or that --json is for. */
const HIDDEN = new Set(['_id', 'v', 'entity', 'order', 'lines', 'original', 'raw']);

function bodyText(body: Body): string {
  const currency = typeof body['currency'] === 'string' ? body['currency'] : undefined;
  const fields = Object.entries(body)
    .filter(([name, value]) => !HIDDEN.has(name) && !isEmpty(value) && !isKeyBeside(name, value, body))
    .map(([name, value]) => `${name} ${fieldText(name, value, currency)}`);
  return [wrap(fields), ...linesText(body['lines'], currency)].join('\n');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** `customerId` says to a person what `customer`, a key, says to a program. */
function isKeyBeside(name: string, _value: unknown, body: Body): boolean {
  return `${name}Id` in body;
}

const AMOUNTS = new Set([
  'goods',
  'freight',
  'total',
  'paid',
  'declared',
  'amount',
  'revenue',
  'unitPrice',
  'difference',
]);

function fieldText(name: string, value: unknown, currency: string | undefined): string {
  if (AMOUNTS.has(name) && typeof value === 'number' && currency !== undefined) return money(value, currency);
  return plain(value, currency);
}

function plain(value: unknown, currency?: string): string {
  if (Array.isArray(value)) return value.map((item) => plain(item, currency)).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  const own = (value as Body)['currency'];
  const unit = typeof own === 'string' ? own : currency;
  return Object.entries(value as Body)
    .map(([name, field]) => `${name} ${fieldText(name, field, unit)}`)
    .join(', ');
}

const WIDTH = 110;

/** Fields one after another, in lines of bounded width. */
function wrap(fields: readonly string[]): string {
  const lines: string[] = [];
  for (const field of fields) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + field.length + 2 <= WIDTH) lines[lines.length - 1] = `${last}, ${field}`;
    else lines.push(`  ${field}`);
  }
  return lines.join('\n');
}

function linesText(lines: unknown, currency: string | undefined): string[] {
  if (!Array.isArray(lines) || lines.length === 0) return [];
  const rows = (lines as readonly Body[]).slice(0, MOST_LINES).map((line) => lineRow(line, currency));
  const text = table(['quantity', 'code', 'description', 'unit price', 'amount'], rows);
  const more = lines.length - rows.length;
  return [indent(text), ...(more > 0 ? [`    ... and ${count(more)} more lines (--json shows all)`] : [])];
}

function lineRow(line: Body, currency: string | undefined): string[] {
  const own = typeof line['currency'] === 'string' ? line['currency'] : currency;
  const cell = (name: string): string => (line[name] === undefined ? '' : fieldText(name, line[name], own));
  return [cell('quantity'), cell('code'), cell('description').slice(0, 50), cell('unitPrice'), cell('amount')];
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

interface EventLike {
  readonly sequence: string;
  readonly type: string;
  readonly time: string;
  readonly data: Body & { readonly body?: Body };
}

function eventsText(events: readonly EventLike[]): string {
  if (events.length === 0) return '';
  const shown = events.slice(-MOST_EVENTS);
  const rows = shown.map(({ sequence, time, type, data }) => [sequence, time, type, eventText(data)]);
  const left = events.length - shown.length;
  const head = left === 0 ? 'events' : `events (the last ${MOST_EVENTS} of ${count(events.length)})`;
  return `${head}\n${indent(table(['', 'time', '', ''], rows).split('\n').slice(1).join('\n'))}`;
}

/** Enough of an event to tell it from its neighbours. */
function eventText({ body, ...data }: EventLike['data']): string {
  const { description, code, method, status, number, text, name, order } = { ...data, ...body } as Record<
    string,
    unknown
  >;
  const words = [number, code, description, method, status, name, text, order].filter(
    (word) => typeof word === 'string',
  );
  return words.join(' ').slice(0, 60);
}
