/** An element of a record, with its names as they are written for mappings. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** It says by `xsi:nil`, and nothing else, that it has no value. */
  readonly isNil: boolean;
  /** Elements and text, in their order; no two texts follow one another. */
  readonly content: (XmlElement | string)[];
}

/** What stands beside the name of an element or an attribute, none of which can be part of an XML name. */
const ATTRIBUTE = '@';
const TEXT = '#text';
const CONTENT = '#content';

/** What is kept has to be bounded. */
const NAMES_KEPT = 1024;
const NAME_KEPT = 100;

/** A record is longer as JSON than it may be. */
export class TooLongAsJson extends Error {
  override readonly name = 'TooLongAsJson';
}

/**
 * Writes elements as JSON text, by the convention of docs/formats.md. Text, not objects: every name, `__proto__` too,
 * is one like any other, and the record is read from it again.
 */
export class XmlWriter {
  private readonly lists: ReadonlySet<string>;
  private readonly limit: number;
  private readonly names = new Map<string, string>();
  private size = 0;

  /**
   * @param lists names of elements that are always lists of objects
   * @param limit in characters
   */
  constructor(lists: ReadonlySet<string>, limit: number) {
    this.lists = lists;
    this.limit = limit;
  }

  /** @throws TooLongAsJson */
  record(root: XmlElement, namespace: string): string {
    this.size = 0;
    const members = [this.member('#name', this.text(root.name))];
    if (namespace !== '') members.push(this.member('#namespace', this.text(namespace)));
    return `{${[...members, ...this.members(root)].join(',')}}`;
  }

  /** An element as an object. */
  private object(element: XmlElement): string {
    return `{${this.members(element).join(',')}}`;
  }

  private members(element: XmlElement): string[] {
    const members = this.attributes(element, ATTRIBUTE);
    const text = textOf(element);
    if (text !== null) return text === '' ? members : [...members, this.member(TEXT, this.text(text))];
    const { byName, isTold } = childrenOf(element);
    for (const [name, elements] of byName) members.push(...this.children(name, elements));
    if (!isTold) members.push(this.member(CONTENT, this.text(orderOf(element))));
    return members;
  }

  /** All children of a name. */
  private children(name: string, elements: readonly XmlElement[]): string[] {
    const [first, second] = elements;
    const isList = this.lists.has(name);
    if (isList || first === undefined || second !== undefined) {
      const items = elements.map((element) => (isList && !element.isNil ? this.object(element) : this.value(element)));
      return [this.member(name, `[${items.join(',')}]`)];
    }
    const text = textOf(first);
    if (text === null || text === '') return [this.member(name, this.value(first))];
    return [this.member(name, this.text(text)), ...this.attributes(first, `${name}${ATTRIBUTE}`)];
  }

  private value(element: XmlElement): string {
    const text = textOf(element);
    if (element.isNil && text === '') return this.count('null');
    return text === null || element.attributes.size > 0 ? this.object(element) : this.text(text);
  }

  private attributes({ attributes }: XmlElement, prefix: string): string[] {
    if (attributes.size === 0) return [];
    return [...attributes].map(([name, value]) => this.member(`${prefix}${name}`, this.text(value)));
  }

  private member(name: string, json: string): string {
    return `${this.count(this.quoted(name))}:${json}`;
  }

  /** The records of a feed have few names, and every record most of them. */
  private quoted(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const quoted = JSON.stringify(name);
    if (this.names.size < NAMES_KEPT && name.length <= NAME_KEPT) this.names.set(name, quoted);
    return quoted;
  }

  private text(value: unknown): string {
    return this.count(JSON.stringify(value));
  }

  private count(json: string): string {
    this.size += json.length;
    if (this.size > this.limit) throw new TooLongAsJson();
    return json;
  }
}

/** The text of an element without child elements; null for others. White space alone is layout. */
function textOf({ content }: XmlElement): string | null {
  const [first = '', second] = content;
  if (typeof first !== 'string' || second !== undefined) return null;
  return isBlank(first) ? '' : first;
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

interface Children {
  readonly byName: ReadonlyMap<string, readonly XmlElement[]>;
  /** They tell in which order they stood, for all that matters, and that nothing stood between them. */
  readonly isTold: boolean;
}

function childrenOf({ content }: XmlElement): Children {
  const byName = new Map<string, XmlElement[]>();
  let isTold = true;
  let last = '';
  for (const item of content) {
    if (typeof item === 'string') {
      isTold &&= isBlank(item);
      continue;
    }
    const alike = byName.get(item.name);
    if (alike === undefined) byName.set(item.name, [item]);
    else {
      alike.push(item);
      isTold &&= last === item.name;
    }
    last = item.name;
  }
  return { byName, isTold };
}

/** Text and children in their order: `["two ", { "b": 0 }, " lines"]`. */
function orderOf({ content }: XmlElement): unknown {
  const isMixed = content.some((item) => typeof item === 'string' && !isBlank(item));
  const seen = new Map<string, number>();
  return content.flatMap((item): unknown[] => {
    if (typeof item === 'string') return isMixed ? [item] : [];
    const place = seen.get(item.name) ?? 0;
    seen.set(item.name, place + 1);
    return [{ [item.name]: place }];
  });
}
