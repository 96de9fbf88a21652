import { probablyParted } from './korean-name.ts';
import { lettersIn, lettersOf, syllablesOf } from './romanised-syllables.ts';

/**
 * Korean family names (with those that are one name in the South and the North), the most frequent first, and how their bearers write them in Latin letters (National Institute
 * of Korean Language, survey of 2009 on romanised family names). What several families write is of the most frequent.
 */
const FAMILIES: readonly (readonly [string, string])[] = [
  ['김', 'kim gim ghim'],
  ['이 리', 'lee yi rhee li i rhie ree lie'],
  ['박', 'park pak bak bahk pahk'],
  ['최', 'choi choe chey chwe'],
  ['정', 'jung jeong chung cheong joung chong'],
  ['강', 'kang gang'],
  ['조', 'cho jo joe'],
  ['윤', 'yoon yun youn'],
  ['장', 'jang chang'],
  ['임 림', 'lim im rim yim leem'],
  ['한', 'han hahn'],
  ['오', 'oh o'],
  ['서', 'seo suh sur'],
  ['신', 'shin sin shinn'],
  ['권', 'kwon gwon kwun'],
  ['황', 'hwang whang'],
  ['안', 'ahn an'],
  ['송', 'song'],
  ['유 류', 'yoo yu you ryu ryoo lyu yoou'],
  ['전', 'jeon jun chun chon jhun'],
  ['홍', 'hong hung'],
  ['고', 'ko go koh goh'],
  ['문', 'moon mun'],
  ['손', 'son sohn'],
  ['양 량', 'yang ryang lyang'],
  ['배', 'bae pae bai'],
  ['백', 'baek paik paek baik back'],
  ['허', 'heo hur huh her'],
  ['남', 'nam nahm'],
  ['심', 'shim sim'],
  ['노 로', 'noh no roh ro nho'],
  ['하', 'ha hah'],
  ['곽', 'kwak gwak kwag'],
  ['성', 'sung seong'],
  ['차', 'cha'],
  ['주', 'joo ju'],
  ['우', 'woo wu u'],
  ['구', 'koo gu ku goo'],
  ['민', 'min minn'],
  ['나 라', 'na ra nah'],
  ['진', 'jin chin'],
  ['지', 'ji jee chi'],
  ['엄', 'eom um uhm ohm'],
  ['채', 'chae chai'],
  ['원', 'won weon'],
  ['천', 'cheon'],
  ['방', 'bang pang bahng'],
  ['공', 'kong gong'],
  ['현', 'hyun hyeon hyon'],
  ['함', 'ham hahm'],
  ['변', 'byun byeon pyon'],
  ['염', 'yeom yum youm'],
  ['여 려', 'yeo yuh ryeo'],
  ['추', 'choo chu'],
  ['소', 'so soh'],
  ['석', 'seok suk sok'],
  ['선', 'sun seon'],
  ['설', 'seol sul'],
  ['마', 'ma mah'],
  ['길', 'gil kil'],
  ['연', 'yeon'],
  ['위', 'wi wee'],
  ['표', 'pyo'],
  ['명', 'myung myeong'],
  ['기', 'ki gi kee'],
  ['반', 'ban bahn'],
  ['왕', 'wang'],
  ['금', 'keum geum kum'],
  ['옥', 'ok ock'],
  ['육 륙', 'yuk yook'],
  ['인', 'in'],
  ['맹', 'maeng'],
  ['제', 'je'],
  ['모', 'mo'],
  ['탁', 'tak'],
  ['국', 'kook guk kuk'],
  ['어', 'eo'],
  ['은', 'eun'],
  ['편', 'pyun pyeon'],
  ['용', 'yong'],
  ['예', 'ye'],
  ['형', 'hyung hyeong'],
  ['피', 'pi pee'],
  ['도', 'do doh'],
  ['봉', 'bong'],
  ['경', 'kyung gyeong'],
  ['부', 'boo bu'],
  ['태', 'tae'],
  ['계', 'gye kye'],
  ['가', 'ka ga'],
  ['복', 'bok'],
  ['두', 'doo du'],
  ['빈', 'bin'],
  ['동', 'dong'],
  ['호', 'ho'],
  ['범', 'beom bum'],
  ['팽', 'paeng'],
  ['승', 'seung'],
  ['남궁', 'namkoong namgung namgoong namkung'],
  ['황보', 'hwangbo'],
  ['제갈', 'jegal jaegal'],
  ['사공', 'sagong sakong'],
  ['선우', 'sunwoo seonwoo seonu'],
  ['서문', 'seomun seomoon'],
  ['독고', 'dokgo dokko'],
];

