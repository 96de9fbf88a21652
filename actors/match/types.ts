/**
 * Members of one party, at most. A member keeps what all others of its party are joined with, and a head what all
 * others say and sold, so this bounds both. One person of Olist has six customer ids; ten times as many are a chain of
 * shared mailboxes and tills. A larger cluster joins nobody: each of its members stands alone, and says so.
 */
export const PARTY_LIMIT = 64;

/** Members that may share an e-mail or a number: a family does, a shop's own address is in hundreds of its orders. */
const CLAIMANTS_LIMIT = 5;

/** Other names of types that canonical fields have: what a source lists under one meets what another has in the field. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['mobile', 'phone'],
  ['telephone', 'phone'],
  ['e-mail', 'email'],
  ['vat', 'registrationNumber'],
]);

export function typeOf(name: string): string {
  return ALIASES.get(name) ?? name;
}

/** What many people may share, or what is wrong often: it joins two members only where they agree in something else. */
const WEAK: ReadonlySet<string> = new Set(['phone', 'fax', 'name', 'address', 'ip']);

/** Two members that have it in common, and nothing else, may be two persons. */
export function isWeak(type: string): boolean {
  return WEAK.has(type);
}

/**
 * An id that a system gives out (`olist.customer_unique_id`, `id:shop`) is not shared by accident, as what people
 * type in is, and one person may have many customers under it: it is withdrawn only where the party would be too large.
 */
export function mostClaimants(type: string): number {
  return /[.:]/.test(type) ? PARTY_LIMIT : CLAIMANTS_LIMIT;
}

/** `id:<namespace>`: the id of a customer or enterprise in the namespace of another source. */
export function namespaceOf(type: string): string | undefined {
  return type.startsWith('id:') ? type.slice(3) : undefined;
}
