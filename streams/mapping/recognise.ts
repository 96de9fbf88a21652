import { isTabular, uncompressedName } from '../../schemas/format.ts';
import { nearest } from '../../schemas/nearest.ts';
import type { Source } from '../../schemas/source.ts';

export type Recognition =
  | { readonly type: 'record'; readonly record: string }
  | { readonly type: 'ignored'; readonly reason: string }
  /** No row of the file can be read; the message says what is missing, and what comes nearest. */
  | { readonly type: 'unknown'; readonly code: 'MF_FEED_COLUMNS' | 'MF_FEED_UNRECOGNISED'; readonly detail: string };

interface Kind {
  readonly record: string;
  readonly files: readonly RegExp[];
  readonly columns: readonly string[];
}

/** Tells the kinds of record of a source apart: by the file's name first, else by the columns that a kind needs. */
export class Recogniser {
  private readonly kinds: readonly Kind[];
  private readonly ignored: readonly { files: readonly RegExp[]; reason: string }[];
  private readonly tabular: boolean;

  constructor(source: Source) {
    this.tabular = isTabular(source.format);
    this.kinds = Object.entries(source.records).map(([record, { files = [], columns = [] }]) => {
      return { record, files: files.map(patternOf), columns };
    });
    this.ignored = (source.ignore ?? []).map(({ files, reason }) => ({ files: files.map(patternOf), reason }));
  }

  names(file: string): boolean {
    const base = baseOf(file);
    return [...this.kinds, ...this.ignored].some(({ files }) => files.some((pattern) => pattern.test(base)));
  }

  kindsOf(file: string): readonly string[] {
    const base = baseOf(file);
    const named = this.kinds.filter(({ files }) => files.some((pattern) => pattern.test(base)));
    return (named.length > 0 ? named : this.kinds).map(({ record }) => record);
  }

  recognise(file: string, header: readonly string[] | undefined): Recognition {
    const base = baseOf(file);
    const ignored = this.ignored.find(({ files }) => files.some((pattern) => pattern.test(base)));
    if (ignored !== undefined) return { type: 'ignored', reason: ignored.reason };
    if (!this.tabular) return this.byName(base);
    if (header === undefined) return columns('the header cannot be read, so no row has columns');
    const named = this.kinds.filter(({ files }) => files.some((pattern) => pattern.test(base)));
    const candidates = named.length > 0 ? named : this.kinds;
    const complete = candidates.filter((kind) => missing(kind, header).length === 0);
    const best = complete.sort((a, b) => b.columns.length - a.columns.length)[0];
    return best === undefined ? lacking(candidates, header) : { type: 'record', record: best.record };
  }

  /** Records of formats without columns are told apart one by one; the name of their file only says if it is one. */
  private byName(base: string): Recognition {
    const [only] = this.kinds;
    const named = this.kinds.find(({ files }) => files.some((pattern) => pattern.test(base)));
    return { type: 'record', record: named?.record ?? only?.record ?? '' };
  }
}

/** Without folders, and without what compression adds. */
function baseOf(file: string): string {
  return uncompressedName(file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1));
}

function missing(kind: Kind, header: readonly string[]): string[] {
  return kind.columns.filter((column) => !header.includes(column));
}

function lacking(candidates: readonly Kind[], header: readonly string[]): Recognition {
  const [nearestKind] = [...candidates].sort((a, b) => missing(a, header).length - missing(b, header).length);
  if (nearestKind === undefined) return columns('the source has no kind of record');
  const spare = header.filter((column) => !nearestKind.columns.includes(column)).slice(0, 100);
  const hints = missing(nearestKind, header).map((column) => {
    const near = nearest(column, spare);
    return near === undefined ? column : `${column} (nearest: ${near.slice(0, 60)})`;
  });
  return columns(`the header lacks ${hints.join(', ')}, which records of kind ${nearestKind.record} need`);
}

function columns(detail: string): Recognition {
  return { type: 'unknown', code: 'MF_FEED_COLUMNS', detail };
}

function patternOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replace(/\*+/g, '.*');
  return new RegExp(`^${escaped}$`, 'i');
}
