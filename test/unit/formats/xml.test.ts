import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { XmlFormat } from '../../../schemas/format.ts';
import { decoded, faultsOf, gist } from './decoded.ts';

type Options = Omit<XmlFormat, 'type'>;

const xml = (options: Options = {}): XmlFormat => ({ type: 'xml', ...options });

/** The same in one piece and in many. */
async function read(text: string, options: Options = {}): Promise<unknown[]> {
  const whole = await decoded(xml(options), text);
  for (const sizes of [[1], [2, 5]]) expect(await decoded(xml(options), text, { sizes })).toEqual(whole);
  return gist(xml(options), text);
}

/** The one record of a document, without its name. */
async function one(text: string, options?: Options): Promise<object> {
  const [record] = await read(text, options);
  const { '#name': _name, ...rest } = record as Record<string, unknown>;
  return rest;
}

describe('an element becomes an object', () => {
  test.each<[string, string, object]>([
    ['text', '<o><a>x</a><b> y </b></o>', { a: 'x', b: ' y ' }],
    ['attributes of objects', '<o id="1"><a n="2"><b>x</b></a></o>', { '@id': '1', a: { '@n': '2', b: 'x' } }],
    ['attributes beside text', '<o><a c="EUR">1.5</a></o>', { a: '1.5', 'a@c': 'EUR' }],
    ['attributes without text', '<o><a x="1"/><b y="2"> </b></o>', { a: { '@x': '1' }, b: { '@y': '2' } }],
    ['nothing', '<o><a/><b></b><c>\n </c></o>', { a: '', b: '', c: '' }],
    ['repeated text', '<o><a>x</a><a>y</a></o>', { a: ['x', 'y'] }],
    ['repeated text with attributes', '<o><a n="1">x</a><a>y</a></o>', { a: [{ '@n': '1', '#text': 'x' }, 'y'] }],
    ['repeated elements', '<o><a><b>1</b></a><a><b>2</b></a></o>', { a: [{ b: '1' }, { b: '2' }] }],
    ['text of the record itself', '<o a="1">x</o>', { '@a': '1', '#text': 'x' }],
    ['text between children', '<o>a<b/>c</o>', { b: '', '#content': ['a', { b: 0 }, 'c'] }],
    ['children in turn', '<o><a/><b/><a/></o>', { a: ['', ''], b: '', '#content': [{ a: 0 }, { b: 0 }, { a: 1 }] }],
    ['entities and CDATA', '<o><a>&lt;&#65;&#x42;<![CDATA[<&]]>]</a></o>', { a: '<AB<&]' }],
    ['line ends', '<o><a>1\r\n2\r3</a></o>', { a: '1\n2\n3' }],
    ['comments and instructions', '<o><!-- <x> --><a>x<?y z?>y</a></o>', { a: 'xy' }],
    [
      'hostile names',
      '<o><__proto__>1</__proto__><constructor x="2">3</constructor></o>',
      JSON.parse('{"__proto__":"1","constructor":"3","constructor@x":"2"}') as object,
    ],
  ])('%s', async (_name, text, object) => {
    const found = await one(text);
    expect(JSON.stringify(found)).toBe(JSON.stringify(object));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('nothing of xsi:nil but null, and of where a schema is', async () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"';
    const text = `<o ${xsi}><a xsi:nil="true"/><b xsi:nil="true" c="1"/></o>`;
    expect(await one(text)).toEqual({ a: null, b: { '@nil': 'true', '@c': '1' } });
  });

  test('a list for what may be repeated, if the source says so', async () => {
    const options = { lists: ['p', 'q'] };
    expect(await one('<o><p n="1">x</p><q>y</q></o>', options)).toEqual({
      p: [{ '@n': '1', '#text': 'x' }],
      q: [{ '#text': 'y' }],
    });
  });

  test('with its name and namespace', async () => {
    expect(await read('<p:o xmlns:p="urn:a"/>')).toEqual([{ '#name': 'o', '#namespace': 'urn:a' }]);
  });
});

describe('namespaces', () => {
  const inner = (p: string, q: string) => `<${p}a><${q}b ${q}c="1" d="2">x</${q}b></${p}a>`;
  const variants = [
    `<o xmlns="urn:a" xmlns:q="urn:b">${inner('', 'q:')}</o>`,
    `<p:o xmlns:p="urn:a" xmlns:r="urn:b">${inner('p:', 'r:')}</p:o>`,
    `<x:o xmlns:x="urn:a"><x:a><b xmlns="urn:b" xmlns:y="urn:b" y:c="1" d="2">x</b></x:a></x:o>`,
  ];

  test('by whatever prefix give the same record', async () => {
    const records = await Promise.all(variants.map((text) => read(text)));
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
    expect(records[0]).toEqual([{ '#name': 'o', '#namespace': 'urn:a', a: { b: 'x', 'b@c': '1', 'b@d': '2' } }]);
  });

  test('are told apart by declared prefixes', async () => {
    const options = { namespaces: { '': 'urn:a', k: 'urn:b' } };
    const records = await Promise.all(variants.map((text) => read(text, options)));
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
    expect(records[0]).toMatchObject([{ '#name': 'o', a: { 'k:b': 'x', 'k:b@k:c': '1', 'k:b@d': '2' } }]);
    expect(await read('<o xmlns="urn:z"/>', { namespaces: {} })).toMatchObject([{ '#name': '{urn:z}o' }]);
  });

  test('keep attributes apart that have the same local name', async () => {
    const text = '<o xmlns:p="urn:a" xmlns:q="urn:b" p:x="1" q:x="2"/>';
    expect(await one(text)).toEqual({ '@x': '1', '@{urn:b}x': '2' });
  });
});

describe('records are found', () => {
  const order = { record: 'order' };

  test('by their name, at any depth, the outermost of those in one another', async () => {
    const text = '<a><order><order>1</order></order><b><p:order xmlns:p="u">2</p:order></b></a>';
    expect(await read(text, order)).toMatchObject([{ order: '1' }, { '#text': '2' }]);
    expect(await read(text, { record: ['b', 'order'] })).toHaveLength(2);
  });

  test('by their namespace, whoever declares it', async () => {
    const text = '<a xmlns="u" xmlns:v="w"><order/><v:order/><b:order xmlns:b="u"/><order xmlns="x"/></a>';
    expect(await read(text, { ...order, namespace: 'u' })).toHaveLength(2);
    expect(await read('<a><order xmlns="a&amp;b"/></a>', { ...order, namespace: 'a&b' })).toHaveLength(1);
  });

  test('with line and column', async () => {
    const { records } = await decoded(xml(order), '<?xml version="1.0"?>\r\n<é😀><order/><order>\n</order>\n</é😀>');
    expect(records).toMatchObject([
      { line: 2, column: 5 },
      { line: 2, column: 13 },
    ]);
  });

  test('in documents one after another', async () => {
    const document = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "a.dtd"><a><order>1</order></a><!-- end -->\n';
    expect(await read(document.repeat(3), order)).toHaveLength(3);
    expect(await read('<o>1</o>\n<o>2</o>')).toHaveLength(2);
  });

  test('in none of an empty list; a document of other elements is a fault', async () => {
    expect(await read('<orders/>', order)).toEqual([]);
    expect(await read('<orders> </orders>', order)).toEqual([]);
    expect(await read('<error><code>7</code></error>', order)).toEqual(['MF_FEED_NO_RECORD']);
  });
});

const XML_FAULT = 'MF_RECORD_XML';
const GOOD = expect.objectContaining({ '#text': 'ok' }) as unknown;

describe('a fault costs its own record', () => {
  test.each<[string, string, unknown[]]>([
    ['an ampersand', '<a><o>a & b</o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['an end tag that is missing within', '<a><o><b></o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['an end tag too many within', '<a><o></b></o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['a quote that is missing', '<a><o x="1><b>1</b></o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['a bracket that is missing', '<a><o x="1"<b>1</b></o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['a sign that is no tag', '<a><o>1 < 2</o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['an attribute twice', '<a><o x="1" x="2"/><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['a prefix that nobody declares', '<a><o><p:b/></o><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['a control character', '<a><o>\u0001</o><o>ok</o></a>', [XML_FAULT, GOOD]],
    [
      'an entity of a document type',
      '<!DOCTYPE a [<!ENTITY e "<o/>"><!-- > \' -->]><a><o>&e;</o><o>ok</o></a>',
      [XML_FAULT, GOOD],
    ],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><o>&e;</o><o>ok</o></a>',
      [XML_FAULT, GOOD],
    ],
    ['a record without its end tag', '<a><o>ok</o><o><b>1</b></a>', [GOOD, XML_FAULT]],
    ['a record that is never closed', '<a><b><o><c></b><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['an end tag too many around records', '<a><o>ok</o></b><o>ok</o></a>', [GOOD, XML_FAULT, GOOD]],
    ['an end within a record', '<a><o>ok</o><o><b', [GOOD, XML_FAULT]],
    ['an end between records', '<a><o>ok</o>', [GOOD, XML_FAULT]],
    ['a document that another one follows', '<a><o>1<?xml version="1.0"?><a><o>ok</o></a>', [XML_FAULT, GOOD]],
    ['text after the document', '<a><o>ok</o></a> and so on <a/>', [GOOD, XML_FAULT]],
    ['no XML at all', 'a,b\n1,2\n', [XML_FAULT]],
    ['an endless comment', '<a><o>ok</o><!-- </a>', [GOOD, XML_FAULT]],
    ['64 levels', `<a><o>${'<b>'.repeat(64)}${'</b>'.repeat(64)}</o><o>ok</o></a>`, [XML_FAULT, GOOD]],
    ['very many levels', `<a><o>${'<b>'.repeat(9000)}${'</b>'.repeat(9000)}</o><o>ok</o></a>`, [XML_FAULT, GOOD]],
  ])('%s', async (_name, text, records) => {
    expect(await read(text, { record: 'o' })).toEqual(records);
  });

  test.each<[string, string, string, { line: number; column: number }]>([
    [
      'an ampersand',
      '<a>\n<o>\n é & b</o></a>',
      'an ampersand begins no entity; it is written &amp;',
      { line: 3, column: 4 },
    ],
    [
      'an ampersand after CDATA',
      '<o><![CDATA[a & b]]>&</o>',
      'an ampersand begins no entity; it is written &amp;',
      { line: 1, column: 21 },
    ],
    ['an element that is not closed', '<o>\n<b>\n</o>', 'unexpected close tag', { line: 3, column: 5 }],
    ['an unknown entity', '<o>&nbsp;</o>', 'undefined entity', { line: 1, column: 10 }],
  ])('and says where it shows: %s', async (_name, text, words, at) => {
    const [fault] = await faultsOf(xml({ record: 'o' }), text);
    expect(fault).toMatchObject({ detail: `the record is not well-formed XML: ${words}`, at });
  });

  test('that is well-formed again is read by a parser that knows nothing of it', async () => {
    const text = '<a xmlns:p="urn:p"><p:o>1</p:o><o><![CDATA[</o><p:o>ok</p:o></a>';
    expect(await read(text, { record: 'o' })).toEqual([expect.objectContaining({ '#text': '1' }), XML_FAULT]);
    const again = '<a xmlns:p="urn:p"><p:o x="<">1</p:o><p:o>ok</p:o></a>';
    expect(await read(again, { record: 'o' })).toEqual([XML_FAULT, expect.objectContaining({ '#namespace': 'urn:p' })]);
  });
});

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (Node | string)[];
}

const name = fc.constantFrom('a', 'b', 'c', '__proto__');
const text = fc.string({
  unit: fc.constantFrom('x', ' ', '&', '<', ']', '>', '"', 'é', '😀'),
  minLength: 1,
  maxLength: 4,
});
const attributes = fc.dictionary(fc.constantFrom('p', 'q'), text, { noNullPrototype: true });
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    name,
    attributes,
    content: fc.array(fc.oneof({ maxDepth: 3 }, text, tie('node')), { maxLength: 4 }),
  }),
}));

