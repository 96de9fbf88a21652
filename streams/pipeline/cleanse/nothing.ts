import type { Rule } from './rule.ts';

/** What people and programs type into a field that they must fill. */
const NOTHING = new Set([
  ...['n/a', 'n.a.', 'n/v', 'null', '(null)', '[null]', '<null>', 'undefined', 'unknown', 'unspecified', '(none)'],
  ...['not available', 'not applicable', 'not provided', 'not specified', 'no name', 'no email', 'no phone'],
  ...[
    '없음',
    '미입력',
    '해당없음',
    '해당 없음',
    '정보없음',
    '정보 없음',
    '無し',
    'なし',
    '未入力',
    '不明',
    '无',
    '未知',
  ],
  ...['unbekannt', 'keine angabe', 'nicht angegeben', 'desconhecido', 'não informado', 'nao informado', 'inconnu'],
  ...['desconocido', 'sin datos', 'sconosciuto', 'onbekend', 'nieznany', 'okänd'],
]);

/** Words that are nothing as an e-mail address or a number, and may be a name (None is a town in Italy). */
const NO_ADDRESS = new Set([
  'none',
  'nil',
  'na',
  'no',
  'nein',
  'keine',
  'kein',
  'ninguno',
  'nenhum',
  'aucun',
  'nessuno',
]);

const LONGEST = 20;

/** No letter and no digit of any script, or a word for nothing. */
export function saysNothing(text: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(text)) return true;
  return isWordForNothing(text);
}

export function isWordForNothing(text: string): boolean {
  // Some people are called Null; programs write it in small letters or in capitals.
  return text.length <= LONGEST && text !== 'Null' && NOTHING.has(text.toLowerCase());
}

/** The same of an e-mail address, a phone number, or another number that somebody is known by. */
export function isNoAddress(text: string): boolean {
  return saysNothing(text) || (text.length <= LONGEST && NO_ADDRESS.has(text.toLowerCase()));
}

export const NOTHING_RULES: readonly Rule[] = [
  {
    name: 'nothing',
    kinds: ['personName', 'companyName', 'street', 'city', 'email', 'phone', 'registrationNumber'],
    does: 'Words for nothing (`n/a`, `unknown`, `없음`) are removed, and so is text without any letter or digit.',
    why: 'People and programs type them where a form insists on a value. Whoever compares parties would find that all of these are one.',
    examples: [
      { message: 'customer', given: { id: '1', name: 'N/A', city: '-' }, gives: { id: '1' } },
      { message: 'customer', given: { id: '1', phone: '없음', email: 'none' }, gives: { id: '1' } },
    ],
    apply: (text, { kind }) => {
      const strict = kind === 'email' || kind === 'phone' || kind === 'registrationNumber';
      return (strict ? isNoAddress(text) : saysNothing(text)) ? undefined : text;
    },
  },
  {
    name: 'noText',
    kinds: ['region', 'postcode'],
    does: 'Text without any letter or digit is removed.',
    why: 'It is a dash or a dot that was typed for nothing. Words are left: `NA` is the province of Naples.',
    examples: [
      { message: 'customer', given: { id: '1', postcode: '---', region: 'NA' }, gives: { id: '1', region: 'NA' } },
    ],
    apply: (text) => (/[\p{L}\p{N}]/u.test(text) ? text : undefined),
  },
];
