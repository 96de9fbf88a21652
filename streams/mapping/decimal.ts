import { ValueFault, type Value } from './scope.ts';

/** A decimal number as an integer and how many of its digits are decimals. */
interface Scaled {
  readonly units: bigint | number;
  readonly scale: number;
}

/** Longer numbers are no amounts or quantities, and their arithmetic would take its time. */
const DIGITS_LIMIT = 40;

/** Up to here the arithmetic of doubles is exact, and much faster than that of bigints. */
const SAFE_DIGITS = 15;

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

export function multiplyDecimals(a: Value, b: Value): string {
  const [x, y] = [scaled(a, 'multiply'), scaled(b, 'multiply')];
  const scale = x.scale + y.scale;
  if (typeof x.units === 'number' && typeof y.units === 'number') {
    const product = x.units * y.units;
    if (Number.isSafeInteger(product)) return format(String(product), scale);
  }
  return format(String(BigInt(x.units) * BigInt(y.units)), scale);
}

/** The number without needless zeros. */
export function plainDecimal(value: Value, rule: string): string {
  const { units, scale } = scaled(value, rule);
  return format(String(units), scale);
}

/** The number in units of 10^-decimals. */
export function toUnits(value: Value, decimals: number, rule: string): number {
  const { units, scale } = scaled(value, rule);
  const result = scale <= decimals ? raise(units, decimals - scale) : lower(units, scale - decimals);
  if (result === null) {
    const allowed = decimals === 0 ? 'no decimals' : `${decimals} decimals at most`;
    throw new ValueFault(
      rule,
      value,
      `${rule} takes ${allowed}`,
      'round the number at its source, or map it as decimal',
    );
  }
  if (Number.isSafeInteger(result)) return result;
  throw new ValueFault(rule, value, 'the number is too large to be exact', 'mend the number');
}

const POWERS = Array.from({ length: SAFE_DIGITS + 1 }, (_, i) => 10 ** i);

function raise(units: bigint | number, digits: number): number {
  if (typeof units === 'number') return units * (POWERS[digits] ?? Infinity);
  return Number(units * 10n ** BigInt(digits));
}

/** null if a digit other than zero would be lost. */
function lower(units: bigint | number, digits: number): number | null {
  const power = POWERS[digits];
  if (typeof units === 'number' && power !== undefined) return units % power === 0 ? units / power : null;
  const divisor = 10n ** BigInt(digits);
  const big = BigInt(units);
  return big % divisor === 0n ? Number(big / divisor) : null;
}

function scaled(value: Value, rule: string): Scaled {
  const text = (typeof value === 'number' ? String(value) : value) as string;
  if (typeof text !== 'string' || text.length > DIGITS_LIMIT || !DECIMAL.test(text)) {
    throw new ValueFault(
      rule,
      value,
      `${rule} takes a decimal number such as 17 or -2.55`,
      'mend the number, or replace what is no digit',
    );
  }
  const point = text.indexOf('.');
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  const units = digits.length <= SAFE_DIGITS ? Number(digits) : bigintOf(digits);
  return { units: units === 0 ? 0 : units, scale: point < 0 ? 0 : text.length - point - 1 };
}

function bigintOf(digits: string): bigint {
  return BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
}

function format(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const negative = digits.startsWith('-');
  const padded = (negative ? digits.slice(1) : digits).padStart(scale + 1, '0');
  const point = padded.length - scale;
  let end = padded.length;
  while (end > point && padded.charCodeAt(end - 1) === 0x30) end--;
  const whole = padded.slice(0, point);
  const text = end === point ? whole : `${whole}.${padded.slice(point, end)}`;
  return negative && text !== '0' ? `-${text}` : text;
}
