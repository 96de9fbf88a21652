import type { Collection } from '../../config/tasks.ts';
import type { CustomerBody } from '../../schemas/canonical/customer.ts';
import type { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { CustomerSaved, EnterpriseSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import { CUSTOMER_MEMBERS } from '../customer/state.ts';
import { ENTERPRISE_MEMBERS } from '../enterprise/state.ts';
import type { Statements } from '../facts.ts';
import { PARTY_LIMIT } from '../match/types.ts';
import { Claims } from '../party/claims.ts';
import type { Matching } from '../party/matching.ts';
import { readStatement, type MemberTask } from '../party/members.ts';
import { agreements, isEnough } from '../party/neighbours.ts';
import type { Party } from '../party/party.ts';
import { loadParty } from '../party/saved.ts';
import { readFlagMeta } from '../partition/resident.ts';
import { lineageOf } from './lineage.ts';
import type { Lineage, MemberView, PartyView } from './party-view.ts';
import type { ReadPorts } from './ports.ts';
import type { Queries } from './queries.ts';
import { tiesOf } from './ties.ts';

type PartyBody = CustomerBody | EnterpriseBody;

/** A member of a party, as the store has it. */
export interface ReadMember {
  readonly key: MatchingKey;
  readonly status: string;
  readonly statements: Statements<PartyBody>;
  readonly party: Party<unknown, unknown>;
  readonly sums: unknown;
}

const KINDS: Readonly<Record<'customer' | 'enterprise', { readonly task: MemberTask; readonly record: Collection }>> = {
  customer: { task: CUSTOMER_MEMBERS, record: 'customer.customers' },
  enterprise: { task: ENTERPRISE_MEMBERS, record: 'customer.enterprises' },
};

/** One party has so many members and statements at most, that they are read at once. */
const STATEMENTS = { after: '', limit: 1000 };

/** Who is one with whom, why, and what a verdict of a person has to say. Reads of the committed state. */
export class Parties {
  private readonly ports: Pick<ReadPorts, 'store'>;
  private readonly queries: Queries;
  private readonly matching: Matching;
  private readonly claims: Claims;

  constructor(ports: Pick<ReadPorts, 'store'>, queries: Queries, matching: Matching) {
    this.ports = ports;
    this.queries = queries;
    this.matching = matching;
    this.claims = new Claims(matching);
  }

  /** @throws MF_NOT_FOUND for a key that is no customer's and no enterprise's */
  async view(key: MatchingKey): Promise<PartyView> {
    const kind = partyKind(key);
    const { head, members } = await this.queries.party(key);
    const read = await this.readAll(members);
    const statuses = await this.statuses(read.flatMap(({ party }) => [...party.claims.keys()]));
    const ties = tiesOf(read, this.claims);
    const isWithin = (member: MatchingKey): boolean => members.includes(member);
    const [record] = await this.ports.store.load([{ collection: KINDS[kind].record, id: head }]);
    return {
      kind,
      head,
      members: read.map((member) => this.memberView(member, statuses)),
      joined: ties.filter((tie) => tie.members.every(isWithin)),
      apart: ties.filter((tie) => !tie.members.every(isWithin)),
      record: JSON.parse(record?.json ?? 'null') as unknown,
    };
  }

  /** Which record of which source gave each field of a party's integrated record. */
  async lineage(key: MatchingKey): Promise<Lineage> {
    const kind = partyKind(key);
    const { head, members } = await this.queries.party(key);
    const read = await this.readAll(members);
    return lineageOf(head, read, KINDS[kind].task.fields, this.matching.rankOf);
  }

  /** What a person says who splits a member off: not the same as those that its identifiers join it with. */
  async splitOf(key: MatchingKey): Promise<{ readonly from: readonly MatchingKey[] }> {
    const { party } = await this.member(key);
    const from = [...agreements(party)].filter(([, agreement]) => isEnough(agreement)).map(([other]) => other);
    // Of more, it stands alone already.
    return { from: from.sort().slice(0, PARTY_LIMIT) };
  }

  /** Which of two has to hear that they are the same: the one that was split off from the other's party, if one was. */
  async joinOf(
    one: MatchingKey,
    other: MatchingKey,
  ): Promise<{ readonly key: MatchingKey; readonly with: MatchingKey; readonly undo?: readonly MatchingKey[] }> {
    const undone = await this.undone(one, other);
    if (undone.length > 0) return { key: one, with: other, undo: undone };
    const reverse = await this.undone(other, one);
    return reverse.length > 0 ? { key: other, with: one, undo: reverse } : { key: one, with: other };
  }

  /** Members of the other's party that this one was split off from. */
  private async undone(key: MatchingKey, other: MatchingKey): Promise<MatchingKey[]> {
    const { apart } = (await this.member(key)).party;
    if (apart === null) return [];
    const { members } = await this.queries.party(other);
    return apart.from.filter((member) => members.includes(member));
  }

  /** Those of them that have been heard of: a head may know a member before it has heard a word itself. */
  private async readAll(members: readonly MatchingKey[]): Promise<ReadMember[]> {
    const read = await Promise.all(members.map((member) => this.find(member)));
    return read.filter((member) => member !== undefined);
  }

  private memberView(member: ReadMember, statuses: ReadonlyMap<MatchingKey, string>): MemberView {
    const { key, status, statements, sums, party } = member;
    return {
      key,
      status,
      statements: Array.from(statements.values(), ({ source, slot, version, body }) => {
        return { source, record: slot, ...(version !== undefined && { version }), body };
      }),
      sums,
      identifiers: this.claims.identifiers(key, statements).map((own) => {
        const { type, value, form } = own;
        const identifier = this.claims.keyOf(key, own);
        const claimed = party.claims.has(identifier) ? (statuses.get(identifier) ?? 'claimed') : 'unclaimed';
        return { type, value, form, status: claimed };
      }),
      ...(party.apart !== null && { splitOff: party.apart }),
      ...(party.cluster?.oversized === true && { tooLarge: true }),
    };
  }

  private async member(key: MatchingKey): Promise<ReadMember> {
    const found = await this.find(key);
    if (found === undefined) throw new MasterflagError('MF_NOT_FOUND', `nothing is known as ${JSON.stringify(key)}`);
    return found;
  }

  private async find(key: MatchingKey): Promise<ReadMember | undefined> {
    const { task } = KINDS[partyKind(key)];
    const [flag] = await this.ports.store.load([{ collection: 'master.flags', id: key }]);
    const statements = await this.ports.store.query(task.collection, task.owner, key, STATEMENTS);
    if (flag === undefined || flag.json === null) return undefined;
    const { party, totals, ...sums } = savedOf(key, flag);
    return {
      key,
      status: (JSON.parse(flag.json) as { readonly status: string }).status,
      statements: new Map(statements.map((document) => statementOf(task, document))),
      party: loadParty<unknown, unknown>(key, party),
      sums: { totals, ...('orders' in sums && { orders: sums.orders, items: sums.items }) },
    };
  }

  private async statuses(identifiers: readonly MatchingKey[]): Promise<Map<MatchingKey, string>> {
    const found = await this.ports.store.load(identifiers.map((id) => ({ collection: 'master.flags', id })));
    return new Map(found.map(({ id, json }) => [id, (JSON.parse(json ?? '{}') as { status?: string }).status ?? '']));
  }
}

function savedOf(key: MatchingKey, flag: StoredDocument): CustomerSaved | EnterpriseSaved {
  return upcast(`state/${partyKind(key)}`, readFlagMeta(flag).state);
}

function statementOf(task: MemberTask, { json, meta }: StoredDocument) {
  return readStatement<PartyBody>(task, JSON.parse(json ?? '{}'), JSON.parse(meta));
}

/** @throws MF_NOT_FOUND for a key that is no customer's and no enterprise's */
function partyKind(key: MatchingKey): 'customer' | 'enterprise' {
  const kind = kindOfKey(key);
  if (kind === 'customer' || kind === 'enterprise') return kind;
  throw new MasterflagError('MF_NOT_FOUND', `${key} is no customer and no enterprise`);
}
