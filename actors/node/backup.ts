import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkOf, findMatchKey, matchCheckOf } from '../../config/match-key.ts';
import { isCluster } from '../../config/settings.ts';
import type { Checkpoint } from '../../schemas/checkpoint.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { DataSetFacts, ImageFile, Manifest } from '../../schemas/image.ts';
import { allPartitions } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import { open } from '../partition/opening.ts';
import type { Patience } from '../partition/retry.ts';
import { RULES } from '../partition/rules.ts';
import { openingName } from '../placement/placement.ts';
import { Holding } from './holding.ts';
import { refuseOtherTenant } from './image/facts.ts';
import { copyFile, syncFolder, writeWhole } from './image/files.ts';
import { digestOf, MANIFEST, QUARANTINE, SECRET } from './image/folder-image.ts';
import type { Image, OnProgress } from './image/image.ts';
import { untilAborted } from './image/patience.ts';
import { checkpointsOf, portsImage } from './image/ports-image.ts';
import { refuseHalfFolder } from './image/unfinished.ts';
import { ImageWriter } from './image/write.ts';
import { copyDataSet, openPorts, openReadPorts, type Ports, type ReadPorts } from './ports.ts';
import { refuseOtherSettings } from './reading.ts';
import { recordedSetup, type Setup } from './setup.ts';

