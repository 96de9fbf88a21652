import type { Lane, PartitionId } from '../../schemas/partition.ts';

/** What a stream holds: one lane of the inboxes of a kind, or its events. */
export type Role = Lane | 'events';

export const ROLES: readonly Role[] = ['fast', 'bulk', 'events'];

/** Streams are per kind and role: a purge of a whole stream then waits for few partitions. */
export function streamName(cluster: string, kind: string, role: Role): string {
  return `${cluster}-${kind}-${role}`;
}

export function subjectOf(cluster: string, role: Role, partition: PartitionId): string {
  return `${cluster}.${role}.${partition}`;
}

/** All partitions of a kind. */
export function subjectsOf(cluster: string, kind: string, role: Role): string {
  return `${cluster}.${role}.${kind}.*`;
}

/** Not a subject of any stream: a wake is told to whoever listens, and kept by nobody. */
export function wakeSubjectOf(cluster: string, partition: PartitionId): string {
  return `${cluster}.wake.${partition}`;
}
