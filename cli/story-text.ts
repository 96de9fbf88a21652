import type { Shown, Story } from '../actors/node/queries.ts';
import { money } from './money.ts';
import { count } from './progress.ts';
import { kindOfKey } from '../schemas/key.ts';
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
    `${kind} ${key}\n  status ${flag.status}, version ${version}${partyLine(story)}${factsText(flag.facts)}`,
    ...[...groups].map(([collection, group]) => recordsText(collection, group)),
    recordsText('waiting for what they are about', waiting),
    quarantineText(quarantine),
    parked === 0 ? '' : parkedText(parked, quarantine),
    eventsText(story.events as readonly EventLike[]),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function partyLine({ key, party }: Story): string {
  if (party === undefined) return '';
  const of = party.head === key ? 'the head of' : `a member of ${party.head}, which has`;
  return `\n  ${of} ${count(party.members.length)} members, whose records follow: masterflag party ${key}`;
}

/** What was rejected of an entity: enough to know whether to look closer. */
function quarantineText(entries: readonly Shown[]): string {
  if (entries.length === 0) return '';
  const rows = entries.slice(0, MOST_SHOWN).map(({ body }) => {
    const { _id, field, value, message } = body as Readonly<Record<string, string>>;
    return [_id ?? '', field ?? '', (value ?? '').slice(0, 40), (message ?? '').slice(0, 80)];
  });
  const text = table(['', 'field', 'value', 'what is wrong'], rows);
  const more = entries.length > rows.length ? [`  ... and ${count(entries.length - rows.length)} more`] : [];
  return [`in quarantine (${count(entries.length)}): masterflag quarantine show ID`, indent(text, 2), ...more].join(
    '\n',
  );
}

/** The first of those that are parked is the poisoned one. */
function parkedText(parked: number, entries: readonly Shown[]): string {
  const poison = entries.map(({ body }) => body as Body).find(({ type }) => type === 'poison');
  const id = typeof poison?.['_id'] === 'string' ? poison['_id'] : 'ID';
  return `parked: ${count(parked)} messages, the first of which its actor could not take: masterflag quarantine show ${id}`;
}

function factsText(facts: Body | undefined): string {
  if (facts === undefined) return '';
  return Object.entries(facts)
    .map(([name, value]) => `\n  ${name} ${plain(value)}`)
    .join('');
}

function recordsText(title: string, records: readonly Shown[]): string {
  if (records.length === 0) return '';
  const bodies = records.slice(0, MOST_SHOWN).map(({ body }) => body as Body);
  const more = records.length - bodies.length;
  const head = records.length === 1 ? title : `${title} (${count(records.length)})`;
  const texts = bodies.length > MOST_IN_FULL ? [indent(rowsText(bodies), 2)] : bodies.map(bodyText);
  return [head, ...texts, ...(more > 0 ? [`  ... and ${count(more)} more`] : [])].join('\n');
}

/** More records than these are rows of a table: their scalar fields side by side. */
const MOST_IN_FULL = 2;
const MOST_COLUMNS = 8;

/** What a person looks for first; the other fields follow as they stand. */
const FIRST_FIELDS = ['number', 'type', 'status', 'sourceStatus', 'placedAt', 'total'];

function rank(field: string): number {
  const place = FIRST_FIELDS.indexOf(field);
  return place < 0 ? FIRST_FIELDS.length : place;
}

function rowsText(bodies: readonly Body[]): string {
  const names = new Set(bodies.flatMap((body) => Object.keys(shownFields(flat(body)))));
  const columns = [...names].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_COLUMNS);
  const rows = bodies.map((body) => {
    const fields = shownFields(flat(body));
    return columns.map((name) => (name in fields ? fieldText(name, fields[name], currencyOf(body)).slice(0, 40) : ''));
  });
  return table(columns, rows);
}

/** With what stands in `said` (of a waiting part) beside the rest, and the status axes as one word. */
function flat({ said, status, ...body }: Body): Body {
  const axes = status as { readonly order?: string } | string | undefined;
  const word = typeof axes === 'object' ? axes.order : axes;
  return { ...body, ...(word === undefined ? {} : { status: word }), ...(said as Body | undefined) };
}

/** Without other entities' keys and without zeros, which say nothing in a row. */
function shownFields(body: Body): Body {
  const fields = Object.entries(body).filter(([name, value]) => {
    const dull = HIDDEN.has(name) || name === 'currency' || isEmpty(value) || typeof value === 'object' || value === 0;
    return !dull && !isKeyBeside(name, value, body) && !isKey(value);
  });
  return Object.fromEntries(fields);
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && kindOfKey(value) !== undefined;
}

function currencyOf(body: Body): string | undefined {
  const { currency } = body;
  return typeof currency === 'string' ? currency : undefined;
}

/** Fields that only say again which record this is, or that --json is for. */
const HIDDEN = new Set(['_id', 'v', 'entity', 'order', 'lines', 'original', 'raw']);

function bodyText(body: Body): string {
  const currency = currencyOf(body);
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

function indent(text: string, by = 4): string {
  return text.replace(/^/gm, ' '.repeat(by));
}

interface EventLike {
  readonly sequence: string;
  readonly type: string;
  readonly time: string;
  readonly data: Body & { readonly body?: Body };
}

function eventsText(events: readonly EventLike[]): string {
  if (events.length === 0) return '';
  const rows = eventRows(events);
  const shown = rows.slice(-MOST_EVENTS);
  const head = rows.length === shown.length ? 'events' : `events (${count(events.length)}, the last of them)`;
  return `${head}\n${indent(table(['', 'time', '', ''], shown).split('\n').slice(1).join('\n'), 2)}`;
}

/** Of many events of one type one after another, the first few and how many more there are. */
function eventRows(events: readonly EventLike[]): string[][] {
  const rows: string[][] = [];
  for (let n = 0; n < events.length;) {
    const end = endOfRun(events, n);
    const shown = end - n <= MOST_IN_RUN + 1 ? end : n + MOST_IN_RUN;
    for (const { sequence, time, type, data } of events.slice(n, shown))
      rows.push([sequence, time, type, eventText(data)]);
    if (shown < end) rows.push(['', '', '', `... and ${count(end - shown)} more ${events[n]?.type ?? ''}`]);
    n = end;
  }
  return rows;
}

const MOST_IN_RUN = 3;

function endOfRun(events: readonly EventLike[], from: number): number {
  let end = from + 1;
  while (events[end]?.type === events[from]?.type && end < events.length) end++;
  return end;
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