export interface BackupRequest {
  readonly folder: string;
  readonly withSecret: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export interface BackupReport {
  readonly manifest: Manifest;
  /** How long no partition of the cluster went on, in ms; 0 embedded. */
  readonly heldMs: number;
}

/** What was written, and how long everything waited for it. */
interface Written {
  readonly facts: DataSetFacts;
  readonly contents: Manifest['contents'];
  readonly files: readonly ImageFile[];
  readonly heldMs: number;
}

const NO_INBOX =
  'messages that are applied: nothing from before the backup can be reprocessed, or traced to its record';

/**
 * Writes a backup of the data set, as of one moment, into a folder that is not there yet. Guarantee: the folder has its
 * name when all of it is on the disk, and not before; what a killed backup leaves is called `<folder>.part`.
 * @throws MF_TARGET_NOT_EMPTY, MF_DATA_ABSENT, MF_DATA_HELD, MF_BACKUP_VOID, MF_DISK_FULL, MF_RESTORE_UNFINISHED
 */
export async function backup(settings: Settings, request: BackupRequest): Promise<BackupReport> {
  const { folder } = request;
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new MasterflagError('MF_TARGET_NOT_EMPTY', `there is something in ${folder}`);
  }
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true, mode: 0o700 });
  try {
    const report = await new Backup(settings, part, request).run();
    renameSync(part, folder);
    syncFolder(dirname(folder));
    return report;
  } catch (error) {
    rmSync(part, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

class Backup {
  private readonly settings: Settings;
  private readonly folder: string;
  private readonly request: BackupRequest;
  private readonly id = randomUUID();
  private readonly at = new Date().toISOString();
  private readonly missing: string[] = [NO_INBOX];
  private readonly patience: Patience;

  constructor(settings: Settings, folder: string, request: BackupRequest) {
    this.settings = settings;
    this.folder = folder;
    this.request = request;
    this.patience = untilAborted(request.signal);
  }

  async run(): Promise<BackupReport> {
    const isOfCluster = isCluster(this.settings);
    const { facts, contents, files, heldMs } = isOfCluster ? await this.cluster() : await this.embedded();
    const others = [...this.quarantine(), ...this.secret(facts)];
    const unsigned: Manifest = {
      ...{ v: 1, id: this.id, at: this.at, mode: isOfCluster ? 'cluster' : 'embedded' },
      ...{ facts, contents, files: [...files, ...others], missing: this.missing, digest: '' },
    };
    const manifest = { ...unsigned, digest: digestOf(unsigned) };
    writeWhole(join(this.folder, MANIFEST), JSON.stringify(manifest, undefined, 2));
    return { manifest, heldMs };
  }

  /** From a copy of the file as of one moment, beside the backup. */
  private async embedded(): Promise<Written> {
    const { data, tenant, partitions } = this.settings;
    refuseHalfFolder(data);
    const copy = { ...this.settings, data: join(this.folder, 'copy') };
    await copyDataSet(this.settings, copy.data);
    const ports = await openReadPorts(copy);
    try {
      await refuseOtherSettings(ports.store, this.settings);
      await refuseOtherTenant(ports.store, this.settings);
      const facts = { tenant, partitions, matching: matchCheckOf(data) ?? '' };
      const checkpoints = await checkpointsOf(ports.store);
      return { facts, ...(await this.write(this.imageOf(ports, facts, checkpoints))), heldMs: 0 };
    } finally {
      await ports.close();
      rmSync(copy.data, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** From the servers, while nobody commits. */
  private async cluster(): Promise<Written> {
    const ports = await openPorts(this.settings, () => undefined);
    try {
      const setup = await recordedSetup(ports.store);
      if (setup === undefined) {
        throw new MasterflagError('MF_DATA_ABSENT', `nobody has set up cluster ${this.settings.cluster}`);
      }
      await refuseOtherSettings(ports.store, this.settings);
      return await this.held(ports, setup);
    } finally {
      await ports.close();
    }
  }

  private async held(ports: Ports, { tenant, partitions, matching }: Setup): Promise<Written> {
    const facts = { tenant, partitions, matching };
    const holding = await Holding.begin(this.settings, 'backup');
    const started = performance.now();
    try {
      await holding.atRest();
      const owner = openingName(holding.name, this.id);
      const checkpoints = await this.takeOver(ports, owner);
      const written = await this.write(this.imageOf(ports, facts, checkpoints));
      await refuseMoved(ports, checkpoints);
      return { facts, ...written, heldMs: Math.round(performance.now() - started) };
    } finally {
      await holding.end();
    }
  }

  /** Whatever nodes believe: from now on nobody can commit unnoticed. */
  private async takeOver({ log, store }: Ports, owner: string): Promise<Checkpoint[]> {
    const settling = { log, store, rules: RULES, patience: this.patience };
    const partitions = allPartitions(this.settings.partitions);
    return Promise.all(partitions.map((partition) => open(settling, partition, owner)));
  }

  private imageOf({ log, store }: ReadPorts, facts: DataSetFacts, checkpoints: readonly Checkpoint[]): Image {
    return portsImage({ id: this.id, facts, log, store, checkpoints, patience: this.patience });
  }

  private write(image: Image): Promise<Pick<Written, 'contents' | 'files'>> {
    const { check } = this.patience;
    return new ImageWriter({ image, folder: this.folder, onProgress: this.request.onProgress, check }).run();
  }

  /** What was taken out of the quarantine into files is in the data folder of whoever did it. */
  private quarantine(): ImageFile[] {
    const { data } = this.settings;
    if (isCluster(this.settings)) {
      this.missing.push('files of the quarantine: they are in the data folders of the nodes');
      return [];
    }
    const from = join(data, QUARANTINE);
    if (!existsSync(from)) return [];
    const names = readdirSync(from).filter((name) => name.endsWith('.ndjson'));
    return names.sort().map((name) => copyFile(join(from, name), this.folder, `${QUARANTINE}/${name}`));
  }

  private secret({ matching }: DataSetFacts): ImageFile[] {
    if (matching === '') return [];
    const key = this.request.withSecret ? this.findSecret(matching) : undefined;
    if (key === undefined) {
      this.missing.push('the secret of matching: a restore needs its file, named by MASTERFLAG_MATCH_KEY_FILE');
      return [];
    }
    writeWhole(join(this.folder, SECRET), key);
    return [copyFile(join(this.folder, SECRET), this.folder, SECRET)];
  }

  private findSecret(matching: string): string | undefined {
    const { matchKeyFile } = this.settings;
    if (isCluster(this.settings) && (matchKeyFile === '' || !existsSync(matchKeyFile))) return undefined;
    const key = isCluster(this.settings) ? readFileSync(matchKeyFile, 'utf8').trim() : findMatchKey(this.settings);
    return key !== undefined && checkOf(key) === matching ? key : undefined;
  }
}

/** @throws MF_BACKUP_VOID when a partition is not that of the opening which was read */
async function refuseMoved({ store }: Ports, opened: readonly Checkpoint[]): Promise<void> {
  const found = new Map((await store.progress()).map((one) => [one.id, one]));
  for (const { id, epoch, owner } of opened) {
    const now = found.get(id);
    if (now?.epoch === epoch && now.owner === owner) continue;
    throw new MasterflagError('MF_BACKUP_VOID', `${now?.owner ?? 'nobody'} owns ${id} now`);
  }
}
