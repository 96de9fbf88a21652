/** A legal form of companies, and how it is written. */
interface LegalForm {
  readonly name: string;
  /** Other spellings. Dots, spaces and slashes do not matter; neither does case, unless it is `exact`. */
  readonly also?: readonly string[];
  /** Whether it may stand before the name too; all may stand after it. */
  readonly before?: true;
  /** So short that its case matters: `as`, `se` and `ag` are words. */
  readonly exact?: true;
}

const FORMS: readonly LegalForm[] = [
  { name: '주식회사', also: ['(주)', '㈜', '（주）'], before: true },
  { name: '유한회사', also: ['(유)', '㈲', '（유）'], before: true },
  { name: '유한책임회사', before: true },
  { name: '합자회사', also: ['(합)', '（합）'], before: true },
  { name: '합명회사', before: true },
  { name: '재단법인', also: ['(재)', '（재）'], before: true },
  { name: '사단법인', also: ['(사)', '（사）'], before: true },
  { name: '株式会社', also: ['(株)', '㈱', '（株）', 'Kabushiki Kaisha', 'K.K.'], before: true },
  { name: '有限会社', also: ['(有)', '（有）', 'Yugen Kaisha'], before: true },
  { name: '合同会社', also: ['(同)', '（同）'], before: true },
  { name: '合資会社', before: true },
  { name: '股份有限公司' },
  { name: '有限责任公司', also: ['有限責任公司'] },
  { name: '有限公司' },
  { name: 'GmbH & Co. KG', also: ['GmbH und Co. KG', 'GmbH & Co.KG', 'GmbH + Co. KG'] },
  { name: 'AG & Co. KG' },
  { name: 'gGmbH' },
  { name: 'GmbH', also: ['Gesellschaft mit beschränkter Haftung', 'mbH', 'Ges.m.b.H.'] },
  { name: 'UG (haftungsbeschränkt)', also: ['UG haftungsbeschränkt'] },
  { name: 'UG', exact: true },
  { name: 'KGaA' },
  { name: 'KG', exact: true },
  { name: 'OHG' },
  { name: 'GbR' },
  { name: 'AG', also: ['Aktiengesellschaft'], exact: true },
  { name: 'e.K.', also: ['e.Kfm.', 'e.Kfr.'], exact: true },
  { name: 'e.V.', exact: true },
  { name: 'SE', exact: true },
  { name: 'Co., Ltd.', also: ['Co Limited', 'Company Limited', 'Co Ltd'] },
  { name: 'Pty Ltd', also: ['Pty Limited', 'Proprietary Limited'] },
  { name: 'Pte Ltd', also: ['Pte Limited', 'Private Limited', 'Pvt Ltd', 'Pvt Limited'] },
  { name: 'Sdn Bhd' },
  { name: 'Bhd', also: ['Berhad'] },
  { name: 'Ltd', also: ['Limited'] },
  { name: 'PLC', also: ['Public Limited Company'] },
  { name: 'LLC', also: ['Limited Liability Company'] },
  { name: 'LLP', also: ['Limited Liability Partnership'] },
  { name: 'LP', exact: true },
  { name: 'Inc.', also: ['Incorporated'] },
  { name: 'Corp.', also: ['Corporation'] },
  { name: 'S.A. de C.V.', also: ['SA de CV', 'Sociedad Anónima de Capital Variable'] },
  { name: 'S. de R.L. de C.V.' },
  { name: 'S. de R.L.' },
  { name: 'S.A.S.' },
  { name: 'S.A.R.L.' },
  { name: 'S.A.', also: ['S/A', 'Société Anonyme', 'Sociedad Anónima', 'Sociedade Anônima'], exact: true },
  { name: 'S.L.U.', exact: true },
  { name: 'S.L.', also: ['Sociedad Limitada'], exact: true },
  { name: 'S.r.l.', also: ['Società a responsabilità limitata'] },
  { name: 'S.p.A.', also: ['Società per azioni'] },
  { name: 'S.n.c.', exact: true },
  { name: 'Ltda', also: ['Limitada'] },
  { name: 'EIRELI' },
  { name: 'Lda' },
  { name: 'EURL' },
  { name: 'SCI', exact: true },
  { name: 'B.V.', also: ['Besloten Vennootschap'], exact: true },
  { name: 'N.V.', also: ['Naamloze Vennootschap'], exact: true },
  { name: 'V.O.F.', exact: true },
  { name: 'BVBA' },
  { name: 'SPRL' },
  { name: 'A/S', exact: true },
  { name: 'ApS', exact: true },
  { name: 'AB', also: ['Aktiebolag'], exact: true },
  { name: 'ASA', exact: true },
  { name: 'AS', exact: true },
  { name: 'Oyj' },
  { name: 'Oy', exact: true },
  { name: 'Sp. z o.o.', also: ['Spółka z ograniczoną odpowiedzialnością', 'Sp. z.o.o.'] },
  { name: 'Sp. k.', exact: true },
  { name: 's.r.o.', also: ['spol. s r.o.'] },
  { name: 'a.s.', exact: true },
  { name: 'd.o.o.' },
  { name: 'd.d.', exact: true },
  { name: 'Kft.' },
  { name: 'Zrt.' },
  { name: 'Nyrt.' },
  { name: 'EOOD', also: ['ЕООД'] },
  { name: 'OOD', also: ['ООД'] },
  { name: 'SIA', before: true, exact: true },
  { name: 'UAB', before: true, exact: true },
  { name: 'OÜ', before: true, exact: true },
  { name: 'S.R.L.', also: ['SRL'] },
  { name: 'ООО', also: ['Общество с ограниченной ответственностью', 'OOO'], before: true },
  { name: 'ПАО', before: true, exact: true },
  { name: 'ОАО', before: true, exact: true },
  { name: 'ЗАО', before: true, exact: true },
  { name: 'АО', before: true, exact: true },
  { name: 'ИП', before: true, exact: true },
  { name: 'ТОВ', before: true, exact: true },
  { name: 'A.Ş.', also: ['Anonim Şirketi'] },
  { name: 'Ltd. Şti.', also: ['Limited Şirketi'] },
  { name: 'PT', before: true, exact: true },
];

