import type { Collection } from '../../config/tasks.ts';
import { refName, type StoredDocument } from '../../schemas/document.ts';
import { kindOfKey } from '../../schemas/key.ts';
import { SHAPES } from '../../schemas/shapes.ts';
import type { RecordWrite } from '../actor.ts';
import { encode, type Stamp } from '../partition/encode.ts';
import type { AnyActor, FlagMeta } from '../partition/resident.ts';
import { judgeTimer } from './books.ts';
import { difference } from './difference.ts';
import { judgeDocument, judgeState, META_SHAPES, ownerOf, type DocumentRules, type Seqs } from './document.ts';
import { Findings, type Finding } from './finding.ts';
import { countOf, OF_WORKERS, type EntityLook } from './look.ts';
import { judgeReferences } from './references.ts';
import { judgeCrossing } from './crossing.ts';
import { truthOfEvents, truthOfState, type Truth, type Untold } from './truth.ts';
import { judgeKept, judgeVersions } from './versions.ts';

export interface EntityRules extends DocumentRules {
  readonly actors: ReadonlyMap<string, AnyActor>;
}

/** What is wrong with an entity's documents. Pure: the same look gives the same findings. */
export function judgeEntity(look: EntityLook, seqs: Seqs, rules: EntityRules): Finding[] {
  const actor = rules.actors.get(kindOfKey(look.key) ?? '');
  if (actor === undefined) return ofNoKind(look);
  const truth = truthOf(actor, look);
  const mendedBy = truth.by;
  const all = [...(look.flag === undefined ? [] : [look.flag]), ...look.records];
  const findings = all.flatMap((document) => {
    const owner = ownerOf(look.key, rules.counts);
    const mended = OF_WORKERS.has(document.collection) ? null : mendedBy;
    return judgeDocument(document, owner, seqs, rules, mended);
  });
  const found = new Findings(findings);
  for (const document of look.records)
    if (OF_WORKERS.has(document.collection)) judgeWorkers(document, look, rules, found);
  if (look.flag === undefined) withoutFlag(look, truth, found);
  else withFlag(actor, look, look.flag, truth, found);
  return advised(truth.by === 'state' ? withoutDoubt(found.all) : found.all);
}

/** What nothing can mend says what a person can do. */
function advised(all: readonly Finding[]): Finding[] {
  return all.map((finding) => (finding.mendedBy === null ? { advice: ADVICE, ...finding } : finding));
}

const ADVICE = 'Nothing tells what it was: restore a backup, or feed its source again into a new data set.';

/** Where a document that the state stands in contradicts itself, nothing that follows from it can be believed. */
function withoutDoubt(all: Finding[]): Finding[] {
  if (!all.some(({ wrong, collection }) => wrong === 'changed' && STATE_IN_IT.has(collection))) return all;
  return all.map((finding) => ({ ...finding, mendedBy: null, advice: ADVICE_STATE }));
}

/** What workers keep is of the version of the commit that wrote it. */
function judgeWorkers(document: StoredDocument, { key }: EntityLook, rules: EntityRules, found: Findings): void {
  const { collection, id, version, seq } = document;
  if (version !== seq) {
    const is = `version ${version} by commit ${seq}`;
    found.add({ collection, id, wrong: 'version', is, should: 'the same number', mendedBy: null });
  }
  if (collection !== 'master.timers' || found.has('shape', document)) return;
  for (const finding of judgeTimer(document, ownerOf(key, rules.counts))) found.add(finding);
}

/** Events first: they are never written again, while a state stands in the very documents that are looked at. */
function truthOf(actor: AnyActor, { key, flag, records, events }: EntityLook): Truth | Untold {
  const told = events === null || isOfOlderShape(actor, flag) ? null : truthOfEvents(actor, key, events);
  if (told !== null && told.by !== null) return told;
  if (flag === undefined) return told ?? { by: null, why: 'there is no flag' };
  return truthOfState(actor, flag, new Map(records.map((record) => [refName(record), record])));
}

/** Written by an older version, whose documents the present one would not write so. */
function isOfOlderShape(actor: AnyActor, flag: StoredDocument | undefined): boolean {
  const state = flag === undefined ? undefined : metaOf(flag)?.state;
  const { v, members, document } = (state ?? {}) as { v?: number; members?: unknown[]; document?: boolean };
  const shape = SHAPES[`state/${actor.kind}`];
  return (shape !== undefined && v !== undefined && v < shape.v) || (members !== undefined && document === true);
}

function metaOf({ meta }: StoredDocument): FlagMeta | undefined {
  try {
    return JSON.parse(meta) as FlagMeta;
  } catch {
    return undefined;
  }
}

function ofNoKind({ flag, records }: EntityLook): Finding[] {
  return [...(flag === undefined ? [] : [flag]), ...records].map(({ collection, id }) => ({
    ...{ collection, id, wrong: 'unknown' as const, is: 'of a kind that there is not', should: 'of a known kind' },
    ...{ mendedBy: null, advice: 'Nothing of Masterflag wrote it: remove it with the tools of the store.' },
  }));
}

