import type { Context, ServiceSchema } from 'moleculer';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { Commands, CommandRequest } from './commands.ts';
import type { Parties } from './parties.ts';
import type { Queries } from './queries.ts';

interface ById {
  readonly id: string;
}

const ID = { type: 'string', min: 1 } as const;

/** @throws MF_NOT_FOUND */
async function oneOf(queries: Queries, kind: string, id: string): Promise<MatchingKey> {
  const [found] = (await queries.find(id)).filter((key) => kindOfKey(key) === kind);
  if (found === undefined) throw new MasterflagError('MF_NOT_FOUND', `no ${kind} is known as ${JSON.stringify(id)}`);
  return found;
}

/**
 * The Moleculer service of one actor kind: `<kind>.get`, `.find`, `.story`, `.history` and `.command`. A thin shell:
 * questions read the committed state, commands go down the fast lane to the one actor that decides.
 */
export function kindService(kind: string, queries: Queries, commands: Commands, parties: Parties): ServiceSchema {
  const one = (id: string): Promise<MatchingKey> => oneOf(queries, kind, id);
  const id = ID;
  const isParty = kind === 'customer' || kind === 'enterprise';
  return {
    name: kind,
    actions: {
      ...(isParty && partyActions(one, parties, commands)),
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

interface VerdictRequest extends ById {
  readonly with?: string;
  readonly why: string;
  readonly idempotencyKey?: string;
}

/**
 * What only parties answer: `<kind>.party`, `.lineage`, `.join` and `.split`. A verdict says what its author sees, so
 * that what follows from it does not depend on what is heard meanwhile.
 */
function partyActions(
  one: (id: string) => Promise<MatchingKey>,
  parties: Parties,
  commands: Commands,
): NonNullable<ServiceSchema['actions']> {
  const verdict = { id: ID, why: ID, idempotencyKey: { ...ID, optional: true } };
  return {
    party: { params: { id: ID }, handler: async ({ params }: Context<ById>) => parties.view(await one(params.id)) },
    lineage: {
      params: { id: ID },
      handler: async ({ params }: Context<ById>) => parties.lineage(await one(params.id)),
    },
    join: {
      params: { ...verdict, with: ID },
      handler: async ({ params }: Context<VerdictRequest>) => {
        const { key, ...seen } = await parties.joinOf(await one(params.id), await one(params.with ?? ''));
        return commands.send({ ...keyed(params), key, name: 'join', data: { ...seen, why: params.why } });
      },
    },
    split: {
      params: verdict,
      handler: async ({ params }: Context<VerdictRequest>) => {
        const key = await one(params.id);
        const data = { ...(await parties.splitOf(key)), why: params.why };
        return commands.send({ ...keyed(params), key, name: 'split', data });
      },
    },
  };
}

function keyed({ idempotencyKey }: VerdictRequest): { readonly idempotencyKey?: string } {
  return idempotencyKey === undefined ? {} : { idempotencyKey };
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
