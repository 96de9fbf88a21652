import type { Encoding } from '../../schemas/format.ts';

/** Encodings other than UTF-8 and UTF-16: of one byte a character, or of one, two and (in gb18030) four. */
export type PagedEncoding = Exclude<Encoding, 'utf-8' | 'utf-16le' | 'utf-16be'>;

/** Not assigned: no encoding has U+0000 for anything but the byte 0. */
const NONE = 0;

const LEADS = 256;

/**
 * What the bytes of an encoding mean, as tables, since the platform's decoders say only that something is wrong, not
 * where, and lose their place over it. They are made of those decoders at first use, and corrected where Node's follow
 * ICU instead of the WHATWG Encoding Standard:
 *
 * - its `euc-kr` knows KS X 1001 only, so that 8,822 syllables of Korean are wrong characters or no text;
 * - its `shift_jis` exchanges the control characters 0x1a, 0x1c and 0x7f;
 * - characters of private use are given for pairs that are not assigned.
 */
export interface CodePage {
  /** Characters of single bytes; NONE for what is not one. */
  readonly singles: Uint16Array;
  /** Characters of two bytes, at `lead * 256 + trail`; null where there are none. */
  readonly pairs: Uint16Array | null;
  /** 1 for the bytes that begin longer characters. */
  readonly leads: Uint8Array;
  /** The character of four bytes, if the encoding has such. */
  readonly quad: ((bytes: Uint8Array) => number) | null;
}

const pages = new Map<PagedEncoding, CodePage>();

export function codePageOf(encoding: PagedEncoding): CodePage {
  const known = pages.get(encoding);
  if (known !== undefined) return known;
  const page = make(encoding);
  pages.set(encoding, page);
  return page;
}

function make(encoding: PagedEncoding): CodePage {
  const { singles, pairs = null, quad = null } = tablesOf(encoding);
  const leads = new Uint8Array(LEADS);
  pairs?.forEach((code, pair) => {
    if (code !== NONE) leads[pair >> 8] = 1;
  });
  return { singles, pairs, leads, quad };
}

interface Tables {
  readonly singles: Uint16Array;
  readonly pairs?: Uint16Array;
  readonly quad?: (bytes: Uint8Array) => number;
}

function tablesOf(encoding: PagedEncoding): Tables {
  switch (encoding) {
    case 'cp949':
      return { singles: ascii(), pairs: korean() };
    case 'shift_jis':
      return { singles: ascii(singlesOf('shift_jis')), pairs: pairsOf('shift_jis', 0x81, 0x40) };
    case 'gb18030':
      return { singles: singlesOf('gb18030'), pairs: pairsOf('gb18030', 0x81, 0x40), quad: quads() };
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
      return { singles: singlesOf(encoding) };
  }
}

function singlesOf(label: string): Uint16Array {
  const decode = decoderOf(label);
  return Uint16Array.from({ length: LEADS }, (_, byte) => only(decode([byte])));
}

function ascii(table: Uint16Array = new Uint16Array(LEADS)): Uint16Array {
  for (let byte = 0; byte < 0x80; byte++) table[byte] = byte;
  return table;
}

function pairsOf(label: string, firstLead: number, firstTrail: number): Uint16Array {
  const decode = decoderOf(label);
  const table = new Uint16Array(LEADS * 256);
  for (let lead = firstLead; lead < 0xff; lead++) {
    for (let trail = firstTrail; trail < 0xff; trail++) table[lead * 256 + trail] = only(decode([lead, trail]));
  }
  return table;
}

/** Gives empty text for bytes that are none. */
function decoderOf(label: string): (bytes: ArrayLike<number>) => string {
  const decoder = new TextDecoder(label, { fatal: true });
  return (bytes) => {
    try {
      return decoder.decode(Uint8Array.from(bytes));
    } catch {
      return '';
    }
  };
}

/** The one character, in the basic plane, that a text is. */
function only(text: string): number {
  return text.length === 1 ? text.charCodeAt(0) : NONE;
}

/**
 * Unified Hangul Code (Microsoft's code page 949): KS X 1001, and the syllables that this has not, in the order of
 * Unicode, in the pairs that it leaves free.
 */
function korean(): Uint16Array {
  const table = pairsOf('euc-kr', 0xa1, 0xa1);
  for (const [pair, code] of table.entries()) if (code >= 0xe000 && code < 0xf900) table[pair] = NONE;
  // What KS X 1001 got in 1998.
  table[0xa2e6] = 0x20ac;
  table[0xa2e7] = 0xae;
  const assigned = new Set(table);
  const free = freePairs();
  for (let syllable = 0xac00; syllable <= 0xd7a3; syllable++) {
    if (!assigned.has(syllable)) table[free.next().value ?? 0] = syllable;
  }
  return table;
}

function* freePairs(): Generator<number, undefined> {
  for (let lead = 0x81; lead <= 0xc6; lead++) {
    // From 0xa1 on, KS X 1001 has the trails from 0xa1 on.
    const last = lead < 0xa1 ? 0xfe : 0xa0;
    for (let trail = 0x41; trail <= last; trail++) {
      if (trail <= 0x5a || (trail >= 0x61 && trail <= 0x7a) || trail >= 0x81) yield lead * 256 + trail;
    }
  }
}

function quads(): (bytes: Uint8Array) => number {
  const decode = decoderOf('gb18030');
  return (bytes) => {
    const text = decode(bytes);
    const code = text.codePointAt(0) ?? NONE;
    return text.length === (code > 0xffff ? 2 : 1) ? code : NONE;
  };
}
