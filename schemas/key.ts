import { hash } from 'node:crypto';
import { partitionId, type PartitionCounts, type PartitionId } from './partition.ts';

/**
 * The entity's own stable key, `<tenant>.<kind>.<hash>`: 128 bits of SHA-256 over tenant, kind, source namespace
 * and the source's own id, as base64url. It routes, and never changes.
 */
export type MatchingKey = string;

export const DEFAULT_TENANT = 'main';

/** The kind that a matching key names, or undefined for text that is no matching key. */
export function kindOfKey(key: MatchingKey): string | undefined {
  if (!MATCHING_KEY.test(key)) return undefined;
  const dot = key.indexOf('.');
  return key.slice(dot + 1, key.indexOf('.', dot + 1));
}

const MATCHING_KEY = /^[a-z0-9-]+\.[a-z]+\.[A-Za-z0-9_-]{22}$/;

/** Content identity: the first 128 bits of SHA-256 as 22 characters of base64url. */
export function fingerprint(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}

export function matchingKey(tenant: string, kind: string, namespace: string, id: string): MatchingKey {
  return `${tenant}.${kind}.${fingerprint(JSON.stringify([tenant, kind, namespace, id]))}`;
}

/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/): cheap, and the key it mixes is uniform already. */
function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** The one partition that an entity lives in. Throws when this data set hosts no partition of the kind. */
export function partitionOf(kind: string, key: MatchingKey, counts: PartitionCounts): PartitionId {
  const count = counts[kind];
  if (count === undefined)
    throw new RangeError(`no partitions of kind ${kind}; this data set has ${Object.keys(counts).join(', ')}`);
  return partitionId(kind, fnv1a(key) % count);
}