/** The family that a spelling stands for, and the one name for those of South and North. */
const byLetters = new Map<string, string>();
const byHangul = new Map<string, string>();
for (const [names, letters] of FAMILIES) {
  const [family = '', ...others] = names.split(' ');
  for (const name of [family, ...others]) byHangul.set(name, family);
  for (const word of letters.split(' ')) if (!byLetters.has(word)) byLetters.set(word, family);
}

/**
 * The form in which Korean names are compared: the family name, then the given name in letters, of which sounds that
 * romanisations confuse are one. Of Hangul it is exact; of Latin letters each syllable is read as the one that is most
 * often written so (`Jung` is 정, `Sun` 선, `Joon` and `Jun` are 준). Null for names that are not Korean.
 */
export function koreanForm(name: string): string | null {
  const parted = probablyParted(name);
  if (parted !== null) return formOf(byHangul.get(parted.family) ?? parted.family, lettersOf(parted.given));
  return /^[\p{sc=Latin}\p{M}.'’ -]+$/u.test(name) ? ofLatin(name) : null;
}

function formOf(family: string, given: string): string {
  return `${family} ${given}`;
}

/** No given name has more letters in one word. */
const WORD_LIMIT = 20;

/** Families that are no syllables of given names. */
const NEVER_GIVEN = new Set('김이박최조강장권황허백노곽');

/** Syllables that most given names begin with, and those that most of them end with. */
const FIRST =
  '가건경광규기나다도동명미민병보상서선성세소수승시연영예용우원유윤은의인재정종주준지진창채태하한해현형혜호효희';
const LAST =
  '경규근나라란람령록리린림명미민범비빈서석선섭성솔수숙순식아안연영옥온완욱우운원유윤율은인자정주준지진찬철태하한혁현형호화환훈희';

/** How many more families are more frequent, before a name is rather read the other way round. */
const MUCH_RARER = 30;

/** Whether a family and a given name are Korean ones in Latin letters, the latter syllable by syllable: Kim, Min-jun. */
export function isRomanised(family: string, given: string): boolean {
  const syllables = plainLetters(given).split(/[ -]/);
  return (
    byLetters.has(plainLetters(family)) &&
    syllables.length > 1 &&
    syllables.every((syllable) => syllable.length <= WORD_LIMIT && syllablesOf(syllable)?.length === 1)
  );
}

function plainLetters(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\p{M}.'’]/gu, '')
    .toLowerCase();
}

interface Reading {
  readonly family: string;
  readonly given: readonly string[];
}

function ofLatin(name: string): string | null {
  const words = plainLetters(name)
    .split(' ')
    .filter((word) => word !== '');
  if (words.length < 2 || words.length > 4 || words.some((word) => word.length > WORD_LIMIT)) return null;
  const double = byLetters.get(words.slice(0, 2).join(''));
  const isDouble = double?.length === 2;
  const first = reading(isDouble ? double : byLetters.get(words[0] ?? ''), words.slice(isDouble ? 2 : 1));
  const last = reading(byLetters.get(words.at(-1) ?? ''), words.slice(0, -1));
  const found = first === null || last === null ? (first ?? last) : isTurned(first, last) ? last : first;
  return found === null ? null : formOf(found.family, found.given.join(''));
}

/** Null if the rest is no given name. */
function reading(family: string | undefined, rest: readonly string[]): Reading | null {
  if (family === undefined) return null;
  const parts = rest.flatMap((word) => word.split('-')).map(syllablesOf);
  if (parts.length === 0 || parts.includes(null)) return null;
  const given = parts.flatMap((part) => part ?? []);
  return given.length > 3 ? null : { family, given };
}

/** Where both ends may be the family name: Koreans write it first, and other countries last. */
function isTurned(first: Reading, last: Reading): boolean {
  const [a, b] = [NEVER_GIVEN.has(first.family), NEVER_GIVEN.has(last.family)];
  if (a !== b) return b;
  const difference = plausibility(last.given) - plausibility(first.given);
  return difference === 0 ? rankOf(first.family) - rankOf(last.family) > MUCH_RARER : difference > 0;
}

function plausibility([first = '', ...rest]: readonly string[]): number {
  return Number(lettersIn(FIRST).has(first)) + Number(lettersIn(LAST).has(rest.at(-1) ?? ''));
}

function rankOf(family: string): number {
  return FAMILIES.findIndex(([names]) => names.split(' ').includes(family));
}
