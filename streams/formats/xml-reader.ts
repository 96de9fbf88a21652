import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';
import type { XmlFormat } from '../../schemas/format.ts';
import { fault } from './fault.ts';
import { RECORD_LIMIT, type DecodedRecord } from './format.ts';
import { DEPTH_LIMIT } from './json.ts';
import { placeAfter, type Place } from './place.ts';
import { TooLongAsJson, XmlWriter, type XmlElement } from './xml-element.ts';
import { XmlNames } from './xml-names.ts';
import type { Namespaces } from './xml-surroundings.ts';

/** A record may be longer as JSON than it came, but not by much: names of elements stand before their attributes. */
const JSON_LIMIT = 1.5 * RECORD_LIMIT;

const TOO_LONG = {
  code: 'MF_RECORD_TOO_LARGE',
  detail: 'the record is too long as JSON: long names stand in it again and again',
} as const;

const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** What a schema is looked for by says nothing of the record. */
const HINTS: readonly string[] = ['schemaLocation', 'noNamespaceSchemaLocation'];

/** Turns the XML of records into objects, and says where one is not well-formed. */
export class XmlReader {
  private readonly names: XmlNames;
  private readonly writer: XmlWriter;
  private parsing: Parsing | null = null;

  constructor({ namespaces, lists = [] }: XmlFormat) {
    this.names = new XmlNames(namespaces, JSON_LIMIT);
    this.writer = new XmlWriter(new Set(lists), JSON_LIMIT);
  }

  /** @param namespaces in force where the record begins; the same ones for as long as they do not change */
  read(text: string, begin: Place, namespaces: Namespaces): DecodedRecord {
    if (this.parsing?.namespaces !== namespaces) this.parsing = new Parsing(namespaces, this.names);
    this.names.beginRecord();
    try {
      const parsed = this.parsing.run(text);
      if ('element' in parsed) return this.write(parsed, begin);
      this.parsing = null;
      const at = placeAfter(begin, Buffer.from(text.slice(0, parsed.at)));
      const detail = `the record is not well-formed XML: ${parsed.detail}`;
      return fault(begin, { code: 'MF_RECORD_XML', detail, at }, Buffer.from(text));
    } catch (error) {
      if (!(error instanceof TooLongAsJson)) throw error;
      this.parsing = null;
      return fault(begin, TOO_LONG, Buffer.from(text));
    }
  }

  private write({ element, namespace }: Parsed, { line, column }: Place): DecodedRecord {
    const json = this.writer.record(element, namespace);
    return { type: 'json', line, column, value: JSON.parse(json) as Readonly<Record<string, unknown>>, text: json };
  }
}

interface Parsed {
  readonly element: XmlElement;
  /** Its own. */
  readonly namespace: string;
}

interface Problem {
  readonly detail: string;
  /** Index in the text. */
  readonly at: number;
}

class NotWellFormed extends Error {
  override readonly name = 'NotWellFormed';
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** What records are read as the children of. */
const AROUND = '<records>';

/**
 * A parser that reads one record after another as the children of one element, because making a parser costs more than
 * most records do. It is of no use after a fault.
 */
class Parsing {
  readonly namespaces: Namespaces;
  private readonly parser: SaxesParser<{ xmlns: true }>;
  private readonly names: XmlNames;
  private readonly open: XmlElement[] = [];
  /** Characters of all records before. */
  private written = AROUND.length;
  private parsed: Parsed | null = null;

  constructor(namespaces: Namespaces, names: XmlNames) {
    this.namespaces = namespaces;
    this.names = names;
    const additionalNamespaces = Object.fromEntries(namespaces);
    this.parser = new SaxesParser({ xmlns: true, position: false, additionalNamespaces });
    this.parser.write(AROUND);
    this.parser.on('opentag', (tag) => this.opens(tag));
    this.parser.on('closetag', () => this.closes());
    this.parser.on('text', (text) => this.text(text));
    this.parser.on('cdata', (text) => this.text(text));
    this.parser.on('error', ({ message }) => {
      throw new NotWellFormed(message);
    });
  }

  run(text: string): Parsed | Problem {
    const before = this.written;
    try {
      this.parser.write(text);
      this.written += text.length;
      const last = this.open.at(-1);
      if (last !== undefined) throw new NotWellFormed(`${last.name} has no end tag`);
      return this.takeParsed();
    } catch (error) {
      if (!(error instanceof NotWellFormed)) throw error;
      const detail = error.message.replace(/\.$/, '').slice(0, 200);
      const found = { detail, at: Math.min(this.parser.position - before, text.length) };
      return looseAmpersand(text, found.at) ?? found;
    }
  }

  private takeParsed(): Parsed {
    const { parsed } = this;
    if (parsed === null) throw new NotWellFormed('it is no element');
    this.parsed = null;
    return parsed;
  }

  private opens(tag: SaxesTagNS): void {
    if (this.open.length >= DEPTH_LIMIT) throw new NotWellFormed(`it is nested more than ${DEPTH_LIMIT} deep`);
    const element = this.elementOf(tag);
    const around = this.open.at(-1);
    if (around === undefined) this.parsed = { element, namespace: tag.uri };
    else around.content.push(element);
    this.open.push(element);
  }

  private closes(): void {
    if (this.open.pop() === undefined) throw new NotWellFormed('an end tag closes nothing');
  }

  private elementOf({ local, uri, attributes }: SaxesTagNS): XmlElement {
    const name = this.names.of(local, uri);
    const all = Object.values(attributes);
    if (all.length === 0) return { name, attributes: NO_ATTRIBUTES, isNil: false, content: [] };
    const said = all.filter(isSaid);
    const [only] = said;
    const isNil = said.length === 1 && only?.uri === XSI && only.local === 'nil' && only.value === 'true';
    return { name, attributes: isNil ? NO_ATTRIBUTES : this.attributesOf(said), isNil, content: [] };
  }

  private attributesOf(said: readonly SaxesAttributeNS[]): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (const { local, uri, value } of said) {
      const name = this.names.of(local, uri);
      // Where namespaces are not told apart, two may have the same name.
      attributes.set(attributes.has(name) ? this.names.expanded(local, uri) : name, value);
    }
    return attributes;
  }

  private text(text: string): void {
    const content = this.open.at(-1)?.content;
    const last = content?.at(-1);
    if (content === undefined) return;
    if (typeof last === 'string') content[content.length - 1] = last + text;
    else content.push(text);
  }
}

/** Prefixes and hints are about how the record is written. */
function isSaid({ uri, local }: SaxesAttributeNS): boolean {
  return uri !== XMLNS && !(uri === XSI && HINTS.includes(local));
}

const ENTITY = /&(?:#\d+|#x[\dA-Fa-f]+|[\p{L}_:][\p{L}\p{N}_:.-]*);/uy;

/** Where there may be an ampersand, and where one means itself. */
const AMPERSAND = /<!\[CDATA\[|&/g;

/** The parser notices what is wrong with most of them only where the next semicolon is missed. */
function looseAmpersand(text: string, before: number): Problem | null {
  AMPERSAND.lastIndex = 0;
  for (let found = AMPERSAND.exec(text); found !== null && found.index < before; found = AMPERSAND.exec(text)) {
    if (found[0] === '&') {
      ENTITY.lastIndex = found.index;
      if (!ENTITY.test(text)) return { detail: 'an ampersand begins no entity; it is written &amp;', at: found.index };
    } else {
      const end = text.indexOf(']]>', found.index);
      if (end < 0) return null;
      AMPERSAND.lastIndex = end;
    }
  }
  return null;
}
