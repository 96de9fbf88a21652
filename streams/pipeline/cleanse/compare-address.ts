/** Where a party lives, as far as it is known; fields of canonical bodies have these names. */
export interface Address {
  readonly street?: string;
  readonly city?: string;
  readonly postcode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
}

/** Null without a street, or with neither city nor postal code: too many live there. */
export function comparableAddress({ street, city, postcode, country }: Address): string | null {
  if (street === undefined || (city === undefined && postcode === undefined)) return null;
  const parts = [country, postcode ?? city, street].map((part) => plain(part ?? ''));
  return parts[2] === '' ? null : parts.join('|');
}

function plain(text: string): string {
  const words = text
    .slice(0, 500)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .normalize('NFC')
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? []).join(' ');
}
