import { looksLikeCompany } from './company.ts';
import { isAllCaps, personCase } from './title-case.ts';

/** Words of Latin letters, as names are made of them. */
const WORDS = /^\p{sc=Latin}[\p{sc=Latin}\p{M}.'’-]*(?: \p{sc=Latin}[\p{sc=Latin}\p{M}.'’-]*)*$/u;

const TITLES: ReadonlyMap<string, string> = new Map(
  ['Mr', 'Mrs', 'Ms', 'Miss', 'Mx', 'Dr', 'Prof', 'Rev', 'Herr', 'Frau', 'Mme', 'Mlle', 'Dott', 'Ing', 'Mag']
    .map((title) => [title.toLowerCase(), title] as const)
    .concat([
      ['professor', 'Prof'],
      ['doctor', 'Dr'],
      ['madame', 'Mme'],
      ['mister', 'Mr'],
    ]),
);
/** Spanish ones, which without the dot are an end (`Sr`) or names. */
const DOTTED_TITLES: ReadonlyMap<string, string> = new Map([
  ['sr.', 'Sr'],
  ['sra.', 'Sra'],
  ['srta.', 'Srta'],
]);

const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ['jr', 'Jr.'],
  ['sr', 'Sr.'],
  ['ii', 'II'],
  ['iii', 'III'],
  ['iv', 'IV'],
  ['phd', 'PhD'],
  ['esq', 'Esq.'],
]);

/** Tell father and son apart. */
const GENERATIONS = new Set(['Jr.', 'Sr.', 'II', 'III', 'IV']);

/** Whether it may be the name of one person. */
function isPerson(text: string): boolean {
  return WORDS.test(text) && !looksLikeCompany(text) && !/ (?:and|und|et|y|e|oder|or) /i.test(text);
}

export interface Titled {
  readonly prefix: string;
  readonly name: string;
}

/** `Prof. Dr. Ada King`. Null where fewer than two words would be left: `Dr. Oetker` may be a company. */
export function withoutTitle(text: string): Titled | null {
  const words = text.split(' ');
  const titles: string[] = [];
  for (const word of words) {
    const title = DOTTED_TITLES.get(word.toLowerCase()) ?? TITLES.get(word.replace(/\.$/, '').toLowerCase());
    if (title === undefined) break;
    titles.push(title);
  }
  const name = words.slice(titles.length).join(' ');
  if (titles.length === 0 || !name.includes(' ') || !isPerson(name.replace(',', ''))) return null;
  return { prefix: titles.join(' '), name };
}

export interface Suffixed {
  readonly name: string;
  readonly suffix: string;
}

/** `Ada King, Jr`: the suffix in one spelling. Null where fewer than two words would be left. */
export function withoutSuffix(text: string): Suffixed | null {
  const found = /^(.+?),? ([\p{L}.]+)$/u.exec(text);
  const [, name = '', word = ''] = found ?? [];
  const suffix = SUFFIXES.get(word.replaceAll('.', '').toLowerCase());
  if (suffix === undefined || !name.includes(' ') || !isPerson(name.replace(',', ''))) return null;
  // Of a word in small letters nobody knows whether it is one: `phd`.
  return /^[\p{Lu}]/u.test(word) ? { name, suffix } : null;
}

export interface LatinName {
  readonly family: string;
  readonly given: string;
}

/** `KING, Ada` and `van Gogh, Vincent`. Null where a comma stands for something else. */
export function partedByComma(text: string): LatinName | null {
  const [family = '', given = '', more] = text.split(',').map((part) => part.trim());
  if (more !== undefined || family === '' || given === '') return null;
  if (!isPerson(family) || !isPerson(given) || !isPerson(`${family} ${given}`)) return null;
  const words = [...family.split(' '), ...given.split(' ')];
  if (family.split(' ').length > 3 || given.split(' ').length > 4 || words.some(isTitleOrSuffix)) return null;
  return { family, given };
}

function isTitleOrSuffix(word: string): boolean {
  return DOTTED_TITLES.has(word.toLowerCase()) || TITLES.has(plain(word)) || SUFFIXES.has(plain(word));
}

function plain(text: string): string {
  return text.replaceAll('.', '').toLowerCase();
}

/** Families that are written before given names, in which `do`, `da` and `van` are syllables. */
const FAMILY_FIRST = new Set(
  (
    'kim lee park choi jung jeong kang cho jo yoon yun jang chang lim im han oh seo shin kwon hwang ahn an song yoo yu hong ' +
    'nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh ' +
    'wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo lin he gao liang luo'
  ).split(' '),
);

/** A name in capitals as it is written otherwise; any other stays. `whole`: it is a person's name, not a part of one. */
export function withoutCapitals(text: string, whole: boolean): string {
  if (!isAllCaps(text) || !/^[\p{L}\p{M}\s.,'’-]+$/u.test(text)) return text;
  if (whole && (!text.includes(' ') || looksLikeCompany(text))) return text;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const isFamilyFirst = FAMILY_FIRST.has(words[0] ?? '') || FAMILY_FIRST.has(words.at(-1) ?? '');
  return withSuffixCase(personCase(text, !isFamilyFirst));
}

/** `Iii` is what capitals of a number become. */
function withSuffixCase(text: string): string {
  const word = /[^ ,]+$/.exec(text)?.[0] ?? '';
  const suffix = SUFFIXES.get(plain(word));
  return suffix === undefined || !text.includes(' ') ? text : text.slice(0, -word.length) + suffix;
}

/** A family name with small words as it stands after a given name: `van Gogh`. */
export function familyCase(family: string): string {
  return withoutCapitals(`A ${family}`, false).slice(2);
}

/** Words in alphabetic order, without case, accents, punctuation and degrees; generations stay. */
export function comparableWords(text: string): string | null {
  const suffixed = withoutSuffix(text);
  const name = suffixed !== null && !GENERATIONS.has(suffixed.suffix) ? suffixed.name : text;
  const words = name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '')
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return words === null ? null : words.sort().join(' ');
}
