import type { Encoding } from '../../schemas/format.ts';
import { codePageOf } from './code-page.ts';

/** Where the places of a line are in its text. */
export interface Ruler {
  /** How many places it has. */
  readonly length: number;
  /** Index of what stands at a place, from 0; the length of the text beyond its end. */
  readonly index: (place: number) => number;
  /** The place is in the middle of a character. */
  readonly splits: (place: number) => boolean;
}

/** How many places a character takes. */
type WidthOf = (code: number) => number;

/** @param encoding of whose bytes each is a place; null: each character is one */
export function rulerFor(encoding: Encoding | null): (text: string) => Ruler {
  const widthOf = encoding === null ? () => 1 : widthIn(encoding);
  const isPlain = widthOf(0x20) === 1;
  // What most lines are: each character takes one place.
  const plain = encoding === null ? /^[^\ud800-\udbff]*$/ : /^[\u0000-\u007f]*$/;
  return (text) => (isPlain && plain.test(text) ? evenRuler(text.length) : unevenRuler(text, widthOf));
}

function evenRuler(length: number): Ruler {
  return { length, index: (place) => Math.min(place, length), splits: () => false };
}

function unevenRuler(text: string, widthOf: WidthOf): Ruler {
  const indexes: number[] = [];
  const begins: boolean[] = [];
  let index = 0;
  for (const character of text) {
    const width = widthOf(character.codePointAt(0) ?? 0);
    for (let i = 0; i < width; i++) {
      indexes.push(index);
      begins.push(i === 0);
    }
    index += character.length;
  }
  return {
    length: indexes.length,
    index: (place) => indexes[place] ?? text.length,
    splits: (place) => begins[place] === false,
  };
}

function widthIn(encoding: Encoding): WidthOf {
  switch (encoding) {
    case 'utf-8':
      return (code) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
    case 'utf-16le':
    case 'utf-16be':
      return (code) => (code < 0x10000 ? 2 : 4);
    case 'cp949':
      return (code) => (code < 0x80 ? 1 : 2);
    case 'shift_jis':
      // Half-width katakana are single bytes.
      return (code) => (code < 0x80 || (code >= 0xff61 && code <= 0xff9f) ? 1 : 2);
    case 'gb18030': {
      const pairs = new Set(codePageOf('gb18030').pairs);
      return (code) => (code < 0x80 ? 1 : pairs.has(code) ? 2 : 4);
    }
    case 'iso-8859-2':
    case 'iso-8859-15':
    case 'windows-1250':
    case 'windows-1251':
    case 'windows-1252':
    case 'windows-1253':
    case 'windows-1254':
    case 'windows-1255':
    case 'windows-1256':
    case 'windows-1257':
    case 'windows-1258':
      return () => 1;
  }
}
