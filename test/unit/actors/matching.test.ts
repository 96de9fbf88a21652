import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooser, shuffled } from './chooser.ts';
import {
  command,
  customerKey,
  customerSaid,
  enterpriseKey,
  enterpriseSaid,
  inOrder,
  lived,
  orderSaid,
  type Source,
} from './matched-world.ts';
import type { Said } from './miniature.ts';
import { partyOf, wrongParties } from './party-judge.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 60);

/** One person and one company, in four sources each, tied in every way that there is; and two strangers. */
const WEB = customerSaid('web', { id: 'w1', name: 'Ann Lee', email: 'Ann@Example.org', phone: '+31201358246' });
const MALL = customerSaid('mall', { id: 'm1', email: 'ann@example.org', city: 'Utrecht', street: 'Dam 1' });
const TILL = customerSaid('till', { id: 't1', name: 'ann lee', phone: '+31201358246' });
const ERP = customerSaid('erp', { id: 'e1', name: 'A. Lee', identifiers: [{ type: 'id:mall', value: 'm1' }] });
const STRANGER = customerSaid('web', { id: 'w2', name: 'Bo Kim', phone: '+31201358246' });
const ORDER = orderSaid('1', customerKey('till', 't1'), 700);
const OTHER_ORDER = orderSaid('2', customerKey('mall', 'm1'), 50);

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

describe('one person in four sources', () => {
  const parts = [WEB, MALL, TILL, ERP, STRANGER, ORDER];
  const party = [
    customerKey('web', 'w1'),
    customerKey('mall', 'm1'),
    customerKey('till', 't1'),
    customerKey('erp', 'e1'),
  ].sort();

  test('is one party, in every order of arrival, to the byte', () => {
    const first = inOrder(parts);
    expect(partyOf(first, customerKey('erp', 'e1'))).toEqual(party);
    expect(wrongParties(first)).toEqual([]);
    const bodies = first.bodies();
    for (const [n, order] of permutations(parts).entries()) {
      // Every other permutation with effects that overtake one another and states that are forgotten and loaded.
      const world = n % 2 === 0 ? inOrder(order) : livedInOrder(order, n);
      expect(world.bodies()).toEqual(bodies);
    }
  });

  test('has one record, under the smallest key, with the orders of all', () => {
    const world = inOrder([...parts, OTHER_ORDER]);
    const records = world.all('customer.customers');
    expect(records).toHaveLength(2);
    expect(world.body('customer.customers', party[0] ?? '')).toMatchObject({
      ...{ name: 'Ann Lee', email: 'ann@example.org', phone: '+31201358246', city: 'Utrecht', street: 'Dam 1' },
      ...{ members: 4, sales: 2, totals: [{ total: 750, orders: 2 }] },
      identifiers: [{ type: 'id:mall', value: 'm1' }],
    });
    for (const member of party.slice(1)) {
      expect(world.flag(member)).toMatchObject({ status: 'member' });
      expect(world.body('customer.customers', member)).toBeUndefined();
    }
  });
});

function livedInOrder(parts: readonly Said[], from: number) {
  const choose = chooser(from);
  const world = lived([], from);
  for (const feed = [...parts]; feed.length > 0;) world.batch(feed.splice(0, 1 + choose(3)));
  world.settle();
  return world;
}

describe('one company in four sources', () => {
  const parts = [
    enterpriseSaid('erp', { id: 'E', name: 'Acme Ltd', registrationNumber: '120-81-47521' }),
    enterpriseSaid('mall', { id: 'M', name: 'Acme', registrationNumber: '1208147521', email: 'sales@acme.example' }),
    enterpriseSaid('web', { id: 'W', name: 'ACME', identifiers: [{ type: 'email', value: 'Sales@acme.example' }] }),
    enterpriseSaid('till', { id: 'T', name: 'acme', identifiers: [{ type: 'id:web', value: 'W' }] }),
    orderSaid('1', customerKey('web', 'w1'), 500, enterpriseKey('till', 'T')),
    orderSaid('2', customerKey('web', 'w1'), 70, enterpriseKey('erp', 'E')),
  ];

  test('is one party, in every order of arrival, to the byte', () => {
    const first = inOrder(parts);
    const bodies = first.bodies();
    expect(first.all('customer.enterprises')).toMatchObject([{ orders: 2, lines: 2, items: 2 }]);
    expect(wrongParties(first)).toEqual([]);
    for (const [n, order] of permutations(parts).entries()) expect(livedInOrder(order, n).bodies()).toEqual(bodies);
  });

  test('and customers with the same e-mail are another party', () => {
    const world = inOrder([...parts, customerSaid('web', { id: 'W', email: 'sales@acme.example' })]);
    expect(world.all('customer.customers')).toHaveLength(1);
    expect(world.all('customer.enterprises')).toHaveLength(1);
  });
});

