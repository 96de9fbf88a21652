/** Words in alphabetic order, without case, marks and punctuation. */
export function comparablePerson(value: string): string | null {
  const words = value
    .slice(0, 300)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .normalize('NFC')
    .match(/[\p{L}\p{N}]+/gu);
  return words === null ? null : words.sort().join(' ');
}
