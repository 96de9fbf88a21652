import { refName, type DocumentRef, type StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { Store } from '../../store/store.ts';
import type { RecordRef, RecordWrite, TaskRecord } from '../actor.ts';
import {
  newcomer,
  readFlagMeta,
  readRecord,
  recordsOf,
  type AnyActor,
  type Residents,
  type Resident,
} from './resident.ts';
import { untilKnown, type Patience } from './retry.ts';

/** What an entity is by its events; null where not all of them are kept. */
export type Recover = (
  actor: AnyActor,
  key: MatchingKey,
) => Promise<Pick<Resident, 'version' | 'state' | 'parked'> | null>;

/** Brings what a batch needs into memory with few round trips: all flags at once, then all records that states stand in. */
export class Loader {
  private readonly store: Pick<Store, 'load'>;
  private readonly patience: Patience;
  private readonly residents: Residents;
  private readonly actors: ReadonlyMap<string, AnyActor>;
  private readonly recover: Recover;

  /** `recover` tells what an entity is whose documents another hand has left so that its state cannot be read. */
  constructor(
    store: Pick<Store, 'load'>,
    patience: Patience,
    residents: Residents,
    actors: ReadonlyMap<string, AnyActor>,
    recover: Recover = async () => null,
  ) {
    this.recover = recover;
    this.store = store;
    this.patience = patience;
    this.residents = residents;
    this.actors = actors;
  }

  async documents(refs: readonly DocumentRef[]): Promise<Map<string, StoredDocument>> {
    if (refs.length === 0) return new Map();
    const found = await untilKnown(this.patience, () => this.store.load(refs));
    return new Map(found.map((document) => [refName(document), document]));
  }

  /**
   * Makes every key resident, and pins it until commit `seq` is settled: from before it is changed, since the commit
   * before may settle, and make room, meanwhile. What memory holds is never overwritten by what the store says.
   */
  async present(keys: Iterable<MatchingKey>, seq: number): Promise<Map<MatchingKey, Resident>> {
    const present = new Map<MatchingKey, Resident>();
    const absent: MatchingKey[] = [];
    for (const key of new Set(keys)) {
      const resident = this.residents.get(key);
      if (resident === undefined) absent.push(key);
      else present.set(key, resident);
    }
    for (const resident of present.values()) resident.pinnedUntil = seq;
    for (const resident of await this.read(absent)) {
      resident.pinnedUntil = seq;
      this.residents.add(resident);
      present.set(resident.key, resident);
    }
    return present;
  }

  /** Task records, with a body of null where there is none. */
  async records(refs: readonly RecordRef[]): Promise<RecordWrite[]> {
    const found = await this.documents(refs);
    return refs.map((ref) => {
      const document = found.get(refName(ref));
      const record = document === undefined ? null : readRecord(document);
      return { collection: ref.collection, id: ref.id, ...(record ?? { body: null }) };
    });
  }

  resize(resident: Resident, bytes: number): void {
    this.residents.resize(resident, bytes);
  }

  private async read(keys: readonly MatchingKey[]): Promise<Resident[]> {
    const flags = await this.documents(keys.map((id) => ({ collection: 'master.flags', id })));
    const found = keys.map((key) => ({ key, actor: this.actorOf(key), flag: flags.get(`master.flags/${key}`) }));
    const refs = found.flatMap(({ actor, flag }) => (flag === undefined ? [] : recordsInState(actor, flag)));
    const records = await this.documents(refs);
    return Promise.all(
      found.map(async ({ key, actor, flag }) =>
        flag === undefined ? newcomer(actor, key) : this.revived(actor, key, flag, records),
      ),
    );
  }

  /** One damaged document must not end the opening of everybody's partition, again and again. */
  private async revived(
    actor: AnyActor,
    key: MatchingKey,
    flag: StoredDocument,
    records: ReadonlyMap<string, StoredDocument>,
  ): Promise<Resident> {
    try {
      return revive(actor, key, flag, records);
    } catch (error) {
      if (error instanceof MasterflagError) throw error;
      const known = await this.recover(actor, key);
      if (known === null) throw error;
      const { version, state, parked } = known;
      return {
        key,
        actor,
        version,
        state,
        parked,
        held: null,
        records: null,
        bytes: flag.meta.length * 2,
        pinnedUntil: 0,
      };
    }
  }

  /** What an entity is from commit `seq` on, whatever was in memory. */
  replace(resident: Resident): void {
    const before = this.residents.get(resident.key);
    if (before !== undefined) this.residents.remove(before);
    this.residents.add(resident);
  }

  actorOf(key: MatchingKey): AnyActor {
    const actor = this.actors.get(kindOfKey(key) ?? '');
    if (actor === undefined)
      throw new TypeError(`no actor of the kind that ${key} names; there are ${[...this.actors.keys()].join(', ')}`);
    return actor;
  }
}

/** None of a flag that cannot be read: that is dealt with when the entity is revived. */
function recordsInState(actor: AnyActor, flag: StoredDocument): readonly RecordRef[] {
  try {
    return actor.stateRecords(readFlagMeta(flag).state);
  } catch (error) {
    if (error instanceof MasterflagError) throw error;
    return [];
  }
}

function revive(
  actor: AnyActor,
  key: MatchingKey,
  flag: StoredDocument,
  documents: ReadonlyMap<string, StoredDocument>,
): Resident {
  const { state, parked } = readFlagMeta(flag);
  const records = new Map<string, TaskRecord | null>();
  let bytes = flag.meta.length * 2;
  for (const ref of actor.stateRecords(state)) {
    const document = documents.get(refName(ref));
    records.set(refName(ref), document === undefined ? null : readRecord(document));
    bytes += document?.json?.length ?? 0;
  }
  return {
    key,
    actor,
    version: flag.version,
    state: actor.load(key, state, recordsOf(records)),
    parked: parked ?? null,
    held: null,
    records: null,
    bytes,
    pinnedUntil: 0,
  };
}
