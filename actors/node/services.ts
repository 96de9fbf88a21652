import { randomUUID } from 'node:crypto';
import type { Context, ServiceSchema } from 'moleculer';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { Commands, CommandRequest } from './commands.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Edition } from './editions.ts';
import type { DrainReport, NodeStatus } from './membership.ts';
import type { Parties } from './parties.ts';
import type { Queries } from './queries.ts';
import type { Routed, Router } from './router.ts';

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
export function kindService(kind: string, parts: KindParts): ServiceSchema {
  const { queries, commands, parties, router } = parts;
  const one = (id: string): Promise<MatchingKey> => oneOf(queries, kind, id);
  const id = ID;
  const isParty = kind === 'customer' || kind === 'enterprise';
  const ask = (name: string, answer: (key: MatchingKey) => Promise<unknown>) => ({
    params: { id },
    handler: async ({ params, meta }: Context<ById, RouteMeta>) => {
      const key = await one(params.id);
      return router.call(routed(`${kind}.${name}`, key, { ...params, id: key }, meta), () => answer(key));
    },
  });
  return {
    name: kind,
    actions: {
      ...(isParty && { party: ask('party', (key) => parties.view(key)) }),
      ...(isParty && { lineage: ask('lineage', (key) => parties.lineage(key)) }),
      ...(isParty && verdictActions(kind, one, parts)),
      get: ask('get', (key) => queries.get(key)),
      story: ask('story', (key) => queries.story(key)),
      history: ask('history', (key) => queries.history(key)),
      command: {
        params: {
          key: id,
          name: id,
          idempotencyKey: { ...id, optional: true },
          expectedVersion: { type: 'number', optional: true },
        },
        handler: async ({ params, meta }: Context<CommandRequest, RouteMeta>) => {
          // A key is taken at its word: an entity whose first message is parked has no flag yet.
          const key = kindOfKey(params.key) === kind ? params.key : await one(params.key);
          // Named before it is sent on: sent again to a new owner, it is the same command.
          const request = { ...params, key, idempotencyKey: params.idempotencyKey ?? randomUUID() };
          return router.call(routed(`${kind}.command`, key, request, meta), () => commands.send(request));
        },
      },
    },
  };
}

export interface KindParts {
  readonly queries: Queries;
  readonly commands: Commands;
  readonly parties: Parties;
  readonly router: Router;
}

interface RouteMeta {
  /** Another node sent the call here, as the owner. */
  readonly routed?: boolean;
}

function routed(action: string, key: MatchingKey, params: object, { routed: was = false }: RouteMeta): Routed {
  return { action, key, params: { ...params }, wasRouted: was };
}

interface VerdictRequest extends ById {
  readonly with?: string;
  readonly why: string;
  readonly idempotencyKey?: string;
}

/**
 * What only parties are told: `<kind>.join` and `.split`. A verdict says what its author sees, so that what follows
 * from it does not depend on what is heard meanwhile.
 */
function verdictActions(
  kind: string,
  one: (id: string) => Promise<MatchingKey>,
  { parties, commands, router }: KindParts,
): NonNullable<ServiceSchema['actions']> {
  const verdict = { id: ID, why: ID, idempotencyKey: { ...ID, optional: true } };
  const send = (request: CommandRequest): Promise<unknown> =>
    router.call(routed(`${kind}.command`, request.key, request, {}), () => commands.send(request));
  return {
    join: {
      params: { ...verdict, with: ID },
      handler: async ({ params }: Context<VerdictRequest>) => {
        const { key, ...seen } = await parties.joinOf(await one(params.id), await one(params.with ?? ''));
        return send({ ...keyed(params), key, name: 'join', data: { ...seen, why: params.why } });
      },
    },
    split: {
      params: verdict,
      handler: async ({ params }: Context<VerdictRequest>) => {
        const key = await one(params.id);
        const data = { ...(await parties.splitOf(key)), why: params.why };
        return send({ ...keyed(params), key, name: 'split', data });
      },
    },
  };
}

function keyed({ idempotencyKey = randomUUID() }: VerdictRequest): { readonly idempotencyKey: string } {
  return { idempotencyKey };
}

/** What a node is asked and told as a whole. */
export interface NodeParts {
  readonly queries: Queries;
  readonly status: () => NodeStatus | Promise<NodeStatus>;
  /** Resolves when this node does not run the partition. */
  readonly letGo: (partition: PartitionId) => Promise<void>;
  readonly drain: () => Promise<DrainReport>;
  /** Whether this node has read a version of a source, and as which text. */
  readonly reads: (edition: Edition) => 'read' | 'other' | 'unread';
}

/** What is about no single entity: `node.find`, `.statistics`, `.status`, `.letGo`, `.drain`, `.reads`. */
export function nodeService({ queries, status, letGo, drain, reads }: NodeParts): ServiceSchema {
  return {
    name: 'node',
    actions: {
      find: { params: { id: 'string' }, handler: ({ params }: Context<ById>) => queries.find(params.id) },
      statistics: { handler: () => queries.statistics() },
      status: { handler: status },
      letGo: {
        params: { partition: ID },
        handler: ({ params }: Context<{ readonly partition: PartitionId }>) => letGo(params.partition),
      },
      drain: { handler: drain },
      reads: {
        params: { source: ID, version: 'number', digest: ID },
        handler: ({ params }: Context<Edition>) => reads(params),
      },
    },
  };
}
