import { Type, type Static } from 'typebox';
import { SourceFormat } from './format.ts';

/** An expression of the mapping language (docs/transforms.md). The compiler checks it, with better words than a schema. */
const Expression = Type.Unknown();

const Name = Type.String({ pattern: '^[a-z][a-zA-Z0-9_-]{0,62}$' });
const Columns = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true });
/** Names of files, with `*` for any characters; compared without regard to case. */
const FilePatterns = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

function strict<Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

/** Whose entity it is: its key is made of the kind, the namespace (the source's own by default) and the id. */
export const EntityRule = strict({
  kind: Name,
  id: Expression,
  namespace: Type.Optional(Type.String({ minLength: 1 })),
});

export const PartRule = strict({
  name: Name,
  /** The entity that the part is of; the one that the record is routed to by default. */
  of: Type.Optional(EntityRule),
  /** Only then is there such a part. */
  when: Type.Optional(Expression),
  /** `identity`: one statement a record (the default of replace); `shared`: one for all records (of least); or an id. */
  slot: Type.Optional(Expression),
  merge: Type.Optional(Type.Enum(['replace', 'least', 'arrival'])),
  fields: Type.Record(Type.String(), Expression),
});

export const RecordRule = strict({
  files: Type.Optional(FilePatterns),
  /** Columns without which a file is not of this kind. */
  columns: Type.Optional(Columns),
  /** Columns that a file may have as well. */
  optional: Type.Optional(Columns),
  /** Which records of a format without columns are of this kind. */
  match: Type.Optional(Expression),
  route: EntityRule,
  /** `content`: the declared columns together are the record's id; or the expressions that are. */
  identity: Expression,
  /** Order of states, element by element; `arrival`: the last to arrive wins. Without it there is one state only. */
  order: Type.Optional(Type.Union([Type.Literal('arrival'), Type.Array(Expression, { minItems: 1 })])),
  /** Records that say nothing: accepted, with no parts. */
  skip: Type.Optional(Expression),
  parts: Type.Array(PartRule, { minItems: 1 }),
});

/** Where a feed comes from, and how its records become canonical parts. A source is data, not code. */
export const Source = strict({
  name: Name,
  /** Rises with every change, since every batch is read by the version that it was stamped with. */
  version: Type.Integer({ minimum: 1 }),
  title: Type.Optional(Type.String()),
  /** In what its ids are unique: sources that share ids share it. */
  namespace: Type.String({ minLength: 1, maxLength: 100 }),
  format: SourceFormat,
  records: Type.Record(Name, RecordRule, { minProperties: 1 }),
  /** Files of the same folders that are not imported, and why. */
  ignore: Type.Optional(Type.Array(strict({ files: FilePatterns, reason: Type.String({ minLength: 1 }) }))),
});

export type EntityRule = Static<typeof EntityRule>;
export type PartRule = Static<typeof PartRule>;
export type RecordRule = Static<typeof RecordRule>;
export type Source = Static<typeof Source>;
