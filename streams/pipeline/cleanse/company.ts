import { withoutLegalForm } from './legal-forms.ts';
import type { Rule } from './rule.ts';

/** Longer text is a description. */
const LENGTH_LIMIT = 300;

/** Words of companies, authorities and associations, for names that stand where those of persons are expected. */
const WORDS = new Set(
  (
    'bank banco banque banca store stores shop shops market supermarket hotel restaurant cafe group gruppe groupe grupo ' +
    'service services solutions systems technology technologies tech international global trading trade import export ' +
    'school university college universität université universidad church hospital clinic klinik museum library council ' +
    'county city office center centre club association verein stiftung foundation society institute institut ministry ' +
    'department company enterprises industries industry industrial holding holdings partners consulting logistics ' +
    'transport supply supplies foods media studio studios deutschland europe france italia españa america usa ' +
    'pharmacy apotheke autohaus motors garage insurance versicherung travel tours agency'
  ).split(' '),
);

const KOREAN_ENDINGS =
  /(?:상사|전자|은행|병원|의원|학교|마트|식당|약국|물산|산업|건설|공업|회사|센터|협회|법인|상회|유통|무역|카페|농협)$/;

/** A name that is rather a company's than a person's. */
export function looksLikeCompany(text: string): boolean {
  if (/[\d&+@/㈜㈱]/u.test(text) || withoutLegalForm(text) !== null || KOREAN_ENDINGS.test(text)) return true;
  return (text.toLowerCase().match(/\p{L}+/gu) ?? []).some((word) => WORDS.has(word));
}

export const COMPANY_RULES: readonly Rule[] = [
  {
    name: 'legalFormSigns',
    kinds: ['companyName'],
    does: 'Legal forms that are one sign (`㈜`, `㈱`, `㈲`) or stand in full-width brackets become letters in brackets, and `GmbH` is in its own case.',
    why: 'They are the same to a reader, and not to a comparison.',
    examples: [
      {
        message: 'enterprise',
        given: { id: '1', name: '㈜한빛상사' },
        gives: { id: '1', name: '(주)한빛상사', legalForm: '주식회사' },
      },
      {
        message: 'enterprise',
        given: { id: '1', name: 'Muster GMBH' },
        gives: { id: '1', name: 'Muster GmbH', legalForm: 'GmbH' },
      },
    ],
    apply: (text) => (text.length > LENGTH_LIMIT ? text : spelled(text)),
  },
  {
    name: 'legalForm',
    kinds: ['companyName'],
    does: 'The legal form is stated beside the name, in one spelling. The name keeps it, as its bearer writes it.',
    why: 'Where it stands and how it is written is part of a registered name, and differs between registers, shops and letterheads. Names are compared without it.',
    examples: [
      {
        message: 'enterprise',
        given: { id: '1', name: 'Acme, Incorporated' },
        gives: { id: '1', name: 'Acme, Incorporated', legalForm: 'Inc.' },
      },
      {
        message: 'enterprise',
        given: { id: '1', name: '주식회사 한빛' },
        gives: { id: '1', name: '주식회사 한빛', legalForm: '주식회사' },
      },
      { message: 'enterprise', given: { id: '1', name: 'Tell Me' }, gives: { id: '1', name: 'Tell Me' } },
    ],
    apply: (text, field) => {
      const form = text.length > LENGTH_LIMIT ? undefined : withoutLegalForm(text)?.form;
      if (form !== undefined) field.state('legalForm', form);
      return text;
    },
  },
];

const SIGNS: ReadonlyMap<string, string> = new Map([
  ['㈜', '(주)'],
  ['㈱', '(株)'],
  ['㈲', '(有)'],
]);

function spelled(text: string): string {
  return text
    .replace(/[㈜㈱㈲]/g, (sign) => SIGNS.get(sign) ?? sign)
    .replace(/（(주|유|재|사|합|株|有|同)）/g, '($1)')
    .replace(/(?<![\p{L}\p{N}])gmbh(?![\p{L}\p{N}])/giu, 'GmbH');
}

/** Words without case, accents, punctuation, `and` and legal form; East Asian ones without spaces. */
export function comparableCompany(value: string): string | null {
  const words = plainWords(withoutForms(value.slice(0, LENGTH_LIMIT)));
  if (words.length === 0) return null;
  return words
    .join(' ')
    .replace(
      /(?<=[\p{sc=Han}\p{sc=Hangul}\p{sc=Katakana}\p{sc=Hiragana}]) (?=[\p{sc=Han}\p{sc=Hangul}\p{sc=Katakana}\p{sc=Hiragana}])/gu,
      '',
    );
}

/** `(주) 한빛 주식회사`: some say it twice. */
function withoutForms(text: string): string {
  let name = text;
  for (let parted = withoutLegalForm(name); parted !== null; parted = withoutLegalForm(name)) name = parted.name;
  return name;
}

const CONNECTORS = new Set(['and', 'und', 'et', 'y', 'e', 'the', 'en', 'og', 'och']);

/** Lower case, without accents; connecting words are left out, unless there is nothing else. */
function plainWords(text: string): readonly string[] {
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  const words = plain.replace(/(?<=\p{L})['’.](?=\p{L})/gu, '').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !CONNECTORS.has(word));
  return telling.length === 0 ? words : telling;
}
