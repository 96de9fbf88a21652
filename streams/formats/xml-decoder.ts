import { isUtf8 } from 'node:buffer';
import type { XmlFormat } from '../../schemas/format.ts';
import { Capture } from './capture.ts';
import { fault, notUtf8, type Fault } from './fault.ts';
import { FAULT_HEAD, type Cut, type Decoded, type DecodedRecord, type Decoder, type FaultRecord } from './format.ts';
import { Piece, type Taking } from './piece.ts';
import { declaredIn, Surroundings, type Namespaces } from './xml-surroundings.ts';
import { XmlReader } from './xml-reader.ts';
import { XmlScan, type Markup } from './xml-scan.ts';

const NOT_XML = { code: 'MF_RECORD_XML', detail: 'from here on, this is no XML' } as const;
const MISPLACED = { code: 'MF_RECORD_XML', detail: 'this closes no element that is open around the records' } as const;
const NO_RECORD = { code: 'MF_FEED_NO_RECORD', detail: 'the document has no element that is a record' } as const;
const UNFINISHED = { code: 'MF_RECORD_XML', detail: 'the input ends before the document does' } as const;
const INTERRUPTED = { code: 'MF_RECORD_XML', detail: 'a new document begins before this one ends' } as const;

/** Deeper elements of a record are counted, and not compared with their end tags. */
const NAMES_LIMIT = 1024;

/** A record, while it is read. */
interface Reading {
  readonly taking: Taking;
  /** Names of its open elements, its own first. */
  readonly names: string[];
  /** Open elements beyond NAMES_LIMIT. */
  deeper: number;
}

/**
 * XML documents of any length, one after another, with their records as elements of a declared name, or one record
 * each. Guarantee: a fault within a record costs that record, as long as its start and end tags are paired; what is
 * wrong around records is a fault of its own. Hole: a record without its end tag takes what follows with it, up to
 * the end of what is around it, or to the next XML declaration.
 */
export class XmlDecoder implements Decoder, Markup {
  private readonly names: ReadonlySet<string> | null;
  private readonly namespace: string | undefined;
  private readonly reader: XmlReader;
  private readonly piece = new Piece();
  private readonly scan = new XmlScan(this);
  private readonly around = new Surroundings();
  private record: Reading | null = null;
  /** Markup that is being read, outside of records; taken only if that is needed: where it began in this piece, or -1. */
  private tag: Taking | null = null;
  private tagFrom = -1;
  /** The document, as long as no record was found in it. */
  private document: Taking | null = null;
  /** There are elements in it other than its own. */
  private hasElements = false;
  /** What is no XML, up to the end of the input. */
  private rest: { readonly taking: Taking; readonly problem: Fault } | null = null;
  private records: DecodedRecord[] = [];

  constructor(format: XmlFormat) {
    this.names = format.record === undefined ? null : new Set([format.record].flat());
    this.namespace = format.namespace;
    this.reader = new XmlReader(format);
  }

