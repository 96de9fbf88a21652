/** What hears of the markup in a stretch of XML. Indexes are of the bytes at hand, ends exclusive. */
export interface Markup {
  /** `<`, of which it is not known yet what it begins. */
  starts(at: number): void;
  /** A start tag, or what there is of one. */
  opens(name: string, end: number, isEmpty: boolean): void;
  closes(name: string, end: number): void;
  /** `<?xml ` has been read. */
  declares(end: number): void;
  /** A comment, a processing instruction, a document type, or text as CDATA ended. */
  passes(end: number, isText: boolean): void;
  /** Text; none where `<` did not begin anything. */
  text(from: number, end: number): void;
}

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** What begins with `<!`. */
const DECLARED = { '!--': 'comment', '![CDATA[': 'cdata', '!DOCTYPE': 'doctype' } as const;

/** How tokens end: their last bytes as a number, and as many bits. */
const ENDS = {
  comment: [0x2d2d3e, 0xffffff],
  cdata: [0x5d5d3e, 0xffffff],
  instruction: [0x3f3e, 0xffff],
} as const;

/** How they begin within a document type. */
const COMMENT_BEGINS = 0x3c212d2d;
const INSTRUCTION_BEGINS = 0x3c3f;

/** Longer names are told apart by their beginnings. */
const NAME_LIMIT = 256;

type State =
  | 'text'
  /** After `<`. */
  | 'markup'
  | 'tag name'
  | 'tag'
  | 'end tag name'
  | 'end tag'
  | 'instruction name'
  | 'instruction'
  | 'comment'
  | 'cdata'
  | 'doctype';

/**
 * Finds the markup of XML in bytes of UTF-8 as they come, and checks as little of it as it can: where records begin
 * and end can be told in documents that are not well-formed.
 */
export class XmlScan {
  private readonly markup: Markup;
  private state: State = 'text';
  /** What has been read of a name, or after `<!`; a character a byte. */
  private word = '';
  /** The quote that a value began with, or 0. */
  private quote = 0;
  /** The last four bytes of the token. */
  private recent = 0;
  /** Of a document type: within its brackets, and within a comment or an instruction there. */
  private bracketed = false;
  private within: 'comment' | 'instruction' | null = null;

  constructor(markup: Markup) {
    this.markup = markup;
  }

  /** It is not in the middle of markup. */
  get isAtRest(): boolean {
    return this.state === 'text';
  }

  read(bytes: Buffer): void {
    for (let i = 0; i < bytes.length;) i = this.step(bytes, i);
  }

  /** @returns the index that comes next */
  private step(bytes: Buffer, i: number): number {
    switch (this.state) {
      case 'text':
        return this.text(bytes, i);
      case 'markup':
        return this.begin(bytes, i);
      case 'tag name':
      case 'end tag name':
      case 'instruction name':
        return this.name(bytes, i, this.state);
      case 'tag':
        return this.tag(bytes, i);
      case 'end tag':
        return this.endTag(bytes, i);
      case 'comment':
      case 'cdata':
      case 'instruction':
        return this.token(bytes, i, this.state);
      case 'doctype':
        return this.doctype(bytes, i);
    }
  }

  private text(bytes: Buffer, i: number): number {
    const found = bytes.indexOf(LT, i);
    const end = found < 0 ? bytes.length : found;
    if (end > i) this.markup.text(i, end);
    if (found < 0) return end;
    this.markup.starts(end);
    return this.enter('markup', end + 1);
  }

  private enter(state: State, next: number): number {
    this.state = state;
    this.word = '';
    this.quote = 0;
    this.recent = 0;
    return next;
  }

  private begin(bytes: Buffer, i: number): number {
    const byte = bytes[i] ?? 0;
    if (this.word === '') {
      if (byte === SLASH) return this.enter('end tag name', i + 1);
      if (byte === 0x3f) return this.enter('instruction name', i + 1);
      if (isNameStart(byte)) return this.enter('tag name', i);
    }
    this.word += String.fromCharCode(byte);
    const { word } = this;
    if (isDeclared(word)) return this.enter(DECLARED[word], i + 1);
    if (Object.keys(DECLARED).some((declared) => declared.startsWith(word))) return i + 1;
    this.markup.text(i, i);
    return this.enter('text', i);
  }

