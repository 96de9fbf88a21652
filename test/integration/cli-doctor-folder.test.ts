import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { examine, type Examination } from '../../cli/doctor/examine.ts';
import { readSettings } from '../../config/settings.ts';
import { Workplace } from './command.ts';
import { one } from './doctor-findings.ts';

jest.setTimeout(60_000);

describe('an embedded data set', () => {
  const place = new Workplace();
  afterAll(() => place.remove());

  test('before the first feed there is nothing to complain about, and nothing is made', async () => {
    const { code, stdout } = await place.run('doctor');
    expect(stdout).toContain('no data set yet');
    expect(code).toBe(0);
    await expect(place.run('stats')).resolves.toMatchObject({
      stderr: expect.stringContaining('MF_DATA_ABSENT'),
    });
  });

  test('one that is served is read beside its engine, and its owner is seen', async () => {
    const serving = place.start(['serve']);
    await serving.says('Serving');
    const examination = await place.json<Examination & Record<string, unknown>>('doctor');
    expect(one(examination, 'folder.owner').found).toContain('an engine runs');
    expect(one(examination, 'folder.data')).toMatchObject({ verdict: 'ok' });
    expect(examination.promises.map(({ answer }) => answer)).toContain('no');
    serving.child.kill('SIGTERM');
    await serving.ended;
  });

  test('other numbers of partitions than it was made with are a failure with what to do', async () => {
    const settings = readSettings({ MASTERFLAG_DATA: place.data, MASTERFLAG_PARTITIONS: 'order=1' });
    const finding = one(await examine(settings), 'folder.data');
    expect(finding).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('MF_PARTITIONS_CHANGED'),
    });
    expect(finding.change).toContain('MASTERFLAG_PARTITIONS');
  });

  test('a folder that is a file fails, with the command that mends it', async () => {
    const settings = readSettings({ MASTERFLAG_DATA: join(place.file('a-file', ''), 'data') });
    const finding = one(await examine(settings), 'folder.writable');
    expect(finding).toMatchObject({ verdict: 'failed' });
    expect(finding.change).toContain('MASTERFLAG_DATA');
  });
});
