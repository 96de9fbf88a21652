/**
 * Decimals of a currency's minor unit where they are not two: ISO 4217, list one
 * (https://www.six-group.com/en/products-services/financial-information/data-standards.html). ICU's data are those of
 * everyday use instead: it knows no decimals of IQD, which has three.
 */
const MINOR_UNITS: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF'].map((code) => [code, 0] as const),
  ...['UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
]);

export function decimalsOf(currency: string): number {
  return MINOR_UNITS.get(currency) ?? 2;
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** An alphabetic code of ISO 4217, in upper case. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

export function knownCurrencies(): readonly string[] {
  return [...CURRENCIES];
}

/** Words and signs beside those that ICU knows in English and in the language of the amount. In lower case. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  CHF: ['fr', 'sfr'],
  CNY: ['元', 'rmb', '人民币'],
  CZK: ['kč'],
  DKK: ['kr'],
  EUR: ['euro', 'euros'],
  GBP: ['pound', 'pounds'],
  INR: ['rs'],
  JPY: ['円', 'yen'],
  KRW: ['원', 'won'],
  NOK: ['kr'],
  PEN: ['s/'],
  PLN: ['zł'],
  RUB: ['руб', 'р'],
  SEK: ['kr'],
  TRY: ['tl'],
  TWD: ['元'],
  USD: ['dollar', 'dollars', 'us$'],
};

/** What may stand beside an amount of a currency, in lower case and without a point at the end. */
export function namesOfCurrency(currency: string, locale: string | undefined): ReadonlySet<string> {
  const names = new Set([currency.toLowerCase(), ...(NAMES[currency] ?? [])]);
  for (const language of locale === undefined ? ['en'] : ['en', locale]) {
    for (const currencyDisplay of ['symbol', 'narrowSymbol'] as const) {
      const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay });
      const sign = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? '';
      names.add(plainName(sign));
    }
  }
  return names;
}

export function plainName(sign: string): string {
  return sign.normalize('NFKC').trim().toLowerCase().replace(/\.$/, '');
}

/** Signs that mean one currency wherever they stand. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ '€': 'EUR', '£': 'GBP', '₩': 'KRW', '₹': 'INR', '₺': 'TRY', '₫': 'VND', '฿': 'THB', '₽': 'RUB', '₴': 'UAH' },
  ...{ '₪': 'ILS', '₱': 'PHP', '₦': 'NGN', '₸': 'KZT', 원: 'KRW', 円: 'JPY', euro: 'EUR', euros: 'EUR', zł: 'PLN' },
  ...{ kč: 'CZK', us$: 'USD', ca$: 'CAD', c$: 'CAD', a$: 'AUD', au$: 'AUD', nz$: 'NZD', hk$: 'HKD', nt$: 'TWD' },
  ...{ s$: 'SGD', r$: 'BRL', mx$: 'MXN', 'jp¥': 'JPY', 'cn¥': 'CNY', rmb: 'CNY', 人民币: 'CNY', tl: 'TRY', лв: 'BGN' },
};

/** The currency that a code or a sign names; undefined for none, and for signs of several (`$`, `¥`, `kr`). */
export function currencyOf(text: string): string | undefined {
  const name = plainName(text);
  const code = name.toUpperCase();
  return isCurrency(code) ? code : Object.hasOwn(SIGNS, name) ? SIGNS[name] : undefined;
}
