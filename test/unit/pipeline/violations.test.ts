import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { CANONICAL } from '../../../schemas/canonical/canonical.ts';
import { quarantinedRecord } from '../../../actors/partition/quarantine.ts';
import type { SchemaNode } from '../../../streams/pipeline/allowed.ts';
import { validate } from '../../../streams/pipeline/validate.ts';
import { put, valid, violations, type Body, type Path, type Violated } from './violations.ts';
import { extracted } from './work.ts';

const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv, ['date-time']);

/** Rules that are no keyword of a schema. */
const OWN = ['plausibleTime', 'reference'];

const all = [...violations()];

/** The entry as it is kept, if there is one. */
function entryOf(name: string, body: Body) {
  const work = extracted(name, 'order', body);
  validate([work]);
  if (work.problem === null) return null;
  const { json } = quarantinedRecord({ partition: 'order.0', seq: 1, at: 0 }, work);
  return JSON.parse(json ?? '') as Readonly<Record<string, string>>;
}

function isRight({ name }: Violated, body: Body): boolean {
  return entryOf(name, body) === null;
}

describe('every rule of every canonical schema', () => {
  test('is broken by something, alone', () => {
    for (const { name, rule, body, path, value } of all) {
      const check = ajv.compile(CANONICAL[name].body);
      check(body);
      const keywords = new Set((check.errors ?? []).map(({ keyword }) => keyword));
      const alone = OWN.includes(rule) ? [] : [rule];
      expect({ name, path, value, keywords: [...keywords] }).toEqual({ name, path, value, keywords: alone });
    }
    expect(all.length).toBeGreaterThan(500);
  });

  test.each(Object.keys(CANONICAL))('of %s, broken, makes an entry with field, rule and value', (wanted) => {
    for (const { name, rule, path, body, value } of all.filter((one) => one.name === wanted)) {
      const entry = entryOf(name, body);
      const field = [name, ...path].join('.');
      expect({ value, ...entry }).toMatchObject({ code: 'MF_RECORD_INVALID', stage: 'validate', field, rule });
      expect(entry?.['value']).toBe(shown(value));
      expect(entry?.['message']).toContain(field);
      expect(entry?.['cause']).toBe(`shop/MF_RECORD_INVALID/${field.replace(/\.\d+(?=\.|$)/g, '.*')}/${rule}`);
    }
  });

  test.each(Object.keys(CANONICAL))('of %s, broken, is mended by what its entry says', (wanted) => {
    for (const violated of all.filter((one) => one.name === wanted)) {
      const fix = entryOf(violated.name, violated.body)?.['fix'] ?? '';
      const mended = mendedBy(fix, violated);
      expect({ ...violated, fix, mended: mended.length }).not.toMatchObject({ mended: 0 });
      for (const body of mended) expect({ fix, body, right: isRight(violated, body) }).toMatchObject({ right: true });
      for (const body of forbiddenBy(fix, violated))
        expect({ fix, body, right: isRight(violated, body) }).toMatchObject({ right: false });
    }
  });
});

function shown(value: unknown): string {
  if (value === undefined) return '';
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, 200) : value);
  return json.length <= 200 ? json : `${json.slice(0, 199)}…`;
}

/** The bodies that a person makes who does as the fix says, in every way that it offers. */
function mendedBy(fix: string, { name, body, path, rule }: Violated): Body[] {
  const place = (value: unknown): Body => put(body, bodySchema(name), path, value);
  if (rule === 'additionalProperties') return /^leave it out/.test(fix) ? [place(undefined)] : [];
  if (rule === 'required' ? !fix.startsWith('add it') : !fix.startsWith('make it')) return [];
  return offered(fix, path).map(place);
}

/** Values just beyond what the fix allows. */
function forbiddenBy(fix: string, { name, body, path, rule }: Violated): Body[] {
  if (rule === 'additionalProperties') return [];
  const range = /number from (-?\d+)(?: to (-?\d+))?/.exec(fix);
  const [least, most] = [range?.[1], range?.[2]].map((text) => (text === undefined ? undefined : Number(text)));
  const length = /text of (\d+) to (\d+) characters/.exec(fix);
  const values = [
    ...(least === undefined ? [] : [least - 1]),
    ...(most === undefined ? [] : [most + 1]),
    ...(length === null ? [] : [text(Number(length[1]) - 1), text(Number(length[2]) + 1)]),
  ];
  return values.map((value) => put(body, bodySchema(name), path, value));
}

const bodySchema = (name: keyof typeof CANONICAL): SchemaNode => CANONICAL[name].body as SchemaNode;

const text = (length: number): string => 'x'.repeat(length);

/** What a fix says that a value may be, read as people read it. */
function offered(fix: string, path: Path): unknown[] {
  const oneOf = /one of ([\w, ]+)/.exec(fix)?.[1];
  if (oneOf !== undefined) return oneOf.split(', ');
  const such = /such as ([^\s;]+)/.exec(fix)?.[1];
  if (such !== undefined && !fix.includes('a list')) return [such];
  const key = /matching key of an? (\w+)/.exec(fix)?.[1];
  if (key !== undefined) return [`main.${key === 'entity' ? String(path.at(-1)) : key}.${text(22)}`];
  const time = /a time from (\d{4}-\d\d-\d\d) to before (\d{4})/.exec(fix);
  if (time !== null) return [`${time[1] ?? ''}T00:00:00Z`, `${Number(time[2]) - 1}-12-31T23:59:59Z`];
  const list = /a list(?: of at most (\d+) items)?, each (.*)/.exec(fix);
  if (list !== null) return [Array.from({ length: Number(list[1] ?? 1) }, () => offered(list[2] ?? '', path)[0])];
  const range = /(whole )?number from (-?\d+)(?: to (-?\d+))?/.exec(fix);
  if (range !== null) return [range[2], range[3] ?? range[2]].map(Number);
  const length = /text of (\d+) to (\d+) characters/.exec(fix);
  if (length !== null) return [text(Number(length[1])), text(Number(length[2]))];
  const fields = /an object with ([\w, ]+)/.exec(fix)?.[1];
  if (fields !== undefined) return [itemOf(fields.split(', '))];
  return /an object/.test(fix) ? [{}] : [];
}

/** An object with just these fields, of the canonical schemas' own making. */
function itemOf(fields: readonly string[]): unknown {
  const nodes = Object.values(CANONICAL).flatMap(({ body }) =>
    Object.values(body.properties as Record<string, SchemaNode>),
  );
  const node = nodes.find(({ items }) => JSON.stringify(items?.required) === JSON.stringify(fields));
  return node?.items === undefined ? undefined : valid(node.items);
}
