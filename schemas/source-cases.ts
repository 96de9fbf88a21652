import { Type, type Static } from 'typebox';

function strict<Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

/** Why a record is rejected; what is left out may be anything. `message` is a part of it. */
const Rejection = strict({
  code: Type.String({ minLength: 1 }),
  field: Type.Optional(Type.String()),
  rule: Type.Optional(Type.String()),
  stage: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
});

/**
 * A canonical message, `{customer: {id: '17850'}}`, with all of its cleansed body. Beside it may stand `of`, the entity
 * (`customer 17850`, `customer 7 in shop` for one of another namespace), `slot`, `merge`, and `state` for its order of
 * states. References within a body are written as `of` is.
 */
const Given = Type.Record(Type.String(), Type.Unknown(), { minProperties: 1 });

const outcome = {
  /** The messages, those of one name in their order. */
  gives: Type.Optional(Type.Array(Given, { minItems: 1 })),
  quarantine: Type.Optional(Rejection),
  /** Accepted, and says nothing. */
  skipped: Type.Optional(Type.Literal(true)),
  /** The same stood earlier in the same file. */
  duplicate: Type.Optional(Type.Literal(true)),
};

export const CaseOutcome = strict(outcome);

/** Given this record, these messages: `<source>.cases.yaml` beside a source, run by `masterflag sources check`. */
export const SourceCase = strict({
  name: Type.String({ minLength: 1 }),
  /** Kind of the record, for sources whose records have columns. */
  record: Type.Optional(Type.String()),
  /** One record as it is after decoding; columns that are left out are empty. */
  given: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  /** Text of a file in the source's format. */
  file: Type.Optional(Type.String()),
  /** The name that the file goes by. */
  as: Type.Optional(Type.String()),
  ...outcome,
  /** Of a file with several records: one outcome each. */
  records: Type.Optional(Type.Array(CaseOutcome, { minItems: 1 })),
});

export const SourceCases = Type.Array(SourceCase, { minItems: 1 });

export type CaseOutcome = Static<typeof CaseOutcome>;
export type SourceCase = Static<typeof SourceCase>;
