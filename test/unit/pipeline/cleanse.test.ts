import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../../config/settings.ts';
import { cleanseBody as cleanseBodyOf } from '../../../streams/pipeline/cleanse/body.ts';
import type { Body } from '../../../streams/pipeline/cleanse/rule.ts';
import { createCleanse } from '../../../streams/pipeline/cleanse.ts';
import { countryOf } from '../../../streams/pipeline/countries.ts';
import { extracted } from './work.ts';

const settings = readSettings({});

/** Of ISO 3166-1, without those whose names change with the version of ICU. */
const CODES =
  'AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW'.split(
    ' ',
  );

function cleanseBody(body: Body, message = 'customer', policy = {}): Body {
  return cleanseBodyOf(message, body, { ...settings, ...policy });
}

describe('what came is kept beside what it became', () => {
  test('with the rules that changed it, by field', () => {
    expect(cleanseBody({ name: 'Ada   Lovelace', country: 'EIRE', phone: '01 679 9611' })).toEqual({
      name: 'Ada Lovelace',
      country: 'IE',
      phone: '+35316799611',
      original: {
        name: 'Ada   Lovelace',
        country: 'EIRE',
        phone: '01 679 9611',
        rules: { name: ['whiteSpace'], country: ['countryCode'], phone: ['phoneE164'] },
      },
    });
  });

  test('every rule that had a part in it is named, in their order', () => {
    const { original } = cleanseBody({ name: 'DR. ADA\u200b  LOVELACE' });
    expect(original).toMatchObject({ rules: { name: ['invisible', 'whiteSpace', 'nameTitle', 'nameCapitals'] } });
  });

  test('what was removed, too', () => {
    expect(cleanseBody({ id: '1', country: 'Unspecified' })).toEqual({
      id: '1',
      original: { country: 'Unspecified', rules: { country: ['countryCode'] } },
    });
  });

  test('what is doubted stays, and only the rule is told', () => {
    const body = { id: '1', phone: '12', country: 'KR' };
    expect(cleanseBody(body)).toEqual({ ...body, original: { rules: { phone: ['phoneImpossible'] } } });
  });

  test('what a field said of another one names the rule there', () => {
    expect(cleanseBody({ id: '1', name: '김민준' })).toEqual({
      id: '1',
      name: '김민준',
      nameParts: { family: '김', given: '민준' },
      original: { rules: { nameParts: ['nameKorean'] } },
    });
  });

  test('trimming alone is not worth keeping', () => {
    expect(cleanseBody({ name: ' Ada Lovelace ' })).toEqual({ name: 'Ada Lovelace' });
  });

  test('at most 200 characters of it, and no half of a pair', () => {
    const { original } = cleanseBody({ name: `${'x'.repeat(199)}😀  ${'y'.repeat(1000)}` });
    expect((original as Body)['name']).toBe(`${'x'.repeat(199)}\ufffd`);
  });
});

describe('a source knows best', () => {
  test('parts of a name that it states are not made of the name', () => {
    const body = { id: '1', name: '남궁민', nameParts: { family: '남', given: '궁민' } };
    expect(cleanseBody(body)).toBe(body);
  });

  test('nor is a legal form', () => {
    const body = { id: '1', name: 'Acme Inc.', legalForm: 'LLC' };
    expect(cleanseBody(body, 'enterprise')).toBe(body);
  });
});

