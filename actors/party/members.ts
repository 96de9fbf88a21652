import type { Collection } from '../../config/tasks.ts';
import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import type { MemberMeta } from '../../schemas/state.ts';
import type { Stamp } from '../../schemas/statement.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records, RecordWrite } from '../actor.ts';
import { ordered, stampOf, statementId, type Statement } from '../facts.ts';

/** Where what sources say of a kind of party stands, and the field that names the party there. */
export interface MemberTask {
  readonly collection: Extract<Collection, 'mall.members' | 'sales.members'>;
  readonly owner: 'customer' | 'enterprise';
  readonly fields: readonly string[];
  /** Version of the shape of its records. */
  readonly v: number;
}

/** The last part of the `_id` of what a source says. */
export function memberId(id: string): string {
  return fingerprint(id);
}

export function memberRef({ collection }: MemberTask, key: MatchingKey, id: string): RecordRef {
  return { collection, id: `${key}.${id}` };
}

export function memberWrite(
  task: MemberTask,
  key: MatchingKey,
  { id, body, ...stamp }: Stamp & { readonly id: string; readonly body: object },
): RecordWrite {
  const { source, slot } = stamp;
  return {
    ...memberRef(task, key, id),
    body: { v: task.v, [task.owner]: key, source, slot, ...body },
    meta: { v: 1, ...stampOf(stamp) },
  };
}

/** @throws when a record is not there that the flag speaks of */
export function loadStatements<Body extends object>(
  task: MemberTask,
  key: MatchingKey,
  ids: readonly string[],
  records: Records,
): Map<string, Statement<Body>> {
  const statements = ids.map((id): [string, Statement<Body>] => {
    const ref = memberRef(task, key, id);
    const record = records.get(ref);
    if (record === undefined)
      throw new Error(`the flag of ${key} says that ${ref.collection} has ${ref.id}, but it does not`);
    return readStatement(task, record.body, record.meta);
  });
  return new Map(statements);
}

/** A statement out of its record. */
export function readStatement<Body extends object>(
  { collection, fields }: MemberTask,
  body: unknown,
  meta: unknown,
): [id: string, statement: Statement<Body>] {
  const stamp = stampOf(upcast<MemberMeta>('meta/member', meta));
  return [statementId(stamp), { ...stamp, body: ordered(upcast<Body>(collection, body), fields) }];
}
