import { describe, expect, test } from '@jest/globals';
import { Commands } from '../../../actors/node/commands.ts';
import { Turnstile } from '../../../actors/node/turnstile.ts';
import { outcomeDocument, outcomeId, outcomeOf } from '../../../actors/partition/outcomes.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { CommandBody } from '../../../schemas/inbox.ts';
import { matchingKey } from '../../../schemas/key.ts';

const KEY = matchingKey('main', 'order', 'shop', '1');
const REQUEST = { key: KEY, name: 'note', data: { text: 'hello' }, idempotencyKey: 'k' };

/** Commands of a node, beside a store in which another node writes outcomes. */
function commandsOf(isOwned: () => boolean) {
  const appended: CommandBody[] = [];
  const store = new Map<string, StoredDocument>();
  const commands = new Commands({
    log: {
      append: async (_partition, _lane, bodies) => {
        for (const body of bodies) appended.push(JSON.parse(body) as CommandBody);
        return bodies.map((_, n) => n + 1);
      },
    },
    store: { load: async (refs) => refs.flatMap(({ id }) => store.get(id) ?? []) },
    counts: { order: 1 },
    turnstile: new Turnstile(),
    isOwned,
  });
  const decide = (version: number) => {
    const [body] = appended;
    if (body === undefined) throw new Error('nothing was appended');
    return { id: outcomeId(body), outcome: outcomeOf(body, version, 0) };
  };
  const decideElsewhere = (version: number): void => {
    const { id, outcome } = decide(version);
    store.set(id, outcomeDocument({ partition: 'order.0', seq: 1, at: 0 }, id, outcome));
  };
  return { commands, decide, decideElsewhere };
}

describe('the outcome of a command', () => {
  test('is what its partition says in this process', async () => {
    const { commands, decide } = commandsOf(() => true);
    const sent = commands.send(REQUEST);
    await Promise.resolve();
    commands.settle(decide(3));
    expect(await sent).toMatchObject({ status: 'done', version: 3 });
  });

  test('is found in the store when another node decided it', async () => {
    const { commands, decideElsewhere } = commandsOf(() => false);
    const sent = commands.send(REQUEST);
    await Promise.resolve();
    decideElsewhere(4);
    expect(await sent).toMatchObject({ status: 'done', version: 4 });
  });

  test('is found in the store when its partition came here after another node had decided it', async () => {
    const { commands, decideElsewhere } = commandsOf(() => true);
    const sent = commands.send(REQUEST);
    await Promise.resolve();
    decideElsewhere(5);
    expect(await sent).toMatchObject({ status: 'done', version: 5 });
  });
});
