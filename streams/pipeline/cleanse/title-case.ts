/** Words that are in lower case within a name of a person or a place. */
const PERSON_PARTICLES = wordSet(
  'van von de del della dela der den des di da do das dos du zu zum zur ter ten bin binti ibn y e',
);
/** van't Hof. */
const PERSON_ELISIONS = wordSet('van');
const PLACE_PARTICLES = wordSet(
  'am an der den dem im in auf bei vor ob upon on under le la les de des du sur sous en aux di da do das dos del ' +
    'della delle dei degli e y of the by cum aan het op bij na over над на и',
);
/** ... and those that lose their vowel: Villeneuve-d'Ascq, Reggio nell'Emilia. */
const PLACE_ELISIONS = wordSet('d l dell nell sull all');

/** Written with their first letter in upper case, though nobody could speak them. */
const ABBREVIATIONS = wordSet('st str mr mrs dr jr sr ng mt ft');

/** Holambra II. In a name of a person, XI and VI may be names. */
const NUMERAL = /^(?:I{2,3}|I?V|VI{1,3}|I?X|XI{1,3}|XI?V|XVI{1,3}|XI?X|XX)$/;

/** Scripts whose capitals say all that their small letters do: Greek capitals have no accents. */
const CASED = /[[\p{Lu}\p{Ll}]--[\p{sc=Latin}\p{sc=Cyrillic}]]/v;

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** No letter is in lower case, and some word has two letters at least. */
export function isAllCaps(text: string): boolean {
  return /\p{Lu}{2}/u.test(text) && !/\p{Ll}/u.test(text) && !CASED.test(text);
}

/** A person's name in capitals, as it is written otherwise. */
export function personCase(text: string, withParticles: boolean): string {
  return inTitleCase(text, { particles: withParticles ? PERSON_PARTICLES : NONE, elisions: PERSON_ELISIONS });
}

export function placeCase(text: string): string {
  const words = { particles: PLACE_PARTICLES, elisions: PLACE_ELISIONS, kept: NUMERAL };
  return inTitleCase(text, words).replace(/(?<!\p{L})Ij(?=\p{Ll})/gu, 'IJ');
}

const NONE: ReadonlySet<string> = new Set();

interface Words {
  readonly particles: ReadonlySet<string>;
  /** Particles before an apostrophe. */
  readonly elisions: ReadonlySet<string>;
  /** Written in capitals anyway. */
  readonly kept?: RegExp;
}

function inTitleCase(text: string, { particles, elisions, kept }: Words): string {
  // With a dot on its capital I, it is Turkish.
  const language = text.includes('İ') ? 'tr' : 'en';
  const cased = text.replace(/[\p{L}\p{M}]+/gu, (word, offset: number) => {
    const lower = word.toLocaleLowerCase(language);
    const [before, after] = [text.charAt(offset - 1), text.charAt(offset + word.length)];
    // The s of `KING'S LYNN`, and the t of `VAN'T HOF`.
    if (isApostrophe(before) && (lower === 's' || lower === 't')) return lower;
    const within = offset > 0 && /[\s-]/.test(before);
    if (within && /[\s-]/.test(after) && (particles.has(lower) || followsDe(text, offset, lower))) return lower;
    if (within && isApostrophe(after) && elisions.has(lower)) return lower;
    return isAcronym(word, lower) || (within && kept?.test(word) === true) ? word : capitalised(word, lower);
  });
  return cased.normalize('NFC');
}

/** María de la Cruz; but Charles Le Brun. */
function followsDe(text: string, offset: number, lower: string): boolean {
  return (
    ['la', 'las', 'los', 'le'].includes(lower) && /[\s-]de[\s-]$/i.test(text.slice(Math.max(0, offset - 4), offset))
  );
}

function isApostrophe(character: string): boolean {
  return character === "'" || character === '’';
}

/** JP, BMW: words are spoken with vowels. */
function isAcronym(word: string, lower: string): boolean {
  return word.length === 1 || (/^[A-Z]{2,4}$/.test(word) && !/[AEIOUY]/.test(word) && !ABBREVIATIONS.has(lower));
}

function capitalised(word: string, lower: string): string {
  const title = word.charAt(0) + lower.slice(1);
  return /^Mc[a-z]{3}/.test(title) ? `Mc${title.charAt(2).toUpperCase()}${title.slice(3)}` : title;
}
