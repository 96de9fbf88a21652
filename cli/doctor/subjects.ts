import type { SubjectPermissions } from '../../gateway/doctor/nats-facts.ts';

/** Subjects of one purpose that a node publishes to or subscribes to; `*` and `>` as in NATS. */
export interface Family {
  readonly subject: string;
  readonly use: 'publish' | 'subscribe';
  readonly purpose: string;
}

/** Everything a node of a cluster says or hears on NATS. docs/cluster.md lists the same. */
export function families(cluster: string): Family[] {
  const moleculer = `MOL-${cluster}.>`;
  return [
    { subject: `${cluster}.>`, use: 'publish', purpose: 'inboxes, events, wake-ups' },
    { subject: '$JS.API.>', use: 'publish', purpose: 'JetStream' },
    { subject: moleculer, use: 'publish', purpose: 'nodes among each other' },
    { subject: '_INBOX.>', use: 'publish', purpose: 'answers to others, receipts' },
    { subject: '_INBOX.>', use: 'subscribe', purpose: 'answers to us' },
    { subject: `${cluster}.wake.>`, use: 'subscribe', purpose: 'wake-ups' },
    { subject: 'feed.>', use: 'subscribe', purpose: 'feeds over NATS' },
    { subject: moleculer, use: 'subscribe', purpose: 'nodes among each other' },
  ];
}

/** Whether all subjects of a family are allowed, and none is denied. */
export function isAllowed({ allow, deny }: SubjectPermissions, subject: string): boolean {
  const isNamed = allow === undefined || allow.length === 0 || allow.some((pattern) => covers(pattern, subject));
  return isNamed && !(deny ?? []).some((pattern) => overlaps(pattern, subject));
}

/** Whether a pattern matches every subject that another pattern matches. */
function covers(pattern: string, other: string): boolean {
  const [wide, narrow] = [pattern.split('.'), other.split('.')];
  for (const [n, token] of wide.entries()) {
    const against = narrow[n];
    if (against === undefined) return false;
    if (token === '>') return true;
    if (against === '>' || (token !== '*' && token !== against)) return false;
  }
  return wide.length === narrow.length;
}

/** Whether some subject is matched by both. */
function overlaps(a: string, b: string): boolean {
  const [left, right] = [a.split('.'), b.split('.')];
  for (let n = 0; n < Math.max(left.length, right.length); n++) {
    const [one, two] = [left[n], right[n]];
    if (one === undefined || two === undefined) return false;
    if (one === '>' || two === '>') return true;
    if (one !== '*' && two !== '*' && one !== two) return false;
  }
  return true;
}
