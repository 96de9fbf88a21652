import { describe, expect, test } from '@jest/globals';
import type { PartitionCounts } from '../../../schemas/partition.ts';
import {
  isSameView,
  nodeOfOpening,
  openingName,
  placementOf,
  type NodeView,
} from '../../../actors/placement/placement.ts';

const COUNTS: PartitionCounts = { order: 16, customer: 4 };
const SIZES = [1, 2, 3, 4, 5, 8];
const CLUSTERS = 200;

function node(name: string, told: Partial<NodeView> = {}): NodeView {
  return { name, kinds: Object.keys(COUNTS), draining: false, holding: false, ...told };
}

function cluster(size: number, n: number): NodeView[] {
  return Array.from({ length: size }, (_, at) => node(`c${n}-n${at}`));
}

function loads(nodes: readonly NodeView[], kind: string): number[] {
  const placed = [...placementOf(COUNTS, nodes)].filter(([partition]) => partition.startsWith(`${kind}.`));
  return nodes.map(({ name }) => placed.filter(([, owner]) => owner === name).length);
}

/** How many partitions change their owner from one view to another. */
function moved(from: readonly NodeView[], to: readonly NodeView[]): number {
  const after = placementOf(COUNTS, to);
  return [...placementOf(COUNTS, from)].filter(([partition, owner]) => after.get(partition) !== owner).length;
}

function average(size: number, of: (nodes: readonly NodeView[], n: number) => number): number {
  return (
    Array.from({ length: CLUSTERS }, (_, n) => of(cluster(size, n), n)).reduce((sum, one) => sum + one, 0) / CLUSTERS
  );
}

describe('partitions are placed so that', () => {
  test('everybody who sees the same nodes says the same, in whatever order they were seen', () => {
    const nodes = cluster(5, 0);
    const [first, ...others] = nodes;
    expect(new Map(placementOf(COUNTS, [...others.reverse(), first as NodeView]))).toEqual(placementOf(COUNTS, nodes));
    expect(placementOf(COUNTS, nodes).size).toBe(20);
  });

  test.each(SIZES)('no node has two more of a kind than another: %i nodes', (size) => {
    for (let n = 0; n < CLUSTERS; n++) {
      for (const [kind, partitions] of Object.entries(COUNTS)) {
        const found = loads(cluster(size, n), kind);
        expect(Math.max(...found)).toBeLessThanOrEqual(Math.ceil(partitions / size));
        expect(Math.min(...found)).toBeGreaterThanOrEqual(Math.floor(partitions / size));
      }
    }
  });

  test('one who comes takes its share, and little else moves', () => {
    // 20 partitions on three nodes: the fourth must get five at least.
    const came = average(3, (nodes, n) => moved(nodes, [...nodes, node(`new-${n}`)]));
    expect(came).toBeGreaterThanOrEqual(5);
    expect(came).toBeLessThan(7.5);
  });

  test('one who goes leaves its share, and little else moves', () => {
    const went = average(4, (nodes) => moved(nodes, nodes.slice(1)));
    expect(went).toBeGreaterThanOrEqual(5);
    expect(went).toBeLessThan(7.5);
  });

  test('only who offers a kind owns partitions of it', () => {
    const nodes = [node('a', { kinds: ['order'] }), node('b'), node('c', { kinds: [] })];
    expect(loads(nodes, 'order')).toEqual([8, 8, 0]);
    expect(loads(nodes, 'customer')).toEqual([0, 4, 0]);
  });

  test('a kind that nobody offers is owned by nobody', () => {
    const placement = placementOf(COUNTS, [node('a', { kinds: ['order'] })]);
    expect([...placement.keys()].filter((partition) => partition.startsWith('customer.'))).toEqual([]);
    expect(placementOf(COUNTS, [])).toEqual(new Map());
  });

  test('one who drains owns nothing, as if it were gone', () => {
    const [a, b] = [node('a'), node('b')];
    expect(placementOf(COUNTS, [a, node('c', { draining: true }), b])).toEqual(placementOf(COUNTS, [a, b]));
    expect(placementOf(COUNTS, [node('c', { draining: true })])).toEqual(new Map());
  });

  test('nobody owns anything while somebody holds everything', () => {
    expect(placementOf(COUNTS, [node('a'), node('b', { kinds: [], holding: true })])).toEqual(new Map());
  });
});

describe('two views', () => {
  test('are the same where every node is', () => {
    expect(isSameView([node('a'), node('b')], [node('a'), node('b')])).toBe(true);
  });

  test.each<readonly [string, readonly NodeView[]]>([
    ['another node', [node('b')]],
    ['one more', [node('a'), node('b')]],
    ['none', []],
    ['other kinds', [node('a', { kinds: ['order'] })]],
    ['one that drains', [node('a', { draining: true })]],
    ['one that holds', [node('a', { holding: true })]],
  ])('differ by %s', (_, nodes) => {
    expect(isSameView([node('a')], nodes)).toBe(false);
  });
});

test('the name of an opening says which node it is of', () => {
  expect(nodeOfOpening(openingName('n1', '5f/7'))).toBe('n1');
  expect(nodeOfOpening('')).toBeUndefined();
});
