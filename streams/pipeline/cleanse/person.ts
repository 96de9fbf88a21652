import type { NameParts } from '../../../schemas/canonical/customer.ts';
import { isHangul, joined, probablyParted, surelyParted, withoutHonorific } from './korean-name.ts';
import {
  comparableWords,
  familyCase,
  partedByComma,
  withoutCapitals,
  withoutSuffix,
  withoutTitle,
} from './latin-name.ts';
import { isRomanised, koreanForm } from './romanised-name.ts';
import type { Example, Field, Rule } from './rule.ts';

/** Longer text is no name. */
const LENGTH_LIMIT = 200;

const PLAIN =
  /^(?!(?:No|Not|Keine|Nicht|Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Herr|Frau|Mme|Mlle|Dott|Ing|Mag|Professor|Doctor|Madame|Mister) )(?!.* (?:Jr|Sr|Esq)$)[A-Z][a-z]+ [A-Z0-9][a-z0-9]*(?: [A-Z][a-z]*)*$/;

/** Text that every rule for names leaves as it is. */
export function isPlainName(text: string): boolean {
  return text.length <= LENGTH_LIMIT && PLAIN.test(text);
}

export const PERSON_RULES: readonly Rule[] = [
  {
    name: 'nameAlternate',
    kinds: ['personName'],
    does: 'Of a Korean name with the same in Latin letters or Han characters in brackets, or the other way round, the Korean one is the name; the other is stated beside it.',
    why: 'One name stands in one field. Nicknames and remarks in brackets stay.',
    examples: [
      example('김민준 (Minjun Kim)', '김민준', { alternate: 'Minjun Kim', family: '김', given: '민준' }),
      example('Minjun Kim(김민준)', '김민준', { alternate: 'Minjun Kim', family: '김', given: '민준' }),
      example('Robert (Bob) Smith', 'Robert (Bob) Smith'),
    ],
    apply: (text, field) => {
      const found = text.length > LENGTH_LIMIT ? null : inTwoScripts(text);
      if (found === null) return text;
      field.state('nameParts', { alternate: found.alternate });
      return found.name;
    },
  },
  {
    name: 'nameHonorific',
    kinds: ['personName'],
    does: 'Korean words of address after a name (님, 씨, 귀하 ...) are removed, unless they may be its last syllable.',
    why: 'They are politeness of whoever printed the label, and no part of the name.',
    examples: [
      example('김민준님', '김민준', { family: '김', given: '민준' }),
      example('이서연 귀하', '이서연', { family: '이', given: '서연' }),
      example('김하님', '김하님'),
    ],
    apply: (text) => (text.length > LENGTH_LIMIT ? text : withoutHonorific(text)),
  },
  {
    name: 'nameJoined',
    kinds: ['personName'],
    does: 'Korean names whose parts are written apart, or with the family name last, are written as one word, the family name first.',
    why: 'That is how Koreans write them; forms with two fields, and systems of other countries, part or turn them. Where they were parted, the family name is known.',
    examples: [
      example('김 민준', '김민준', { family: '김', given: '민준' }),
      example('홍 길 동', '홍길동', { family: '홍', given: '길동' }),
      example('민준 김', '김민준', { family: '김', given: '민준' }),
      example('선우 진', '선우진', { family: '선우', given: '진' }),
    ],
    apply: (text, field) => {
      const found = text.length > LENGTH_LIMIT ? null : joined(text.split(' '));
      if (found === null) return text;
      field.state('nameParts', found);
      return found.family + found.given;
    },
  },
  {
    name: 'nameKorean',
    kinds: ['personName'],
    does: 'The family and the given name of a Korean name are stated beside it, where there is only one way to part them. The name stays.',
    why: 'A name is asked for by its parts, and written in another order elsewhere. 선우진 may be 선 우진 or 선우 진, and 민준 a given name alone.',
    examples: [
      example('남궁민수', '남궁민수', { family: '남궁', given: '민수' }),
      example('김민준', '김민준', { family: '김', given: '민준' }),
      example('선우진', '선우진'),
      example('이마트', '이마트'),
    ],
    apply: (text, field) => {
      const found = surelyParted(text);
      if (found !== null) field.state('nameParts', found);
      return text;
    },
  },
  {
    name: 'nameTitle',
    kinds: ['personName'],
    does: 'Titles before a name of two words at least (`Mr`, `Dr.`, `Prof.`, `Frau` ...) are stated beside it, without a dot.',
    why: 'Some forms ask for them, most do not, and the same person comes with and without.',
    examples: [
      example('Dr. Ada Lovelace', 'Ada Lovelace', { prefix: 'Dr' }),
      example('Prof. Dr. Max Planck', 'Max Planck', { prefix: 'Prof Dr' }),
      example('Dr. Oetker', 'Dr. Oetker'),
    ],
    apply: (text, field) => {
      const found = text.length > LENGTH_LIMIT ? null : withoutTitle(text);
      if (found === null) return text;
      field.state('nameParts', { prefix: found.prefix });
      return found.name;
    },
  },
  {
    name: 'nameOrder',
    kinds: ['personName'],
    does: 'A name with its family name first and a comma after it is turned round; both parts are stated beside it. A Korean name in Latin letters loses its comma only, since its family name does stand first.',
    why: 'Lists are sorted by family name; the comma tells which part it is. A name without a comma stays as it is, since nobody knows in which order it stands.',
    examples: [
      example('LOVELACE, Ada', 'Ada Lovelace', { family: 'Lovelace', given: 'Ada' }),
      example('van Gogh, Vincent', 'Vincent van Gogh', { family: 'van Gogh', given: 'Vincent' }),
      example('KIM, Min-jun', 'Kim Min-jun', { family: 'Kim', given: 'Min-jun' }),
      example('King, Martin Luther, Jr', 'Martin Luther King Jr.', {
        family: 'King',
        given: 'Martin Luther',
        suffix: 'Jr.',
      }),
      example('Miller, Smith & Co', 'Miller, Smith & Co'),
    ],
    apply: turned,
  },
  {
    name: 'nameCapitals',
    kinds: ['personName', 'namePart'],
    does: 'A name in capitals is written as names are: initials, `Mc`, hyphens and apostrophes are minded, and small words (`van`, `de`, `von`) are in lower case unless they begin the name or may be Asian names. A single word stays, and so does what looks like a company.',
    why: 'Old systems have capitals only. Names in lower case stay: some people write them so.',
    examples: [
      example('ADA LOVELACE', 'Ada Lovelace'),
      example('J.R.R. TOLKIEN', 'J.R.R. Tolkien'),
      example('VINCENT VAN GOGH', 'Vincent van Gogh'),
      example("SEAN O'BRIEN-MCDONALD III", "Sean O'Brien-McDonald III", { suffix: 'III' }),
      example('NGUYEN VAN AN', 'Nguyen Van An'),
      example('ACME TRADING', 'ACME TRADING'),
    ],
    apply: (text, { kind }) => (text.length > LENGTH_LIMIT ? text : withoutCapitals(text, kind === 'personName')),
  },
  {
    name: 'nameSuffix',
    kinds: ['personName'],
    does: 'Suffixes (`Jr.`, `Sr.`, `II` to `IV`, `PhD`, `Esq.`) are written in one way, without a comma, and stated beside the name, which keeps them.',
    why: 'They tell father and son apart.',
    examples: [
      example('Martin Luther King, Jr', 'Martin Luther King Jr.', { suffix: 'Jr.' }),
      example('Ada Lovelace Ph.D.', 'Ada Lovelace PhD', { suffix: 'PhD' }),
    ],
    apply: (text, field) => {
      const found = text.length > LENGTH_LIMIT ? null : withoutSuffix(text);
      if (found === null) return text;
      field.state('nameParts', { suffix: found.suffix });
      return `${found.name} ${found.suffix}`;
    },
  },
];

