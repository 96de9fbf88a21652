import type { Collection } from '../../config/tasks.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { fingerprint } from '../../schemas/key.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type {
  EditionDocument,
  FeedDocument,
  OutcomeDocument,
  SetupDocument,
  TimerDocument,
} from '../../schemas/tasks/books.ts';
import type { ExportDocument, QuarantineDocument, ResolutionDocument } from '../../schemas/tasks/quarantine.ts';
import { judgeDocument, ownerOf, type DocumentRules, type Seqs } from './document.ts';
import { shortened, type Finding, type Wrong } from './finding.ts';

/** What partitions keep beside the entities: each document by itself, and found by what it says. */
export const BOOKS = [
  'master.outcomes',
  'management.quarantine',
  'management.resolutions',
  'management.exports',
  'management.feeds',
  'management.setup',
  'management.sources',
] as const satisfies readonly Collection[];

export type Book = (typeof BOOKS)[number];

export interface BookRules extends DocumentRules {
  /** What the present files of a version of a source say; undefined for one that is not there. */
  readonly digestOf: (source: string, version: number) => string | undefined;
}

/** Documents of no partition: their writers have no checkpoints (actors/node/editions.ts, actors/node/setup.ts). */
const NOBODYS: ReadonlyMap<string, PartitionId> = new Map([
  ['management.setup', 'setup.0'],
  ['management.sources', 'source.0'],
]);

type Add = (wrong: Wrong, is: string, should: string, advice?: string) => void;

/** What is wrong with a document of the books. */
export function judgeBook(document: StoredDocument, seqs: Seqs, rules: BookRules): Finding[] {
  const { collection, id } = document;
  const owner = writerOf(document, rules);
  const findings = judgeDocument(document, owner, seqs, rules, null);
  // What does not even have its shape says nothing that could be compared.
  if (findings.some(({ wrong }) => wrong === 'shape')) return findings.map(advised);
  const add: Add = (wrong, is, should, advice) => {
    findings.push({ collection, id, wrong, is, should, mendedBy: null, ...(advice !== undefined && { advice }) });
  };
  if (!NOBODYS.has(collection)) judgeVersion(document, add);
  judgeContents(document, rules, add);
  return findings.map(advised);
}

const ADVICE = 'No other document says what it was: restore a backup, or go by the logs; entities do not depend on it.';

function advised(finding: Finding): Finding {
  return { advice: ADVICE, ...finding };
}

/** As far as a document says whose it is. */
function writerOf({ collection, json, partition }: StoredDocument, { counts }: DocumentRules): PartitionId | undefined {
  const body = bodyOf(json) as { entity?: string; entry?: { entity?: string }; partition?: PartitionId };
  switch (collection as Book) {
    case 'master.outcomes':
    case 'management.quarantine':
      return ownerOf(body.entity ?? '', counts);
    case 'management.resolutions':
      return ownerOf(body.entry?.entity ?? '', counts);
    case 'management.exports':
    case 'management.feeds':
      return body.partition;
    case 'management.setup':
    case 'management.sources': {
      const writer = NOBODYS.get(collection);
      return partition === writer ? undefined : writer;
    }
  }
}

function bodyOf(json: string | null): unknown {
  try {
    return JSON.parse(json ?? '{}') as unknown;
  } catch {
    return {};
  }
}

/** Its version is the commit that wrote it. */
function judgeVersion({ version, seq }: StoredDocument, add: Add): void {
  if (version !== seq) add('version', `version ${version} by commit ${seq}`, 'the same number');
}

function judgeContents({ collection, id, json, seq }: StoredDocument, rules: BookRules, add: Add): void {
  const body = bodyOf(json);
  switch (collection as Book) {
    case 'master.outcomes':
      judgeId(id, (body as OutcomeDocument).entity, add);
      break;
    case 'management.quarantine':
      judgeEntry(id, body as QuarantineDocument, add);
      break;
    case 'management.resolutions':
      judgeEntry(id, (body as ResolutionDocument).entry, add);
      break;
    case 'management.exports': {
      const { file, partition } = body as ExportDocument;
      sameId(id, `${file}.${partition}.${seq}`, add);
      break;
    }
    case 'management.feeds':
      judgeFeed(id, body as FeedDocument, add);
      break;
    case 'management.setup':
      judgeSetup(body as SetupDocument, rules, add);
      break;
    case 'management.sources':
      judgeEdition(id, body as EditionDocument, rules, add);
  }
}

function judgeId(id: string, entity: string, add: Add): void {
  if (!id.startsWith(`${entity}.`)) add('changed', `of ${entity}`, 'of the entity that its _id begins with');
}

function sameId(id: string, should: string, add: Add): void {
  if (id !== should) add('changed', `what _id ${should} would say`, `what its _id says`);
}

/** Entries are found by what they hold (actors/partition/quarantine.ts), so they cannot hold anything else. */
function judgeEntry(id: string, { type, source = '', entity, raw }: QuarantineDocument, add: Add): void {
  if (type === 'overflow') {
    judgeId(id, entity, add);
    return;
  }
  const content = type === 'poison' ? [type, entity, raw] : [type, source, entity, raw];
  const should = `q${fingerprint(JSON.stringify(content))}`;
  if (id !== should) add('changed', `${type} of ${entity}: ${shortened(raw)}`, 'the record that its _id is made of');
}

/** By other numbers, every entity would be looked for in the wrong partition. */
function judgeSetup({ partitions }: SetupDocument, { counts }: BookRules, add: Add): void {
  for (const [kind, count] of Object.entries(counts)) {
    const said = partitions[kind] ?? 0;
    if (said !== count) add('changed', `${said} partitions of kind ${kind}`, `${count}, as the settings say`);
  }
}

function judgeFeed(id: string, body: FeedDocument, add: Add): void {
  const { feed, partition, received, accepted, duplicate, stale, quarantined } = body;
  sameId(id, `${feed}.${partition}`, add);
  const sum = accepted + duplicate + stale + quarantined;
  if (sum === received) return;
  const parts = `${accepted} accepted + ${duplicate} duplicate + ${stale} stale + ${quarantined} quarantined`;
  add('count', `${received} received`, `${sum}: ${parts}`);
}

function judgeEdition(id: string, { source, version, digest }: EditionDocument, rules: BookRules, add: Add): void {
  sameId(id, `${source}@${version}`, add);
  const present = rules.digestOf(source, version);
  if (present === undefined || present === digest) return;
  const advice =
    'If somebody edited the files of that version, put them back and give the change a version of its own.';
  add('changed', `digest ${digest}`, `${present}, as the files of that version say`, advice);
}

/** master.timers: found by its entity and its name, and due in the partition of its entity. */
export function judgeTimer({ collection, id, json }: StoredDocument, owner: PartitionId | undefined): Finding[] {
  const { entity, timer, due } = bodyOf(json) as TimerDocument;
  const ref = { collection, id, wrong: 'changed' as const, mendedBy: null };
  if (id !== `${entity}.${timer}`) return [{ ...ref, is: `timer ${timer}`, should: 'the one that its _id names' }];
  return due.startsWith(`${owner ?? ''} `) ? [] : [{ ...ref, is: `due ${due}`, should: `due in ${owner ?? ''}` }];
}
