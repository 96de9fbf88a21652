/** Text that says nothing, in the words that people and programs type into fields they must fill. */
const NOTHING = new Set([
  ...['n/a', 'na', 'none', 'null', 'nil', 'undefined', 'unknown', 'unspecified', 'empty', 'tbd', 'xxx', 'no email'],
  ...['없음', '미입력', '해당없음', 'なし', '無', 'keine', 'keiner', 'ninguno', 'nenhum', 'aucun', 'nessuno'],
]);

export function saysNothing(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text) || NOTHING.has(text.trim().toLowerCase());
}

/** NFC, without white space around it; null if it says nothing. */
export function plainText(value: string): string | null {
  const text = value.normalize('NFC').trim();
  return saysNothing(text) ? null : text;
}
