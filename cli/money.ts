const formats = new Map<string, Intl.NumberFormat>();

/** An amount in minor units as people write it: 12345 GBP as 123.45 GBP, 12345 KRW as 12,345 KRW. */
export function money(minor: number, currency: string): string {
  return `${amount(minor, currency)} ${currency}`;
}

export function amount(minor: number, currency: string): string {
  const format = formats.get(currency) ?? formatOf(currency);
  formats.set(currency, format);
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** Only for its digits: how many decimals a currency has (ISO 4217). */
function formatOf(currency: string): Intl.NumberFormat {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return new Intl.NumberFormat('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
