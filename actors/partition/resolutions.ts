import type { StoredDocument } from '../../schemas/document.ts';
import type { EffectItem, SentRecord } from '../../schemas/inbox.ts';
import type { ResolutionDocument } from '../../schemas/tasks/quarantine.ts';
import { upcast } from '../../schemas/upcast.ts';
import { encode, type Stamp } from './encode.ts';
import { readEntry } from './quarantine.ts';

/** Who resolved an entry, how, and why. */
export interface Resolved {
  readonly how: ResolutionDocument['how'];
  readonly by: string;
  readonly why?: string;
  readonly send?: EffectItem;
}

/** What is kept of an entry that is in quarantine no more; of the same content twice, the last. */
export function resolutionDocument(stamp: Stamp, entry: StoredDocument, resolved: Resolved): StoredDocument {
  const body = readEntry(entry);
  if (body === null) throw new RangeError(`${entry.id} is resolved already`);
  const { _id: _, ...bare } = body as typeof body & { readonly _id?: string };
  const { how, by, why, send } = resolved;
  const document: ResolutionDocument = {
    ...{ v: 1, how, by },
    ...(why === undefined ? {} : { why }),
    at: new Date(stamp.at).toISOString(),
    ...(send === undefined ? {} : { to: { entity: send.key, ...feedOf(send) } }),
    entry: bare,
  };
  const meta: unknown = entry.meta === '' ? undefined : JSON.parse(entry.meta);
  return encode(stamp, 'management.resolutions', entry.id, stamp.seq, document, meta);
}

function feedOf({ type, data }: EffectItem): { feed?: string } {
  return type === 'record' ? { feed: (data as SentRecord).feed } : {};
}

/** In words, for whoever asks for it again. */
export function resolvedText({ json }: StoredDocument): string {
  const { how, by, at } = upcast<ResolutionDocument>('management.resolutions', JSON.parse(json ?? 'null'));
  return `it was ${how} by ${by} at ${at}`;
}