  push(bytes: Buffer): Decoded {
    this.piece.begin(bytes);
    if (this.rest === null) this.scan.read(bytes);
    this.takeTag();
    this.piece.end(this.takings());
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

  private *takings(): Generator<Taking> {
    if (this.document !== null) yield this.document;
    if (this.record !== null) yield this.record.taking;
    if (this.tag !== null) yield this.tag;
    if (this.rest !== null) yield this.rest.taking;
  }

  starts(at: number): void {
    if (this.record === null && this.rest === null) this.tagFrom = at;
  }

  private takeTag(): Taking | null {
    if (this.tagFrom >= 0) this.tag = this.piece.take(this.tagFrom);
    this.tagFrom = -1;
    return this.tag;
  }

  private dropTag(): void {
    this.tag = null;
    this.tagFrom = -1;
  }

  text(from: number, end: number): void {
    if (this.rest !== null || this.record !== null) return;
    if (this.around.depth > 0) {
      this.dropTag();
      return;
    }
    const begin = afterBlank(this.piece.bytes, from, end);
    const tag = this.takeTag();
    if (tag !== null) this.leave(tag);
    else if (begin < end) this.leave(this.piece.take(begin));
  }

  passes(end: number, isText: boolean): void {
    if (isText) this.text(end, end);
    this.dropTag();
  }

  /** A declaration is where a document begins, wherever it is. */
  declares(end: number): void {
    if (this.rest !== null) return;
    if (this.around.depth > 0 || this.record !== null) this.abandon(end, INTERRUPTED);
  }

  opens(name: string, end: number, isEmpty: boolean): void {
    if (this.rest !== null) return;
    if (this.record !== null) this.enters(this.record, name, isEmpty);
    else this.outside(name, end, isEmpty);
  }

  closes(name: string, end: number): void {
    if (this.rest !== null) return;
    if (this.record !== null) this.leaves(this.record, name, end);
    else this.leavesOutside(name, end);
  }

  /** A start tag outside of records. */
  private outside(name: string, end: number, isEmpty: boolean): void {
    const { piece, tagFrom } = this;
    const bytes = tagFrom >= 0 ? piece.bytes.subarray(tagFrom, end) : this.tag && piece.whole(this.tag, end);
    const namespaces = declaredIn(bytes);
    const isRoot = this.around.depth === 0;
    const isRecord = this.isRecord(name, namespaces);
    const tag = isRecord || isRoot ? this.takeTag() : null;
    this.dropTag();
    if (tag !== null && isRecord) {
      this.document = null;
      this.record = { taking: tag, names: [name], deeper: 0 };
      if (isEmpty) this.emit(this.record, end);
      return;
    }
    if (tag !== null) this.document = this.beginDocument(tag, bytes, end);
    this.hasElements = !isRoot;
    if (!isEmpty) this.around.enter(name, namespaces);
    else if (isRoot) this.endDocument(end);
  }

  private isRecord(name: string, own: Namespaces): boolean {
    if (this.names === null) return this.around.depth === 0;
    const colon = name.indexOf(':');
    if (!this.names.has(name.slice(colon + 1))) return false;
    if (this.namespace === undefined) return true;
    const prefix = name.slice(0, Math.max(colon, 0));
    return (own.get(prefix) ?? this.around.namespaces.get(prefix)) === this.namespace;
  }

  private beginDocument(tag: Taking, bytes: Buffer | null, end: number): Taking {
    // A tag that is too long is hashed already, as all that follows will be.
    if (bytes === null) return tag;
    const capture = new Capture(tag.capture.begin, FAULT_HEAD);
    capture.add(bytes);
    return { capture, from: end };
  }

  private leavesOutside(name: string, end: number): void {
    const { around } = this;
    const depth = around.depthOf(name);
    if (around.depth === 0) this.leave(this.takeTag() ?? this.piece.take(end));
    else if (depth !== around.depth - 1) {
      this.records.push(this.faultOf(this.takeTag() ?? this.piece.take(end), end, MISPLACED));
    }
    this.dropTag();
    if (depth < 0) return;
    around.leaveTo(depth);
    if (around.depth === 0) this.endDocument(end);
  }

  private endDocument(end: number): void {
    const { document } = this;
    this.document = null;
    // A list may be empty.
    if (document !== null && this.hasElements) this.records.push(this.faultOf(document, end, NO_RECORD));
  }

  private enters(record: Reading, name: string, isEmpty: boolean): void {
    if (isEmpty) return;
    if (record.names.length < NAMES_LIMIT) record.names.push(name);
    else record.deeper++;
  }

  /** An end tag within a record: of an element of it, with all that is open in that; or of what is around it. */
  private leaves(record: Reading, name: string, end: number): void {
    if (record.deeper > 0) {
      record.deeper--;
      return;
    }
    const depth = record.names.lastIndexOf(name);
    if (depth > 0) record.names.length = depth;
    else if (depth === 0) this.emit(record, end);
    else if (this.around.depthOf(name) >= 0) {
      this.emit(record, end);
      this.leavesOutside(name, end);
    }
  }

  private emit({ taking }: Reading, end: number): void {
    this.record = null;
    const bytes = this.piece.whole(taking, end);
    const { begin } = taking.capture;
    if (bytes === null) this.records.push(taking.capture.tooLarge());
    else if (!isUtf8(bytes)) this.records.push(notUtf8(begin, bytes));
    else this.records.push(this.reader.read(bytes.toString('utf8'), begin, this.around.namespaces));
  }

  private leave(taking: Taking): void {
    this.dropTag();
    this.rest = { taking, problem: NOT_XML };
  }

  private faultOf(taking: Taking, end: number, problem: Fault): FaultRecord {
    const bytes = this.piece.whole(taking, end);
    return bytes === null ? taking.capture.fault(problem) : fault(taking.capture.begin, problem, bytes);
  }

  private finish(cut: Cut | undefined): void {
    const isOver = this.around.depth === 0 && this.scan.isAtRest && this.record === null;
    if (this.rest !== null) this.abandon(0, cut ?? this.rest.problem);
    else if (cut !== undefined || !isOver) this.abandon(0, cut ?? UNFINISHED);
  }

  /** Nothing more comes of the document. */
  private abandon(end: number, problem: Fault): void {
    // Places are asked for in ascending order.
    const taking = this.rest?.taking ?? this.record?.taking ?? this.document ?? this.takeTag() ?? this.piece.take(end);
    const at = this.piece.placeOf(end);
    this.records.push(this.faultOf(taking, end, problem === NOT_XML ? problem : { ...problem, at }));
    this.around.leaveTo(0);
    this.record = null;
    this.document = null;
    this.dropTag();
  }
}

function afterBlank(bytes: Buffer, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i;
  }
  return end;
}
