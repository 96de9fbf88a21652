import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { countryOf } from './countries.ts';

type Body = Readonly<Record<string, unknown>>;

/** The one form of a field; undefined if the text says that there is nothing. */
export type Rule = (text: string, body: Body) => string | undefined;

const PRINTABLE = /^[!-~](?:[ -~]*[!-~])?$/;

/** Text that every rule for text leaves as it is; most is. */
function isClean(text: string): boolean {
  return PRINTABLE.test(text) && !text.includes('  ');
}

/** Keys, ids and words of enumerations: what was routed by must stay as it was. */
const UNTOUCHED = new Set([
  ...['id', 'number', 'code', 'customer', 'customerId', 'product', 'enterprise', 'enterpriseId'],
  ...['type', 'status', 'fulfilment', 'sourceStatus'],
]);

export function untouched(name: string): boolean {
  return UNTOUCHED.has(name);
}

/** Whatever prints nothing: control and format characters but for line breaks and joiners (emoji are made of these). */
const INVISIBLE = /[[\p{Cc}\p{Cf}\p{Co}]--[\n\u200c\u200d]]/gv;

function printable(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(/\r\n?/g, '\n').replace(/\t/g, ' ').replace(INVISIBLE, '');
}

function line(text: string): string | undefined {
  if (isClean(text)) return text;
  return printable(text).replace(/\s+/g, ' ').trim() || undefined;
}

function paragraphs(text: string): string | undefined {
  if (isClean(text)) return text;
  const lines = printable(text)
    .split('\n')
    .map((part) => part.replace(/\s+/g, ' ').trim());
  return lines.join('\n').trim() || undefined;
}

function upper(text: string): string | undefined {
  return line(text)?.toUpperCase();
}

function email(text: string): string | undefined {
  return line(text)
    ?.replace(/^mailto:/i, '')
    .toLowerCase();
}

/** E.164 where it is known which country's number it is; as it came otherwise. */
function phone(text: string, body: Body): string | undefined {
  const clean = line(text);
  if (clean === undefined) return undefined;
  const country = typeof body['country'] === 'string' ? countryOf(body['country']) : undefined;
  const known = country !== undefined && isSupportedCountry(country) ? country : undefined;
  if (known === undefined && !clean.startsWith('+')) return clean;
  const parsed = parsePhoneNumberFromString(clean.slice(0, 60), known === undefined ? {} : { defaultCountry: known });
  return parsed?.isPossible() === true ? parsed.number : clean;
}

function country(text: string): string | undefined {
  const clean = line(text);
  return clean === undefined ? undefined : countryOf(clean);
}

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:[Zz]|[+-]\d{2}:?\d{2})$/;

/** UTC, to the millisecond: times are compared as text. What has no zone is left for the schema to refuse. */
function time(text: string): string {
  if (text.endsWith('Z') && !text.includes('.') && TIME.test(text)) return text;
  const ms = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? text : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** By name of the field. */
const RULES: Readonly<Record<string, Rule>> = {
  message: paragraphs,
  description: paragraphs,
  email,
  phone,
  country,
  currency: upper,
  postcode: upper,
  registrationNumber: upper,
  placedAt: time,
  approvedAt: time,
  shippedAt: time,
  deliveredAt: time,
  estimatedAt: time,
  createdAt: time,
  answeredAt: time,
  paidAt: time,
  shipBy: time,
};

const byName = new Map(Object.entries(RULES));

/** The rule of a field, or of an identifier's type; one for lines of text if it has none of its own. */
export function ruleOf(name: string): Rule {
  return byName.get(name) ?? line;
}
