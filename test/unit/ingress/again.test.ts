import { describe, expect, test } from '@jest/globals';
import { loadSources, parseSource } from '../../../config/sources.ts';
import { matchingKey } from '../../../schemas/key.ts';
import { sendAgain, withChanges, withPayload, type KeptRecord } from '../../../streams/ingress/again.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';

const SEMICOLONS = `
name: semicolons
version: 1
namespace: semicolons
format: { type: csv, delimiter: ';' }
records:
  order:
    columns: [id, note]
    route: { kind: order, id: id }
    identity: id
    parts:
      - name: order
        fields: { number: id, type: { const: sale }, currency: { const: EUR } }
`;

const OBJECTS = `
name: objects
version: 1
namespace: objects
format: { type: ndjson }
records:
  order:
    route: { kind: order, id: order.id }
    identity: order.id
    parts:
      - name: order
        fields: { number: order.id, type: { const: sale }, currency: { const: EUR } }
`;

const ENVELOPES = OBJECTS.replace('objects', 'envelopes').replace('{ type: ndjson }', '{ type: json, path: [orders] }');

const sources = new SourceRegistry([
  ...loadSources(),
  parseSource(SEMICOLONS, 'semicolons.yaml'),
  parseSource(OBJECTS, 'objects.yaml'),
  parseSource(ENVELOPES, 'envelopes.yaml'),
]);
const AS = { feed: 'again', corrects: 'q1' };

const row: KeptRecord = {
  ...{ source: 'semicolons', columns: ['id', 'note'], raw: ['o1', 'a;b'], isRead: true, where: 'C:/day.csv:17' },
};
const object: KeptRecord = { source: 'objects', raw: { order: { id: 'o1', lines: [{ n: 1 }] } }, isRead: true };

describe('a record that is sent again', () => {
  test('is routed as it would be now, and says where it stood and out of which entry it comes', () => {
    expect(sendAgain(sources, row, AS)).toEqual({
      ...{ key: matchingKey('main', 'order', 'semicolons', 'o1'), type: 'record', name: 'order' },
      data: {
        ...{ v: 1, source: 'semicolons', sourceVersion: 1, feed: 'again', corrects: 'q1' },
        ...{ columns: ['id', 'note'], raw: ['o1', 'a;b'], where: 'C:/day.csv:17' },
      },
    });
    expect(sendAgain(sources, object, AS)).toMatchObject({
      ...{ key: matchingKey('main', 'order', 'objects', 'o1'), name: 'order', data: { raw: object.raw } },
    });
  });

  test('that cannot be routed still says so itself', () => {
    const { data } = sendAgain(sources, { ...row, raw: ['', ''] }, AS);
    expect(data).toMatchObject({ fault: { code: 'MF_RECORD_UNROUTABLE' } });
  });

  test('that could not be read is read again, as text or as bytes', () => {
    const torn = { ...row, isRead: false, raw: { text: 'o1;"a;b' } };
    expect(sendAgain(sources, torn, AS).data).toMatchObject({ fault: { code: 'MF_RECORD_QUOTE' } });
    const whole = { ...row, isRead: false, raw: { text: 'o1;"a;b"' } };
    expect(sendAgain(sources, whole, AS).data).toMatchObject({ raw: ['o1', 'a;b'] });
    const bytes = { ...row, isRead: false, raw: { base64: Buffer.from('o1;ä').toString('base64') } };
    expect(sendAgain(sources, bytes, AS).data).toMatchObject({ raw: ['o1', 'ä'] });
  });

  test('that stood in an envelope stands alone now', () => {
    const raw = { text: '{ "order": { "id": "o1" } }' };
    expect(sendAgain(sources, { source: 'envelopes', raw, isRead: false }, AS)).toMatchObject({
      ...{ key: matchingKey('main', 'order', 'objects', 'o1'), data: { raw: { order: { id: 'o1' } } } },
    });
  });

  test('of which only the beginning is kept is not taken for a whole one', () => {
    const cut = { ...row, isRead: false, raw: { text: 'o1;a', truncated: { bytes: 9_000_000, sha256: 'x' } } };
    const { data } = sendAgain(sources, cut, AS);
    expect(data).toMatchObject({
      fault: { code: 'MF_RECORD_TOO_LARGE', detail: expect.stringContaining('feed it again') },
    });
  });

  test('of a source that is gone is refused', () => {
    expect(() => sendAgain(sources, { ...row, source: 'gone' }, AS)).toThrow(
      expect.objectContaining({ code: 'MF_SOURCE_UNKNOWN' }),
    );
  });
});

