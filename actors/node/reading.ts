import { isCluster } from '../../config/settings.ts';
import { findMatchKey } from '../../config/match-key.ts';
import { loadSources, type SourceFile } from '../../config/sources.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOf } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import { SourceRegistry } from '../../streams/mapping/registry.ts';
import { matchingOf } from './matching.ts';
import { Parties } from './parties.ts';
import type { Progress, StoreReads } from '../../store/store.ts';
import { recordedSetup, refuseOtherSetup } from './setup.ts';
import { openReadPorts, type ReadPorts } from './ports.ts';
import { Queries, type Names } from './queries.ts';

/** Every source that the settings name, or those of some files, compiled. @throws MF_SOURCE_INVALID */
export function openSources(
  { sources, tenant }: Pick<Settings, 'sources' | 'tenant'>,
  files: readonly SourceFile[] = loadSources(sources),
): SourceRegistry {
  return new SourceRegistry(files, tenant);
}

/** Namespaces and kinds that an id of a source may belong to. */
export function namesOf(sources: SourceRegistry, { partitions, tenant }: Settings): Names {
  const namespaces = new Set(sources.names().map((name) => sources.newest(name).namespace));
  return { tenant, namespaces: [...namespaces], kinds: Object.keys(partitions).sort() };
}

/** Questions to a data set, whether an owner is writing it or none runs. */
export interface Reading {
  readonly ports: ReadPorts;
  readonly queries: Queries;
  readonly parties: Parties;
  close(): Promise<void>;
}

/** @throws MF_DATA_ABSENT, MF_MATCH_KEY, MF_PARTITIONS_CHANGED, MF_SOURCE_INVALID */
export async function openReading(settings: Settings): Promise<Reading> {
  const ports = await openReadPorts(settings);
  try {
    await refuseOtherSettings(ports.store, settings);
    const sources = openSources(settings);
    const queries = new Queries(ports, namesOf(sources, settings), settings.partitions);
    // Without the secret, what ties members is told without the values that they share.
    const parties = new Parties(ports, queries, matchingOf(findMatchKey(settings) ?? '', settings, sources));
    return { ports, queries, parties, close: () => ports.close() };
  } catch (error) {
    await ports.close();
    throw error;
  }
}

/**
 * A data set is read and processed by the settings that it was made with. A cluster's are written down; a folder's are
 * told by its checkpoints. @throws MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS
 */
export async function refuseOtherSettings(store: StoreReads, settings: Settings): Promise<void> {
  if (!isCluster(settings)) {
    refuseOtherCounts(await store.progress(), settings);
    return;
  }
  const setup = await recordedSetup(store);
  // The secret is for those who match.
  if (setup !== undefined) refuseOtherSetup(setup, { ...settings, matching: setup.matching });
}

/** Checkpoints of a data set that has worked say how many partitions it was created with. */
function refuseOtherCounts(progress: readonly Progress[], { partitions }: Settings): void {
  for (const [kind, configured] of Object.entries(partitions)) {
    const found = progress.filter(({ id }) => kindOf(id) === kind);
    const worked = found.some(({ seq }) => seq > 0);
    if (found.length > configured || (worked && found.length < configured)) {
      throw new MasterflagError(
        'MF_PARTITIONS_CHANGED',
        `this data set was created with ${found.length} partitions of kind ${kind}, the settings say ${configured}`,
      );
    }
  }
}
