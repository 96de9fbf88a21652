import { didYouMean } from '../../schemas/nearest.ts';
import { follow, parsePath, PathError, writePath, type Segment } from './path.ts';
import { MappingError, type Element, type Input, type Place, type Raw, type Read } from './scope.ts';
import { ANY, shapeAt, type Shape } from './shape.ts';

/** Rows: a path is a column that the source declares; one that this file has not is never there. */
export class RowInput implements Input {
  /** Indexes of the columns that were asked for, so that results can be kept by the values of these alone. */
  readonly used = new Set<number>();
  private readonly declared: readonly string[];
  private readonly header: readonly string[];

  constructor(declared: readonly string[], header: readonly string[]) {
    this.declared = declared;
    this.header = header;
  }

  path(path: string, place: Place): Read {
    const name = this.column(path);
    if (!this.declared.includes(name)) return this.special(name, place);
    const index = this.header.indexOf(name);
    if (index < 0) return () => undefined;
    this.used.add(index);
    return (raw) => {
      const field: unknown = (raw as readonly string[])[index];
      return field === '' ? undefined : field;
    };
  }

  levels(path: string): readonly string[] {
    return [path];
  }

  shape(): Shape {
    return ANY;
  }

  private column(path: string): string {
    return !this.declared.includes(path) && path.startsWith('$root.') ? path.slice('$root.'.length) : path;
  }

  private special(path: string, place: Place): Read {
    if (path !== '$item' && path !== '$root') {
      throw new MappingError(place, `no column ${path} is declared${didYouMean(path, this.declared)}`);
    }
    // The declared columns, whatever others the file has.
    const reads = this.declared.map((name) => [name, this.path(name, place)] as const);
    return (raw) => {
      const fields = reads.map(([name, read]) => [name, read(raw)] as const);
      return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
    };
  }
}

/** Objects: a path goes down through own properties and lists. */
export class ObjectInput implements Input {
  private readonly declared: Shape;

  constructor(declared: Shape = ANY) {
    this.declared = declared;
  }

  path(path: string, place: Place): Read {
    const segments = this.segments(path, place);
    this.check(segments, path, place);
    return segments.length === 0 ? (raw) => raw : follow(segments);
  }

  levels(path: string, place: Place): readonly string[] {
    return levelsOf(path, place);
  }

  shape(path: string, place: Place): Shape {
    return this.check(this.segments(path, place), path, place);
  }

  private segments(path: string, place: Place): readonly Segment[] {
    if (path === '$item' || path === '$root') return [];
    if (path === '$parent' || path.startsWith('$parent.') || path === '$index') {
      throw new MappingError(place, `${path} is there only within each: here is the record itself`);
    }
    return parse(path.startsWith('$root.') ? path.slice('$root.'.length) : path, place);
  }

  private check(segments: readonly Segment[], path: string, place: Place): Shape {
    return shapeAt(this.declared, segments, (message) => {
      throw new MappingError(place, `${path}: ${message}`);
    });
  }
}

/** An element of a list: paths are read from it, `$parent` is what the list stands in, `$root` the whole record. */
export class ElementInput implements Input {
  private readonly outer: Input;
  private readonly inner: ObjectInput;

  constructor(outer: Input, element: Shape) {
    this.outer = outer;
    this.inner = new ObjectInput(element);
  }

  path(path: string, place: Place): Read {
    if (path === '$index') return (raw) => (raw as Element).index;
    const outer = outerPath(path);
    if (outer !== null) {
      const read = this.outer.path(outer, place);
      return (raw) => read((raw as Element).outer);
    }
    const read = this.inner.path(path, place);
    return (raw) => read((raw as Element).item as Raw);
  }

  levels(path: string, place: Place): readonly string[] {
    return outerPath(path) === null ? levelsOf(path, place) : [path];
  }

  shape(path: string, place: Place): Shape {
    const outer = outerPath(path);
    return outer === null ? this.inner.shape(path, place) : this.outer.shape(outer, place);
  }
}

/** What `$parent.x` and `$root.x` are called one level further out. */
function outerPath(path: string): string | null {
  if (path === '$parent') return '$item';
  if (path.startsWith('$parent.')) return path.slice('$parent.'.length);
  return path === '$root' || path.startsWith('$root.') ? path : null;
}

/** `a[*].b[*].c` goes through two lists before it comes to the one that is meant. */
function levelsOf(path: string, place: Place): readonly string[] {
  if (!path.includes('[*]')) return [path];
  const levels: Segment[][] = [[]];
  for (const segment of parse(path, place)) {
    if (segment.type === 'all') levels.push([]);
    else levels.at(-1)?.push(segment);
  }
  return levels.filter((level) => level.length > 0).map(writePath);
}

function parse(path: string, place: Place): readonly Segment[] {
  try {
    return parsePath(path);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw new MappingError(place, `${JSON.stringify(path)} is no path: ${error.message}`);
  }
}
