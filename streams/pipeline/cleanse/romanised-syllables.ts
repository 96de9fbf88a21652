import { GIVEN_SYLLABLES } from './korean-name.ts';
import { libraries } from './libraries.ts';

/** Letters before the vowel of a syllable, longest first, and what they are compared as: tense and plain are one. */
const ONSETS: readonly (readonly [string, string])[] = [
  ['kk', 'g'],
  ['gg', 'g'],
  ['tt', 'd'],
  ['dd', 'd'],
  ['pp', 'b'],
  ['bb', 'b'],
  ['ss', 's'],
  ['sh', 's'],
  ['jj', 'j'],
  ['ch', 'ch'],
  ['k', 'g'],
  ['g', 'g'],
  ['n', 'n'],
  ['t', 't'],
  ['d', 'd'],
  ['r', 'r'],
  ['l', 'r'],
  ['m', 'm'],
  ['p', 'p'],
  ['b', 'b'],
  ['s', 's'],
  ['j', 'j'],
  ['h', 'h'],
  ['', ''],
];

/** Vowels as they are written, and the vowel of the Revised Romanisation that is meant, unless it is told below. */
const VOWELS: ReadonlyMap<string, string> = new Map(
  (
    'yeo:yeo you:you yoo:yu yae:yae yah:ya ya:ya ye:ye yo:yo yu:YU yi:i wae:wae wah:wa wa:wa weo:wo woo:u wo:wo we:we wi:wi ' +
    'eui:ui eo:eo eu:eu eh:e ee:i ae:ae ai:ae ah:a oh:o oo:u oe:oe oi:oe ui:ui uh:eo ou:ou ey:i a:a e:e i:i o:o u:U'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** What may end a syllable, and what it is compared as. */
const CODAS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['ng', 'ng'],
  ['n', 'n'],
  ['m', 'm'],
  ['l', 'l'],
  ['k', 'k'],
  ['g', 'k'],
  ['p', 'p'],
  ['b', 'p'],
  ['t', 't'],
  ['h', ''],
];

/** Of a written `u` before an end, by the end: the onsets with which it is ㅜ; with all others it is ㅓ. */
const U: Readonly<Record<string, string>> = {
  '': 'g n d r m b s j ch h t p -',
  n: 'd r m b j ch h t p -',
  k: 'g n -',
  ng: 'g -',
  m: '',
  p: '',
  l: 'g n d r m b j h t p -',
  t: 'g n d r m b s j ch h t p -',
};

/** Of a written `yu`: the onsets with which it is ㅠ; with all others it is ㅕ. */
const YU: Readonly<Record<string, string>> = {
  '': 'g n d r m b s j ch h t p -',
  n: 'g r -',
  k: 'r -',
  ng: '',
  m: '',
  p: '',
  l: 'r -',
  t: '',
};

function vowelOf(onset: string, vowel: string, coda: string): string {
  const isIn = (table: Readonly<Record<string, string>>): boolean =>
    (table[coda] ?? '').split(' ').includes(onset === '' ? '-' : onset);
  switch (vowel) {
    case 'U':
      return isIn(U) ? 'u' : 'eo';
    case 'YU':
      return isIn(YU) ? 'yu' : 'yeo';
    case 'you':
      return coda === '' ? 'yu' : 'yeo';
    case 'ou':
      return coda === '' ? 'u' : 'eo';
    default:
      // 희 is written Hee, and 지 Jee.
      return vowel === 'i' && onset === 'h' && coda === '' ? 'ui' : vowel;
  }
}

/** Given names in Hangul: each syllable by the Revised Romanisation, without changes of sound between syllables. */
export function lettersOf(hangul: string): string {
  const { romanize } = libraries.hangul();
  return Array.from(hangul, (syllable) => plainOnset(romanize(syllable))).join('');
}

function plainOnset(syllable: string): string {
  const [written, meant] = ONSETS.find(([written]) => syllable.startsWith(written)) ?? ['', ''];
  return meant + syllable.slice(written.length);
}

const sets = new Map<string, ReadonlySet<string>>();

/** The letters of each syllable of a list. */
export function lettersIn(syllables: string): ReadonlySet<string> {
  const known = sets.get(syllables) ?? new Set(Array.from(syllables, lettersOf));
  sets.set(syllables, known);
  return known;
}

function isCommon(syllable: string): boolean {
  return lettersIn(GIVEN_SYLLABLES).has(syllable);
}

interface Reading {
  readonly syllables: readonly string[];
}

/** A word of letters as Korean syllables, such as given names are made of; null if it cannot be read so. */
export function syllablesOf(word: string): readonly string[] | null {
  const readings = new Map<number, Reading | null>([[word.length, { syllables: [] }]]);
  for (let from = word.length - 1; from >= 0; from--) readings.set(from, bestFrom(word, from, readings));
  return readings.get(0)?.syllables ?? null;
}

/** The fewest syllables; of as many, the one whose first syllable is shorter. */
function bestFrom(word: string, from: number, readings: ReadonlyMap<number, Reading | null>): Reading | null {
  let best: Reading | null = null;
  for (const [length, syllable] of syllablesAt(word, from)) {
    const rest = readings.get(from + length) ?? null;
    if (rest === null || (best !== null && rest.syllables.length + 1 >= best.syllables.length)) continue;
    best = { syllables: [syllable, ...rest.syllables] };
  }
  return best;
}

function* syllablesAt(word: string, from: number): Iterable<readonly [length: number, syllable: string]> {
  for (const [onset, meant] of ONSETS) {
    if (!word.startsWith(onset, from)) continue;
    for (const [vowel, sound] of VOWELS) {
      if (!word.startsWith(vowel, from + onset.length)) continue;
      for (const [coda, end] of CODAS) {
        if (!word.startsWith(coda, from + onset.length + vowel.length)) continue;
        const syllable = meant + vowelOf(meant, sound, end) + end;
        if (isCommon(syllable)) yield [onset.length + vowel.length + coda.length, syllable];
      }
    }
  }
}
