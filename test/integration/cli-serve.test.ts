import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SAMPLE, Workplace, type Running } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

let place: Workplace;
let owner: Running;
beforeAll(async () => {
  place = new Workplace();
  owner = place.start(['serve']);
  await owner.says('Serving ');
});
afterAll(() => {
  place.remove();
});

test('other commands go through the process that serves, and read while it writes', async () => {
  expect(await place.json('feed', 'online-retail', SAMPLE)).toMatchObject({ received: 3108, accepted: 3064 });
  expect(await place.lines('export', 'mall.orders')).toHaveLength(143);
});

test('a data set is served once', async () => {
  const { code, stderr } = await place.run('serve');
  expect(stderr).toMatch(/^MF_DATA_OWNED: another process serves/);
  expect(code).toBe(1);
});

describe('do', () => {
  test('note is answered when its effect can be read', async () => {
    const outcome = await place.json<{ version: number }>('do', 'note', '536365', '--text', 'called the customer');
    expect(outcome).toMatchObject({ command: 'note', status: 'done', version: 9 });
    const { flag } = await place.json<{ flag: object }>('show', '536365');
    expect(flag).toMatchObject({ facts: { notes: [{ text: 'called the customer' }] } });
  });

  test('--data-json says the same', async () => {
    const data = JSON.stringify({ text: 'as JSON' });
    expect(await place.json('do', 'note', '536366', '--data-json', data)).toMatchObject({ status: 'done' });
  });

  test('--if-version refuses when the entity has moved on', async () => {
    const { code, stderr } = await place.run('do', 'note', '536365', '--text', 'late', '--if-version', '1');
    expect(stderr).toMatch(/^MF_CONFLICT: note was refused at version 9: /);
    expect(code).toBe(1);
  });

  test('a refusal is an error with its code', async () => {
    const { code, stderr } = await place.run('do', 'note', '536365', '--text', ' ');
    expect(stderr).toMatch(/^MF_NOTE_LENGTH: /);
    expect(code).toBe(1);
  });

  test('what is about the quarantine is said to be elsewhere', async () => {
    for (const name of ['redrive', 'fix', 'drop']) {
      const { code, stderr } = await place.run('do', name, '536365');
      expect(stderr).toContain(`masterflag quarantine ${name}`);
      expect(code).toBe(2);
    }
  });

  test('an unknown id, an unknown command and data that is no JSON are refused', async () => {
    expect(await place.run('do', 'note', 'nobody')).toMatchObject({ code: 1 });
    expect((await place.run('do', 'dance', '536365')).stderr).toMatch(/^MF_MESSAGE_UNKNOWN: /);
    expect(await place.run('do', 'note', '536365', '--data-json', '{')).toMatchObject({ code: 2 });
  });
});

// The last: it ends the process that the others go through.
test('SIGTERM stops it in order; then others start an engine of their own', async () => {
  owner.child.kill('SIGTERM');
  expect(await owner.ended).toMatchObject({ code: 0, signal: null });
  expect(await place.json('feed', 'online-retail', SAMPLE)).toMatchObject({ accepted: 0, duplicate: 3108 });
});
