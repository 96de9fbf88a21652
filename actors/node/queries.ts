import { COLLECTIONS, TASKS, type Collection } from '../../config/tasks.ts';
import { unopened } from '../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { DEFAULT_TENANT, kindOfKey, matchingKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import { allPartitions, type Lane, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';
import type { ReadPorts } from './ports.ts';

/** A document as people read it: the body, and where it stands. */
export interface Shown {
  readonly collection: string;
  readonly version: number;
  readonly body: unknown;
}

/** All there is to say of an entity. */
export interface Story {
  readonly key: MatchingKey;
  readonly kind: string;
  readonly version: number;
  readonly flag: unknown;
  /** Of a customer or enterprise that is one with others: the records are those of all of them. */
  readonly party?: PartyMembers;
  readonly records: readonly Shown[];
  readonly waiting: readonly Shown[];
  readonly parked: number;
  readonly quarantine: readonly Shown[];
  readonly events: readonly unknown[];
}

/** The members of a party, and which of them carries the integrated record. */
export interface PartyMembers {
  readonly head: MatchingKey;
  /** Sorted; the head is the first. */
  readonly members: readonly MatchingKey[];
}

/** Which names an id may have been given under. */
export interface Names {
  readonly tenant?: string;
  readonly namespaces: readonly string[];
  readonly kinds: readonly string[];
}

const PAGE = 500;

/** How many messages that are not applied are counted. */
const BEHIND = { messages: 1000, bytes: 16 << 20 };

/** The collections that an entity's own records are found in, beside the ones of its flag's references. */
const ABOUT_ENTITY = ['master.waiting', 'management.quarantine'] as const;

/** Reads of the committed state. Pages are short, so that none of them holds a commit up. */
export class Queries {
  private readonly ports: Pick<ReadPorts, 'log' | 'store'>;
  private readonly names: Names;
  private readonly counts: PartitionCounts;

  constructor(ports: Pick<ReadPorts, 'log' | 'store'>, names: Names, counts: PartitionCounts) {
    this.ports = ports;
    this.names = names;
    this.counts = counts;
  }

  /**
   * Matching keys of every entity that a source may mean by an id, and of the orders that a payment, a delivery or a
   * review of that id is of; a matching key means itself.
   */
  async find(id: string): Promise<MatchingKey[]> {
    if (kindOfKey(id) !== undefined) return (await this.flag(id)) === undefined ? [] : [id];
    const { tenant = DEFAULT_TENANT, namespaces, kinds } = this.names;
    const candidates = kinds.flatMap((kind) => namespaces.map((namespace) => matchingKey(tenant, kind, namespace, id)));
    const found = await this.ports.store.load(candidates.map((key) => ({ collection: 'master.flags', id: key })));
    const named = found.filter(({ json }) => json !== null).map(({ id: key }) => key);
    return [...new Set([...named, ...(await this.spokenOf(id))])];
  }

  /** Entities of which something was said that has this id of its own. */
  private async spokenOf(id: string): Promise<MatchingKey[]> {
    const found = await Promise.all(
      HAVE_OWN_IDS.flatMap((collection) => {
        const { indexes, prefix } = TASKS[collection];
        return indexes.map(async (index) => {
          const shown = await this.indexed(collection, index, id);
          return shown.map(({ body }) => (body as Readonly<Record<string, string>>)[prefix] ?? '');
        });
      }),
    );
    return found.flat().sort();
  }

  /** The entity's main document, or its flag while it has none; of a member of a party, the document of its head. */
  async get(id: MatchingKey): Promise<Shown | undefined> {
    const { head: key } = await this.party(id);
    const main = MAIN[kindOfKey(key) ?? ''];
    const refs = [
      ...(main === undefined ? [] : [{ collection: main, id: key }]),
      { collection: 'master.flags', id: key },
    ];
    const found = await this.ports.store.load(refs);
    const live = refs.map(({ collection }) =>
      found.find((document) => document.collection === collection && document.json !== null),
    );
    const first = live.find((document) => document !== undefined);
    return first === undefined ? undefined : shown(first);
  }

  async story(key: MatchingKey): Promise<Story | undefined> {
    const flag = await this.flag(key);
    if (flag === undefined) return undefined;
    const body = JSON.parse(flag.json ?? '{}') as FlagLike;
    const party = await this.party(key);
    const records: Shown[] = [];
    for (const reference of await this.references(party, body)) records.push(...(await this.referenced(reference)));
    const [waiting, quarantine] = await Promise.all(ABOUT_ENTITY.map((collection) => this.about(collection, key)));
    return {
      key,
      kind: body.kind,
      version: flag.version,
      flag: body,
      ...(party.members.length > 1 && { party }),
      records,
      waiting: waiting ?? [],
      parked: (await this.about('master.parked', key)).length,
      quarantine: quarantine ?? [],
      events: await this.history(key),
    };
  }

  /** Whom an entity is one with: itself only, but for members of a party. Any of them leads to the same. */
  async party(key: MatchingKey): Promise<PartyMembers> {
    const own = await this.flagBody(key);
    const head = own?.status === 'member' ? (tiesOf(own)[0] ?? key) : key;
    const flag = head === key ? own : await this.flagBody(head);
    const others = flag === undefined || flag.status === 'member' ? [] : tiesOf(flag);
    return { head, members: [head, ...others.filter((other) => other !== head)] };
  }

