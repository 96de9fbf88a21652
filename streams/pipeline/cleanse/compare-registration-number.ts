/** Letters and digits, with the prefix of the country where the number has none. */
export function comparableRegistrationNumber(value: string, country?: string): string | null {
  const text = value
    .slice(0, 100)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  if (!/\d{3}/.test(text)) return null;
  if (country === 'KR' && /^\d{10}$/.test(text)) return `KR${text}`;
  return text;
}
