import { describe, expect, test } from '@jest/globals';
import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoInvalidArgumentError,
  MongoMissingCredentialsError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
  type BulkWriteResult,
  type MongoError,
  type TopologyDescription,
} from 'mongodb';
import { UnknownOutcome } from '../../../schemas/errors.ts';
import { connectMongo } from '../../../store/mongo/connection.ts';
import { duplicatesOf, mapped, meaningOf } from '../../../store/mongo/errors.ts';

const server = (code: number, message = 'refused'): MongoServerError => new MongoServerError({ message, code });

function selection(reason?: MongoError): MongoServerSelectionError {
  const servers = new Map([['a:1', { error: reason ?? null }]]);
  return new MongoServerSelectionError('none found', { servers } as unknown as TopologyDescription);
}

/** As the driver makes them (bulk/common.ts): of the errors of writes, of a majority, or of what a command failed by. */
function bulk(of: { codes?: number[]; concern?: number; failed?: Error }): MongoBulkWriteError {
  const writeErrors = (of.codes ?? []).map((code, index) => ({ index: index * 2, code, errmsg: 'refused' }));
  const concern =
    of.concern === undefined ? undefined : { code: of.concern, errmsg: 'waiting for replication timed out' };
  const result = { getWriteConcernError: () => concern } as unknown as BulkWriteResult;
  const error = of.failed ?? { message: 'refused', code: of.codes?.[0] ?? of.concern ?? 0, writeErrors };
  return new MongoBulkWriteError(error as ConstructorParameters<typeof MongoBulkWriteError>[0], result);
}

/** As Node.js has it; the driver lets it through. */
const RESET = Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write' });

const codeOf = (error: unknown, when: 'start' | 'later' = 'later'): unknown =>
  (meaningOf('test', error, when) as { code?: unknown }).code;

describe('errors of the driver', () => {
  test.each<[string, Error]>([
    ['a connection that was cut', new MongoNetworkError('connection 3 closed')],
    ['a socket that was reset while it was written to', RESET],
    ['a bulk write whose socket was reset', bulk({ failed: RESET })],
    ['an answer that did not come', new MongoNetworkTimeoutError('timed out')],
    ['no server that takes writes', selection()],
    ['no connection to any server', selection(new MongoNetworkError('ECONNREFUSED'))],
    ['an operation that took too long', new MongoOperationTimeoutError('timed out')],
    [
      'a majority that did not answer',
      new MongoWriteConcernError({ writeConcernError: { code: 64, errmsg: 'waiting' }, ok: 1 }),
    ],
    ['a primary that stepped down', server(189)],
    ['a server that is no primary any more', server(10107)],
    ['a server that shuts down', server(11600)],
    ['a read that took too long', server(50)],
    ['a shard that moved', server(13388)],
    ['a bulk write whose connection was cut', bulk({ failed: new MongoNetworkError('closed') })],
    ['a bulk write that a majority did not take', bulk({ concern: 64 })],
    ['a bulk write that found duplicates and no majority', bulk({ codes: [11000], concern: 64 })],
    ['a bulk write to what is no primary', bulk({ failed: server(10107) })],
  ])('%s leaves the outcome unknown', (_what, error) => {
    expect(meaningOf('test', error)).toBeInstanceOf(UnknownOutcome);
  });

  test.each<[string, Error, string]>([
    ['a wrong password', server(18), 'MF_STORE_DENIED'],
    ['a wrong password, found while looking for a server', selection(server(18)), 'MF_STORE_DENIED'],
    ['a user without the role', server(13), 'MF_STORE_DENIED'],
    ['no credentials', new MongoMissingCredentialsError('none'), 'MF_STORE_DENIED'],
    ['a server that is too old', new MongoCompatibilityError('wire version 6'), 'MF_STORE_VERSION'],
    ['a server that is too old, found at the start', selection(new MongoCompatibilityError('6')), 'MF_STORE_VERSION'],
    ['a full disk', server(14031), 'MF_STORE_FULL'],
    ['a full disk, in the words of the storage engine', server(1, '28: No space left on device'), 'MF_STORE_FULL'],
    ['a document over the limit', server(10334), 'MF_DOCUMENT_TOO_LARGE'],
    [
      'a document over the limit, found by the driver',
      new MongoInvalidArgumentError('Document is larger than the maximum size 16777216'),
      'MF_DOCUMENT_TOO_LARGE',
    ],
    ['an index of the same name', server(86), 'MF_STORE_INDEXES'],
    ['one document of a bulk over the limit', bulk({ codes: [11000, 17419] }), 'MF_DOCUMENT_TOO_LARGE'],
    ['what nobody thought of', server(121, 'Document failed validation'), 'MF_STORE_REFUSED'],
  ])('%s is fatal, with its code', (_what, error, code) => {
    expect(codeOf(error)).toBe(code);
  });

  test('no answer at the start is an error of its own, so that a wrong address is seen', () => {
    expect(codeOf(selection(), 'start')).toBe('MF_STORE_UNREACHABLE');
    expect(codeOf(server(18), 'start')).toBe('MF_STORE_DENIED');
  });

  test('errors that are not of the driver stay what they are', async () => {
    const error = new RangeError('mine');
    await expect(mapped('test', () => Promise.reject(error))).rejects.toBe(error);
  });

  test('of a bulk write only duplicates and nothing else are told by place', () => {
    expect(duplicatesOf(bulk({ codes: [11000, 11000] }))).toEqual([0, 2]);
    expect(duplicatesOf(bulk({ codes: [11000, 17419] }))).toBeUndefined();
    expect(duplicatesOf(bulk({ codes: [11000], concern: 64 }))).toBeUndefined();
    expect(duplicatesOf(bulk({ failed: new MongoNetworkError('closed') }))).toBeUndefined();
    expect(duplicatesOf(server(11000))).toBeUndefined();
  });

  test('a URL that is none is a wrong setting, told without its password', async () => {
    const connecting = connectMongo({ url: 'mongodb://ann:secret@', database: 'x' });
    await expect(connecting).rejects.toMatchObject({ code: 'MF_SETTINGS_INVALID' });
    await expect(connecting).rejects.not.toThrow(/secret/);
  });
});
