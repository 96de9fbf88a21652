import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BSON } from 'mongodb';
import type { StoredDocument } from '../../../schemas/document.ts';
import { DOCUMENT_BYTES, fromMongo, isAsWritten, toMongo, type MongoDocument } from '../../../store/mongo/documents.ts';

function stored(json: string | null, rest: Partial<StoredDocument> = {}): StoredDocument {
  return {
    collection: 'management.sources',
    id: 'a',
    version: 3,
    partition: 'order.0',
    seq: 7,
    at: 1_700_000_000_000,
    json,
    meta: '',
    keys: [],
    ...rest,
  };
}

/** Through the bytes that a server would keep, read as the driver reads them. */
function kept(document: StoredDocument): MongoDocument {
  return BSON.deserialize(BSON.serialize(toMongo(document)), { promoteValues: true }) as MongoDocument;
}

function readAgain(document: StoredDocument): StoredDocument {
  return fromMongo(document.collection, kept(document));
}

/** Names that mean something to MongoDB, to its driver or to JavaScript, among any others. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '_id',
    '_mf',
    '__proto__',
    '_bsontype',
    '$ref',
    '$id',
    '$set',
    'a.b',
    'length',
    'toBSON',
    '\0',
    '0',
    '10',
    '\ud800',
  ),
);

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string().map((text) => `${text}\ud83d`),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(null, true, false, 0, 2 ** 31, 2 ** 53, 1e21, 5e-324, '\ud800\ufffd'),
);

const { body } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, value, tie('list'), tie('body')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  body: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

describe('a document in MongoDB', () => {
  test('gives back the text of any body, and is as it was written', () => {
    fc.assert(
      fc.property(body, fc.boolean(), (fields, ofEncode) => {
        const json = JSON.stringify(ofEncode ? { _id: 'a', ...(fields as object) } : fields);
        expect(readAgain(stored(json))).toEqual(stored(json));
        expect(isAsWritten('management.sources', kept(stored(json)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['numbers as no JSON.stringify writes them', '{"_id":"a","n":1.50,"m":-0,"k":12345678901234567890,"e":1e400}'],
    ['a name twice', '{"_id":"a","n":1,"n":2}'],
    ['white space', '{ "_id": "a" }'],
    ['an order of names that JavaScript would change', '{"_id":"a","b":1,"2":1,"1":1}'],
    ['a lone surrogate in the text itself', '{"_id":"a","t":"\ud800"}'],
    ['a list', '[1,2]'],
    ['no JSON', 'not json'],
    ['another id', '{"_id":"b"}'],
    ['200 levels', `{"_id":"a","d":${'['.repeat(200)}${']'.repeat(200)}}`],
  ])('gives back %s', (_what, json) => {
    expect(readAgain(stored(json))).toEqual(stored(json));
    expect(isAsWritten('management.sources', kept(stored(json)))).toBe(true);
  });

  test('has the fields of a body as fields, and no second copy of what JSON.stringify wrote', () => {
    const json = '{"_id":"a","v":1,"lines":[{"code":"cup","quantity":2.5}],"note":null}';
    const { _mf: ours, ...fields } = kept(stored(json));
    expect(JSON.stringify(fields)).toBe(json);
    expect(ours).not.toHaveProperty('json');
  });

  test('of a body that MongoDB does not take whole has what it does take, and the fields of its indexes', () => {
    const json = `{"_id":"a","customer":"c","$odd":1,"in":{"$odd":2,"even":3},"deep":${'['.repeat(95)}${']'.repeat(95)}}`;
    const document = stored(json, { collection: 'mall.orders', keys: ['c'] });
    expect(toMongo(document)).toMatchObject({ customer: 'c', in: { even: 3 } });
    expect(readAgain(document)).toEqual(document);
  });

  test('takes the keys from the body, within it as well', () => {
    const json = '{"_id":"a","said":{"id":"1","reference":2,"tracking":["x"]}}';
    const document = stored(json, { collection: 'master.waiting', keys: ['1', 2, null] });
    expect(readAgain(document)).toEqual(document);
  });

  test('of 4 Mi characters is within what MongoDB takes, whatever they are', () => {
    const length = 4 << 20;
    const all = (text: string, around: [string, string]): string =>
      around[0] + text.repeat((length - 60) / text.length) + around[1];
    for (const json of [
      all('한', ['{"_id":"a","said":{"id":"i"},"t":"', '"}']),
      all('1,', ['{"_id":"a","said":{"id":"i"},"t":[', '1]}']),
      all('{},', ['{"_id":"a","said":{"id":"i"},"t":[', '{}]}']),
      all('\\ud800', ['{"_id":"a","said":{"id":"i"},"t":"', '"}']),
    ]) {
      const document = stored(json, { collection: 'master.waiting', keys: ['i', null, null] });
      const bytes = BSON.serialize(toMongo(document));
      expect(bytes.byteLength).toBeLessThanOrEqual(DOCUMENT_BYTES);
      const read = fromMongo(document.collection, BSON.deserialize(bytes) as MongoDocument);
      expect(read.json === json).toBe(true);
      expect(read.keys).toEqual(document.keys);
    }
  });

  test('that is larger than MongoDB takes is refused by name', () => {
    expect(() => toMongo(stored(JSON.stringify({ _id: 'a', t: '한'.repeat(6 << 20) })))).toThrow(
      expect.objectContaining({ code: 'MF_DOCUMENT_TOO_LARGE' }),
    );
  });

  test('with keys that are not those of its collection is refused', () => {
    expect(() => toMongo(stored('{}', { keys: ['x'] }))).toThrow(RangeError);
  });
});

describe('a document that another hand changed', () => {
  const json = '{"_id":"a","amount":100,"text":"\\ud800"}';
  const changed = (change: (document: MongoDocument) => unknown, text = '{"_id":"a","amount":100}'): boolean => {
    const document = kept(stored(text, { meta: '{"m":1}' }));
    change(document);
    return !isAsWritten('management.sources', document);
  };

  test('is told by a value, a field, a name, a type, and by what is ours', () => {
    expect(changed(() => undefined)).toBe(false);
    expect(changed((document) => (document['amount'] = 101))).toBe(true);
    expect(changed((document) => (document['more'] = 1))).toBe(true);
    expect(changed((document) => delete document['amount'])).toBe(true);
    expect(changed((document) => (document['amount'] = new Date(0)))).toBe(true);
    expect(changed((document) => Object.assign(document._mf ?? {}, { version: 4 }))).toBe(true);
    expect(changed((document) => Object.assign(document._mf ?? {}, { meta: '' }))).toBe(true);
    expect(changed((document) => Object.assign(document._mf ?? {}, { dead: true }))).toBe(true);
    expect(changed((document) => delete document._mf)).toBe(true);
  });

  test('is told where its text is kept beside its fields', () => {
    expect(changed(() => undefined, json)).toBe(false);
    expect(changed((document) => (document['amount'] = 101), json)).toBe(true);
    expect(changed((document) => Object.assign(document._mf ?? {}, { json: json.replace('100', '101') }), json)).toBe(
      true,
    );
  });

  test('without what is ours reads as version 0 of nobody, so that the next write takes it', () => {
    const read = fromMongo('mall.orders', { _id: 'a', customer: 'c' });
    expect(read).toMatchObject({ version: 0, partition: '', json: '{"_id":"a","customer":"c"}', keys: ['c'] });
  });
});
