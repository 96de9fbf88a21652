import { hostname } from 'node:os';
import { isCluster } from '../../config/settings.ts';
import type { Settings } from '../../schemas/settings.ts';

/** What others call this node: as the settings say, or after the machine and the process. */
export function nodeName({ node, natsUrl }: Pick<Settings, 'node' | 'natsUrl'>): string {
  if (node !== '') return node;
  const where = isCluster({ natsUrl }) ? hostname().replaceAll(/[^A-Za-z0-9-]/g, '-') : 'masterflag';
  return `${where}-${process.pid}`;
}
