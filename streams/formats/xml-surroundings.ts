/** Namespaces by their prefixes; '' is the default. */
export type Namespaces = ReadonlyMap<string, string>;

const NONE: Namespaces = new Map();

/** Elements around records that are deeper are counted only; there is no record in them. */
const DEPTH = 64;

/** A tag that is longer declares no namespaces: they are kept for as long as its element is open. */
const TAG_LIMIT = 64 * 1024;

/** The elements that are open around records, and the namespaces that they declare. */
export class Surroundings {
  private readonly elements: { readonly name: string; readonly namespaces: Namespaces }[] = [];
  private deeper = 0;
  private known: Namespaces | null = NONE;

  get depth(): number {
    return this.elements.length + this.deeper;
  }

  /** All that are in force. */
  get namespaces(): Namespaces {
    return (this.known ??= new Map(this.elements.flatMap(({ namespaces }) => [...namespaces])));
  }

  enter(name: string, namespaces: Namespaces): void {
    if (this.elements.length >= DEPTH) this.deeper++;
    else {
      this.elements.push({ name, namespaces });
      if (namespaces.size > 0) this.known = null;
    }
  }

  /** In how many elements the innermost open one of this name is; -1 if there is none. */
  depthOf(name: string): number {
    return this.deeper > 0 ? this.depth - 1 : this.elements.findLastIndex((element) => element.name === name);
  }

  /** Closes elements until so many are open. */
  leaveTo(depth: number): void {
    this.deeper = Math.max(0, depth - this.elements.length);
    for (const { namespaces } of this.elements.splice(depth)) if (namespaces.size > 0) this.known = null;
  }
}

/** A name, and the value that it may have: each character is looked at once or twice, whatever comes. */
const ATTRIBUTES = /([^\s=<>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** What a start tag declares. */
export function declaredIn(tag: Buffer | null): Namespaces {
  if (tag === null || tag.length > TAG_LIMIT || !tag.includes('xmlns')) return NONE;
  const declared = new Map<string, string>();
  for (const [, name = '', double, single] of tag.toString('utf8').matchAll(ATTRIBUTES)) {
    const [xmlns, prefix = ''] = name.split(':');
    if (xmlns === 'xmlns') declared.set(prefix, unescape(double ?? single ?? ''));
  }
  return declared;
}

function unescape(value: string): string {
  return value.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
