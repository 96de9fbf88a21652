import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import { DOUBT, type Rule } from './rule.ts';

const LINES: readonly TextKind[] = [
  ...(['line', 'personName', 'namePart', 'companyName', 'legalForm', 'email', 'phone', 'registrationNumber'] as const),
  ...(['street', 'city', 'region', 'postcode', 'country', 'currency'] as const),
];
const TEXTS: readonly TextKind[] = [...LINES, 'text'];

const PRINTABLE = /^[!-~](?:[ -~]*[!-~])?$/;

/** Text that every rule of this file leaves as it is; most is. */
export function isClean(text: string): boolean {
  return PRINTABLE.test(text) && !text.includes('  ');
}

/** What Windows-1252 has where Unicode has the control characters from U+0080 to U+009F. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Letters, digits and marks that have a twin of the common width, but for the ideographic space. */
const OTHER_WIDTH = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff61-\uff9f\uffa1-\uffdc\uffe0\uffe1\uffe5\uffe6]+/g;
/** Punctuation as well, where it is no matter of style. */
const OTHER_WIDTH_SIGNS: Readonly<Partial<Record<TextKind, RegExp>>> = {
  email: /[\uff01-\uff5e]+/g,
  phone: /[\uff01-\uff5e]+/g,
  registrationNumber: /[\uff01-\uff5e]+/g,
  postcode: /[\uff01-\uff5e]+/g,
  street: /[\uff03\uff0d-\uff0f]+/g,
};

/**
 * Whatever prints nothing: control and format characters, but for white space, joiners, the signs of Arabic and other
 * scripts that enclose digits, and the tags that make a flag of a black one.
 */
const INVISIBLE =
  /(\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f})|[[\p{Cc}\p{Cf}]--[\s\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]/gv;

/** Joiners shape letters of Arabic and Indic scripts, and emoji; beside anything else they print nothing. */
const JOINER_RUN = /[\u200c\u200d]+(?=[\u200c\u200d])/g;
const LOOSE_JOINER =
  /(?<![[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]--[\p{sc=Latin}\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{N}]])[\u200c\u200d]|[\u200c\u200d](?![[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]--[\p{sc=Latin}\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{N}]])/gv;

/** With the fillers of Hangul and the blank of Braille, which people type where a form insists on a name. */
const SPACES = /[\s\u115f\u1160\u2800\u3164\uffa0]+/g;
const SPACES_IN_LINE = /[[\s\u115f\u1160\u2800\u3164\uffa0]--[\n]]+/gv;
const BREAKS = /\r\n?|[\v\f\u2028\u2029]/g;

/** UTF-8 that was read as Windows-1252 (`Ã©` for é, `â€™` for ’), what was lost on the way, and private characters. */
const MISREAD_UTF8 =
  /[\ufffd\ue000-\uf8ff]|[ÂÃ][\u00a1-\u00bf\u0080-\u009f€‚ƒ„…†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ]|Ã[‘’“”–—](?=\p{L})|â€/u;

/** EUC-KR that was read as Latin-1: `±è¹ÎÁØ` for 김민준. */
const MISREAD_KOREAN = /(?:[\u00b0-\u00c8][\u00a1-\u00fe]){2,}/g;

export const TEXT_RULES: readonly Rule[] = [
  {
    name: 'wellFormed',
    kinds: TEXTS,
    does: 'Half a surrogate pair becomes U+FFFD.',
    why: 'It is no character, cannot be written as UTF-8, and comes of text that was cut in the middle of one.',
    examples: [{ message: 'customer', given: { id: '1', name: 'Ada\ud800' }, gives: { id: '1', name: 'Ada\ufffd' } }],
    apply: (text) => text.toWellFormed(),
  },
  {
    name: 'windows1252',
    kinds: TEXTS,
    does: 'Control characters from U+0080 to U+009F become what Windows-1252 has in their place.',
    why: 'Nobody types them: they come of Windows text that was read as Latin-1, and browsers read them so as well.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', name: 'Sean O\u0092Casey' },
        gives: { id: '1', name: 'Sean O’Casey' },
      },
    ],
    apply: (text) => text.replace(/[\u0080-\u009f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80)),
  },
  {
    name: 'width',
    kinds: TEXTS,
    does: 'Full-width letters and digits, and half-width Kana and Hangul, become those of the common width. In numbers and e-mail so does punctuation.',
    why: 'They are the same characters in the encodings of old East Asian systems. In running text the width of punctuation is a matter of style, and stays.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', name: 'ＡＤＡ　Ｌovelace', street: '１－２－３', city: 'ﾄｳｷｮｳ' },
        gives: { id: '1', name: 'ADA Lovelace', street: '1-2-3', city: 'トウキョウ' },
      },
    ],
    apply: (text, { kind }) => foldWidth(text, OTHER_WIDTH_SIGNS[kind]),
  },
  {
    name: 'invisible',
    kinds: TEXTS,
    does: 'Control characters, zero-width spaces, byte order marks, soft hyphens and marks of direction are removed; so are joiners that join nothing.',
    why: 'They print nothing, and make two equal texts differ.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', city: '\ufeffCo\u0000r\u200bk' },
        gives: { id: '1', city: 'Cork' },
      },
    ],
    apply: invisible,
  },
  {
    name: 'unicode',
    kinds: TEXTS,
    does: 'Text is composed (Unicode NFC).',
    why: 'A letter with a mark can be written as one character or as two; macOS file names and some exports have two.',
    examples: [{ message: 'customer', given: { id: '1', name: 'Jose\u0301' }, gives: { id: '1', name: 'José' } }],
    apply: (text) => text.normalize('NFC'),
  },
  {
    name: 'addressLines',
    kinds: ['street'],
    does: 'Line breaks become commas.',
    why: 'An address is kept on one line, and its lines are no words of one another.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', street: '12 High St\r\nFlat 2' },
        gives: { id: '1', street: '12 High St, Flat 2' },
      },
    ],
    apply: (text) => (/[\n\v\f\r\u2028\u2029]/.test(text) ? joinedLines(text) : text),
  },
  {
    name: 'whiteSpace',
    kinds: LINES,
    does: 'Each run of white space, non-breaking and ideographic spaces included, becomes one space; none is left around the text.',
    why: 'It says nothing. Trimming alone is not kept in `original`.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', name: ' Ada\u00a0\tLovelace ' },
        gives: { id: '1', name: 'Ada Lovelace' },
      },
    ],
    apply: (text) => text.replace(SPACES, ' ').trim() || undefined,
  },
  {
    name: 'paragraphs',
    kinds: ['text'],
    does: 'As `whiteSpace` within each line; line breaks become `\\n`, and none is left around the text.',
    why: 'Reviews and descriptions have paragraphs.',
    examples: [
      {
        message: 'review',
        given: { score: 5, message: 'um\r\n  dois ' },
        gives: { score: 5, message: 'um\ndois' },
      },
    ],
    apply: paragraphs,
  },
  {
    name: 'mojibake',
    kinds: TEXTS,
    does: 'Tells of text that was read in the wrong encoding, of characters that were lost on the way, and of private ones; it stays as it is.',
    why: 'To read it right takes a guess at what happened to it. The file should be sent again, or read in its own encoding.',
    examples: [{ message: 'customer', given: { id: '1', name: 'JosÃ©' }, gives: { id: '1', name: 'JosÃ©' } }],
    apply: (text) => (isMisread(text) ? DOUBT : text),
  },
];