function withoutFlag({ key, records }: EntityLook, truth: Truth | Untold, found: Findings): void {
  const ref = { collection: 'master.flags', id: key };
  if (truth.by !== null) {
    const should = `there, at version ${truth.version}`;
    found.add({ ...ref, wrong: 'missing', is: 'not there', should, mendedBy: truth.by });
    judgeRecords(records, truth, found);
    return;
  }
  for (const { collection, id } of records) {
    found.add({
      ...{ collection, id, wrong: 'unknown', is: `no flag knows it`, should: `master.flags ${key} refers to it` },
      ...{ mendedBy: null, advice: ADVICE_ORPHAN },
    });
  }
}

const ADVICE_ORPHAN =
  'Neither a flag nor all events of its entity are there: feed the source again, or restore a backup; if nobody knows the entity, remove it with the tools of the store.';

function withFlag(
  actor: AnyActor,
  look: EntityLook,
  flag: StoredDocument,
  truth: Truth | Untold,
  found: Findings,
): void {
  const { collection, id } = flag;
  for (const finding of judgeState(actor.kind, flag, truth.by === 'events' ? 'events' : null)) found.add(finding);
  if (truth.by === null) {
    const missing = { wrong: 'changed', is: truth.why, should: 'a state that can be read', mendedBy: null } as const;
    if (!look.records.some((record) => found.has('shape', record))) found.add({ collection, id, ...missing });
  } else {
    judgeFlag(flag, truth, actor, found);
    judgeRecords(look.records, truth, found);
  }
  judgeVersions([flag, ...look.records], truth, found);
  if (truth.by !== 'events') judgeKept(look, flag, found);
  judgeReferences(look, flag, truth, found);
  judgeParked(look, flag, found);
  if (look.crossing !== null) for (const finding of judgeCrossing(flag, look.crossing)) found.add(finding);
}

const NOWHERE: Stamp = { partition: 'verify.0', seq: 0, at: 0 };

function judgeFlag(flag: StoredDocument, truth: Truth, actor: AnyActor, found: Findings): void {
  const { collection, id } = flag;
  const mendedBy = truth.by;
  const { status, references, facts } = truth.flag;
  const body = encode(NOWHERE, 'master.flags', id, 0, { v: 1, kind: actor.kind, status, references, facts }, undefined);
  const differs = difference('master.flags', flag.json ?? '', body.json ?? '');
  if (differs !== null) found.add({ collection, id, wrong: 'changed', ...differs, mendedBy });
  if (truth.by !== 'events') return;
  const state = actor.save(truth.state);
  const meta: FlagMeta = truth.parked === null ? { state } : { state, parked: truth.parked };
  const kept = difference('', flag.meta, JSON.stringify(meta));
  if (kept === null) return;
  found.add({ collection, id, wrong: 'changed', is: `meta ${kept.is}`, should: `meta ${kept.should}`, mendedBy });
}

function judgeRecords(records: readonly StoredDocument[], truth: Truth, found: Findings): void {
  const there = new Map(records.map((record) => [refName(record), record]));
  for (const [name, write] of truth.records) judgeRecord(there.get(name), write, truth, found);
  if (truth.by !== 'events') return;
  for (const [name, { collection, id }] of there) {
    if (truth.records.has(name) || OF_WORKERS.has(collection)) continue;
    const is = 'no event of its entity tells of it';
    found.add({ collection, id, wrong: 'unknown', is, should: 'not there', mendedBy: 'events' });
  }
}

function judgeRecord(found_: StoredDocument | undefined, write: RecordWrite, truth: Truth, found: Findings): void {
  const { collection, id, body, meta } = write;
  const mendedBy = truth.by;
  if (found_ === undefined) {
    if (body === null) return;
    found.add({ collection, id, wrong: 'missing', is: 'not there', should: 'there', mendedBy });
    return;
  }
  if (body === null) {
    found.add({ collection, id, wrong: 'unknown', is: 'there', should: 'not there', mendedBy });
    return;
  }
  const should = encode(NOWHERE, collection, id, 0, body, meta);
  const says = difference(collection, found_.json ?? '', should.json ?? '');
  if (says !== null) {
    found.add({ collection, id, wrong: 'changed', ...says, mendedBy });
    return;
  }
  const kept = difference(META_SHAPES[collection] ?? '', found_.meta, should.meta);
  if (kept === null) return;
  const differs = { is: `meta ${kept.is}`, should: `meta ${kept.should}` };
  found.add({ collection, id, wrong: 'changed', ...differs, mendedBy });
}

const STATE_IN_IT: ReadonlySet<string> = new Set<Collection>(['mall.orders', 'mall.products']);

const ADVICE_STATE =
  'The order or product contradicts itself, and the events that would tell are gone: restore a backup.';

/** An entity is parked as long as a message waits; the entry of the one that parks it is looked up with the quarantine. */
function judgeParked({ records }: EntityLook, flag: StoredDocument, found: Findings): void {
  const { collection, id } = flag;
  const isParked = metaOf(flag)?.parked !== undefined;
  const waiting = countOf(records, 'master.parked');
  if (!isParked && waiting > 0) {
    const advice = 'Redrive the entity with `masterflag quarantine redrive`; if nothing parks it, restore a backup.';
    const is = `${waiting} messages are parked`;
    found.add({ collection, id, wrong: 'parked', is, should: 'parked by one of them', mendedBy: null, advice });
  }
}