describe('what joins', () => {
  test.each([
    ['an e-mail', { email: 'a@x.example' }, { email: 'A@x.example' }, true],
    ['an account', account('7'), account('7'), true],
    ['a phone', { phone: '+31201358246' }, { phone: '+31201358246' }, false],
    ['a phone and another name', phone('Ann'), phone('Bo'), false],
    ['a phone and the same name', phone('Ann Lee'), phone('ANN LEE'), true],
    ['two phones', twoPhones(), twoPhones(), true],
    ['a number that one has as its mobile', phone('Ann'), mobile('ann'), true],
    ['a name and an address', address('Ann'), address('Ann'), false],
    ['the same id in two namespaces', { id: '7' }, { id: '7' }, false],
  ] as const)('%s: %#', (_, one, other, isJoined) => {
    const world = inOrder([customerSaid('web', { id: 'a', ...one }), customerSaid('mall', { id: 'b', ...other })]);
    const [a, b] = [
      customerKey('web', 'id' in one ? one.id : 'a'),
      customerKey('mall', 'id' in other ? other.id : 'b'),
    ];
    expect(partyOf(world, a)).toEqual(isJoined ? [a, b].sort() : [a]);
  });

  function account(value: string) {
    return { identifiers: [{ type: 'account', value }] };
  }

  function phone(name: string) {
    return { name, phone: '+31201358246' };
  }

  function mobile(name: string) {
    return { name, identifiers: [{ type: 'mobile', value: '+31 20 135 8246' }] };
  }

  function twoPhones() {
    return { phone: '+31201358246', identifiers: [{ type: 'phone', value: '+31207753164' }] };
  }

  function address(name: string) {
    return { name, street: 'Dam 1', postcode: '1012', city: 'Amsterdam' };
  }
});

describe('what joins nobody', () => {
  test.each([
    ['email', 'test@test.com'],
    ['email', 'NoEmail@shop.example'],
    ['registrationNumber', '123-45-67890'],
    ['registrationNumber', '000-00-00000'],
  ])('the %s %s', (type, value) => {
    const identifiers = [{ type, value }];
    const world = inOrder(
      (['web', 'mall'] as const).map((source) => customerSaid(source, { id: 'a', name: 'Ann', identifiers })),
    );
    expect(partyOf(world, customerKey('web', 'a'))).toEqual([customerKey('web', 'a')]);
    expect([...world.flags.keys()].filter((key) => key.includes('.match.'))).toEqual([]);
  });

  test.each(['0000000000', '+82 10-0000-0000', '010-1234-5678', '112'])(
    'the phone %s, even of the same name',
    (phone) => {
      const world = inOrder(
        (['web', 'mall'] as const).map((source) => customerSaid(source, { id: 'a', name: 'Ann', phone })),
      );
      expect(partyOf(world, customerKey('web', 'a'))).toEqual([customerKey('web', 'a')]);
    },
  );

  test('a phone and a word for no name', () => {
    const world = inOrder(
      (['web', 'mall'] as const).map((source) => customerSaid(source, { id: 'a', name: '고객', phone: '+8223456789' })),
    );
    expect(partyOf(world, customerKey('web', 'a'))).toEqual([customerKey('web', 'a')]);
  });

  test('a phone that a hundred share, with the same name and another phone in common', () => {
    const parts = Array.from({ length: 100 }, (_, n) => {
      const identifiers = [{ type: 'phone', value: '+31207753164' }];
      return customerSaid('web', { id: `${n}`, name: 'Ann', phone: '+31201358246', identifiers });
    });
    const world = lived(parts, seed);
    expect(wrongParties(world)).toEqual([]);
    expect(world.all('customer.customers')).toHaveLength(100);
    const states = [...world.flags.keys()].filter((key) => key.includes('.match.')).map((key) => world.saved(key));
    expect(states).toMatchObject([
      { claimants: [], count: 100 },
      { claimants: [], count: 100 },
    ]);
  });
});

