import type { Context, ServiceSchema } from 'moleculer';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { Commands, CommandRequest } from './commands.ts';
import type { Queries } from './queries.ts';

interface ById {
  readonly id: string;
}

/**
 * The Moleculer service of one actor kind: `<kind>.get`, `.find`, `.story`, `.history` and `.command`. A thin shell:
 * questions read the committed state, commands go down the fast lane to the one actor that decides.
 */
export function kindService(kind: string, queries: Queries, commands: Commands): ServiceSchema {
  const one = async (id: string): Promise<MatchingKey> => {
    const found = (await queries.find(id)).filter((key) => key.includes(`.${kind}.`));
    if (found[0] === undefined)
      throw new MasterflagError('MF_NOT_FOUND', `no ${kind} is known as ${JSON.stringify(id)}`);
    return found[0];
  };
  const id = { type: 'string', min: 1 } as const;
  return {
    name: kind,
    actions: {
      get: { params: { id }, handler: async ({ params }: Context<ById>) => queries.get(await one(params.id)) },
      story: { params: { id }, handler: async ({ params }: Context<ById>) => queries.story(await one(params.id)) },
      history: { params: { id }, handler: async ({ params }: Context<ById>) => queries.history(await one(params.id)) },
      command: {
        params: {
          key: id,
          name: id,
          idempotencyKey: { ...id, optional: true },
          expectedVersion: { type: 'number', optional: true },
        },
        handler: async ({ params }: Context<CommandRequest>) =>
          // A key is taken at its word: an entity whose first message is parked has no flag yet.
          commands.send({ ...params, key: kindOfKey(params.key) === kind ? params.key : await one(params.key) }),
      },
    },
  };
}

/** What is about no single entity: `node.find`, `node.statistics`. */
export function nodeService(queries: Queries, status: () => unknown): ServiceSchema {
  return {
    name: 'node',
    actions: {
      find: { params: { id: 'string' }, handler: ({ params }: Context<ById>) => queries.find(params.id) },
      statistics: { handler: () => queries.statistics() },
      status: { handler: status },
    },
  };
}
