import { isUtf8 } from 'node:buffer';
import type { EncodingLabel, SourceFormat } from '../../schemas/format.ts';
import { BrokenStream, decompressed } from '../formats/compression.ts';
import { isMap } from '../mapping/options.ts';
import type { Doubt } from './proposal.ts';
import { conceptsOf } from './words.ts';

export interface Sniffed {
  readonly format: SourceFormat;
  readonly doubts: readonly Doubt[];
}

/** In which format and encoding a file is, by its first bytes. */
export async function sniff(head: Buffer): Promise<Sniffed> {
  const bytes = await plainBytes(head);
  const encoding = encodingOf(bytes);
  const text = textOf(bytes, encoding);
  const format = formatOf(text);
  if (encoding === null || encoding === 'utf-16 with a mark') return { format, doubts: [] };
  const says = 'nothing says in which encoding the bytes are; this one fits them';
  return { format: { ...format, encoding }, doubts: [{ about: 'format', says }] };
}

/** Without compression; a head that is cut off gives what came before. */
async function plainBytes(head: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of decompressed([head])) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof BrokenStream)) throw error;
  }
  return Buffer.concat(pieces);
}

/** Labels of encodings, with what the WHATWG Encoding Standard calls them. */
const EAST_ASIAN: readonly (readonly [EncodingLabel, string, RegExp])[] = [
  ['cp949', 'euc-kr', /\p{Script=Hangul}/gu],
  ['shift_jis', 'shift_jis', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['gb18030', 'gb18030', /\p{Script=Han}/gu],
];

/** null: UTF-8, or what a byte order mark says. */
function encodingOf(bytes: Buffer): EncodingLabel | 'utf-16 with a mark' | null {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16 with a mark';
  const zeros = bytes.subarray(0, 1000).filter((byte) => byte === 0).length;
  if (zeros > 100) return bytes[0] === 0 ? 'utf-16be' : 'utf-16le';
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1 || bytes.length);
  if (isUtf8(whole)) return null;
  for (const [label, name, script] of EAST_ASIAN) if (looksLike(whole, name, script)) return label;
  return 'windows-1252';
}

/**
 * It can be decoded, most of what is not ASCII is in the script of the language, and stands in words: in languages of
 * Latin letters, foreign ones stand alone.
 */
function looksLike(bytes: Buffer, name: string, script: RegExp): boolean {
  try {
    const text = new TextDecoder(name, { fatal: true }).decode(bytes);
    const runs = text.match(/[^\x00-\x7f]+/g) ?? [];
    const foreign = runs.join('').length;
    return (text.match(script)?.length ?? 0) > foreign / 2 && foreign / runs.length >= 1.5;
  } catch {
    return false;
  }
}

function textOf(bytes: Buffer, encoding: ReturnType<typeof encodingOf>): string {
  const name =
    encoding === 'utf-16 with a mark' ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : (encoding ?? 'utf-8');
  return new TextDecoder(name === 'cp949' ? 'euc-kr' : name).decode(bytes).replace(/^\uFEFF/, '');
}

function formatOf(text: string): SourceFormat {
  const start = text.trimStart();
  if (start.startsWith('<')) return xmlOf(start);
  if (start.startsWith('{') || start.startsWith('[')) return jsonOf(start);
  const delimiter = delimiterOf(text);
  if (delimiter === '\t') return { type: 'tsv' };
  return delimiter === ',' ? { type: 'csv' } : { type: 'csv', delimiter };
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The one that splits the most lines into as many fields as the first. */
function delimiterOf(text: string): string {
  const lines = text
    .split(/\r\n|\r|\n/)
    .slice(0, 100)
    .filter((line) => line !== '');
  const scored = DELIMITERS.map((delimiter) => {
    const widths = lines.map((line) => line.replace(/"[^"]*"/g, '').split(delimiter).length);
    const [first = 1] = widths;
    return [delimiter, first < 2 ? 0 : widths.filter((width) => width === first).length * first] as const;
  });
  return scored.sort(([, a], [, b]) => b - a)[0]?.[0] ?? ',';
}

/** One object a line; or one document, whose records are a list in it, or it itself. */
function jsonOf(text: string): SourceFormat {
  const [first = '', second] = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  if (isObject(first) && second?.trimStart().startsWith('{') === true) return { type: 'ndjson' };
  const path = recordsIn(parsedHead(text));
  if (path.length > 0) return { type: 'json', path: path.join('.') };
  return isObject(first) ? { type: 'ndjson' } : { type: 'json' };
}

function isObject(line: string): boolean {
  try {
    return isMap(JSON.parse(line));
  } catch {
    return false;
  }
}

/** What of a document is there: what is open where it was cut is closed. */
function parsedHead(text: string): unknown {
  const cut = /[[{]/.test(text) ? cutAtComma(text) : text;
  for (const candidate of [text, cut]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The head of a longer document, or no JSON: then there is nothing to find in it.
    }
  }
  return null;
}

function cutAtComma(text: string): string {
  const open: string[] = [];
  let best = '';
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (inText) {
      if (character === '\\') i++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') open.push(character === '{' ? '}' : ']');
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',') best = text.slice(0, i) + open.toReversed().join('');
  }
  return best;
}

/** Goes down through envelopes: an object that has one thing in it, or a list and little else. */
function recordsIn(document: unknown): string[] {
  const path: string[] = [];
  for (let at = document; isMap(at);) {
    const entries = Object.entries(at).filter(([, below]) => below !== null);
    const list = listIn(entries);
    if (list !== undefined) return [...path, list];
    const [inner] = entries;
    if (inner === undefined || entries.length !== 1 || !isMap(inner[1]) || !isStep(inner[0])) return path;
    path.push(inner[0]);
    at = inner[1];
  }
  return path;
}

/** A name that a path to records can have in it. */
function isStep(name: string): boolean {
  return name !== '' && !/[.*]/.test(name);
}

/** The list in an envelope of lists: what stands beside it says how many there are, and nothing of a thing. */
function listIn(entries: readonly (readonly [string, unknown])[]): string | undefined {
  const lists = entries.filter(([, below]) => Array.isArray(below) && below.some(isMap));
  const [list] = lists;
  const others = entries.filter((entry) => entry !== list);
  const says = others.some(([name, below]) => {
    const concepts = conceptsOf(name);
    return isMap(below) ? concepts.length > 0 : concepts.includes('id') && concepts.length > 1;
  });
  return list !== undefined && lists.length === 1 && entries.length <= 4 && !says && isStep(list[0])
    ? list[0]
    : undefined;
}

/** Elements of one name within the root are records, if there is little else in it; the document is one else. */
function xmlOf(text: string): SourceFormat {
  const names = new Map<string, number>();
  let depth = 0;
  for (const [tag, slash, name = ''] of text
    .replace(/<!--.*?-->|<!\[CDATA\[.*?\]\]>/gs, '')
    .matchAll(/<(\/?)([A-Za-z_][^\s/>]*)[^>]*>/g)) {
    if (slash === '/') depth--;
    else {
      const local = name.slice(name.indexOf(':') + 1);
      if (depth === 1) names.set(local, (names.get(local) ?? 0) + 1);
      if (!tag.endsWith('/>')) depth++;
    }
  }
  const [most] = [...names].sort(([, a], [, b]) => b - a);
  return most !== undefined && names.size <= 2 && most[1] > 1 ? { type: 'xml', record: most[0] } : { type: 'xml' };
}
