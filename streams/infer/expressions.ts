import type { Column } from './column.ts';
import type { Role } from './roles.ts';

/** A value that stands in several places and is written in one: `&name value`, then `*name`. */
export class Shared {
  readonly name: string;
  readonly value: unknown;

  constructor(name: string, value: unknown) {
    this.name = name;
    this.value = value;
  }
}

/** What of a file cannot be read from its values, and is the same for all of them. */
export interface Assumptions {
  readonly currency: CurrencyGuess;
  /** Where times without an offset are meant. */
  readonly zone: Shared;
  /** What most records are of, if anything says so. */
  readonly country: string | undefined;
}

export type CurrencyGuess =
  | { readonly type: 'constant'; readonly code: Shared }
  | { readonly type: 'column'; readonly path: string; readonly isCode: boolean };

/** The same, for what is said of the elements of a list within the record. */
export function withinList(assumptions: Assumptions): Assumptions {
  const { currency } = assumptions;
  if (currency.type === 'constant') return assumptions;
  return { ...assumptions, currency: { ...currency, path: `$parent.${currency.path}` } };
}

/** An id: without the white space, and the decimals, that spreadsheets put around it. */
export function idExpression({ path, column }: Role, upper = false): unknown {
  const steps: unknown[] = [];
  if (column.spaced !== null) steps.push('trim');
  if (column.looks === 'zeroDecimals') steps.push({ stripSuffix: '.0' });
  if (upper) steps.push({ case: 'upper' });
  return steps.length === 0 ? path : [path, ...steps];
}

/** A short text: as it came, without white space around it. */
export function trimmed({ path }: Role): unknown {
  return [path, 'trim'];
}

/** A text for people, in which runs of white space say nothing. */
export function collapsed({ path }: Role): unknown {
  return [path, 'collapse'];
}

export function timeExpression({ path, column }: Role, { zone }: Assumptions): unknown {
  const { date } = column;
  if (date === null || (date.format === 'iso' && date.absolute)) return [path, 'date'];
  const format = date.format === 'iso' ? {} : { format: date.format };
  return [path, { date: date.absolute ? format : { ...format, zone } }];
}

export function moneyExpression(role: Role, assumptions: Assumptions): unknown {
  return [role.path, moneyStep(role.column, assumptions)];
}

export function moneyStep({ numbers }: Column, { currency }: Assumptions): unknown {
  const locale = numbers?.locale === undefined ? {} : { locale: numbers.locale };
  if (currency.type === 'column') return { money: { from: currency.path, ...locale } };
  return { money: numbers?.locale === undefined ? currency.code : { currency: currency.code, ...locale } };
}

export function currencyExpression({ currency }: Assumptions): unknown {
  if (currency.type === 'constant') return { const: currency.code };
  return currency.isCode ? currency.path : [currency.path, 'currency'];
}

export function numberExpression({ path, column }: Role, step: 'number' | 'integer'): unknown {
  const locale = column.numbers?.locale;
  return [path, locale === undefined ? step : { [step]: { locale } }];
}
