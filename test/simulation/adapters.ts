import type { StoredDocument } from '../../schemas/document.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { ApplyReport, Store } from '../../store/store.ts';
import type { Log } from '../../streams/log.ts';
import type { LogServer, StoreServer } from './servers.ts';
import type { Line } from './wire.ts';

/** Who is told of appends: the simulated log's push side. */
export type Followers = Map<PartitionId, Set<() => void>>;

/** The log port over a simulated wire. */
export function simulatedLog(server: LogServer, wire: Line, followers: Followers): Log {
  const tellFollowers = (partition: PartitionId): void => {
    for (const wake of followers.get(partition) ?? []) wake();
  };
  return {
    identity: () => wire.call('identity', () => server.identity),
    append: (partition, lane, bodies) =>
      wire.call('append', () => {
        const positions = server.append(partition, lane, bodies);
        tellFollowers(partition);
        return positions;
      }),
    read: (partition, lane, after, limit) => wire.call('read', () => server.read(partition, lane, after, limit)),
    pending: (partition, lane, after, most) => wire.call('tail', () => server.pending(partition, lane, after, most)),
    tail: (partition, lane) => wire.call('tail', () => server.tail(partition, lane)),
    follow: (partition, wake) => {
      const wakes = followers.get(partition) ?? new Set();
      followers.set(partition, wakes);
      const told = (): void => {
        wire.after(1, wake);
      };
      wakes.add(told);
      return () => wakes.delete(told);
    },
    appendEvents: (partition, events, expected) =>
      wire.call('appendEvents', () => server.appendEvents(partition, events, expected)),
    eventsTail: (partition) => wire.call('eventsTail', () => server.eventsTail(partition)),
    readEvents: (partition, after, limit) => wire.call('readEvents', () => server.readEvents(partition, after, limit)),
    trimInbox: (applied, before) => wire.call('trimInbox', () => server.trimInbox(applied, before)),
    trimEvents: (before) => wire.call('trimEvents', () => server.trimEvents(before)),
    close: () => Promise.resolve(),
  };
}

/**
 * The store port over a simulated wire. As in MongoDB, an apply is one bulk write for each collection, of unordered
 * single writes, the flags last: any of them may have happened, and others not, when it is unknown.
 */
export function simulatedStore(server: StoreServer, wire: Line): Store {
  const bulk = (changes: readonly StoredDocument[]): Promise<ApplyReport[]> =>
    wire.call(
      'apply',
      () => changes.map((change) => server.applyOne(change)),
      (random) => {
        const share = random.next();
        for (const change of changes) if (random.chance(share)) server.applyOne(change);
      },
    );
  return {
    takeOver: (partition, owner) => wire.call('takeOver', () => server.takeOver(partition, owner)),
    commit: (next) => wire.call('commit', () => server.commit(next)),
    checkpoint: (partition) => wire.call('checkpoint', () => server.checkpoint(partition)),
    progress: (partitions) => wire.call('progress', () => server.progress(partitions)),
    apply: async (changes): Promise<ApplyReport> => {
      const isFlag = ({ collection }: StoredDocument): boolean => collection === 'master.flags';
      const reports: ApplyReport[] = [];
      // Bulk writes of several collections go out at once: nobody can tell them from one that ends anywhere.
      for (const some of [changes.filter((change) => !isFlag(change)), changes.filter(isFlag)]) {
        if (some.length > 0) reports.push(...(await bulk(some)));
      }
      return { foreign: reports.flatMap(({ foreign }) => foreign) };
    },
    load: (refs) => wire.call('load', () => server.load(refs)),
    query: (collection, index, value, page) => wire.call('query', () => server.query(collection, index, value, page)),
    range: (collection, index, from, to, limit) =>
      wire.call('range', () => server.range(collection, index, from, to, limit)),
    page: (collection, page) => wire.call('page', () => server.page(collection, page)),
    count: (collection) => wire.call('count', () => server.count(collection)),
    size: (collection, index, value) => wire.call('size', () => server.size(collection, index, value)),
    close: () => Promise.resolve(),
  };
}
