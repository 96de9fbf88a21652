import type { CanonicalBodies, CanonicalName } from './canonical.ts';

/**
 * What a field holds, which decides how it is cleansed (docs/cleansing.md).
 * - `key`: ids, references and words of enumerations. Records were routed by them, so they stay as they came.
 * - `number`: integers and decimals.
 * - `line`, `text`: text of one line, and of several.
 * - `nameParts`, `identifiers`, `lines`, `tags`: bodies and lists, each item with kinds of its own.
 * - `original`: what cleansing itself wrote.
 */
export type FieldKind = TextKind | 'key' | 'number' | 'nameParts' | 'identifiers' | 'lines' | 'tags' | 'original';

export type TextKind =
  | 'line'
  | 'text'
  | 'personName'
  | 'namePart'
  | 'companyName'
  | 'legalForm'
  | 'email'
  | 'phone'
  | 'registrationNumber'
  | 'street'
  | 'city'
  | 'region'
  | 'postcode'
  | 'country'
  | 'currency'
  | 'time';

type Kinds = {
  readonly [Name in CanonicalName]: { readonly [Field in keyof CanonicalBodies[Name]]-?: FieldKind };
};

/** Of every field of every canonical message: one that has no kind does not compile. */
export const FIELD_KINDS: Kinds = {
  order: {
    number: 'key',
    type: 'key',
    channel: 'line',
    placedAt: 'time',
    customer: 'key',
    customerId: 'key',
    currency: 'currency',
    country: 'country',
    sourceStatus: 'key',
    status: 'key',
    fulfilment: 'key',
    approvedAt: 'time',
    shippedAt: 'time',
    deliveredAt: 'time',
    estimatedAt: 'time',
    total: 'number',
    lines: 'lines',
    original: 'original',
  },
  orderLine: {
    number: 'number',
    product: 'key',
    code: 'key',
    description: 'text',
    quantity: 'number',
    unitPrice: 'number',
    amount: 'number',
    freight: 'number',
    currency: 'currency',
    enterprise: 'key',
    enterpriseId: 'key',
    shipBy: 'time',
    original: 'original',
  },
  payment: {
    id: 'key',
    reference: 'key',
    sequence: 'number',
    method: 'line',
    installments: 'number',
    amount: 'number',
    currency: 'currency',
    paidAt: 'time',
    status: 'key',
    original: 'original',
  },
  fulfilment: {
    id: 'key',
    status: 'key',
    carrier: 'line',
    tracking: 'line',
    shippedAt: 'time',
    deliveredAt: 'time',
    original: 'original',
  },
  review: {
    id: 'key',
    score: 'number',
    title: 'line',
    message: 'text',
    createdAt: 'time',
    answeredAt: 'time',
    original: 'original',
  },
  customer: {
    id: 'key',
    name: 'personName',
    nameParts: 'nameParts',
    email: 'email',
    phone: 'phone',
    street: 'street',
    city: 'city',
    region: 'region',
    postcode: 'postcode',
    country: 'country',
    identifiers: 'identifiers',
    original: 'original',
  },
  enterprise: {
    id: 'key',
    name: 'companyName',
    legalForm: 'legalForm',
    registrationNumber: 'registrationNumber',
    email: 'email',
    phone: 'phone',
    street: 'street',
    city: 'city',
    region: 'region',
    postcode: 'postcode',
    country: 'country',
    identifiers: 'identifiers',
    original: 'original',
  },
  product: {
    id: 'key',
    name: 'line',
    category: 'line',
    description: 'text',
    brand: 'line',
    barcode: 'line',
    price: 'number',
    currency: 'currency',
    enterprise: 'key',
    enterpriseId: 'key',
    weightGrams: 'number',
    lengthCm: 'number',
    widthCm: 'number',
    heightCm: 'number',
    photos: 'number',
    nameLength: 'number',
    descriptionLength: 'number',
    tags: 'tags',
    original: 'original',
  },
};
