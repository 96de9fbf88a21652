import type { Join, Split } from '../../schemas/command.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import { wrongParties, type Judged } from '../unit/actors/party-judge.ts';
import type { Verdicts } from '../unit/actors/party-oracle.ts';
import type { Bodies } from './model.ts';
import type { CommandSent } from './scenario.ts';

/** What is wrong with the parties, by a plain union over what sources and persons have said; no actor is asked. */
export function wrongPartiesOf(bodies: Bodies, commands: readonly CommandSent[]): string[] {
  return wrongParties(judged(bodies), verdictsOf(commands), PLACEHOLDERS).map(
    (wrong) => `by the plain union: ${wrong}`,
  );
}

/** Of the feeds of the simulator. */
const PLACEHOLDERS = ['test@test.com'];

function judged(bodies: Bodies): Judged {
  const read = (name: string): Record<string, unknown> | undefined => {
    const text = bodies.get(name);
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
  };
  return {
    all: (collection) => {
      const names = [...bodies.keys()].filter((name) => name.startsWith(`${collection}/`));
      return names.map((name) => read(name) ?? {});
    },
    body: (collection, id) => read(`${collection}/${id}`),
    flag: (key) => read(`master.flags/${key}`) ?? null,
  };
}

/** As it stands after all of them, in the order in which each member heard them. */
function verdictsOf(commands: readonly CommandSent[]): Verdicts {
  const apart = new Map<MatchingKey, ReadonlySet<string>>();
  const joined = new Map<string, readonly [MatchingKey, MatchingKey]>();
  for (const { key, name, data } of commands) {
    if (name === 'split') {
      apart.set(key, new Set([...(apart.get(key) ?? []), ...(data as Split).from]));
      for (const [pair, members] of joined) if (members.includes(key)) joined.delete(pair);
    }
    if (name !== 'join') continue;
    const { with: other, undo = [] } = data as Join;
    const before = apart.get(key) ?? new Set<string>();
    const left = new Set([...before].filter((one) => one !== other && !undo.includes(one)));
    if (left.size === 0) apart.delete(key);
    else apart.set(key, left);
    if (left.size === before.size || left.size > 0) joined.set([key, other].sort().join(), [key, other]);
  }
  return { apart: [...apart.keys()], joined: [...joined.values()] };
}
