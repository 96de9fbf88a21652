import { Type, type Static } from 'typebox';
import { body, PersonalOriginal, personalText, text, Time } from './fields.ts';

/** A review of an order, as one source states it. `score` as the source counts, 1 to 5 in most. */
export const ReviewBody = body({
  /** The source's own id of the review. */
  id: Type.Optional(text(200)),
  score: Type.Number({ minimum: 0, maximum: 100 }),
  title: Type.Optional(personalText(500)),
  message: Type.Optional(personalText(10_000)),
  createdAt: Type.Optional(Time),
  answeredAt: Type.Optional(Time),
  original: Type.Optional(PersonalOriginal),
});

export type ReviewBody = Static<typeof ReviewBody>;