describe('a corrected field', () => {
  test('is a column of a row, whatever stands in the others', () => {
    expect(withChanges(row, [['note', 'c']]).raw).toEqual(['o1', 'c']);
    expect(
      withChanges(row, [
        ['note', null],
        ['id', 17],
      ]).raw,
    ).toEqual(['17', '']);
    expect(row.raw).toEqual(['o1', 'a;b']);
  });

  test.each<[string, unknown, unknown]>([
    ['order.id', 'o2', { order: { id: 'o2', lines: [{ n: 1 }] } }],
    ['order.lines.0.n', 2, { order: { id: 'o1', lines: [{ n: 2 }] } }],
    ['order.lines[1].n', 3, { order: { id: 'o1', lines: [{ n: 1 }, { n: 3 }] } }],
    ['money.currency', 'EUR', { order: { id: 'o1', lines: [{ n: 1 }] }, money: { currency: 'EUR' } }],
    ['order', { id: 'o3' }, { order: { id: 'o3' } }],
  ])('is a path into an object: %s', (path, value, raw) => {
    expect(withChanges(object, [[path, value]]).raw).toEqual(raw);
    expect(object.raw).toEqual({ order: { id: 'o1', lines: [{ n: 1 }] } });
  });

  test.each([
    [row, 'notes', /no column "notes"; did you mean "note"\? \(it has id, note\)/],
    [object, 'order.id.x', /what stands before x is "o1"/],
    [object, 'order.lines.2.n', /has 1 elements/],
    [object, 'order.lines.x', /has 1 elements/],
    [{ ...row, isRead: false }, 'note', /--payload/],
  ])('that the record cannot have is refused with what it has', (kept, name, message) => {
    expect(() => withChanges(kept, [[name, 'v']])).toThrow(expect.objectContaining({ code: 'MF_FIX_INVALID' }));
    expect(() => withChanges(kept, [[name, 'v']])).toThrow(message);
  });

  test('never reaches what objects inherit', () => {
    const { raw } = withChanges(object, [['__proto__.polluted', true]]);
    expect(Object.hasOwn(raw as object, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a payload', () => {
  const payload = (kept: KeptRecord, text: string): unknown => withPayload(sources, kept, Buffer.from(text)).raw;

  test('is a row as its source has it, with or without the header', () => {
    expect(payload(row, 'o2;"x;y"\n')).toEqual(['o2', 'x;y']);
    expect(payload(row, 'id;note\no2;x')).toEqual(['o2', 'x']);
  });

  test('of a row may be JSON, by column or in their order', () => {
    expect(payload(row, '{"note":"x","id":7}')).toEqual(['7', 'x']);
    expect(payload(row, '["o2","x"]')).toEqual(['o2', 'x']);
  });

  test('of an object is an object', () => {
    expect(payload(object, '{"order":{"id":"o2"}}')).toEqual({ order: { id: 'o2' } });
  });

  test.each([
    [row, 'o2', /the row has 1 fields/],
    [row, 'o2;x\no3;y', /has 2 records/],
    [row, '', /is empty/],
    [row, '{"notes":"x"}', /did you mean "note"/],
    [row, '{"id":', /no JSON/],
    [row, '["o2"]', /no row of 2 fields/],
    [object, '[1]', /is no record/],
    [object, 'x', /is no record/],
  ])('that is no record is refused', (kept, text, message) => {
    expect(() => payload(kept, text)).toThrow(expect.objectContaining({ code: 'MF_FIX_INVALID' }));
    expect(() => payload(kept, text)).toThrow(message);
  });
});
