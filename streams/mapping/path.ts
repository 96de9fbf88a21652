/**
 * One step of a path: a property by its name, an element by its place (counted from the end if negative), or every
 * element of a list.
 */
export type Segment =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'place'; readonly place: number }
  | { readonly type: 'all' };

/** `a.b`, `a."b.c"`, `a[0]`, `a[-1]`, `a[*].b`, `a["b"]`. @throws PathError */
export function parsePath(path: string): readonly Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < path.length || segments.length === 0;) {
    const [segment, end] =
      path[at] === '[' ? bracket(path, at) : nameAt(path, segments.length === 0 ? at : dot(path, at));
    segments.push(segment);
    at = end;
  }
  return segments;
}

/** What is wrong with a path, without the path. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

/** The text of a path, with quotes where names need them. */
export function writePath(segments: readonly Segment[]): string {
  return segments.map((segment, i) => writeSegment(segment, i === 0)).join('');
}

function writeSegment(segment: Segment, first: boolean): string {
  switch (segment.type) {
    case 'all':
      return '[*]';
    case 'place':
      return `[${segment.place}]`;
    case 'name':
      return `${first ? '' : '.'}${quoted(segment.name)}`;
  }
}

/** A name as it stands in a path. */
export function quoted(name: string): string {
  return /^[^."'[\]$][^.[\]]*$/.test(name) ? name : JSON.stringify(name);
}

function dot(path: string, at: number): number {
  if (path[at] !== '.') throw new PathError(`expected . or [ before ${JSON.stringify(path.slice(at))}`);
  return at + 1;
}

type Found = readonly [Segment, number];

const NAME = /[^.[\]]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'([^']*)'/y;

function nameAt(path: string, at: number): Found {
  const text = match(QUOTED, path, at);
  if (text !== null) return [{ type: 'name', name: unquoted(text) }, QUOTED.lastIndex];
  const plain = match(NAME, path, at);
  if (plain === null)
    throw new PathError(at === 0 ? 'it begins with no name' : `a name is missing after ${path.slice(0, at)}`);
  return [{ type: 'name', name: plain[0] }, NAME.lastIndex];
}

const BRACKET = /\[(?:(\*)|(-?\d{1,6})|("(?:[^"\\]|\\.)*"|'[^']*'))\]/y;

function bracket(path: string, at: number): Found {
  const found = match(BRACKET, path, at);
  if (found === null) throw new PathError('brackets hold a number, * or a name in quotes');
  const [, all, place, text] = found;
  if (all !== undefined) return [{ type: 'all' }, BRACKET.lastIndex];
  if (place !== undefined) return [{ type: 'place', place: Number(place) }, BRACKET.lastIndex];
  const [segment] = nameAt(text ?? '', 0);
  return [segment, BRACKET.lastIndex];
}

function match(pattern: RegExp, path: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(path);
}

function unquoted([whole, double, single]: RegExpExecArray): string {
  if (double === undefined) return single ?? '';
  try {
    return JSON.parse(whole) as string;
  } catch {
    throw new PathError(`${whole} is no text in quotes`);
  }
}

/** Reads what a path leads to; undefined where it leads nowhere, to null or to empty text. */
export function follow(segments: readonly Segment[]): (value: unknown) => unknown {
  const [first, second] = segments;
  if (first?.type === 'name' && second === undefined) {
    const { name } = first;
    return (value) => property(value, name);
  }
  const all = segments.findIndex(({ type }) => type === 'all');
  if (all >= 0) return each(follow(segments.slice(0, all)), segments.slice(all + 1));
  const steps = segments.map(stepOf);
  return (value) => {
    let found = value;
    for (const step of steps) {
      found = step(found);
      if (found === undefined) return undefined;
    }
    return found;
  };
}

function stepOf(segment: Segment): (value: unknown) => unknown {
  switch (segment.type) {
    case 'name': {
      const { name } = segment;
      return (value) => property(value, name);
    }
    case 'place': {
      const { place } = segment;
      return (value) => there(elementsOf(value)?.at(place));
    }
    case 'all':
      return (value) => value;
  }
}

function each(list: (value: unknown) => unknown, rest: readonly Segment[]): (value: unknown) => unknown {
  const read = rest.length === 0 ? there : follow(rest);
  return (value) => {
    const found = elementsOf(list(value))?.flatMap((element) => {
      const within = read(element);
      return within === undefined ? [] : within;
    });
    return found === undefined || found.length === 0 ? undefined : found;
  };
}

/** A lone value is a list of one: XML, and many a JSON, write a list of one that way. */
export function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** Null and empty text say nothing. */
export function there(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const found: unknown = (value as Readonly<Record<string, unknown>>)[name];
  if (found === '' || found === null) return undefined;
  return typeof found === 'number' && name === 'length' && Array.isArray(value) ? undefined : found;
}