describe('an identifier that more than five members claim', () => {
  const claim = (n: number, state = 1, email = 'info@x.example') => customerSaid('web', { id: `${n}`, email }, state);
  const six = Array.from({ length: 6 }, (_, n) => claim(n));
  const keys = Array.from({ length: 9 }, (_, n) => customerKey('web', `${n}`)).sort();

  test('joins five, and none of six', () => {
    expect(partyOf(inOrder(six.slice(0, 5)), customerKey('web', '0'))).toHaveLength(5);
    const world = inOrder(six);
    expect(wrongParties(world)).toEqual([]);
    expect(keys.slice(0, 6).map((key) => partyOf(world, key).length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(world.all('master.claims')).toHaveLength(6);
  });

  test('joins again those who are left, whoever left and came in between', () => {
    const gone = (n: number): Said => claim(n, 2, `other-${n}@x.example`);
    const calm = inOrder([...[0, 1, 2, 3].map(gone), ...[4, 5, 6, 7, 8].map((n) => claim(n))]);
    fc.assert(
      fc.property(fc.integer(), (from) => {
        const nine = shuffled(
          Array.from({ length: 9 }, (_, n) => claim(n)),
          chooser(from),
        );
        const world = lived(nine, from);
        expect(world.all('master.places')).toHaveLength(9);
        for (const one of shuffled([0, 1, 2, 3].map(gone), chooser(from + 1))) world.batch([one]);
        world.settle();
        expect(world.all('master.claims')).toEqual([]);
        expect(world.all('master.places')).toEqual([]);
        expect(wrongParties(world)).toEqual([]);
        expect(world.bodies()).toEqual(calm.bodies());
      }),
      { seed, numRuns: 30 },
    );
  });

  test('joins as many as one party may have, when it is an id that a source gives out', () => {
    const parts = Array.from({ length: 17 }, (_, n) => {
      return customerSaid('mall', { id: `${n}`, identifiers: [{ type: 'mall.person', value: 'ann' }] });
    });
    expect(partyOf(lived(parts, seed), customerKey('mall', '0'))).toHaveLength(17);
  });
});

describe('a chain of more members than one party may have', () => {
  /** Each shares an e-mail with the next one. */
  const chain = (length: number): Said[] =>
    Array.from({ length }, (_, n) => {
      const identifiers = [n, n + 1].map((link) => ({ type: 'email', value: `link-${link}@x.example` }));
      return customerSaid('web', { id: `${n}`, identifiers });
    });

  test('is a party of 64, and 65 who stand alone and say so', () => {
    expect(partyOf(lived(chain(64), seed), customerKey('web', '0'))).toHaveLength(64);
    const world = lived(chain(65), seed);
    expect(wrongParties(world)).toEqual([]);
    expect(world.flag(customerKey('web', '0'))).toMatchObject({
      status: 'active',
      facts: { marks: ['partyTooLarge'] },
    });
  });

  test('falls into parties when a link of it is taken away, to the byte', () => {
    const parts = chain(70);
    const cut = customerSaid('web', { id: '35' }, 2);
    const world = lived(parts, seed);
    world.batch([cut]);
    world.settle();
    expect(wrongParties(world)).toEqual([]);
    expect(world.bodies()).toEqual(lived([...parts.toSpliced(35, 1), cut], seed + 1).bodies());
  });
});

describe(`any set of members (SEED=${seed})`, () => {
  const sources = fc.constantFrom<Source>('erp', 'mall', 'till', 'web');
  const few = (most: number) => fc.nat(most - 1).map(String);

  const identifier = fc.oneof(
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('account', 'email'), value: few(12) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('mall.person'), value: few(6) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('phone'), value: few(5).map((n) => `+3120135824${n}`) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('id:erp', 'id:web'), value: few(10) }) },
  );
  const body = fc.record(
    {
      id: few(8),
      name: fc.constantFrom('Ann', 'Bo', 'Kim'),
      email: few(20).map((n) => `${n}@x.example`),
      phone: few(5).map((n) => `+3120135824${n}`),
      city: fc.constantFrom('Oslo', 'Rio'),
      identifiers: fc.array(identifier, { maxLength: 2 }).map((all) => all.map(asEmail)),
    },
    { requiredKeys: ['id'] },
  );
  const described = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(sources, body, fc.integer({ min: 1, max: 3 })).map((one) => customerSaid(...one)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(sources, body, fc.integer({ min: 1, max: 3 })).map((one) => enterpriseSaid(...one)),
    },
  );
  const ordered = fc
    .tuple(few(9), sources, few(8), fc.integer({ min: 1, max: 99 }), sources, few(8))
    .map(([number, source, id, total, seller, other]) =>
      orderSaid(number, customerKey(source, id), total, enterpriseKey(seller, other)),
    );
  const sets = fc.array(fc.oneof({ weight: 4, arbitrary: described }, { weight: 1, arbitrary: ordered }), {
    minLength: 5,
    maxLength: 90,
  });

  function asEmail({ type, value }: { type: string; value: string }) {
    return { type, value: type === 'email' ? `${value}@x.example` : value };
  }

  test('makes the same parties, heads, sums and records in every order, and those of the plain union', () => {
    fc.assert(
      fc.property(sets, fc.integer(), fc.integer(), (parts, one, other) => {
        const world = lived(parts, one);
        expect(wrongParties(world)).toEqual([]);
        expect(lived(parts, other).bodies()).toEqual(world.bodies());
      }),
      { seed, numRuns },
    );
  });

  test('fed again is duplicate or stale, and nobody says a word more', () => {
    fc.assert(
      fc.property(sets, fc.integer(), (parts, from) => {
        const world = lived(parts, from);
        const before = [world.bodies(), world.sent.length] as const;
        for (const said of parts) world.batch([said]);
        world.settle();
        expect([world.bodies(), world.sent.length]).toEqual(before);
      }),
      { seed, numRuns: Math.ceil(numRuns / 3) },
    );
  });

  test('is as it was after any of its members was split off and joined again', () => {
    fc.assert(
      fc.property(sets, fc.integer(), fc.nat(), (parts, from, pick) => {
        const world = lived(parts, from);
        const before = world.bodies();
        const keys = [...world.flags.keys()].filter((key) => /\.(customer|enterprise)\./.test(key)).sort();
        const member = keys[pick % keys.length] ?? '';
        const others = partyOf(world, member).filter((key) => key !== member);
        const split = command(world, member, 'split', { from: others, why: 'not the same' });
        expect(split).toBe(others.length === 0 ? 'refused' : 'accepted');
        const [other] = others;
        if (other === undefined) return;
        expect(wrongParties(world, { apart: [member] })).toEqual([]);
        expect(command(world, member, 'join', { with: other, undo: others, why: 'the same after all' })).toBe(
          'accepted',
        );
        expect(world.bodies()).toEqual(before);
      }),
      { seed, numRuns },
    );
  });

  test('keeps to verdicts of persons whatever comes before, between and after them', () => {
    fc.assert(
      fc.property(sets, fc.integer(), fc.nat(), fc.nat(), fc.nat(), (parts, from, cut, first, second) => {
        const all = lived(parts, from);
        const keys = [...all.flags.keys()].filter((key) => /\.customer\./.test(key)).sort();
        const [apart, left, right] = [
          keys[first % keys.length],
          keys[second % keys.length],
          keys[(second + 1) % keys.length],
        ];
        if (apart === undefined || left === undefined || right === undefined || left === right) return;
        const someone = keys.find((key) => key !== apart) ?? apart;
        const isJoined = left !== apart && right !== apart;
        const verdicts = (world: ReturnType<typeof lived>): string[] => [
          command(world, apart, 'split', { from: [someone], why: 'not the same' }),
          isJoined ? command(world, left, 'join', { with: right, why: 'the same' }) : '',
        ];
        const said = verdicts(all);
        const shuffledParts = shuffled(parts, chooser(from + 1));
        const between = lived(shuffledParts.slice(0, cut % parts.length), from + 2);
        // Of whom nothing has been heard yet, nobody can say anything.
        fc.pre(said.join() === verdicts(between).join());
        for (const one of shuffledParts.slice(cut % parts.length)) between.batch([one]);
        between.settle();
        const joined = said[1] === 'accepted' ? [[left, right] as const] : [];
        expect(wrongParties(all, { apart: said[0] === 'accepted' ? [apart] : [], joined })).toEqual([]);
        expect(between.bodies()).toEqual(all.bodies());
      }),
      { seed, numRuns },
    );
  });
});
