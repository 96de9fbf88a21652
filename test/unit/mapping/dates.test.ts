import { describe, expect, test } from '@jest/globals';
import { scopeOf } from '../../../streams/mapping/expression.ts';
import { ObjectInput } from '../../../streams/mapping/input.ts';

const scope = scopeOf({ input: new ObjectInput(), tenant: 'main', namespace: 'shop' });

function date(options: unknown, at: unknown): unknown {
  return scope.expression(['at', { date: options }])({ at });
}

const london = { format: 'yyyy-MM-dd HH:mm:ss', zone: 'Europe/London' };
const saoPaulo = { format: 'yyyy-MM-dd HH:mm:ss', zone: 'America/Sao_Paulo' };

describe('local times become UTC by the rules of their zone on their day', () => {
  test.each([
    [london, '2010-12-01 08:26:00', '2010-12-01T08:26:00Z'],
    [london, '2011-06-01 00:30:00', '2011-05-31T23:30:00Z'],
    // The clocks went forward at 01:00 on 27 March 2011, and back at 02:00 on 30 October.
    [london, '2011-03-27 00:59:59', '2011-03-27T00:59:59Z'],
    [london, '2011-03-27 01:30:00', '2011-03-27T01:30:00Z'],
    [london, '2011-03-27 02:00:00', '2011-03-27T01:00:00Z'],
    [london, '2011-10-30 01:30:00', '2011-10-30T00:30:00Z'],
    [london, '2011-10-30 02:00:00', '2011-10-30T02:00:00Z'],
    // Midnight was left out on 15 October 2017.
    [saoPaulo, '2017-10-15 00:00:00', '2017-10-15T03:00:00Z'],
    [saoPaulo, '2017-10-14 23:59:59', '2017-10-15T02:59:59Z'],
    [saoPaulo, '2018-07-01 12:00:00', '2018-07-01T15:00:00Z'],
    [{ format: 'd.M.yyyy H:mm', zone: 'Asia/Seoul' }, '3.4.2020 9:05', '2020-04-03T00:05:00Z'],
    [{ format: "yyyyMMdd'T'HHmmss".replaceAll("'", '') }, '20200403T090507', '2020-04-03T09:05:07Z'],
    [{ format: 'yyyy-MM-ddTHH:mm:ss.SSSX' }, '2020-04-03T09:05:07.250+09:00', '2020-04-03T00:05:07.250Z'],
    ['iso', '2020-02-29', '2020-02-29T00:00:00Z'],
    ['iso', '2020-04-03T09:05:07.123456789+0900', '2020-04-03T00:05:07.123Z'],
    [{ zone: 'Asia/Seoul' }, '2020-04-03T09:05:07Z', '2020-04-03T09:05:07Z'],
    ['unix-ms', '1585904707250', '2020-04-03T09:05:07.250Z'],
    ['unix', -1, '1969-12-31T23:59:59Z'],
  ])('%j %s is %s', (options, text, utc) => {
    expect(date(options, text)).toBe(utc);
  });
});

test.each([
  [london, '2010-12-01'],
  [london, '2010-12-01 08:26:00 '.repeat(2)],
  [london, '2011-02-29 08:26:00'],
  [london, '2010-13-01 08:26:00'],
  [london, '2010-12-01 24:00:00'],
  [london, '2010-12-01 08:60:00'],
  [london, '0000-12-01 08:00:00'],
  ['iso', 'yesterday'],
  ['unix', 'soon'],
  ['unix-ms', 1e300],
])('%j refuses %j', (options, text) => {
  expect(() => date(options, text)).toThrow(/format|no such day|number of seconds/);
});