function foldWidth(text: string, signs: RegExp | undefined): string {
  const fold = (run: string): string => run.normalize('NFKC');
  const letters = text.replace(OTHER_WIDTH, fold);
  return signs === undefined ? letters : letters.replace(signs, fold);
}

function invisible(text: string): string {
  return text
    .replace(INVISIBLE, (_found, flag: string | undefined) => flag ?? '')
    .replace(JOINER_RUN, '')
    .replace(LOOSE_JOINER, '');
}

function joinedLines(text: string): string {
  const lines = text.split(/[\n\v\f\r\u2028\u2029]/).map(withoutCommas);
  return lines.filter((line) => line !== '').join(', ');
}

/** Without commas and white space around it: by hand, since a regular expression for the end takes quadratic time. */
function withoutCommas(line: string): string {
  const isComma = (i: number): boolean => line.charAt(i) === ',' || line.charAt(i).trim() === '';
  let [from, to] = [0, line.length];
  while (from < to && isComma(from)) from++;
  while (to > from && isComma(to - 1)) to--;
  return line.slice(from, to);
}

function paragraphs(text: string): string | undefined {
  const lines = text.replace(BREAKS, '\n').replace(SPACES_IN_LINE, ' ').split('\n');
  return (
    lines
      .map((line) => line.trim())
      .join('\n')
      .trim() || undefined
  );
}

function isMisread(text: string): boolean {
  if (MISREAD_UTF8.test(text)) return true;
  // A row of one sign (°°°°) is none.
  return (text.match(MISREAD_KOREAN) ?? []).some((run) => /[\u00c0-\u00fe]/.test(run) && /[\u00b0-\u00bf]/.test(run));
}
