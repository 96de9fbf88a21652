import type { Checkpoint } from '../../../schemas/checkpoint.ts';
import { EMPTY_OUTBOX } from '../../../schemas/checkpoint.ts';
import type { DataSetFacts } from '../../../schemas/image.ts';
import type { Lane, PartitionId } from '../../../schemas/partition.ts';
import type { StoreReads } from '../../../store/store.ts';
import type { LogReads } from '../../../streams/log.ts';
import { untilKnown, type Patience } from '../../partition/retry.ts';
import type { Image } from './image.ts';

/** Documents read at a time: some have megabytes. */
export const PAGE = 200;

const LOG_PAGE = { messages: 100, bytes: 1 << 20 } as const;

export interface PortsImageParts {
  readonly id: string;
  readonly facts: DataSetFacts;
  readonly log: Pick<LogReads, 'read' | 'readEvents' | 'tail'>;
  readonly store: Pick<StoreReads, 'page'>;
  /** Settled ones, which nobody moves while the image is read. */
  readonly checkpoints: readonly Checkpoint[];
  /** A server that does not answer for a moment is asked again. */
  readonly patience: Patience;
}

/** The image of a data set that rests: messages may be appended to it meanwhile, and are left out. */
export function portsImage({ id, facts, log, store, checkpoints, patience }: PortsImageParts): Image {
  const positionOf = (partition: PartitionId, lane: Lane): number =>
    checkpoints.find((checkpoint) => checkpoint.id === partition)?.positions[lane].after ?? 0;
  return {
    id,
    facts,
    checkpoints: async () => checkpoints.map(atRest),
    async *documents(collection) {
      for (let after = ''; ;) {
        const page = await untilKnown(patience, () => store.page(collection, { after, limit: PAGE }));
        const last = page.at(-1);
        if (last === undefined) return;
        yield page;
        after = last.id;
      }
    },
    async *messages(partition, lane) {
      // A feed that goes on would be followed for ever.
      const tail = await untilKnown(patience, () => log.tail(partition, lane));
      for (let after = positionOf(partition, lane); after < tail;) {
        const found = await untilKnown(patience, () => log.read(partition, lane, after, LOG_PAGE));
        const last = found.at(-1);
        if (last === undefined) return;
        yield found.filter(({ position }) => position <= tail).map(({ body }) => body);
        after = last.position;
      }
    },
    async *events(partition) {
      for (let after = 0; ;) {
        const found = await untilKnown(patience, () => log.readEvents(partition, after, LOG_PAGE));
        const last = found.at(-1);
        if (last === undefined) return;
        yield found.map(({ seq, chunk, body }) => ({ seq, chunk, body }));
        after = last.position;
      }
    },
  };
}

/** Of every partition that was ever taken over. */
export async function checkpointsOf(store: Pick<StoreReads, 'progress' | 'checkpoint'>): Promise<Checkpoint[]> {
  const found = await Promise.all((await store.progress()).map(({ id }) => store.checkpoint(id)));
  return found.filter((checkpoint) => checkpoint !== undefined);
}

/**
 * A checkpoint as an image holds it. The log that it goes to begins with what is not applied, and nobody has opened it
 * there: neither an owner nor what was blamed on a position means anything in that place.
 */
function atRest(checkpoint: Checkpoint): Checkpoint {
  const { fast, bulk } = checkpoint.positions;
  return {
    ...checkpoint,
    owner: '',
    openings: 0,
    trying: null,
    logId: '',
    positions: { fast: { after: 0, skip: fast.skip }, bulk: { after: 0, skip: bulk.skip } },
    changes: [],
    outbox: EMPTY_OUTBOX,
  };
}