  /** References to what is an entity's, or to what is of all members of its party, the head's first. */
  private async references({ members }: PartyMembers, own: FlagLike): Promise<FlagReferenceLike[]> {
    const flags = members.length === 1 ? [own] : await Promise.all(members.map((key) => this.flagBody(key)));
    const all = flags.flatMap((flag) => flag?.references ?? []);
    return all.filter(({ system, task }) => `${system}.${task}` !== 'master.flags');
  }

  private async flagBody(key: MatchingKey): Promise<FlagLike | undefined> {
    const flag = await this.flag(key);
    return flag === undefined ? undefined : (JSON.parse(flag.json ?? '{}') as FlagLike);
  }

  /** Events of one entity, oldest first, out of the events of its partition. */
  async history(key: MatchingKey): Promise<unknown[]> {
    const partition = partitionOf(kindOfKey(key) ?? '', key, this.counts);
    const events: unknown[] = [];
    for (let after = 0; ;) {
      const batches = await this.ports.log.readEvents(partition, after, { messages: 64, bytes: 4 << 20 });
      const last = batches.at(-1);
      if (last === undefined) return events;
      for (const { body } of batches) {
        // Parsing every event of the partition to keep a few would take most of the time.
        if (body.includes(key))
          events.push(...(JSON.parse(body) as { subject: string }[]).filter(({ subject }) => subject === key));
      }
      after = last.position;
    }
  }

  /** Live documents of a collection, by id. */
  async *all(collection: string): AsyncGenerator<StoredDocument> {
    for (let after = ''; ;) {
      const page = await this.ports.store.page(collection, { after, limit: PAGE });
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  /** How many there are of everything, and how far each partition has come. */
  async statistics(): Promise<Statistics> {
    const counts = await Promise.all(
      COLLECTIONS.map(async (collection) => [collection, await this.ports.store.count(collection)] as const),
    );
    const partitions = await Promise.all(allPartitions(this.counts).map((id) => this.partition(id)));
    return { collections: Object.fromEntries(counts), partitions };
  }

  private async partition(id: PartitionId): Promise<PartitionStatus> {
    const { positions, seq, epoch } = (await this.ports.store.progress([id]))[0] ?? unopened(id);
    const { fast, bulk } = positions;
    const behind = { fast: await this.behind(id, 'fast', fast.after), bulk: await this.behind(id, 'bulk', bulk.after) };
    return { id, seq, epoch, positions: { fast: fast.after, bulk: bulk.after }, behind };
  }

  /** Messages that are not applied, up to the most that are counted. */
  private async behind(id: PartitionId, lane: Lane, after: number): Promise<number> {
    if ((await this.ports.log.tail(id, lane)) <= after) return 0;
    return (await this.ports.log.read(id, lane, after, BEHIND)).length;
  }

  private async flag(key: MatchingKey): Promise<StoredDocument | undefined> {
    const [flag] = await this.ports.store.load([{ collection: 'master.flags', id: key }]);
    return flag?.json === null ? undefined : flag;
  }

  private async referenced({ system, task, index, key }: FlagReferenceLike): Promise<Shown[]> {
    const collection = `${system}.${task}`;
    if (index === '_id') {
      const found = await this.ports.store.load([{ collection, id: key }]);
      return found.filter(({ json }) => json !== null).map(shown);
    }
    return this.indexed(collection, index, key);
  }

  private about(collection: Collection, key: MatchingKey): Promise<Shown[]> {
    return this.indexed(collection, 'entity', key);
  }

  private async indexed(collection: string, index: string, key: string): Promise<Shown[]> {
    const found = await this.ports.store.query(collection, index, key, { after: '', limit: PAGE });
    return found.map(shown);
  }
}

export interface Statistics {
  readonly collections: Readonly<Record<string, number>>;
  readonly partitions: readonly PartitionStatus[];
}

export interface PartitionStatus {
  readonly id: PartitionId;
  readonly seq: number;
  readonly epoch: number;
  /** Up to which position of the log all is applied. */
  readonly positions: Readonly<Record<Lane, number>>;
  /** Messages that are not applied yet; of many, some hundreds are counted. */
  readonly behind: Readonly<Record<Lane, number>>;
}

interface FlagReferenceLike {
  readonly system: string;
  readonly task: string;
  readonly index: string;
  readonly key: string;
}

interface FlagLike {
  readonly kind: string;
  readonly status: string;
  readonly references: readonly FlagReferenceLike[];
}

/** Other members of a party, as a flag names them: its head's, or all of them in the flag of the head. */
function tiesOf({ references }: FlagLike): MatchingKey[] {
  return references.filter(({ system, task }) => `${system}.${task}` === 'master.flags').map(({ key }) => key);
}

/** Where what is said of an entity is found by its own ids: all that is indexed there; ids begin with the entity's key. */
const HAVE_OWN_IDS = ['mall.payments', 'mall.deliveries', 'mall.boards', 'master.waiting'] as const;

/** The document that says what an entity is. */
const MAIN: Readonly<Record<string, Collection>> = {
  order: 'mall.orders',
  customer: 'customer.customers',
  enterprise: 'customer.enterprises',
  product: 'mall.products',
};

function shown({ collection, version, json }: StoredDocument): Shown {
  return { collection, version, body: JSON.parse(json ?? 'null') as unknown };
}
