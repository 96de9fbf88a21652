import { Type, type Static, type TSchema } from 'typebox';

/**
 * Encodings that a source may declare, and what each is read as. `latin1` is windows-1252, as the WHATWG Encoding
 * Standard has it: files that call themselves the one are the other. `euc-kr` is read as its superset cp949.
 */
export const ENCODINGS = {
  'utf-8': 'utf-8',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'iso-8859-2': 'iso-8859-2',
  'iso-8859-15': 'iso-8859-15',
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'windows-1252': 'windows-1252',
  'windows-1253': 'windows-1253',
  'windows-1254': 'windows-1254',
  'windows-1255': 'windows-1255',
  'windows-1256': 'windows-1256',
  'windows-1257': 'windows-1257',
  'windows-1258': 'windows-1258',
  cp949: 'cp949',
  'euc-kr': 'cp949',
  shift_jis: 'shift_jis',
  gbk: 'gb18030',
  gb18030: 'gb18030',
} as const;

export type EncodingLabel = keyof typeof ENCODINGS;
export type Encoding = (typeof ENCODINGS)[EncodingLabel];

const Text = Type.String({ minLength: 1 });

/** One character that ends no line, and is one byte wherever the row is read as bytes. */
const CHARACTER = '[\\u0001-\\u0009\\u000b\\u000c\\u000e-\\u007f]';
const Character = Type.String({ pattern: `^${CHARACTER}$`, $comment: 'one ASCII character' });

/** One text, or several of which any will do. */
const Texts = Type.Unsafe<string | string[]>({
  type: ['string', 'array'],
  minLength: 1,
  minItems: 1,
  items: Type.String({ minLength: 1 }),
});

const bytes = {
  /** What the bytes are, unless a byte order mark says so; UTF-8 by default, in XML what its declaration says. */
  encoding: Type.Optional(Type.Enum(Object.keys(ENCODINGS) as EncodingLabel[])),
  /** `auto` (the default) looks at the first bytes. */
  compression: Type.Optional(Type.Enum(['auto', 'none', 'gzip', 'zstd'])),
};

const lines = {
  /** Lines before the header, or before the first record, that are passed over. */
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  /** Lines that begin with this text are passed over. */
  comment: Type.Optional(Type.String({ pattern: `^${CHARACTER}{1,8}$`, $comment: 'up to 8 ASCII characters' })),
};

const rows = {
  ...bytes,
  ...lines,
  /** What fields may stand in; a double quote by default. */
  quote: Type.Optional(Type.String({ pattern: `^(none|${CHARACTER})$`, $comment: 'one ASCII character, or none' })),
  /** What takes its meaning from the character after it. Without it, a quote within quotes is written twice. */
  escape: Type.Optional(Character),
  /** `none`: the first row is a record, and `columns` names the fields. */
  header: Type.Optional(Type.Enum(['row', 'none'])),
  columns: Type.Optional(Type.Array(Text, { minItems: 1, uniqueItems: true })),
  /** `loose`: names are compared without regard to case, white space and Unicode form. */
  names: Type.Optional(Type.Enum(['exact', 'loose'])),
  /** Other names that a column goes by in the header of a file. */
  aliases: Type.Optional(Type.Record(Text, Texts)),
};

function strict<Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

const CsvFormat = strict({ type: Type.Literal('csv'), delimiter: Type.Optional(Character), ...rows });
const TsvFormat = strict({ type: Type.Literal('tsv'), ...rows });

const FixedColumn = strict({
  name: Text,
  /** Place of its first character, from 1. */
  start: Type.Integer({ minimum: 1, maximum: 512 * 1024 }),
  length: Type.Integer({ minimum: 1, maximum: 512 * 1024 }),
});

const FixedFormat = strict({
  type: Type.Literal('fixed'),
  ...bytes,
  ...lines,
  columns: Type.Array(FixedColumn, { minItems: 1 }),
  /** `bytes`: of the file's encoding, as hosts count them. */
  unit: Type.Optional(Type.Enum(['characters', 'bytes'])),
  /** Without the white space around a field; so by default. */
  trim: Type.Optional(Type.Boolean()),
  /** How long every line is; without it, lines may be shorter and longer. */
  length: Type.Optional(Type.Integer({ minimum: 1, maximum: 512 * 1024 })),
});

const NdjsonFormat = strict({ type: Type.Literal('ndjson'), ...bytes });

const JsonFormat = strict({
  type: Type.Literal('json'),
  ...bytes,
  /** Where the records are, name by name: `orders`, `data.items`; `*` is any name, `.` the document itself. */
  path: Type.Optional(Texts),
});

const XmlFormat = strict({
  type: Type.Literal('xml'),
  ...bytes,
  /** Local name of the elements that are records; the whole document is one by default. */
  record: Type.Optional(Texts),
  /** The namespace that these have to be in. */
  namespace: Type.Optional(Text),
  /** Prefixes that names are given by their namespaces; without it, namespaces are not told apart. */
  namespaces: Type.Optional(Type.Record(Type.String({ pattern: '^([A-Za-z_][\\w-]*)?$' }), Text)),
  /** Names of elements that are always lists of objects, even where there is one of them. */
  lists: Type.Optional(Type.Array(Text, { minItems: 1 })),
});

const FORMATS = [CsvFormat, TsvFormat, NdjsonFormat, JsonFormat, XmlFormat, FixedFormat] as const;

/** Told apart by `type` before anything else is looked at, so that what is said of a wrong option is of the right one. */
function told<Schemas extends readonly TSchema[]>(schemas: Schemas) {
  return Type.Unsafe<Static<Schemas[number]>>({
    type: 'object',
    discriminator: { propertyName: 'type' },
    oneOf: [...schemas],
  });
}

/** How the bytes of a feed become records: docs/formats.md. */
export const SourceFormat = told(FORMATS);

export type SourceFormat = Static<typeof SourceFormat>;
export type CsvFormat = Static<typeof CsvFormat>;
export type TsvFormat = Static<typeof TsvFormat>;
export type RowFormat = CsvFormat | TsvFormat;
export type FixedFormat = Static<typeof FixedFormat>;
export type FixedColumn = Static<typeof FixedColumn>;
export type JsonFormat = Static<typeof JsonFormat>;
export type XmlFormat = Static<typeof XmlFormat>;

/** Its records are rows of named columns; those of the others are objects. */
export function isTabular(format: SourceFormat): format is RowFormat | FixedFormat {
  switch (format.type) {
    case 'csv':
    case 'tsv':
    case 'fixed':
      return true;
    case 'ndjson':
    case 'json':
    case 'xml':
      return false;
  }
}

/** The name of a file without what compression adds: `orders.csv.gz` is `orders.csv`. */
export function uncompressedName(name: string): string {
  return name.replace(/\.(gz|gzip|zst|zstd)$/i, '');
}