describe('what is left alone', () => {
  test('what is clean stays the very same object', () => {
    const identifiers = [{ type: 'vat', value: 'GB980780684' }];
    const body = { name: 'Ada', phone: '020 7946 0018', amount: 5, email: 'ada@example.org', identifiers };
    expect(cleanseBody(body)).toBe(body);
  });

  test('ids and references: they were routed by', () => {
    const body = { number: ' a  b ', customerId: 'Ä', customer: 'x\u200B', sourceStatus: ' ok ' };
    expect(cleanseBody(body, 'order')).toBe(body);
  });

  test('a message that nobody knows, which the schema refuses', () => {
    const body = { name: ' a  b ' };
    expect(cleanseBody(body, 'invoice')).toBe(body);
  });

  test('joiners of emoji and of Persian, flags of tags, signs that enclose digits', () => {
    const message = '👩\u200D👩\u200D👧 می\u200Cخواهم 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} \u0600١';
    const body = { score: 5, message };
    expect(cleanseBody(body, 'review')).toBe(body);
  });

  test.each([
    ...['bell hooks', 'Ludwig van Beethoven', 'Kim Min-jun', 'María José', "O'Brien", 'Null', 'A. N. Other', 'Cher'],
    ...['Smith, Jones & Partners', 'Acme, Inc.', 'IBM Deutschland GmbH', 'BMW AG', 'R2-D2', '3M', 'Mr Price Group Ltd'],
    ...[
      'Robert (Bob) Smith',
      'Mr. & Mrs. Smith',
      '하나은행',
      '이마트',
      '제시카',
      '김',
      '山田太郎',
      'Иван Петров',
      'ΑΘΗΝΑ ΠΑΠΠΑ',
    ],
  ])('the name %s', (name) => {
    const { name: cleansed } = cleanseBody({ id: '1', name });
    expect(cleansed).toBe(name);
  });

  test.each([
    ...['sao paulo', 'São Paulo', 'Den Haag', "'s-Hertogenbosch", 'New York', 'None', 'Y', 'Å', '東京', 'ΑΘΗΝΑ'],
    ...['McAllen', 'Frankfurt am Main', 'NYC', 'Washington, D.C.', 'sp / sao paulo'],
  ])('the city %s', (city) => {
    expect(cleanseBody({ id: '1', city })).toEqual({ id: '1', city });
  });

  test.each([
    ['BR', '01409'],
    ['DE', '10115'],
    ['US', '12345'],
    ['US', '123'],
    ['GB', 'SW1A 1AA'],
    ['GB', 'nonsense'.toUpperCase()],
    ['IE', 'D02 AF30'],
    ['KR', '06236'],
    ['LV', 'LV-1010'],
    ['NL', '1012'],
    ['AT', '1010'],
    ['HK', '1234'],
    [undefined, '1234'],
  ])('in %s the postal code %s', (country, postcode) => {
    const body = { id: '1', postcode, ...(country !== undefined && { country }) };
    expect(cleanseBody(body)).toBe(body);
  });
});

describe('cities in capitals', () => {
  test.each([
    ['FRANKFURT AM MAIN', 'Frankfurt am Main'],
    ["KING'S LYNN", "King's Lynn"],
    ["VILLENEUVE-D'ASCQ", "Villeneuve-d'Ascq"],
    ["'S-HERTOGENBOSCH", "'s-Hertogenbosch"],
    ['ST. LOUIS', 'St. Louis'],
    ['HOLAMBRA II', 'Holambra II'],
    ['IJMUIDEN', 'IJmuiden'],
    ['SÃO JOSÉ DOS CAMPOS', 'São José dos Campos'],
    ['РОСТОВ-НА-ДОНУ', 'Ростов-на-Дону'],
    ['İSTANBUL', 'İstanbul'],
    ['WASHINGTON DC', 'Washington DC'],
    ['MCALLEN', 'McAllen'],
  ])('%s is %s', (city, expected) => {
    expect(cleanseBody({ id: '1', city })['city']).toBe(expected);
  });

  test('of Turkey stay where nobody knows which I is meant', () => {
    expect(cleanseBody({ id: '1', city: 'DIYARBAKIR', country: 'TR' })['city']).toBe('DIYARBAKIR');
  });
});

