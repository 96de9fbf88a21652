import { didYouMean } from '../../schemas/nearest.ts';
import { MappingError, type Input, type Place, type Read } from './scope.ts';

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
    if (!this.declared.includes(path)) {
      throw new MappingError(place, `no column ${path} is declared${didYouMean(path, this.declared)}`);
    }
    const index = this.header.indexOf(path);
    if (index < 0) return () => undefined;
    this.used.add(index);
    return (raw) => {
      const field: unknown = (raw as readonly string[])[index];
      return field === '' ? undefined : field;
    };
  }
}

/** Objects: a path goes down through own properties and lists. */
export class ObjectInput implements Input {
  path(path: string, place: Place): Read {
    const names = path.split('.');
    if (names.includes('')) throw new MappingError(place, `${JSON.stringify(path)} is no path`);
    return (raw) => names.reduce<unknown>(property, raw) ?? undefined;
  }
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const found: unknown = (value as Readonly<Record<string, unknown>>)[name];
  return found === '' ? undefined : found;
}
