import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../../config/settings.ts';
import { comparable, comparableAddress } from '../../../streams/pipeline/cleanse/comparable.ts';

const settings = readSettings({});

function same(type: string, values: readonly string[], country?: string): void {
  const forms = values.map((value) => comparable(type, value, settings, country));
  expect(new Set(forms)).toEqual(new Set([forms[0]]));
  expect(forms[0]).not.toBeNull();
}

function different(type: string, a: string, b: string, country?: string): void {
  expect(comparable(type, a, settings, country)).not.toBe(comparable(type, b, settings, country));
}

describe('e-mail addresses', () => {
  test('are one in any case, brackets and script of the domain', () => {
    same('email', [
      'Ada@Bücher.example',
      '<mailto:ada@xn--bcher-kva.example>',
      'ADA@BÜCHER.EXAMPLE',
      ' ada@bücher.example;',
    ]);
  });

  test('are one with another tag, or with other dots of Gmail, where the settings say so', () => {
    const dropping = readSettings({ MASTERFLAG_EMAIL_TAGS: 'drop', MASTERFLAG_EMAIL_DOTS: 'drop' });
    const form = (email: string, policy = settings) => comparable('email', email, policy);
    expect(form('ada+shop@example.org')).toBe('ada+shop@example.org');
    expect(form('ada+shop@example.org', dropping)).toBe('ada@example.org');
    expect(form('A.da+x@googlemail.com', dropping)).toBe('ada@gmail.com');
    expect(form('a.da@example.org', dropping)).toBe('a.da@example.org');
    expect(form('a.da@gmail.com')).toBe('a.da@gmail.com');
  });

  test.each(['', ' ', 'n/a', 'none', 'ada', '@example.org', 'a@b@c.org', 'a@localhost', 'a@x.org, b@x.org'])(
    '%j identifies nobody',
    (email) => {
      expect(comparable('email', email, settings)).toBeNull();
    },
  );
});

describe('phone numbers', () => {
  test('are one however they are dialled', () => {
    same(
      'phone',
      ['010-1234-5678', '+82 10 1234 5678', '0082-10-1234-5678', '(010) 1234 5678', '０１０１２３４５６７８'],
      'KR',
    );
  });

  test('of one switchboard differ by their extension', () => {
    different('phone', '+44 20 7946 0018 ext 1', '+44 20 7946 0018 ext 2');
    same('phone', ['+44 20 7946 0018 x1', '+442079460018;ext=1']);
  });

  test('without a country are their digits, which are no international number', () => {
    same('phone', ['010-1234-5678', '010 1234 5678']);
    expect(comparable('phone', '010-1234-5678', settings)).toBe('01012345678');
  });

  test.each([
    ['123', undefined],
    ['010-123', 'KR'],
    ['0000000000', undefined],
    ['+82 10 0000 0000', undefined],
    ['ask the driver', undefined],
  ])('%s in %s identifies nobody', (phone, country) => {
    expect(comparable('phone', phone, settings, country)).toBeNull();
  });
});

describe('registration numbers', () => {
  test('are one with and without prefix, where the check digits tell', () => {
    same('registrationNumber', ['136695976', 'DE 136.695.976', 'de136695976'], 'DE');
    same('vat', ['GR094259216', 'EL 094 259 216', '094259216'], 'GR');
    same('registrationNumber', ['116-82-00276', '1168200276', 'KR1168200276'], 'KR');
  });

  test('of Korea are known by their hyphens', () => {
    expect(comparable('registrationNumber', '116-82-00276', settings)).toBe('KR1168200276');
  });

  test.each([
    ['1168200277', 'KR'],
    ['DE136695977', 'DE'],
    ['n/a', 'DE'],
    ['12', undefined],
  ])('%s in %s identifies nobody', (number, country) => {
    expect(comparable('registrationNumber', number, settings, country)).toBeNull();
  });

  test('of other registers are compared without separators', () => {
    same('registrationNumber', ['HRB 7122 B', 'hrb-7122-b'], 'DE');
  });
});