describe('names', () => {
  test.each([
    ['KIM MIN JUN', 'Kim Min Jun', undefined],
    ["JOHN VAN'T HOF", "John van't Hof", undefined],
    ['KIM DA HYE', 'Kim Da Hye', undefined],
    ['MARIA DE LA CRUZ', 'Maria de la Cruz', undefined],
    ['JP MORGAN', 'JP Morgan', undefined],
    ['VAN GOGH, VINCENT', 'Vincent van Gogh', { family: 'van Gogh', given: 'Vincent' }],
    ['Frau Prof. Dr. Angela Muster', 'Angela Muster', { prefix: 'Frau Prof Dr' }],
    ['Lee, Anna', 'Anna Lee', { family: 'Lee', given: 'Anna' }],
    ['SMITH, JOHN JR.', 'John Smith Jr.', { family: 'Smith', given: 'John', suffix: 'Jr.' }],
    ['金民俊(김민준)', '김민준', { alternate: '金民俊', family: '김', given: '민준' }],
    ['김민준 선생님 귀하', '김민준', { family: '김', given: '민준' }],
    ['황보 라', '황보라', { family: '황보', given: '라' }],
    ['김민준（Kim Minjun）', '김민준', { alternate: 'Kim Minjun', family: '김', given: '민준' }],
  ])('%s is %s', (name, expected, nameParts) => {
    const cleansed = cleanseBody({ id: '1', name });
    expect([cleansed['name'], cleansed['nameParts']]).toEqual([expected, nameParts]);
  });
});

describe('e-mail', () => {
  test.each([
    ['"Ada" <Ada@Example.org>', 'ada@example.org'],
    ['ada+shop@example.org', 'ada+shop@example.org'],
    ['ＡＤＡ＠example.org', 'ada@example.org'],
    ['ada@example.org.', 'ada@example.org'],
    ['n/a', undefined],
    ['@', undefined],
    ['a@', undefined],
    ['ada at example.org', undefined],
    ['ada@localhost', 'ada@localhost'],
  ])('%s is %s', (email, expected) => {
    expect(cleanseBody({ id: '1', email })['email']).toBe(expected);
  });
});

describe('phone', () => {
  test.each([
    ['(11) 91234-5678', 'Brazil', '+5511912345678'],
    ['0049 30 1234567', undefined, '+49301234567'],
    ['0082-10-1234-5678', 'KR', '+821012345678'],
    ['tel:+1-415-555-2671', undefined, '+14155552671'],
    ['02-123-4567 / 02-123-4568', 'KR', '02-123-4567 / 02-123-4568'],
    ['ask the driver', undefined, 'ask the driver'],
    ['-', 'KR', undefined],
  ])('%s in %s is %s', (phone, country, expected) => {
    expect(cleanseBody({ id: '1', phone, country })['phone']).toBe(expected);
  });
});

describe('times', () => {
  test.each([
    ['2020-01-01t10:00:00.5+0100', '2020-01-01T09:00:00.500Z'],
    ['2020-01-01 10:00Z', '2020-01-01T10:00:00Z'],
    ['2020-02-30T00:00:00+09:00', '2020-02-30T00:00:00+09:00'],
    ['2020-01-01T25:00:00Z', '2020-01-01T25:00:00Z'],
    ['2020-01-01 10:00:00', '2020-01-01 10:00:00'],
    ['2020-01-01', '2020-01-01'],
  ])('%s is %s', (createdAt, expected) => {
    expect(cleanseBody({ score: 1, createdAt }, 'review')['createdAt']).toBe(expected);
  });
});

