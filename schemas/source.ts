import { Type, type Static, type TSchemaOptions } from 'typebox';
import { SourceFormat } from './format.ts';

/** An expression of the mapping language (docs/transforms.md). The compiler checks it, with better words than a schema. */
export const EXPRESSION_TITLE = 'expression';

function expression(description: string) {
  return Type.Unknown({ title: EXPRESSION_TITLE, description });
}

const Name = Type.String({ pattern: '^[a-z][a-zA-Z0-9_-]{0,62}$' });

function columns(description: string) {
  return Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true, description });
}

const FILE_PATTERNS = 'Names of files, with * for any characters; compared without regard to case.';
const FilePatterns = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: FILE_PATTERNS });

function strict<Properties extends Parameters<typeof Type.Object>[0]>(
  properties: Properties,
  options: TSchemaOptions = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

export const EntityRule = strict(
  {
    kind: Type.String({ minLength: 1, description: 'order, customer, enterprise or product.' }),
    id: expression("The source's own id of the entity."),
    namespace: Type.Optional(
      Type.String({ minLength: 1, description: "In what the id is unique; the source's own namespace by default." }),
    ),
  },
  { description: 'Whose entity it is: its key is made of the kind, the namespace and the id.' },
);

const ORDER = 'Order of states of one statement, compared element by element; what is not there comes first.';

export const PartRule = strict({
  name: Type.String({ minLength: 1, description: 'The canonical message that the part is.' }),
  each: Type.Optional(
    expression('One part for every element of this list; the rest of the rule is then read from the element.'),
  ),
  of: Type.Optional(EntityRule),
  when: Type.Optional(expression('Only if this is there, and not false, is there such a part.')),
  slot: Type.Optional(
    expression(
      'Which statement this is: identity for one a record, or an element of a list (the default of replace); shared ' +
        'for one of all records (the default of least); or an id.',
    ),
  ),
  merge: Type.Optional(
    Type.Enum(['replace', 'least', 'arrival'], {
      description:
        'How states of one statement supersede one another: the newest replaces all others; or each field takes the ' +
        'least value ever said, for what many records say alike; or the last to arrive wins.',
    }),
  ),
  order: Type.Optional(
    Type.Array(expression('An element.'), { minItems: 1, description: `${ORDER} The record's by default.` }),
  ),
  fields: Type.Record(Type.String(), expression('A field of the message.'), {
    description: 'An expression for each field; one that is not there is left out.',
  }),
});

export const RecordRule = strict({
  files: Type.Optional(FilePatterns),
  columns: Type.Optional(columns('Columns without which a file is not of this kind.')),
  optional: Type.Optional(columns('Columns that a file may have as well.')),
  match: Type.Optional(
    expression('Which records of a format without columns are of this kind: all if it is left out.'),
  ),
  at: Type.Optional(
    expression('What the rest of the rule is read from, where the record is an envelope: data.object.'),
  ),
  input: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'What a record of a format without columns holds, so that a misspelt path is an error: names with nothing ' +
        'behind them, with the fields below them, or with a list of one such for a list.',
    }),
  ),
  route: EntityRule,
  identity: expression(
    "What tells the record from all others of its kind; content: the declared columns together are the record's id.",
  ),
  order: Type.Optional(
    Type.Union([Type.Literal('arrival'), Type.Array(expression('An element.'), { minItems: 1 })], {
      description: `${ORDER} arrival: the last to arrive wins. Without it there is one state only.`,
    }),
  ),
  skip: Type.Optional(expression('Records that say nothing: accepted, with no parts. Text is shown as the reason.')),
  parts: Type.Array(PartRule, { minItems: 1, description: 'What a record becomes.' }),
});

export const Source = strict(
  {
    name: Type.String({ pattern: '^[a-z][a-zA-Z0-9_-]{0,62}$', description: 'What feeds are fed to.' }),
    version: Type.Integer({
      minimum: 1,
      description: 'Rises with every change, since every batch is read by the version that it was stamped with.',
    }),
    title: Type.Optional(Type.String({ description: 'A few words for people.' })),
    rank: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description:
          'How far it is trusted where sources differ about a party: the least rank first (docs/matching.md); 100 by default.',
      }),
    ),
    namespace: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'In what its ids are unique: sources that share ids share it.',
    }),
    format: SourceFormat,
    records: Type.Record(Name, RecordRule, { minProperties: 1, description: 'Its kinds of record, by name.' }),
    ignore: Type.Optional(
      Type.Array(strict({ files: FilePatterns, reason: Type.String({ minLength: 1 }) }), {
        description: 'Files of the same folders that are not imported, and why.',
      }),
    ),
  },
  {
    description: 'Where a feed comes from, and how its records become canonical messages. A source is data, not code.',
  },
);

export type EntityRule = Static<typeof EntityRule>;
export type PartRule = Static<typeof PartRule>;
export type RecordRule = Static<typeof RecordRule>;
export type Source = Static<typeof Source>;
