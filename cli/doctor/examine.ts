import type { Db } from 'mongodb';
import { isCluster } from '../../config/settings.ts';
import { lookAtFolder, lookAtKeyFile } from '../../gateway/doctor/folder.ts';
import { lookAtMongo } from '../../gateway/doctor/mongo.ts';
import { lookAtNats } from '../../gateway/doctor/nats.ts';
import { observe } from '../../gateway/doctor/observation.ts';
import type { Settings } from '../../schemas/settings.ts';
import { verdictOf, type Finding, type Verdict } from './finding.ts';
import { judgeFolder, judgeKeyFile, judgeNode, judgeSettings } from './judge-folder.ts';
import { judgeMongo } from './judge-mongo.ts';
import { judgeNats } from './judge-nats.ts';
import { promisesOfCluster, promisesOfFolder, type Promised } from './promises.ts';

export interface Examination {
  readonly mode: 'embedded' | 'cluster';
  /** The data folder, or the name of the cluster. */
  readonly of: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly promises: readonly Promised[];
}

/** What only the adapters know: in what their streams and indexes differ from what they make, a sentence each. */
export interface AdapterChecks {
  readonly streamsAreAsWanted?: (settings: Settings) => Promise<readonly string[]>;
  readonly indexesAreAsWanted?: (database: Db, settings: Settings) => Promise<readonly string[]>;
}

export interface ExamineOptions extends AdapterChecks {
  /** Monitoring ports of NATS servers. */
  readonly monitors?: readonly string[];
}

/** Looks at everything that the settings name, and judges it. Needs no engine. @throws MF_SETTINGS_INVALID */
export async function examine(settings: Settings, options: ExamineOptions = {}): Promise<Examination> {
  return isCluster(settings) ? examineCluster(settings, options) : examineFolder(settings);
}

async function examineFolder(settings: Settings): Promise<Examination> {
  const facts = await lookAtFolder(settings);
  const findings = [...judgeNode(process.versions.node), ...judgeFolder(facts, Date.now())];
  const promises = promisesOfFolder(facts);
  return { mode: 'embedded', of: settings.data, verdict: verdictOf(findings), findings, promises };
}

async function examineCluster(settings: Settings, options: ExamineOptions): Promise<Examination> {
  const { natsUrl, mongodbUrl, cluster, matchKeyFile } = settings;
  const { streamsAreAsWanted: streams, indexesAreAsWanted: indexes, monitors = [] } = options;
  const [nats, mongo, key] = await Promise.all([
    lookAtNats({ natsUrl, cluster, monitors, streamsAreAsWanted: streams && (() => streams(settings)) }),
    lookAtMongo({ mongodbUrl, cluster, indexesAreAsWanted: indexes && ((db) => indexes(db, settings)) }),
    matchKeyFile === '' ? undefined : observe(() => lookAtKeyFile(matchKeyFile)),
  ]);
  const findings = [
    ...judgeNode(process.versions.node),
    ...judgeSettings(settings),
    ...judgeKeyFile(key),
    ...judgeNats(nats, settings),
    ...judgeMongo(mongo, settings),
  ];
  const promises = promisesOfCluster(nats, mongo, settings);
  return { mode: 'cluster', of: cluster, verdict: verdictOf(findings), findings, promises };
}
