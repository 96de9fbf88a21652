/** Family names of one syllable, of which all but one in a thousand Koreans have one, the most frequent first. */
const FAMILY_NAMES = new Set(
  '김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예봉경사부가복태목형계피두감음빈동온호범좌팽승간견당',
);

/** ... and of two; the first four cannot be taken for one syllable and a given name. */
const DOUBLE_FAMILY_NAMES = new Set(['남궁', '제갈', '독고', '사공', '황보', '선우', '서문', '동방', '망절', '어금']);
const SURE_DOUBLES = new Set(['남궁', '제갈', '독고', '사공']);

/** Syllables that given names are made of; a shop or a word of three syllables has others. */
export const GIVEN_SYLLABLES =
  '가강건검겸경계고관광교구국권규균근금기길나남내노누늘니다단달담대덕도동두라란람랑래려련렬령로록론롬롱료루룡류르름리린림마만명모무문미민바배백버범별병보복봉부비빈빛사산삼상새샘서석선설섭성세소솔솜송수숙순술숭슬승시식신실심아안애양언엄여연열염엽영예오옥온완요용우욱운울웅원월위유육윤율융은을음의이인일임자장재전정제조종주준중지진찬창채천철청초추춘충치탁태택평표필하학한해향허헌혁현형혜호홍화환활황회효후훈휘휴희힘';

const HANGUL = /^[가-힣]+$/;

export function isHangul(text: string): boolean {
  return HANGUL.test(text);
}

export interface KoreanName {
  readonly family: string;
  readonly given: string;
}

/** Family and given name, where there is only one way to part them; null otherwise. */
export function surelyParted(name: string): KoreanName | null {
  if (!HANGUL.test(name)) return null;
  const double = name.slice(0, 2);
  if (DOUBLE_FAMILY_NAMES.has(double)) {
    const sure = name.length === 4 || (name.length === 3 && SURE_DOUBLES.has(double));
    return sure ? given(double, name.slice(2)) : null;
  }
  // Of two syllables it may be a given name alone, of four a word or a foreign name.
  return name.length === 3 && isFamily(name.charAt(0)) ? given(name.charAt(0), name.slice(1)) : null;
}

function given(family: string, name: string): KoreanName | null {
  return Array.from(name).every((syllable) => GIVEN_SYLLABLES.includes(syllable)) ? { family, given: name } : null;
}

/** As `surelyParted`; of names that can be parted in several ways, in the most frequent one. */
export function probablyParted(name: string): KoreanName | null {
  const sure = surelyParted(name);
  if (sure !== null || !HANGUL.test(name) || name.length < 2 || name.length > 5) return sure;
  const length = name.length > 3 && DOUBLE_FAMILY_NAMES.has(name.slice(0, 2)) ? 2 : 1;
  const family = name.slice(0, length);
  return isFamily(family) ? { family, given: name.slice(length) } : null;
}

export function isFamily(text: string): boolean {
  return FAMILY_NAMES.has(text) || DOUBLE_FAMILY_NAMES.has(text);
}

/**
 * A name whose parts are written apart (`김 민준`, `홍 길 동`), or with the family name last, as systems of other
 * countries print it (`민준 김`). Null if the words are something else.
 */
export function joined(words: readonly string[]): KoreanName | null {
  const [first = '', ...rest] = words;
  if (words.length < 2 || !words.every(isHangul)) return null;
  const after = rest.join('');
  if (isFamily(first) && isGiven(after)) return { family: first, given: after };
  const [last = ''] = rest;
  const reversed = words.length === 2 && first.length === 2 && isFamily(last) && isGiven(first);
  return reversed ? { family: last, given: first } : null;
}

function isGiven(name: string): boolean {
  return name.length <= 3 && Array.from(name).every((syllable) => GIVEN_SYLLABLES.includes(syllable));
}

/** Words of address that follow a name, written apart or not. */
const HONORIFICS = ['고객님', '회원님', '선생님', '사장님', '대표님', '님', '씨', '귀하'];

/** The name without words of address; the text itself where they may be part of the name. */
export function withoutHonorific(text: string): string {
  for (const honorific of HONORIFICS) {
    if (!text.endsWith(honorific)) continue;
    const before = text.slice(0, -honorific.length);
    const name = withoutHonorific(before.trimEnd());
    if (isAddressed(name, before.endsWith(' '))) return name;
  }
  return text;
}

/** 김하님 may be called so; 김하 님 and 김민준님 are not. */
function isAddressed(name: string, isApart: boolean): boolean {
  if (surelyParted(name) !== null) return true;
  return isApart && (probablyParted(name.replaceAll(' ', '')) !== null || !/[\p{sc=Hangul}]/u.test(name));
}