  private name(bytes: Buffer, i: number, state: 'tag name' | 'end tag name' | 'instruction name'): number {
    let end = i;
    while (end < bytes.length && !endsName(bytes[end] ?? 0)) end++;
    this.word = (this.word + bytes.toString('latin1', i, end)).slice(0, NAME_LIMIT);
    if (end === bytes.length) return end;
    const { word } = this;
    switch (state) {
      case 'tag name':
        this.state = 'tag';
        return end;
      case 'end tag name':
        this.state = 'end tag';
        return end;
      case 'instruction name':
        if (word === 'xml') this.markup.declares(end);
        return this.enter('instruction', end);
    }
  }

  private tag(bytes: Buffer, i: number): number {
    for (let at = i; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      // A value cannot hold it: a quote is missing.
      if (byte === LT) return this.opens(at, false);
      if (this.quote !== 0) {
        if (byte === this.quote) this.quote = 0;
      } else if (byte === GT) return this.opens(at + 1, this.recent === SLASH);
      else if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) this.quote = byte;
      this.recent = byte;
    }
    return bytes.length;
  }

  private opens(end: number, isEmpty: boolean): number {
    this.markup.opens(nameOf(this.word), end, isEmpty);
    return this.enter('text', end);
  }

  private endTag(bytes: Buffer, i: number): number {
    for (let at = i; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte !== GT && byte !== LT) continue;
      const end = byte === GT ? at + 1 : at;
      this.markup.closes(nameOf(this.word), end);
      return this.enter('text', end);
    }
    return bytes.length;
  }

  private token(bytes: Buffer, i: number, token: keyof typeof ENDS): number {
    const [end, bits] = ENDS[token];
    for (let at = i; at < bytes.length; at++) {
      this.recent = (this.recent << 8) | (bytes[at] ?? 0);
      if ((this.recent & bits) !== end) continue;
      this.markup.passes(at + 1, token === 'cdata');
      return this.enter('text', at + 1);
    }
    return bytes.length;
  }

  private doctype(bytes: Buffer, i: number): number {
    for (let at = i; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      this.recent = (this.recent << 8) | byte;
      if (this.within !== null) this.leaveWithin(this.within);
      else if (this.quote !== 0) this.quote = byte === this.quote ? 0 : this.quote;
      else if (byte === GT && !this.bracketed) {
        this.markup.passes(at + 1, false);
        return this.enter('text', at + 1);
      } else this.declared(byte);
    }
    return bytes.length;
  }

  private leaveWithin(within: 'comment' | 'instruction'): void {
    const [end, bits] = ENDS[within];
    if ((this.recent & bits) === end) this.within = null;
  }

  /** A byte of a document type, outside of what is quoted. */
  private declared(byte: number): void {
    if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) this.quote = byte;
    else if (byte === OPEN_BRACKET) this.bracketed = true;
    else if (byte === CLOSE_BRACKET) this.bracketed = false;
    else if (this.recent === COMMENT_BEGINS) this.within = 'comment';
    else if ((this.recent & 0xffff) === INSTRUCTION_BEGINS) this.within = 'instruction';
    if (this.within !== null) this.recent = 0;
  }
}

function isDeclared(word: string): word is keyof typeof DECLARED {
  return Object.hasOwn(DECLARED, word);
}

function isNameStart(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte >= 0x80;
}

function endsName(byte: number): boolean {
  return byte <= 0x20 || byte === SLASH || byte === GT || byte === LT || byte === 0x3f || byte === 0x3d;
}

function nameOf(word: string): string {
  return /^[\0-\x7f]*$/.test(word) ? word : Buffer.from(word, 'latin1').toString('utf8');
}
