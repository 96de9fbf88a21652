import type { FixedFormat, JsonFormat, RowFormat, XmlFormat } from '../schemas/format.ts';
import { didYouMean } from '../schemas/nearest.ts';
import type { Source } from '../schemas/source.ts';

/** Options of a format that do not fit each other, or the records of their source. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a schema cannot say of a format: the first thing that is wrong with it, or null. */
export function formatMisfit({ format, records }: Source): Misfit | null {
  const columns = columnsOf(records);
  const misfits = ((): Misfits => {
    switch (format.type) {
      case 'csv':
      case 'tsv':
        return [...signs(format), ...header(format, columns)];
      case 'fixed':
        return fixed(format, columns);
      case 'json':
        return paths(format);
      case 'xml':
        return names(format);
      case 'ndjson':
        return [];
    }
  })();
  return misfits.find((misfit) => misfit !== null) ?? null;
}

type Misfits = readonly (Misfit | null)[];

/** A column that a record is read by, and where its source says so. */
interface Column {
  readonly name: string;
  readonly path: readonly (string | number)[];
}

function columnsOf(records: Source['records']): Column[] {
  return Object.entries(records).flatMap(([record, rule]) =>
    (['columns', 'optional'] as const).flatMap((option) =>
      (rule[option] ?? []).map((name, i) => ({ name, path: ['records', record, option, i] })),
    ),
  );
}

function misfit(wrong: boolean, path: Misfit['path'], message: string): Misfit | null {
  return wrong ? { path, message } : null;
}

function signs(format: RowFormat): Misfits {
  const delimiter = format.type === 'tsv' ? '\t' : (format.delimiter ?? ',');
  const { quote = '"', escape, comment = '' } = format;
  const begins = [delimiter, quote].includes(comment.charAt(0));
  return [
    misfit(quote === delimiter, ['format', 'quote'], 'format.quote is the delimiter too'),
    misfit(escape === delimiter, ['format', 'escape'], 'format.escape is the delimiter too'),
    misfit(begins, ['format', 'comment'], 'format.comment begins as a row may: with the delimiter or a quote'),
  ];
}

function header(format: RowFormat, columns: readonly Column[]): Misfits {
  const { header, columns: names, aliases = {} } = format;
  if (header === 'none') {
    const option = format.names === undefined ? 'aliases' : 'names';
    const isOfHeader = format.aliases !== undefined || format.names !== undefined;
    return [
      misfit(names === undefined, ['format', 'header'], 'format.columns has to name the fields where header is none'),
      misfit(isOfHeader, ['format', option], `format.${option} is about headers, and header is none`),
      ...lacking(columns, names ?? [], 'format.columns'),
    ];
  }
  return [
    misfit(
      names !== undefined,
      ['format', 'columns'],
      'format.columns is for files without a header: add header: none',
    ),
    ...Object.keys(aliases).map((name) => undeclared(name, columns)),
    ...twice(aliases),
  ];
}

function undeclared(name: string, columns: readonly Column[]): Misfit | null {
  const names = columns.map((column) => column.name);
  const message = `no record has a column ${JSON.stringify(name)}${didYouMean(name, names)}`;
  return misfit(!names.includes(name), ['format', 'aliases', name], message);
}

function twice(aliases: NonNullable<RowFormat['aliases']>): Misfits {
  const meant = new Map<string, string>();
  return Object.entries(aliases).flatMap(([name, others]) =>
    [others].flat().map((other) => {
      const before = meant.get(other);
      meant.set(other, name);
      const message = `${JSON.stringify(other)} is an alias of ${JSON.stringify(before)} already`;
      return misfit(before !== undefined && before !== name, ['format', 'aliases', name], message);
    }),
  );
}

/** Columns that records are read by and no file can have. */
function lacking(columns: readonly Column[], names: readonly string[], option: string): Misfits {
  return columns.map(({ name, path }) => {
    const message = `${option} has no ${JSON.stringify(name)}${didYouMean(name, names)}`;
    return misfit(!names.includes(name), path, message);
  });
}

function fixed({ columns: places, length }: FixedFormat, columns: readonly Column[]): Misfits {
  const names = places.map(({ name }) => name);
  return [
    ...places.map(({ name, start, length: width }, i) => {
      const path = ['format', 'columns', i];
      const end = start + width - 1;
      const message = `the column ${name} ends at ${end}, and lines have a length of ${length ?? 0}`;
      return (
        misfit(names.indexOf(name) < i, path, `two columns are called ${name}`) ??
        misfit(length !== undefined && end > length, path, message)
      );
    }),
    ...lacking(columns, names, 'format.columns'),
  ];
}

function paths({ path = '.' }: JsonFormat): Misfits {
  return [path].flat().map((text) => {
    const wrong = text !== '.' && text.split('.').includes('');
    return misfit(wrong, ['format', 'path'], `${JSON.stringify(text)} is no path: names stand between its dots`);
  });
}

function names({ record = [], namespace, namespaces = {} }: XmlFormat): Misfits {
  const prefixed = [record].flat().find((name) => name.includes(':')) ?? '';
  const uris = Object.values(namespaces);
  const again = Object.entries(namespaces).find(([, uri], i) => uris.indexOf(uri) < i)?.[0] ?? '';
  const local = `format.record takes local names, and ${prefixed} has a prefix: say namespace beside it`;
  return [
    misfit(prefixed !== '', ['format', 'record'], local),
    misfit(
      namespace !== undefined && [record].flat().length === 0,
      ['format', 'namespace'],
      'format.namespace is of format.record, which is not there',
    ),
    misfit(again !== '', ['format', 'namespaces', again], `the namespace of ${again} has another prefix already`),
  ];
}
