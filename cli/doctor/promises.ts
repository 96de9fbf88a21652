import type { FolderFacts } from '../../gateway/doctor/folder.ts';
import type { MongoFacts } from '../../gateway/doctor/mongo-facts.ts';
import type { NatsFacts } from '../../gateway/doctor/nats-facts.ts';
import { seenOf } from '../../gateway/doctor/observation.ts';
import type { Settings } from '../../schemas/settings.ts';
import { fileSystemKind } from './judge-folder.ts';
import { replicasOf, serverCount, syncOf } from './judge-jetstream.ts';
import { upOf } from './judge-mongo.ts';
import { productOf } from './mongo-product.ts';

/** From the best to the worst: a whole is as good as its worst part. */
const ANSWERS = ['yes', 'partly', 'unknown', 'no'] as const;

type Answer = (typeof ANSWERS)[number];

type Because = readonly [Answer, string];

/** Whether what was acknowledged is still there after this. */
export interface Promised {
  readonly survives: 'a power cut' | 'the loss of a server' | 'the loss of a disk';
  readonly answer: Answer;
  readonly because: readonly string[];
}

export function promisesOfFolder({ fileSystem }: FolderFacts): Promised[] {
  const [name, kind] = fileSystemKind(seenOf(fileSystem) ?? { magic: undefined });
  const cut: Because =
    kind === 'memory' || kind === 'network'
      ? ['no', `The data set is on ${name}, which is no disk of this machine.`]
      : kind === 'local'
        ? [
            'yes',
            'A write is on the disk before it is acknowledged (SQLite, synchronous=FULL), as far as the disk tells the truth.',
          ]
        : [
            'unknown',
            'A write is handed to the file system before it is acknowledged; whether that one is on a disk of this machine cannot be told.',
          ];
  const copy: Because = ['no', 'There is one copy: what is not in your backups is gone.'];
  return [promised('a power cut', cut), promised('the loss of a server', copy), promised('the loss of a disk', copy)];
}

export function promisesOfCluster(nats: NatsFacts, mongo: MongoFacts, settings: Settings): Promised[] {
  return [
    promised('a power cut', logAfterPowerCut(nats, settings), storeAfterPowerCut(mongo)),
    promised('the loss of a server', logAfterLoss(nats, settings), storeAfterLoss(mongo)),
    promised('the loss of a disk', logAfterLoss(nats, settings), storeAfterLoss(mongo)),
  ];
}

function promised(survives: Promised['survives'], ...parts: readonly Because[]): Promised {
  const worst = Math.max(...parts.map(([answer]) => ANSWERS.indexOf(answer)));
  return { survives, answer: ANSWERS[worst] ?? 'unknown', because: parts.map(([, because]) => because) };
}

function logAfterPowerCut(nats: NatsFacts, settings: Settings): Because {
  if (isInMemory(nats)) return ['no', 'NATS: a stream is kept in memory.'];
  if (serverCount(nats) === 0) return ['unknown', 'NATS: no server answers.'];
  const [sync, replicas] = [syncOf(nats), replicasOf(nats, settings)];
  if (sync.kind === 'always') return ['yes', 'NATS: an append is on the disk before it is acknowledged.'];
  const several = `NATS: ${replicas} copies on as many servers. The power cut of one is survived while the others stay up and in touch; of several at once`;
  if (sync.kind === 'unknown') {
    return replicas < 3
      ? [
          'unknown',
          'NATS: one copy, and whether it is on the disk before it is acknowledged cannot be seen. By the default of nats-server it is not.',
        ]
      : ['partly', `${several}, only if sync_interval is always on all, which cannot be seen.`];
  }
  return replicas < 3
    ? [
        'no',
        `NATS: acknowledged appends of the last ${sync.seconds} s may be lost: one copy, written to the disk later.`,
      ]
    : ['partly', `${several}, acknowledged appends of the last ${sync.seconds} s may be lost.`];
}

function logAfterLoss(nats: NatsFacts, settings: Settings): Because {
  if (serverCount(nats) === 0) return ['unknown', 'NATS: no server answers.'];
  const replicas = Math.min(replicasOf(nats, settings), serverCount(nats));
  const spare = Math.floor((replicas - 1) / 2);
  if (spare === 0)
    return ['no', 'NATS: too few copies. Records that were not applied yet, and the events, are gone with it.'];
  return ['yes', `NATS: ${replicas} copies; work goes on without ${spare} of them.`];
}

function isInMemory({ streams }: NatsFacts): boolean {
  return (seenOf(streams) ?? []).some(({ storage }) => storage !== 'file');
}

function storeAfterPowerCut(mongo: MongoFacts): Because {
  const other = otherThanMongo(mongo);
  if (other !== undefined) return other;
  const status = seenOf(mongo.status);
  if (status?.persistent === false || seenOf(mongo.journalOff) === true)
    return ['no', 'MongoDB: no journal on a disk.'];
  if (status === undefined || status.engine === '') {
    return ['unknown', 'MongoDB: Masterflag asks for journaled majority writes; the storage engine cannot be seen.'];
  }
  return ['yes', 'MongoDB: a write is in the journal on the disk of a majority before it is acknowledged.'];
}

function storeAfterLoss(mongo: MongoFacts): Because {
  const other = otherThanMongo(mongo);
  if (other !== undefined) return other;
  const [hello, set] = [seenOf(mongo.hello), seenOf(mongo.replicaSet)];
  if (hello?.sharded === true)
    return ['unknown', 'MongoDB: sharded; how many members each shard has cannot be seen through mongos.'];
  if (hello?.setName === '') return ['no', 'MongoDB: one server alone. What is not in your backups is gone.'];
  if (set === undefined) return ['unknown', 'MongoDB: a replica set whose members cannot be seen.'];
  const spare = upOf(set) - set.majority;
  return spare > 0
    ? ['yes', `MongoDB: ${upOf(set)} members are up; work goes on without ${spare} of them.`]
    : ['no', `MongoDB: ${upOf(set)} members are up, and a majority is ${set.majority}: none may be missing.`];
}

function otherThanMongo(mongo: MongoFacts): Because | undefined {
  if ('unseen' in mongo.login) return ['unknown', 'MongoDB: no server answers.'];
  const product = productOf(mongo);
  if (product === 'mongodb') return undefined;
  return product === 'java'
    ? ['no', 'The store is a stand-in for tests, which promises nothing.']
    : ['unknown', 'The store is not MongoDB; what it promises is for its maker to say.'];
}
