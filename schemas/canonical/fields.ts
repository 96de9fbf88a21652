import {
  Type,
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  type TSchemaOptions,
  type TUnsafe,
} from 'typebox';

/** Marks a field that says something of a person (schemas/personal.ts lists them all). */
export const PERSONAL = { 'x-personal': true } as const;

/** Text of a record, bounded so that no single field can fill a document. */
export function text(maxLength = 500) {
  return Type.String({ minLength: 1, maxLength });
}

export function personalText(maxLength = 500) {
  return Type.String({ minLength: 1, maxLength, ...PERSONAL });
}

/** ISO 8601 with zone (RFC 3339 date-time), to the millisecond at most. */
export const Time = Type.String({ format: 'date-time', maxLength: 40 });

/** ISO 3166-1 alpha-2. */
export const Country = Type.String({ pattern: '^[A-Z]{2}$' });

/** The matching key of another entity; the source's own id stands beside it in a field of its own. */
export const Reference = Type.String({ pattern: '^[a-z0-9-]+\\.[a-z]+\\.[A-Za-z0-9_-]{22}$' });

/**
 * What fields were before cleansing changed them, by the name of the field. Under `rules`, by field as well, the names
 * of the rules (docs/cleansing.md) that changed it, doubt it, or made it of another field.
 */
export const Original = Type.Record(Type.String({ maxLength: 50 }), Type.Unknown());

export const PersonalOriginal = Type.Record(Type.String({ maxLength: 50 }), Type.Unknown(), PERSONAL);

/** The body of a canonical part: flat, small, and with no field that is not declared. */
export function body<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false });
}

/** A list that nobody may change in place: messages and states are shared. */
export function list<Item extends TSchema>(item: Item, options: TSchemaOptions = {}): TUnsafe<readonly Static<Item>[]> {
  return Type.Unsafe<readonly Static<Item>[]>(Type.Array(item, options));
}