function write({ name, attributes, content }: Node): string {
  const escape = (value: string) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  return `<${name}${said.join('')}>${content.map((item) => (typeof item === 'string' ? escape(item) : write(item))).join('')}</${name}>`;
}

/** What is not layout, and texts joined that nothing stands between. */
function essence({ name, attributes, content }: Node): Node {
  const joined = content.reduce<(Node | string)[]>((items, item) => {
    const last = items.at(-1);
    if (typeof item === 'string' && typeof last === 'string') return [...items.slice(0, -1), last + item];
    return [...items, typeof item === 'string' ? item : essence(item)];
  }, []);
  const isLayout = joined.every((item) => typeof item !== 'string' || item.trim() === '');
  return { name, attributes, content: isLayout ? joined.filter((item) => typeof item !== 'string') : joined };
}

type Json = Readonly<Record<string, unknown>>;

/** Reads an object back, by the page's rules only. */
function nodeOf(name: string, value: unknown, beside: Readonly<Record<string, string>> = {}): Node {
  if (typeof value === 'string') return { name, attributes: beside, content: value === '' ? [] : [value] };
  const entries = Object.entries(value as Json);
  const own = entries
    .filter(([key]) => key.startsWith('@'))
    .map(([key, said]) => [key.slice(1), String(said)] as const);
  const children = entries
    .filter(([key]) => !/[@#]/.test(key))
    .flatMap(([key, child]) =>
      [child]
        .flat()
        .map((item, i) => ({ key, i, node: nodeOf(key, item, Array.isArray(child) ? {} : besideOf(entries, key)) })),
    );
  const object = value as Json;
  const order = (object['#content'] ?? children.map(({ key, i }) => ({ [key]: i }))) as (
    string | Record<string, number>
  )[];
  const content = order.map((item) => {
    if (typeof item === 'string') return item;
    const [[key, place] = ['', 0]] = Object.entries(item);
    return children.find((child) => child.key === key && child.i === place)?.node ?? '';
  });
  const text = object['#text'];
  return { name, attributes: Object.fromEntries(own), content: typeof text === 'string' ? [text] : content };
}

function besideOf(entries: readonly (readonly [string, unknown])[], name: string): Record<string, string> {
  const said = entries.filter(([key]) => key.startsWith(`${name}@`));
  return Object.fromEntries(said.map(([key, value]) => [key.slice(name.length + 1), String(value)]));
}

test('nothing of an element is lost but layout: it can be told from its object', async () => {
  const property = fc.asyncProperty(
    node,
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
    async (given, sizes) => {
      const [record] = await gist(xml(), write(given), { sizes });
      const { '#name': found, ...rest } = record as Json;
      expect(nodeOf(String(found), rest)).toEqual(essence(given));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