describe('companies', () => {
  test.each([
    [['㈜한빛상사', '(주)한빛상사', '주식회사 한빛상사', '한빛 상사 주식회사', '한빛상사（주）']],
    [['Müller & Söhne GmbH', 'MULLER UND SOHNE GMBH', 'Müller Söhne Gesellschaft mit beschränkter Haftung']],
    [['Acme, Inc.', 'ACME INC', 'The Acme Incorporated']],
    [['株式会社山田商店', '山田商店㈱', '山田 商店 (株)']],
    [['Nordic Trade AB', 'Nordic Trade Aktiebolag']],
    [['北京天地有限公司', '北京天地有限责任公司']],
    [['Baltic SIA', 'SIA Baltic', 'SIA "Baltic"']],
    [['ABC Pty Ltd', 'ABC Pty. Limited', 'A.B.C. Proprietary Limited']],
    [['Ромашка', 'ООО «Ромашка»']],
  ])('%j are one', (names) => {
    same('companyName', names);
  });

  test('with the same words and another name are not', () => {
    different('companyName', 'Acme GmbH', 'Acme Logistik GmbH');
  });
});

describe('persons', () => {
  test.each([
    [['Ada Lovelace', 'LOVELACE, Ada', 'Dr. Ada LOVELACE', 'Lovelace Ada', 'Ada Lovelace PhD']],
    [['José García', 'Jose Garcia', 'GARCIA, JOSE']],
    [['Vincent van Gogh', 'VAN GOGH, VINCENT']],
    [["Sean O'Brien", 'SEAN OBRIEN', 'Sean O’Brien']],
    [['Cher', 'CHER', 'cher']],
    [['山田太郎', '山田 太郎', '山田　太郎']],
  ])('%j are one', (names) => {
    same('personName', names);
  });

  test.each([
    [
      [
        '김민준',
        '김 민준',
        '김민준님',
        'Kim Min Jun',
        'Kim Min-jun',
        'Minjun Kim',
        'KIM, MINJUN',
        'Gim Minjun',
        '민준 김',
      ],
    ],
    [['이서연', 'Lee Seo Yeon', 'Seoyeon Lee', 'Yi Seo-yeon', '이서연 (Seoyeon Lee)']],
    [['박지훈', 'Park Ji Hoon', 'Jihun Park', 'Pak Ji-hun']],
    [['정은영', 'Jung Eun Young', 'Jeong Eun-yeong', 'Eunyoung Chung']],
    [['최수현', 'Choi Soo Hyun', 'Su-hyeon Choe']],
    [['임준호', 'Lim Joon Ho', 'Im Junho', 'Rim Jun-ho']],
    [['남궁민수', 'Namgung Minsu', 'Namkoong Min Soo']],
    [['유태경', '류태경', 'Ryu Tae Kyung', 'Yoo Taekyeong']],
  ])('%j are one Korean', (names) => {
    same('personName', names);
  });

  test.each([
    ['김지민', '김민지'],
    ['이서연', '이서윤'],
    ['박수진', '박서진'],
    ['Kim Ji-min', 'Kim Min-ji'],
    ['정승현', '정성현'],
    ['John Smith Jr.', 'John Smith Sr.'],
    ['Amy Lee', 'Ann Lee'],
    ['제시카', '지수'],
  ])('%s and %s are not one', (a, b) => {
    different('personName', a, b);
  });

  test.each(['', '-', 'N/A', '없음', 'unknown'])('%j is nobody', (name) => {
    expect(comparable('personName', name, settings)).toBeNull();
  });
});

describe('addresses', () => {
  const at = (street: string, postcode?: string, city = 'Roma', country = 'IT') =>
    comparableAddress({ street, city, country, ...(postcode !== undefined && { postcode }) });

  test('are one in any case, with and without lost zeros', () => {
    expect(at('Via Roma, 1', '00118')).toBe(at('VIA ROMA 1', '118', 'ROMA'));
  });

  test('of one street in two towns are not', () => {
    expect(at('Via Roma 1', undefined, 'Milano')).not.toBe(at('Via Roma 1', undefined, 'Torino'));
  });

  test('without a street, or a place, are none', () => {
    expect(comparableAddress({ city: 'Roma', postcode: '00118' })).toBeNull();
    expect(comparableAddress({ street: 'Via Roma 1' })).toBeNull();
    expect(comparableAddress({ street: '-', city: 'Roma' })).toBeNull();
  });
});

describe('ids of other sources', () => {
  test('are compared as they stand', () => {
    same('shop.customer', ['C-17', ' C-17 ']);
    different('shop.customer', 'C-17', 'c-17');
    different('shop.customer', 'C-17', 'C17');
  });

  test.each([' \u200b', '-', 'N/A', 'null'])('%j identifies nobody', (id) => {
    expect(comparable('shop.customer', id, settings)).toBeNull();
  });
});
