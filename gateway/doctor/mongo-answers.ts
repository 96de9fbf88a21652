import type { Document } from 'mongodb';
import type { Build, Disk, Hello, Member, MongoUser, Privilege, ReplicaSet, Status } from './mongo-facts.ts';

/** Answers of MongoDB's commands, of which nothing is taken for granted: what stands in for it leaves out what it likes. */

export function helloOf(answer: Document, modern: boolean, sent: number, received: number): Hello {
  const time: unknown = answer['localTime'];
  const skew =
    time instanceof Date ? { ms: time.getTime() - (sent + received) / 2, within: (received - sent) / 2 } : undefined;
  return {
    setName: text(answer['setName']),
    sharded: answer['msg'] === 'isdbgrid',
    writable: answer['isWritablePrimary'] === true || answer['ismaster'] === true,
    hosts: list(answer['hosts']).map(text),
    skew,
    modern,
  };
}

export function buildOf(answer: Document): Build {
  return {
    version: text(answer['version']),
    revision: text(answer['gitVersion']),
    ferretdb: answer['ferretdb'] !== undefined || answer['ferretdbVersion'] !== undefined,
  };
}

export function statusOf(answer: Document): Status {
  const engine = record(answer['storageEngine']);
  const persistent = engine['persistent'];
  return {
    program: text(answer['process']),
    engine: text(engine['name']),
    persistent: typeof persistent === 'boolean' ? persistent : undefined,
  };
}

/** Possible before 6.1, `storage.journal.enabled: false` or `--nojournal`. */
export function journalOffOf(answer: Document): boolean {
  const storage = record(record(answer['parsed'])['storage']);
  return record(storage['journal'])['enabled'] === false;
}

export function replicaSetOf(answer: Document): ReplicaSet {
  const members = list(answer['members']).map((value): Member => {
    const { name, stateStr, health } = record(value);
    return { name: text(name), state: text(stateStr), healthy: health === 1 };
  });
  const voters = number(answer['writableVotingMembersCount'], members.length);
  const majority = number(answer['writeMajorityCount'], Math.floor(voters / 2) + 1);
  return { members, majority, voters };
}

export function userOf(answer: Document): MongoUser {
  const info = record(answer['authInfo']);
  const privileges: unknown = info['authenticatedUserPrivileges'];
  return {
    users: list(info['authenticatedUsers']).map((user) => text(record(user)['user'])),
    privileges: Array.isArray(privileges) ? privileges.map(privilegeOf) : undefined,
  };
}

function privilegeOf(value: unknown): Privilege {
  const { resource, actions } = record(value);
  const { db, collection, anyResource } = record(resource);
  // A resource of the cluster, not of a database, grants nothing on documents.
  const database = typeof db === 'string' ? db : undefined;
  return {
    database: database ?? '(cluster)',
    collection: text(collection),
    any: anyResource === true,
    actions: list(actions).map(text),
  };
}

/** @throws where the server does not say: a number that was made up would be worse */
export function diskOf(answer: Document): Disk {
  const [totalBytes, usedBytes] = [number(answer['fsTotalSize'], 0), number(answer['fsUsedSize'], 0)];
  if (totalBytes === 0) throw new Error('the server does not tell how large its disk is');
  return { totalBytes, usedBytes };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
