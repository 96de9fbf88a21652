import { plainNumeral } from './numeral.ts';
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

/** Where a digit has to go: `half-up` away from zero from the half on, `half-even` to the even neighbour at the half. */
export const ROUNDINGS = ['half-up', 'half-even', 'up', 'down'] as const;

export type Rounding = (typeof ROUNDINGS)[number];

export function addDecimals(a: Value, b: Value, rule = 'add'): string {
  const [x, y] = [scaled(a, rule), scaled(b, rule)];
  const scale = Math.max(x.scale, y.scale);
  return format(String(raised(x, scale) + raised(y, scale)), scale);
}

export function subtractDecimals(a: Value, b: Value): string {
  const [x, y] = [scaled(a, 'subtract'), scaled(b, 'subtract')];
  const scale = Math.max(x.scale, y.scale);
  return format(String(raised(x, scale) - raised(y, scale)), scale);
}

/** To so many decimals, rounded. */
export function divideDecimals(a: Value, b: Value, decimals: number, rounding: Rounding): string {
  const [x, y] = [scaled(a, 'divide'), scaled(b, 'divide')];
  if (y.units === 0) throw new ValueFault('divide', b, 'there is no division by zero', 'mend the divisor');
  const scale = Math.max(x.scale, y.scale);
  const [dividend, divisor] = [raised(x, scale) * 10n ** BigInt(decimals), raised(y, scale)];
  const [positive, by] = divisor < 0n ? [-dividend, -divisor] : [dividend, divisor];
  return format(String(divided(positive, by, rounding)), decimals);
}

/** To so many decimals at most. */
export function roundDecimal(value: Value, decimals: number, rounding: Rounding): string {
  const { units, scale } = scaled(value, 'round');
  if (scale <= decimals) return format(String(units), scale);
  return format(String(divided(BigInt(units), 10n ** BigInt(scale - decimals), rounding)), decimals);
}

/** Negative if `a` is less than `b`. */
export function compareDecimals(a: Value, b: Value, rule: string): number {
  const [x, y] = [scaled(a, rule), scaled(b, rule)];
  const scale = Math.max(x.scale, y.scale);
  const difference = raised(x, scale) - raised(y, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function raised({ units, scale }: Scaled, to: number): bigint {
  return BigInt(units) * 10n ** BigInt(to - scale);
}

/** By a positive divisor. */
function divided(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const whole = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n) return whole;
  const away = whole + (dividend < 0n ? -1n : 1n);
  const twice = (rest < 0n ? -rest : rest) * 2n;
  switch (rounding) {
    case 'up':
      return away;
    case 'down':
      return whole;
    case 'half-up':
      return twice >= divisor ? away : whole;
    case 'half-even':
      return twice > divisor || (twice === divisor && whole % 2n !== 0n) ? away : whole;
  }
}

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

/** How a number is read for a rule. */
export interface Reading {
  readonly rule: string;
  /** Digits that there is no place for are a fault without it. */
  readonly rounding?: Rounding | undefined;
  /** Plain decimal text of a number that is not written so; `plainNumeral` without it. */
  readonly plain?: (value: Value, rule: string) => string;
}

/** The number in units of 10^-decimals. */
export function toUnits(value: Value, decimals: number, reading: Reading): number {
  const { units, scale } = scaled(value, reading.rule, reading.plain);
  const result = scale <= decimals ? raise(units, decimals - scale) : lower(units, scale - decimals, reading.rounding);
  if (result === null) {
    const allowed = decimals === 0 ? 'no decimals' : `${decimals} decimals at most`;
    const message = `${reading.rule} takes ${allowed}`;
    throw new ValueFault(reading.rule, value, message, 'mend the number, or say how to round it');
  }
  if (Number.isSafeInteger(result)) return result;
  throw new ValueFault(reading.rule, value, 'the number is too large to be exact', 'mend the number');
}

const POWERS = Array.from({ length: SAFE_DIGITS + 1 }, (_, i) => 10 ** i);

function raise(units: bigint | number, digits: number): number {
  if (typeof units === 'number') return units * (POWERS[digits] ?? Infinity);
  return Number(units * 10n ** BigInt(digits));
}

/** null if a digit other than zero would be lost, and nobody wants it rounded. */
function lower(units: bigint | number, digits: number, rounding: Rounding | undefined): number | null {
  const power = POWERS[digits];
  if (typeof units === 'number' && power !== undefined && units % power === 0) return units / power;
  const divisor = 10n ** BigInt(digits);
  const big = BigInt(units);
  if (rounding !== undefined) return Number(divided(big, divisor, rounding));
  return big % divisor === 0n ? Number(big / divisor) : null;
}

/** It is read as it stands: it has no groups, no sign behind it, nothing beside it. */
export function isPlain(text: string): boolean {
  return text.length <= DIGITS_LIMIT && DECIMAL.test(text);
}

function scaled(value: Value, rule: string, plain = plainNumeral): Scaled {
  const text = (typeof value === 'number' ? String(value) : value) as string;
  if (typeof text === 'string' && text.length <= DIGITS_LIMIT && DECIMAL.test(text)) return scaledText(text);
  const decimal = plain(value, rule);
  if (decimal.length <= DIGITS_LIMIT && DECIMAL.test(decimal)) return scaledText(decimal);
  throw new ValueFault(
    rule,
    value,
    `${rule} takes a decimal number of ${DIGITS_LIMIT} digits at most`,
    'mend the number',
  );
}

function scaledText(text: string): Scaled {
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
