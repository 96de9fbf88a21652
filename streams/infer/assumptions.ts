import { countryOf } from '../pipeline/countries.ts';
import { Shared, type Assumptions, type CurrencyGuess } from './expressions.ts';
import { currencyOf } from '../mapping/currency.ts';
import type { Doubt } from './proposal.ts';
import { Role } from './roles.ts';
import type { ListSample } from './sample.ts';

/** Currency, and the time zone where there is one, of countries that many feeds come from. */
const COUNTRIES: Readonly<Record<string, readonly [currency: string, zone: string | null]>> = {
  AT: ['EUR', 'Europe/Vienna'],
  AU: ['AUD', null],
  BE: ['EUR', 'Europe/Brussels'],
  BR: ['BRL', null],
  CA: ['CAD', null],
  CH: ['CHF', 'Europe/Zurich'],
  CN: ['CNY', 'Asia/Shanghai'],
  CZ: ['CZK', 'Europe/Prague'],
  DE: ['EUR', 'Europe/Berlin'],
  DK: ['DKK', 'Europe/Copenhagen'],
  ES: ['EUR', 'Europe/Madrid'],
  FI: ['EUR', 'Europe/Helsinki'],
  FR: ['EUR', 'Europe/Paris'],
  GB: ['GBP', 'Europe/London'],
  IE: ['EUR', 'Europe/Dublin'],
  IN: ['INR', 'Asia/Kolkata'],
  IT: ['EUR', 'Europe/Rome'],
  JP: ['JPY', 'Asia/Tokyo'],
  KR: ['KRW', 'Asia/Seoul'],
  MX: ['MXN', null],
  NL: ['EUR', 'Europe/Amsterdam'],
  NO: ['NOK', 'Europe/Oslo'],
  PL: ['PLN', 'Europe/Warsaw'],
  PT: ['EUR', 'Europe/Lisbon'],
  SE: ['SEK', 'Europe/Stockholm'],
  SG: ['SGD', 'Asia/Singapore'],
  TW: ['TWD', 'Asia/Taipei'],
  US: ['USD', null],
};

export interface Assumed {
  readonly assumptions: Assumptions;
  readonly doubts: readonly Doubt[];
}

/** What is taken for granted of all records, and why. */
export function assume(roles: readonly Role[], lists: readonly ListSample[]): Assumed {
  const more = lists.flatMap(({ columns }) => columns.map((column) => new Role(column)));
  const country = countryIn([...roles, ...more]);
  const [currency, currencyDoubts] = currencyIn(roles, lists, country);
  const [zone, zoneDoubts] = zoneIn([...roles, ...more], country);
  const assumptions = { currency, zone: new Shared('zone', zone), country };
  return { assumptions, doubts: [...currencyDoubts, ...zoneDoubts] };
}

/** The country that more than half of the records name, or the letters of a script that only one has. */
function countryIn(roles: readonly Role[]): string | undefined {
  for (const { column } of roles.filter((role) => role.has('country'))) {
    const counts = new Map<string, number>();
    for (const [name, count] of column.counts) {
      const code = countryOf(name) ?? '';
      counts.set(code, (counts.get(code) ?? 0) + count);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    if (most !== undefined && most[1] > column.filled / 2 && /^[A-Z]{2}$/.test(most[0])) return most[0];
  }
  const named = roles.map(({ path }) => path).join('');
  return /\p{Script=Hangul}/u.test(named)
    ? 'KR'
    : /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(named)
      ? 'JP'
      : undefined;
}

/** The one currency that a column names, where some records name none: the later lines of an order, often. */
function onlyCurrency(roles: readonly Role[], named: string): string | undefined {
  const column = roles.find(({ path }) => path === named)?.column;
  if (column === undefined || column.filled === column.of || column.counts.size !== 1) return undefined;
  const [name] = column.counts.keys();
  return name === undefined ? undefined : currencyOf(name);
}

function currencyIn(
  roles: readonly Role[],
  lists: readonly ListSample[],
  country: string | undefined,
): [CurrencyGuess, Doubt[]] {
  const constant = (code: string): CurrencyGuess => ({ type: 'constant', code: new Shared('currency', code) });
  const own = currencyColumn(roles);
  if (own !== undefined) {
    const only = onlyCurrency(roles, own.path);
    return only === undefined
      ? [own, []]
      : [constant(only), [{ about: 'currency', says: `some records name no currency, and all others ${only}` }]];
  }
  const more = lists.flatMap(({ columns }) => columns.map((column) => new Role(column)));
  for (const { path, columns } of lists) {
    const found = currencyColumn(columns.map((column) => new Role(column)));
    if (found !== undefined) return [{ ...found, path: `${path}[0].${found.path}` }, []];
  }
  const beside = new Set(
    [...roles, ...more].flatMap(({ column: { numbers } }) => numbers?.beside ?? []).map(currencyOf),
  );
  const [only] = beside;
  if (beside.size === 1 && only !== undefined) return [constant(only), []];
  const known = country === undefined ? undefined : COUNTRIES[country]?.[0];
  const says =
    known === undefined
      ? 'no column says in which currency amounts are'
      : `most records are of ${country ?? ''}, and no column names a currency`;
  return [constant(known ?? 'USD'), [{ about: 'currency', says }]];
}

/** The column that says in which currency amounts are; of several, the one that stands beside the price. */
export function currencyColumn(roles: readonly Role[]): Extract<CurrencyGuess, { type: 'column' }> | undefined {
  const all = roles.filter(
    (role) => role.has('currency') && role.isFilled && (role.column.looks === 'currency' || isSigns(role)),
  );
  const column =
    all.find((role) => role.has('price') && !role.hasAny('tax', 'discount')) ??
    all.find((role) => !role.hasAny('tax', 'discount')) ??
    all[0];
  if (column === undefined) return undefined;
  const isCode = [...column.column.counts.keys()].every((text) => /^[A-Z]{3}$/.test(text));
  return { type: 'column', path: column.path, isCode };
}

function isSigns({ column }: Role): boolean {
  return [...column.counts.keys()].every((text) => currencyOf(text) !== undefined);
}

function zoneIn(roles: readonly Role[], country: string | undefined): [string, Doubt[]] {
  const local = roles.some(({ column: { date } }) => date !== null && !date.absolute);
  const known = country === undefined ? undefined : COUNTRIES[country]?.[1];
  const says =
    known === undefined || known === null
      ? 'times say no zone: where are they meant?'
      : `times say no zone, and most records are of ${country ?? ''}`;
  return [known ?? 'UTC', local ? [{ about: 'zone', says }] : []];
}