/** Languages that write no spaces, and forms that are written in one word with the name: `(주)삼성`, `㈱山田`. */
const ATTACHED = /[\p{sc=Han}\p{sc=Hangul}]/u;

const spellings = FORMS.flatMap((form) => [form.name, ...(form.also ?? [])].map((text) => ({ text, form })));

/** Longest first, so that 股份有限公司 is found before 有限公司. */
const attached = spellings.filter(({ text }) => ATTACHED.test(text)).sort((a, b) => b.text.length - a.text.length);

const byWords = new Map(
  spellings
    .filter(({ text }) => !ATTACHED.test(text))
    .map(({ text, form }) => [keyOf(text, form.exact === true), form]),
);

/** No form has more words. */
const MOST_WORDS = 6;

function keyOf(text: string, exact: boolean): string {
  const letters = text.replace(/[\s.,/()]/g, '');
  return exact ? letters : letters.toLowerCase();
}

/** A company's name parted from its legal form. */
export interface PartedName {
  readonly name: string;
  /** In one spelling for all. */
  readonly form: string;
}

/** Null if it has no legal form that is known, or nothing else. */
export function withoutLegalForm(text: string): PartedName | null {
  return afterName(text) ?? beforeName(text) ?? attachedTo(text);
}

function afterName(text: string): PartedName | null {
  const words = text.split(' ');
  for (let count = Math.min(MOST_WORDS, words.length - 1); count > 0; count--) {
    const form = formOf(words.slice(-count).join(' '));
    if (form !== undefined) return parted(words.slice(0, -count).join(' '), form);
  }
  return null;
}

function beforeName(text: string): PartedName | null {
  const words = text.split(' ');
  for (let count = Math.min(MOST_WORDS, words.length - 1); count > 0; count--) {
    const form = formOf(words.slice(0, count).join(' '));
    if (form?.before === true) return parted(words.slice(count).join(' '), form);
  }
  return null;
}

function formOf(text: string): LegalForm | undefined {
  return byWords.get(keyOf(text, true)) ?? byWords.get(keyOf(text, false));
}

function attachedTo(text: string): PartedName | null {
  for (const { text: spelling, form } of attached) {
    if (text.endsWith(spelling)) return parted(text.slice(0, -spelling.length), form);
    if (form.before === true && text.startsWith(spelling)) return parted(text.slice(spelling.length), form);
  }
  return null;
}

function parted(rest: string, { name: form }: LegalForm): PartedName | null {
  const name = rest.replace(/[\s,]+$/, '').trim();
  return /[\p{L}\p{N}]/u.test(name) ? { name, form } : null;
}