const BRACKETED = /^([^()[\]（）]+)[([（]([^()[\]（）]+)[)\]）]$/;
const OTHER_SCRIPT = /^[\p{sc=Latin}\p{sc=Han}][\p{sc=Latin}\p{sc=Han}\p{M}.,'’ -]+$/u;

function inTwoScripts(text: string): { readonly name: string; readonly alternate: string } | null {
  const [, before = '', within = ''] = BRACKETED.exec(text) ?? [];
  const [outer, inner] = [before.trim(), within.trim()];
  if (isKoreanName(outer) && OTHER_SCRIPT.test(inner)) return { name: outer, alternate: inner };
  return isKoreanName(inner) && OTHER_SCRIPT.test(outer) ? { name: inner, alternate: outer } : null;
}

function isKoreanName(text: string): boolean {
  const name = withoutHonorific(text);
  return joined(name.split(' ')) !== null || (isHangul(name) && probablyParted(name) !== null);
}

function turned(text: string, field: Field): string {
  if (text.length > LENGTH_LIMIT || !text.includes(',')) return text;
  const suffixed = withoutSuffix(text);
  const found = partedByComma(suffixed?.name ?? text);
  if (found === null) return text;
  const [family, given] = [familyCase(found.family), withoutCapitals(found.given, false)];
  field.state('nameParts', { family, given });
  const name = isRomanised(family, given) ? [family, given] : [given, family];
  return [...name, ...(suffixed === null ? [] : [suffixed.suffix])].join(' ');
}

function example(came: string, becomes: string, nameParts?: NameParts): Example {
  const parts = nameParts === undefined ? {} : { nameParts };
  return { message: 'customer', given: { id: '1', name: came }, gives: { id: '1', name: becomes, ...parts } };
}

/** Of a cleansed name: the Korean form, or its words in alphabetic order; of other scripts, the text without spaces. */
export function comparablePerson(name: string): string | null {
  if (name.length > LENGTH_LIMIT) return null;
  const isEastAsian = /^[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}ー・ ]+$/u.test(name);
  // These scripts need no spaces.
  const text = isEastAsian ? name.replace(/[ ・]/g, '') : name;
  return koreanForm(text) ?? (isEastAsian ? text : comparableWords(name));
}