describe('what holds other values is cleansed in them', () => {
  test('identifiers by their type, with what came beside', () => {
    const identifiers = [
      { type: 'email', value: 'A@B.C' },
      { type: 'phone', value: '010-1234-5678' },
      { type: 'shop', value: 'X1' },
    ];
    expect(cleanseBody({ identifiers, country: 'KR' })).toEqual({
      country: 'KR',
      identifiers: [
        { type: 'email', value: 'a@b.c' },
        { type: 'phone', value: '+821012345678' },
        { type: 'shop', value: 'X1' },
      ],
      original: { identifiers, rules: { identifiers: ['emailDomain', 'emailCase', 'phoneE164'] } },
    });
  });

  test('an identifier that says nothing is none', () => {
    const identifiers = [{ type: 'email', value: 'none' }];
    expect(cleanseBody({ id: '1', identifiers })).toEqual({
      id: '1',
      original: { identifiers, rules: { identifiers: ['nothing'] } },
    });
  });

  test('an identifier may be of any type, also one that objects have by nature', () => {
    const identifiers = [
      { type: 'constructor', value: 'a' },
      { type: '__proto__', value: 'b' },
    ];
    const body = { identifiers };
    expect(cleanseBody(body)).toBe(body);
  });

  test('lines of an order each', () => {
    const lines = [
      { description: 'a  b', currency: 'GBP' },
      { description: 'ok', currency: 'GBP' },
    ];
    const cleansed = cleanseBody({ lines }, 'order') as { lines: unknown[] };
    expect(cleansed.lines[0]).toEqual({
      description: 'a b',
      currency: 'GBP',
      original: { description: 'a  b', rules: { description: ['paragraphs'] } },
    });
    expect(cleansed.lines[1]).toBe(lines[1]);
  });

  test('parts of a name, and tags', () => {
    const { nameParts } = cleanseBody({ nameParts: { family: 'KING', given: ' Ada ' } });
    expect(nameParts).toEqual({ family: 'King', given: 'Ada' });
    expect(cleanseBody({ tags: ['a  b', ' '] }, 'product')['tags']).toEqual(['a b']);
  });
});

test('a part that records share is cleansed once, and not changed in place', () => {
  const cleanse = createCleanse(settings);
  const [work, other] = [extracted('customer', 'customer', { id: '1', country: 'EIRE' }, 'least')].flatMap((one) => {
    return [one, { ...one, parts: one.parts.map((part) => ({ ...part })) }];
  });
  if (work === undefined || other === undefined) throw new Error('two works');
  const before = work.parts[0]?.part;
  cleanse([work]);
  cleanse([other]);
  expect(before?.body).toEqual({ id: '1', country: 'EIRE' });
  expect(work.parts[0]?.part.body).toMatchObject({ id: '1', country: 'IE', original: { country: 'EIRE' } });
  expect(other.parts[0]?.part).toBe(work.parts[0]?.part);
});

describe('countries', () => {
  test.each([
    ['United Kingdom', 'GB'],
    ['EIRE', 'IE'],
    ['RSA', 'ZA'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['Channel Islands', 'JE'],
    ['Czech Republic', 'CZ'],
    ['Hong Kong', 'HK'],
    ['United Arab Emirates', 'AE'],
    ["Côte d'Ivoire", 'CI'],
    ['TÜRKIYE', 'TR'],
    ['gb', 'GB'],
    ['UK', 'GB'],
    ['Brasil', 'BR'],
    ['한국', 'KR'],
    ['KOR', 'KR'],
    ['Korea, Republic of', 'KR'],
    ['Südkorea', 'KR'],
    ['日本', 'JP'],
    ['Россия', 'RU'],
    ['Etats-Unis', 'US'],
    ['United States (US)', 'US'],
    ['Trinidad & Tobago', 'TT'],
    ['Namibia', 'NA'],
    ['NA', 'NA'],
    ['Congo', 'Congo'],
    ['Atlantis', 'Atlantis'],
    ['EU', 'EU'],
    ['Ý', 'Ý'],
    ['', undefined],
    ['N/A', undefined],
    ['European Community', undefined],
  ])('%s is %s', (name, code) => {
    expect(countryOf(name)).toBe(code);
  });

  test('every name that this Node knows in English is that country', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region' });
    const wrong = CODES.filter((code) => countryOf(names.of(code) ?? '') !== code);
    expect(wrong).toEqual([]);
  });
});
