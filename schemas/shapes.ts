import { Type, type TObject, type TSchema } from 'typebox';
import { CANONICAL } from './canonical/canonical.ts';
import { body } from './canonical/fields.ts';
import { Checkpoint } from './checkpoint.ts';
import { EFFECTS } from './effect.ts';
import { EVENTS } from './event.ts';
import { CommandBody, EffectBatch, RecordBatch, SentRecord, TimerBody } from './inbox.ts';
import { stamp } from './statement.ts';
import {
  ClaimMeta,
  CustomerSaved,
  EnterpriseMeta,
  EnterpriseSaved,
  ItemMeta,
  MatchSaved,
  MemberMeta,
  OrderMeta,
  OrderSaved,
  PlaceMeta,
  ProductMeta,
  ProductSaved,
  StampMeta,
} from './state.ts';
import {
  EditionDocument,
  FeedDocument,
  OutcomeDocument,
  ParkedDocument,
  SetupDocument,
  TimerDocument,
} from './tasks/books.ts';
import { ClaimDocument, FlagDocument, PlaceDocument, WaitingDocument } from './tasks/flags.ts';
import { DeliveryDocument, OrderDocument, PaymentDocument, RevenueDocument, ReviewDocument } from './tasks/orders.ts';
import {
  CustomerDocument,
  EnterpriseDocument,
  EnterpriseMemberDocument,
  ItemDocument,
  MemberDocument,
  ProductDocument,
} from './tasks/parties.ts';
import { ExportDocument, QuarantineDocument, QuarantineMeta, ResolutionDocument } from './tasks/quarantine.ts';

/** A shape that outlives the process that wrote it. */
export interface Shape {
  /** Raised with every change of the schema; what was written before is read through upcasters (schemas/upcast.ts). */
  readonly v: number;
  readonly schema: TSchema;
}

/** Bodies of task records, by collection. */
const documents = {
  'mall.orders': OrderDocument,
  'mall.members': MemberDocument,
  'mall.products': ProductDocument,
  'sales.members': EnterpriseMemberDocument,
  'sales.items': ItemDocument,
  'sales.revenues': RevenueDocument,
  'customer.customers': CustomerDocument,
  'customer.enterprises': EnterpriseDocument,
  'master.flags': FlagDocument,
  'master.claims': ClaimDocument,
  'master.places': PlaceDocument,
  'master.parked': ParkedDocument,
  'master.timers': TimerDocument,
  'master.outcomes': OutcomeDocument,
  'management.setup': SetupDocument,
  'management.sources': EditionDocument,
  'management.feeds': FeedDocument,
  'management.resolutions': ResolutionDocument,
  'management.exports': ExportDocument,
};

/** What actors keep in the meta of flags (`state`) and of records (`meta`). */
const states = {
  'state/order': OrderSaved,
  'state/match': MatchSaved,
  'state/product': ProductSaved,
  'meta/enterprise': EnterpriseMeta,
  'meta/item': ItemMeta,
  'meta/member': MemberMeta,
  'meta/claim': ClaimMeta,
  'meta/place': PlaceMeta,
  'meta/quarantine': QuarantineMeta,
};

/** In their second version stamps tell the version of the source. */
const stamped = {
  'meta/product': ProductMeta,
  'meta/stamp': StampMeta,
  ...prefixed(
    'part',
    Object.entries(CANONICAL).map(([name, { body }]) => [name, partOf(body)]),
  ),
  ...prefixed(
    'event',
    Object.entries(EVENTS).filter(([, { properties }]) => Object.hasOwn(properties, 'slot')),
  ),
};

/** In their second version customers have `nameParts`, and enterprises a `legalForm`. */
const described = {
  'mall.members': MemberDocument,
  'customer.customers': CustomerDocument,
  'customer.enterprises': EnterpriseDocument,
  'meta/enterprise': EnterpriseMeta,
};

/** In their second version they have the source's own ids. */
const identified = {
  'mall.payments': PaymentDocument,
  'mall.deliveries': DeliveryDocument,
  'mall.boards': ReviewDocument,
  'master.waiting': WaitingDocument,
};

/** What a log holds: bodies of the inbox, and within an effect the record that is sent again. */
const inbox = {
  'inbox/records': RecordBatch,
  'inbox/command': CommandBody,
  'inbox/timer': TimerBody,
  'inbox/sent': SentRecord,
};

/** Every persisted shape, by a name that never changes. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  ...first(documents),
  ...first(states),
  ...first(inbox),
  'inbox/effects': { v: 2, schema: EffectBatch },
  'management.quarantine': { v: 2, schema: QuarantineDocument },
  checkpoint: { v: 1, schema: Checkpoint },
  ...first(
    prefixed(
      'effect',
      Object.entries(EFFECTS).map(([name, { data }]) => [name, data]),
    ),
  ),
  ...first(prefixed('event', Object.entries(EVENTS))),
  ...of(2, stamped),
  ...of(2, described),
  ...of(2, identified),
  'meta/order': { v: 3, schema: OrderMeta },
  'state/customer': { v: 2, schema: CustomerSaved },
  'state/enterprise': { v: 2, schema: EnterpriseSaved },
};

/** A part as it travels (schemas/canonical/part.ts): its version is that of its body. */
function partOf(of: TObject): TSchema {
  return body({ v: Type.Literal(2), ...stamp, body: of });
}

/** Shapes in their first version. One that has a second is written out beside these. */
function first(schemas: Readonly<Record<string, TSchema>>): Record<string, Shape> {
  return of(1, schemas);
}

function of(v: number, schemas: Readonly<Record<string, TSchema>>): Record<string, Shape> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, { v, schema }]));
}

function prefixed(prefix: string, schemas: readonly (readonly [string, TSchema])[]): Record<string, TSchema> {
  return Object.fromEntries(schemas.map(([name, schema]) => [`${prefix}/${name}`, schema]));
}
