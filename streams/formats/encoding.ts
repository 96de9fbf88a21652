import { ENCODINGS, type Encoding, type SourceFormat } from '../../schemas/format.ts';
import { transcoderOf, type Transcoder } from './transcoder.ts';

const BOM_LENGTH = 3;

/** An XML declaration that is not over by then is none. */
const DECLARATION_LIMIT = 1024;

/** Labels that files bear and the WHATWG Encoding Standard has not. */
const OTHER_LABELS: Readonly<Record<string, Encoding>> = {
  cp949: 'cp949',
  ms949: 'cp949',
  uhc: 'cp949',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
};

interface Found {
  readonly encoding: Encoding;
  /** Bytes of the byte order mark. */
  readonly mark: number;
}

/**
 * Turns the bytes of a feed into UTF-8 without a byte order mark. Such a mark is believed first, then the source, then
 * the declaration of an XML document; else it is UTF-8, and what is not is told by whoever decodes it.
 */
export class ToUtf8 {
  /** What the bytes are taken for, once that is known. */
  encoding: Encoding = 'utf-8';
  /** An encoding that an XML document says it is in, and that is not known: it is read as UTF-8. */
  unknown: string | null = null;
  private readonly declared: Encoding | undefined;
  private readonly isXml: boolean;
  private head: Buffer | null = Buffer.alloc(0);
  private transcoder: Transcoder | null = null;

  constructor({ type, encoding }: SourceFormat) {
    this.declared = encoding === undefined ? undefined : ENCODINGS[encoding];
    this.isXml = type === 'xml';
  }

  push(bytes: Buffer): Buffer {
    if (this.head === null) return this.transcoder === null ? bytes : this.transcoder.push(bytes);
    this.head = Buffer.concat([this.head, bytes]);
    return this.begin(this.head, false);
  }

  end(): Buffer {
    const rest = this.head === null ? Buffer.alloc(0) : this.begin(this.head, true);
    return this.transcoder === null ? rest : Buffer.concat([rest, this.transcoder.end()]);
  }

  private begin(head: Buffer, final: boolean): Buffer {
    const found = this.find(head, final);
    if (found === null) return Buffer.alloc(0);
    const { encoding, mark } = found;
    this.head = null;
    this.encoding = encoding;
    this.transcoder = transcoderOf(encoding);
    const bytes = head.subarray(mark);
    return this.transcoder === null ? bytes : this.transcoder.push(bytes);
  }

  /** null: more has to come first. */
  private find(head: Buffer, final: boolean): Found | null {
    const mightBeMark = [0xef, 0xfe, 0xff].includes(head[0] ?? 0xff);
    if (!final && mightBeMark && head.length < BOM_LENGTH) return null;
    const marked = byMark(head);
    if (marked !== null) return marked;
    if (this.declared !== undefined) return { encoding: this.declared, mark: 0 };
    if (!this.isXml) return { encoding: 'utf-8', mark: 0 };
    const encoding = this.byDeclaration(head, final);
    return encoding === null ? null : { encoding, mark: 0 };
  }

  /** XML 1.0, appendix F. */
  private byDeclaration(head: Buffer, final: boolean): Encoding | null {
    const start = head.toString('latin1', 0, DECLARATION_LIMIT);
    const isOver = final || start.length >= DECLARATION_LIMIT;
    for (const [encoding, first] of [
      ['utf-16le', '<\0?\0'],
      ['utf-16be', '\0<\0?'],
    ] as const) {
      if (start.startsWith(first)) return encoding;
      if (!isOver && first.startsWith(start)) return null;
    }
    if (!start.startsWith('<?xml')) return !isOver && '<?xml'.startsWith(start) ? null : 'utf-8';
    const end = start.indexOf('?>');
    if (end < 0) return isOver ? 'utf-8' : null;
    const [, label] = /\sencoding\s*=\s*["']([^"']*)["']/.exec(start.slice(0, end)) ?? [];
    return label === undefined ? 'utf-8' : this.labelled(label);
  }

  private labelled(label: string): Encoding {
    const encoding = encodingOf(label);
    if (encoding === undefined) this.unknown = label;
    // What could be read so far is of one byte a character: a program said UTF-16 of what it then wrote as UTF-8.
    return encoding === undefined || encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  }
}

function byMark(head: Buffer): Found | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return null;
}

function encodingOf(label: string): Encoding | undefined {
  const name = label.trim().toLowerCase();
  const other = Object.hasOwn(OTHER_LABELS, name) ? OTHER_LABELS[name] : undefined;
  return other ?? known(name) ?? known(standardName(name));
}

function known(name: string): Encoding | undefined {
  return Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name as keyof typeof ENCODINGS] : undefined;
}

function standardName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return label;
  }
}
