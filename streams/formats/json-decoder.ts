import { isUtf8 } from 'node:buffer';
import type { JsonFormat } from '../../schemas/format.ts';
import { fault, notUtf8, type Fault } from './fault.ts';
import {
  FAULT_HEAD,
  RECORD_LIMIT,
  type Cut,
  type Decoded,
  type DecodedRecord,
  type Decoder,
  type FaultRecord,
} from './format.ts';
import { decodeJson, DEPTH_LIMIT } from './json.ts';
import { NOWHERE, rootOf, type Position } from './json-path.ts';
import { TextScan, ValueScan } from './json-scan.ts';
import { Piece, type Taking } from './piece.ts';

/** An object or a list around records. */
interface Frame {
  readonly isList: boolean;
  readonly position: Position;
  /** Its elements are records, whatever they are. */
  readonly holdsRecords: boolean;
}

type Mode =
  /** Between documents. */
  | 'root'
  /** Before a value, in a list or after a name. */
  | 'value'
  /** Before a name. */
  | 'name'
  | 'in name'
  | 'after name'
  /** In a value that is taken, or passed over. */
  | 'in object'
  | 'in text'
  | 'in token'
  /** In what is no JSON. */
  | 'rest';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Longer names are on no path. */
const NAME_LIMIT = 1024;

const NOT_JSON = { code: 'MF_RECORD_JSON', detail: 'from here on, this is no JSON' } as const;
const MISPLACED = { code: 'MF_RECORD_JSON', detail: 'this closes nothing that is open around the records' } as const;
const NO_RECORD = { code: 'MF_FEED_NO_RECORD', detail: 'the document has nothing at the path of its records' } as const;
const UNFINISHED = { code: 'MF_RECORD_JSON', detail: 'the input ends before the document does' } as const;

/**
 * JSON documents of any length, one after another, with their records at declared paths. Guarantee: a fault within a
 * record costs that record, as long as its brackets are paired; what is wrong around records is a fault of its own, but
 * for commas, which may be missing or too many. Hole: a brace that is missing in a record makes what follows, up to the
 * end of its list, part of it.
 */
export class JsonDecoder implements Decoder {
  private readonly root: Position;
  private readonly piece = new Piece();
  private readonly scan = new ValueScan();
  private text = new TextScan();
  private mode: Mode = 'root';
  private readonly frames: Frame[] = [];
  /** Where the value is that comes next. */
  private position: Position;
  /** What is at hand: a record, a name, garbage. */
  private taking: Taking | null = null;
  /** Objects that are records if nothing below them is, outermost first; the document is the first, if it is not. */
  private candidates: { readonly depth: number; readonly taking: Taking; readonly isRecord: boolean }[] = [];
  private records: DecodedRecord[] = [];
  /** What is wrong where no JSON begins. */
  private problem: Fault = NOT_JSON;

  constructor({ path }: JsonFormat) {
    this.root = rootOf(path);
    this.position = this.root;
  }

  push(bytes: Buffer): Decoded {
    this.piece.begin(bytes);
    for (let i = 0; i < bytes.length;) i = this.step(i);
    const candidates = this.candidates.map(({ taking }) => taking);
    this.piece.end(this.taking === null ? candidates : [...candidates, this.taking]);
    return this.batch();
  }

  end(cut?: Cut): Decoded {
    this.piece.begin(Buffer.alloc(0));
    this.finish(cut);
    return this.batch();
  }

  private batch(): Decoded {
    const { records } = this;
    this.records = [];
    return { records };
  }

  /** @returns the index that comes next */
  private step(i: number): number {
    switch (this.mode) {
      case 'root':
      case 'value':
      case 'name':
      case 'after name':
        return this.between(i, this.mode);
      case 'in name':
        return this.inName(i);
      case 'in object':
        return this.inObject(i);
      case 'in text':
        return this.inText(i);
      case 'in token':
        return this.inToken(i);
      case 'rest':
        return this.piece.bytes.length;
    }
  }

  private between(i: number, mode: 'root' | 'value' | 'name' | 'after name'): number {
    const byte = this.piece.bytes[i] ?? 0;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return i + 1;
    switch (mode) {
      case 'root':
        // RFC 7464 begins each document with a record separator.
        if (byte === 0x1e) return i + 1;
        return byte === OPEN_OBJECT || byte === OPEN_LIST ? this.value(i, byte) : this.leave(i);
      case 'value':
        if (byte === COMMA) return this.comma(i);
        return byte === CLOSE_OBJECT || byte === CLOSE_LIST ? this.close(i, byte) : this.value(i, byte);
      case 'name':
        if (byte === COMMA) return i + 1;
        if (byte === QUOTE) return this.enter('in name', i, this.piece.take(i, NAME_LIMIT));
        return byte === CLOSE_OBJECT || byte === CLOSE_LIST ? this.close(i, byte) : this.leave(i);
      case 'after name':
        if (byte !== COLON) return this.leave(i);
        this.mode = 'value';
        return i + 1;
    }
  }

  /** What follows is no JSON. */
  private leave(i: number): number {
    const around = this.candidates[0];
    this.taking = around?.taking ?? this.piece.take(i);
    this.problem = { ...NOT_JSON, ...(around === undefined ? {} : { at: this.piece.placeOf(i) }) };
    this.candidates = [];
    this.mode = 'rest';
    return i;
  }

  private comma(i: number): number {
    if (this.frames.at(-1)?.isList === false) this.mode = 'name';
    return i + 1;
  }

