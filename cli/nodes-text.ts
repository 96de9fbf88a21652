import type { DrainReport } from '../actors/node/membership.ts';
import type { NodesState, PartitionState, NodeState } from './nodes.ts';
import { count } from './progress.ts';
import { table } from './table.ts';

export function nodesText({ nodes, partitions }: NodesState): string {
  const sections = [
    nodes.length === 0
      ? 'No node is alive.'
      : table(
          ['node', 'kinds', 'partitions', 'records/s', 'up', 'conflicts', ''],
          nodes.map((node) => nodeRow(node, partitions)),
        ),
    table(
      [
        'partition',
        'owner',
        'commits',
        'openings',
        'fast',
        'bulk',
        'behind',
        'lag',
        'catches up in',
        'records/s',
        'parked',
      ],
      partitions.map(partitionRow),
    ),
  ];
  for (const { name, failed } of nodes) {
    for (const [partition, why] of Object.entries(failed))
      sections.push(`${name} does not process ${partition}: ${why}`);
  }
  return sections.join('\n\n');
}

function nodeRow(
  { name, kinds, uptime, conflicts, draining }: NodeState,
  partitions: readonly PartitionState[],
): string[] {
  const own = partitions.filter(({ owner }) => owner === name);
  const rate = own.reduce((sum, { recordsPerSecond }) => sum + recordsPerSecond, 0);
  return [
    name,
    kinds.join(', '),
    count(own.length),
    whole(rate),
    duration(uptime),
    count(conflicts),
    draining ? 'draining' : '',
  ];
}

function partitionRow(partition: PartitionState): string[] {
  const { id, owner, seq, epoch, positions, behind, lagSeconds, catchUpSeconds, recordsPerSecond, parked } = partition;
  return [
    ...[id, owner ?? 'nobody', count(seq), count(epoch), count(positions.fast), count(positions.bulk)],
    ...[behind === 0 ? '' : count(behind), behind === 0 ? '' : duration(lagSeconds)],
    catchUpSeconds === null ? 'does not move' : catchUpSeconds === 0 ? '' : duration(catchUpSeconds),
    ...[whole(recordsPerSecond), parked === 0 ? '' : count(parked)],
  ];
}

export function drainText({ node, moved, orphaned }: DrainReport): string {
  const lines = moved.map(({ partition, to, pauseMs }) => [partition, to, `${count(pauseMs)} ms`]);
  const sections = [`${node} owns nothing any more.`];
  if (lines.length > 0) sections.push(table(['partition', 'goes on at', 'after'], lines));
  if (orphaned.length > 0) {
    sections.push(
      `Nobody took ${orphaned.join(', ')}: no other node that is alive offers the kind. They wait for one.`,
    );
  }
  return sections.join('\n\n');
}

function whole(rate: number): string {
  return rate === 0 ? '' : count(Math.round(rate));
}

function duration(seconds: number): string {
  if (seconds < 1) return '< 1 s';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
