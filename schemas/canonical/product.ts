import { Type, type Static } from 'typebox';
import { Amount, Currency } from '../money.ts';
import { body, list, Original, Reference, text } from './fields.ts';

const Size = Type.Number({ minimum: 0, maximum: 1_000_000_000 });

/** A product, as one source states it. `id` is the source's own. */
export const ProductBody = body({
  id: text(200),
  name: Type.Optional(text(500)),
  category: Type.Optional(text(300)),
  description: Type.Optional(text(5000)),
  brand: Type.Optional(text(200)),
  /** GTIN or another number of the trade. */
  barcode: Type.Optional(text(50)),
  price: Type.Optional(Amount),
  currency: Type.Optional(Currency),
  enterprise: Type.Optional(Reference),
  enterpriseId: Type.Optional(text(200)),
  weightGrams: Type.Optional(Size),
  lengthCm: Type.Optional(Size),
  widthCm: Type.Optional(Size),
  heightCm: Type.Optional(Size),
  photos: Type.Optional(Type.Integer({ minimum: 0 })),
  nameLength: Type.Optional(Type.Integer({ minimum: 0 })),
  descriptionLength: Type.Optional(Type.Integer({ minimum: 0 })),
  tags: Type.Optional(list(text(100), { maxItems: 50 })),
  original: Type.Optional(Original),
});

export type ProductBody = Static<typeof ProductBody>;