  /** A value begins. */
  private value(i: number, byte: number): number {
    const { isRecord, goesOn } = this.position;
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const isList = byte === OPEN_LIST;
      // An object is a record, unless something below it may be; a list holds records, unless it is one of those itself.
      const whole = isList ? this.frames.at(-1)?.holdsRecords === true : !goesOn;
      if (whole || !(isRecord || goesOn) || this.frames.length >= DEPTH_LIMIT) {
        this.scan.begin();
        this.enter('in object', i, isRecord ? this.piece.take(i) : null);
        return i;
      }
      return this.open(i, isList);
    }
    this.text = new TextScan();
    return this.enter(byte === QUOTE ? 'in text' : 'in token', i, isRecord ? this.piece.take(i) : null);
  }

  private enter(mode: Mode, i: number, taking: Taking | null): number {
    this.mode = mode;
    this.taking = taking;
    return i + 1;
  }

  private open(i: number, isList: boolean): number {
    const { frames, position } = this;
    const { isRecord } = position;
    if (isList && isRecord) this.candidates = [];
    else if (isRecord || frames.length === 0) {
      const taking = this.piece.take(i, isRecord ? RECORD_LIMIT : FAULT_HEAD);
      this.candidates.push({ depth: frames.length, taking, isRecord });
    }
    frames.push({ isList, position, holdsRecords: isList && isRecord });
    this.mode = isList ? 'value' : 'name';
    return i + 1;
  }

  private inName(i: number): number {
    const { piece, taking } = this;
    const end = this.text.find(piece.bytes, i);
    if (end === piece.bytes.length || taking === null) return end;
    const name = nameOf(piece.whole(taking, end + 1));
    const around = this.frames.at(-1)?.position ?? this.root;
    this.position = name === null ? NOWHERE : around.below(name);
    return this.enter('after name', end, null);
  }

  private inObject(i: number): number {
    const { bytes } = this.piece;
    const found = this.scan.find(bytes, i);
    return found === bytes.length ? found : this.ends(this.scan.endsBefore ? found : found + 1);
  }

  private inText(i: number): number {
    const { bytes } = this.piece;
    const found = this.text.find(bytes, i);
    return found === bytes.length ? found : this.ends(found + 1);
  }

  private inToken(i: number): number {
    const { bytes } = this.piece;
    let end = i;
    while (end < bytes.length && !isDelimiter(bytes[end] ?? 0)) end++;
    return end === bytes.length ? end : this.ends(end);
  }

  /** A value that was taken, or passed over, ends. */
  private ends(end: number): number {
    if (this.taking !== null) this.emit(this.taking, end);
    this.taking = null;
    this.afterValue();
    return end;
  }

  private afterValue(): void {
    const around = this.frames.at(-1);
    this.mode = around === undefined ? 'root' : around.isList ? 'value' : 'name';
    this.position = around?.position ?? this.root;
  }

  private emit(taking: Taking, end: number): void {
    this.candidates = [];
    const bytes = this.piece.whole(taking, end);
    const { begin } = taking.capture;
    if (bytes === null) this.records.push(taking.capture.tooLarge());
    else if (!isUtf8(bytes)) this.records.push(notUtf8(begin, bytes));
    else {
      const text = bytes.toString('utf8');
      // `{"order": null}` says that there is none.
      if (text === 'null' && this.frames.at(-1)?.isList === false) return;
      this.records.push(decodeJson(text, begin));
    }
  }

  private close(i: number, byte: number): number {
    const isList = byte === CLOSE_LIST;
    const depth = this.frames.findLastIndex((frame) => frame.isList === isList);
    if (depth === this.frames.length - 1) this.complete(i + 1);
    else this.misplaced(i, depth < 0 ? this.frames.length : depth);
    return i + 1;
  }

  private complete(end: number): void {
    this.frames.pop();
    const candidate = this.candidates.at(-1);
    if (candidate?.depth === this.frames.length) {
      this.candidates.pop();
      if (candidate.isRecord) this.emit(candidate.taking, end);
      else this.records.push(this.faultOf(candidate.taking, end, NO_RECORD));
    }
    this.afterValue();
  }

  /** A bracket closes what is open further out, at this depth, or nothing. */
  private misplaced(i: number, depth: number): void {
    const within = this.candidates.find((candidate) => candidate.depth >= depth);
    const taking = within?.taking ?? this.piece.take(i);
    this.records.push(this.faultOf(taking, i + 1, { ...MISPLACED, at: this.piece.placeOf(i) }));
    this.candidates = this.candidates.filter((candidate) => candidate.depth < depth);
    this.frames.length = depth;
    this.afterValue();
  }

  private faultOf(taking: Taking, end: number, problem: Fault): FaultRecord {
    const bytes = this.piece.whole(taking, end);
    return bytes === null ? taking.capture.fault(problem) : fault(taking.capture.begin, problem, bytes);
  }

  private finish(cut: Cut | undefined): void {
    if (this.mode === 'root' && cut === undefined) return;
    const at = this.piece.placeOf(0);
    const record = this.mode === 'in name' ? null : this.taking;
    const taking = record ?? this.candidates[0]?.taking ?? this.piece.take(0);
    const problem = this.mode === 'rest' ? this.problem : { ...UNFINISHED, at };
    this.records.push(this.faultOf(taking, 0, cut === undefined ? problem : { ...cut, at }));
  }
}

function nameOf(quoted: Buffer | null): string | null {
  if (quoted === null) return null;
  try {
    return JSON.parse(quoted.toString('utf8')) as string;
  } catch {
    return null;
  }
}

function isDelimiter(byte: number): boolean {
  return byte <= 0x20 || DELIMITERS.includes(byte);
}

const DELIMITERS: readonly number[] = [QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT];
