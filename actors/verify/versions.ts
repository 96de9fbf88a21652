import type { StoredDocument } from '../../schemas/document.ts';
import type { Findings, MendedBy } from './finding.ts';
import { OF_WORKERS, type EntityLook } from './look.ts';
import type { Truth, Untold } from './truth.ts';

/** Of an entity, a commit leaves one version; a document is of the commit that wrote it last. */
export function judgeVersions(all: readonly StoredDocument[], truth: Truth | Untold, found: Findings): void {
  const [flag] = all;
  if (flag === undefined) return;
  const mendedBy = truth.by;
  const own = all.filter(({ collection }) => !OF_WORKERS.has(collection));
  if (truth.by === 'events' && flag.version !== truth.version) {
    const { collection, id, version } = flag;
    const should = `version ${truth.version}, as many as it has events`;
    found.add({ collection, id, wrong: 'version', is: `version ${version}`, should, mendedBy });
  }
  for (const { collection, id, version, seq, partition } of own) {
    if (partition !== flag.partition) continue;
    const ref = { collection, id, wrong: 'version' as const, mendedBy };
    const at = `version ${version} by commit ${seq}`;
    if (version > flag.version) found.add({ ...ref, is: at, should: `up to ${flag.version}, the version of its flag` });
    const left = truth.by === 'events' ? truth.commits?.get(seq) : leftBy(own, seq);
    if (left === version) continue;
    const should = left === undefined ? 'of a commit that has events of its entity' : `version ${left} by that commit`;
    found.add({ ...ref, is: at, should });
  }
  if (truth.by !== 'events') judgeOrder(own, found, mendedBy);
}

/** Without events, documents of one commit have to agree among themselves; the flag counts most. */
function leftBy(own: readonly StoredDocument[], seq: number): number | undefined {
  return own.find((document) => document.seq === seq)?.version;
}

function judgeOrder(own: readonly StoredDocument[], found: Findings, mendedBy: MendedBy): void {
  const sorted = [...own].sort((a, b) => a.seq - b.seq || a.version - b.version);
  for (const [n, { collection, id, version, seq }] of sorted.entries()) {
    const before = sorted[n - 1];
    if (before === undefined || before.seq === seq || before.version < version) continue;
    const is = `version ${version} by commit ${seq}`;
    const should = `more than ${before.version}, that of commit ${before.seq}`;
    found.add({ collection, id, wrong: 'version', is, should, mendedBy });
  }
}

/** Of the events that are kept still: that they are without a gap, and end at the version of the flag. */
export function judgeKept({ events }: EntityLook, { collection, id, version }: StoredDocument, found: Findings): void {
  const last = events?.at(-1);
  if (events === null || last === undefined) return;
  const ref = { collection, id, wrong: 'version' as const, mendedBy: null, advice: ADVICE_EVENTS };
  const gap = events.find(({ sequence }, n) => n > 0 && sequence !== (events[n - 1]?.sequence ?? 0) + 1);
  if (gap !== undefined)
    found.add({ ...ref, is: `event ${gap.sequence} follows none`, should: 'events without a gap' });
  if (last.sequence === version) return;
  found.add({ ...ref, is: `version ${version}`, should: `version ${last.sequence}, that of its last event` });
}

const ADVICE_EVENTS = 'Its first events are not kept any more, so nothing tells what it was: restore a backup.';
