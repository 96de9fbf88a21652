import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fingerprint } from '../../../schemas/key.ts';
import { SHAPES } from '../../../schemas/shapes.ts';
import { UPCASTERS, upcast } from '../../../schemas/upcast.ts';
import { compileCheck } from '../../../schemas/validate.ts';
import { samples } from './samples.ts';

const FOLDER = new URL('../../golden/', import.meta.url);
const file = (name: string, v: number): URL => new URL(`${name.replaceAll('/', '~')}.v${v}.json`, FOLDER);

/** Fingerprints of the schemas, by `<shape>.v<version>`: written once, never changed. */
const LEDGER = new URL('shapes.json', FOLDER);

// A shape is new, or has a new version: `GOLDEN=write npm test -- golden` keeps it. What is kept is never overwritten.
if (process.env['GOLDEN'] === 'write') write();

const ledger = read(LEDGER) as Readonly<Record<string, string>>;

describe('persisted shapes', () => {
  test.each(Object.keys(SHAPES))('%s changes only with a new version', (name) => {
    const shape = SHAPES[name];
    if (shape === undefined) throw new Error(name);
    const kept = ledger[`${name}.v${shape.v}`];
    if (kept !== fingerprint(JSON.stringify(shape.schema))) {
      throw new Error(
        `${name} is not what version ${shape.v} was: raise its v in schemas/shapes.ts, add an upcaster in ` +
          `schemas/upcast.ts, then run GOLDEN=write npm test -- golden`,
      );
    }
    expect((UPCASTERS[name] ?? []).length).toBe(shape.v - 1);
  });

  test.each(Object.keys(ledger))('%s, as it was once written, can be read', (key) => {
    const [, name = '', v = ''] = /^(.*)\.v(\d+)$/.exec(key) ?? [];
    const shape = SHAPES[name];
    if (shape === undefined) throw new Error(`${name} is gone, but documents of it are not`);
    expect(compileCheck(shape.schema)(upcast(name, read(file(name, Number(v)))))).toBeNull();
  });

  test('every golden fixture belongs to a shape', () => {
    const fixtures = readdirSync(FOLDER).filter((entry) => entry !== 'shapes.json');
    const known = Object.keys(ledger).map((key) => `${key.replaceAll('/', '~')}.json`);
    expect(fixtures.sort()).toEqual(known.sort());
  });

  test('what the actors write today is of the declared shapes', () => {
    for (const [name, values] of samples()) {
      const shape = SHAPES[name];
      if (shape === undefined) throw new Error(`${name} is no shape`);
      const check = compileCheck(shape.schema);
      for (const value of values) expect({ name, violation: check(value) }).toEqual({ name, violation: null });
    }
  });

  test('there is a sample of every shape', () => {
    expect([...samples().keys()].sort()).toEqual(Object.keys(SHAPES).sort());
  });
});

describe('upcasters', () => {
  const renamed = [
    (older: object) => ({ ...older, v: 2, second: true }),
    (older: object) => ({ ...older, v: 3, third: true }),
  ];

  test('lead from any version to the present one', () => {
    expect(upcast('mall.orders', { v: 1 }, renamed)).toEqual({ v: 3, second: true, third: true });
    expect(upcast('mall.orders', { v: 2 }, renamed)).toEqual({ v: 3, third: true });
    expect(upcast('mall.orders', { v: 3 }, renamed)).toEqual({ v: 3 });
  });

  test('refuse what a newer version wrote, and what has no version', () => {
    expect(() => upcast('mall.orders', { v: 4 }, renamed)).toThrow(
      expect.objectContaining({ code: 'MF_NEWER_VERSION' }),
    );
    expect(() => upcast('mall.orders', {})).toThrow(expect.objectContaining({ code: 'MF_NEWER_VERSION' }));
    expect(() => upcast('mall.order', { v: 2 })).toThrow('no shape is called mall.order');
  });
});

function read(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

function write(): void {
  const kept = existsSync(LEDGER) ? (read(LEDGER) as Record<string, string>) : {};
  for (const [name, { v, schema }] of Object.entries(SHAPES)) {
    kept[`${name}.v${v}`] ??= fingerprint(JSON.stringify(schema));
    const sample = samples().get(name)?.at(-1);
    if (!existsSync(file(name, v))) writeFileSync(file(name, v), `${JSON.stringify(sample, null, 2)}\n`);
  }
  writeFileSync(LEDGER, `${JSON.stringify(Object.fromEntries(Object.entries(kept).sort()), null, 2)}\n`);
}
