import { describe, expect, test } from '@jest/globals';
import { judgeFolder, judgeKeyFile, judgeNode } from '../../../cli/doctor/judge-folder.ts';
import { promisesOfFolder } from '../../../cli/doctor/promises.ts';
import type { FolderFacts } from '../../../gateway/doctor/folder.ts';
import { complaints, REFUSED } from './doctor-facts.ts';

const NOW = Date.parse('2026-01-01');
const FOLDER: FolderFacts = {
  folder: '/data',
  writable: { seen: '/data' },
  fileSystem: { seen: { magic: 0xef53, totalBytes: 100 * 2 ** 30, freeBytes: 50 * 2 ** 30 } },
  data: { seen: { bytes: 1 } },
  owner: REFUSED,
  newest: NOW - 1,
};
const on = (magic: number | undefined): Partial<FolderFacts> => ({
  fileSystem: { seen: { magic, totalBytes: 100 * 2 ** 30, freeBytes: 50 * 2 ** 30 } },
});

describe('the judgement on a data folder', () => {
  test.each<[string, Partial<FolderFacts>, string[], string]>([
    ['in order', {}, [], 'yes'],
    ['not there yet', { data: { unseen: 'x', code: 'MF_DATA_ABSENT' } }, [], 'yes'],
    ['of a newer version', { data: { unseen: 'x', code: 'MF_NEWER_VERSION' } }, ['folder.data failed'], 'yes'],
    ['not to be written', { writable: { unseen: 'x', code: 'EACCES' } }, ['folder.writable failed'], 'yes'],
    ['on NFS', on(0x6969), ['folder.fileSystem failed'], 'no'],
    ['on SMB', on(0xfe534d42), ['folder.fileSystem failed'], 'no'],
    ['in memory', on(0x01021994), ['folder.fileSystem failed'], 'no'],
    ['in a layer of a container', on(0x794c7630), ['folder.fileSystem warning'], 'unknown'],
    ['on FUSE', on(0x65735546), ['folder.fileSystem warning'], 'unknown'],
    ['on what cannot be told', on(undefined), ['folder.fileSystem warning'], 'unknown'],
    [
      'on a full disk',
      { fileSystem: { seen: { magic: 0xef53, totalBytes: 2 ** 30, freeBytes: 1 } } },
      ['folder.disk failed'],
      'yes',
    ],
    ['served by another user', { owner: { unseen: 'x', code: 'EACCES' } }, ['folder.owner failed'], 'yes'],
    ['written in the future', { newest: NOW + 3_600_000 }, ['folder.clock warning'], 'yes'],
  ])('%s', (_, change, expected, survivesPowerCut) => {
    const facts = { ...FOLDER, ...change };
    expect(complaints(judgeFolder(facts, NOW))).toEqual(expected);
    expect(promisesOfFolder(facts).map(({ answer }) => answer)).toEqual([survivesPowerCut, 'no', 'no']);
  });

  test('Node.js has to be new enough', () => {
    expect(complaints(judgeNode('24.15.0'))).toEqual([]);
    expect(complaints(judgeNode('24.14.9'))).toEqual(['node.version failed']);
    expect(complaints(judgeNode('26.0.0'))).toEqual([]);
  });

  test('the secret of matching has to be there, long enough, and nobody else may read it', () => {
    const file = { path: '/k', length: 32, open: false };
    expect(complaints(judgeKeyFile({ seen: file }))).toEqual([]);
    expect(complaints(judgeKeyFile({ seen: { ...file, open: true } }))).toEqual(['node.matchKey warning']);
    expect(complaints(judgeKeyFile({ seen: { ...file, length: 15 } }))).toEqual(['node.matchKey failed']);
    expect(complaints(judgeKeyFile(undefined))).toEqual(['node.matchKey failed']);
  });
});
