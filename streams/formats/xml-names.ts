import type { XmlFormat } from '../../schemas/format.ts';
import { TooLongAsJson } from './xml-element.ts';

/** How names of elements and attributes are written, whatever prefixes the document has for their namespaces. */
export class XmlNames {
  /** Prefixes by namespace; null: namespaces are not told apart. */
  private readonly prefixes: ReadonlyMap<string, string> | null;
  private readonly limit: number;
  /** Long namespaces stand in many names: each name is made once. */
  private readonly written = new Map<string, Map<string, string>>();
  private size = 0;

  /** @param limit characters of all qualified names of a record */
  constructor(namespaces: XmlFormat['namespaces'], limit: number) {
    const declared = namespaces === undefined ? null : Object.entries(namespaces);
    this.prefixes = declared === null ? null : new Map(declared.map(([prefix, uri]) => [uri, prefix]));
    this.limit = limit;
  }

  beginRecord(): void {
    if (this.size === 0) return;
    this.written.clear();
    this.size = 0;
  }

  /** @throws TooLongAsJson */
  of(local: string, uri: string): string {
    if (this.prefixes === null || uri === '') return local;
    const prefix = this.prefixes.get(uri);
    if (prefix === '') return local;
    return prefix === undefined ? this.expanded(local, uri) : `${prefix}:${local}`;
  }

  /** With the namespace itself. @throws TooLongAsJson */
  expanded(local: string, uri: string): string {
    const names = this.written.get(uri) ?? new Map<string, string>();
    this.written.set(uri, names);
    const known = names.get(local);
    if (known !== undefined) return known;
    this.size += uri.length + local.length;
    if (this.size > this.limit) throw new TooLongAsJson();
    const name = `{${uri}}${local}`;
    names.set(local, name);
    return name;
  }
}
