import { countryNames, libraries } from './cleanse/libraries.ts';
import { Memory } from './cleanse/memory.ts';

/** Names that feeds use and the register (i18n-iso-countries) has not, or has for several countries. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  AE: ['UAE'],
  BO: ['Bolivia, Plurinational State of'],
  BQ: ['Caribbean Netherlands'],
  CD: ['Congo Kinshasa', 'DR Congo', 'DRC'],
  CG: ['Congo Brazzaville'],
  CI: ['Cote dIvoire'],
  CN: ['PRC', 'P.R. China', 'P.R.C.'],
  DE: ['Bundesrepublik Deutschland', 'BRD'],
  FK: ['Falkland Islands'],
  // The countries of the United Kingdom have no code of their own.
  GB: ['UK', 'U.K.', 'Great Britain (UK)', 'United Kingdom (UK)', 'United Kingdom of Great Britain, Northern Ireland']
    .concat(['Great Britain', 'Gran Bretaña', 'Grã-Bretanha', 'Gran Bretagna', '英國', '잉글랜드'])
    .concat([
      'England',
      'Scotland',
      'Wales',
      'Northern Ireland',
      'Schottland',
      'Inglaterra',
      'Inghilterra',
      'Angleterre',
    ]),
  HK: ['Hong Kong SAR', 'Hong Kong SAR China', 'Hong Kong, China'],
  HM: ['Heard McDonald Islands'],
  IE: ['Eire', 'Republic of Ireland'],
  // A bailiwick each; Jersey is the larger, and what came is kept beside it.
  JE: ['Channel Islands'],
  KP: ["Korea, Democratic People's Republic of", 'DPRK'],
  KR: ['Korea', 'ROK', 'Corea', 'Corea del Sur', 'Coreia do Sul', 'Corée du Sud', '한국', '대한민국', '남한'].concat([
    '韓国',
    '韓國',
    '大韓民国',
    '大韓民國',
    '南韓',
  ]),
  LY: ['Libyan Arab Jamahiriya'],
  MM: ['Myanmar (Burma)'],
  MO: ['Macau', 'Macau SAR', 'Macao SAR China'],
  NL: ['Holland', 'Holanda', 'Hollande'],
  AT: ['Republik Österreich'],
  NO: ['Kongeriket Norge'],
  PS: ['Palestinian Territories'],
  RU: ['Russian Fed.'],
  SA: ['KSA', 'المملكة العربية السعودية'],
  SK: ['Slovak Republic'],
  TH: ['ประเทศไทย'],
  TL: ['East Timor'],
  CZ: ['Tchéquie'],
  TW: ['台灣', '대만'],
  UM: ['U.S. Outlying Islands'],
  US: ['America', 'United States (US)', 'U.S.', 'États-Unis', 'Stati Uniti', 'アメリカ', '米国', '美國'],
  VA: ['Vatican', 'Vatican City'],
  VE: ['Venezuela, Bolivarian Republic of'],
  VI: ['U.S. Virgin Islands'],
  VN: ['Viet Nam'],
  ZA: ['RSA'],
};

/** Two countries each. */
const AMBIGUOUS = ['Congo'];

/** Words for no country. */
const NONE = new Set(['unspecified', 'unknown', 'none', 'n a', 'na', 'null', 'other', 'european community']);

/** Longer text is no name of a country. */
const LENGTH_LIMIT = 100;

interface Register {
  readonly codes: ReadonlySet<string>;
  /** Alpha-2 by alpha-3. */
  readonly threes: ReadonlyMap<string, string>;
  readonly english: ReadonlyMap<string, string>;
  /** Of all languages; without names that mean different countries in different languages. */
  readonly others: () => ReadonlyMap<string, string>;
}

let register: Register | undefined;

function loaded(): Register {
  return (register ??= load());
}

function load(): Register {
  const countries = libraries.countries();
  const english = namesIn('en');
  for (const [code, names] of Object.entries(ALIASES)) for (const name of names) english.set(plain(name), code);
  for (const name of AMBIGUOUS) english.delete(plain(name));
  let others: ReadonlyMap<string, string> | undefined;
  return {
    codes: new Set(Object.keys(countries.getAlpha2Codes())),
    threes: new Map(Object.entries(countries.getAlpha3Codes())),
    english,
    others: () => (others ??= allNames(countries.getSupportedLanguages())),
  };
}

function namesIn(language: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const [code, name] of Object.entries(countryNames(language).countries)) {
    for (const one of [name].flat()) names.set(plain(one), code);
  }
  return names;
}

function allNames(languages: readonly string[]): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  const ambiguous = new Set(AMBIGUOUS.map(plain));
  for (const language of languages) {
    for (const [name, code] of namesIn(language)) {
      // `Ý` is Italy in Vietnamese; so short a word in Latin letters is rather something else.
      if (/^[a-z]{1,3}$/.test(name)) continue;
      if ((all.get(name) ?? code) !== code) ambiguous.add(name);
      all.set(name, code);
    }
  }
  for (const name of ambiguous) all.delete(name);
  return all;
}

/** Lower case, without accents and punctuation, its words in alphabetic order: `Korea, Republic of` is as good. */
function plain(name: string): string {
  const words = name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return (words ?? [])
    .map((word) => (word === 'st' ? 'saint' : word))
    .filter((word) => word !== 'and' && word !== 'the')
    .sort()
    .join(' ');
}

const remembered = new Memory(find);

/** ISO 3166-1 alpha-2 of a name or a code; undefined for a word that says no country; the text itself if unknown. */
export function countryOf(text: string): string | undefined {
  return text.length > LENGTH_LIMIT ? text : remembered.of(text);
}

function find(text: string): string | undefined {
  const { codes, threes, english, others } = loaded();
  const upper = text.trim().toUpperCase();
  if (codes.has(upper)) return upper;
  const name = plain(text);
  if (name === '' || NONE.has(text.trim().toLowerCase()) || NONE.has(inOrder(text))) return undefined;
  return threes.get(upper) ?? english.get(name) ?? others().get(name) ?? text;
}

/** As `plain`, with its words as they stand. */
function inOrder(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

/** Whether it is the alpha-2 code of a country. */
export function isCountry(code: string): boolean {
  return loaded().codes.has(code);
}
