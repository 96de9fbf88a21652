import { expect, test } from '@jest/globals';
import { checkServer } from '../../../streams/jetstream/version.ts';

test.each(['2.12.0', '2.12.0-RC.1', '2.15.2', '2.100.1', '3.0.0'])('NATS %s is new enough', (version) => {
  expect(() => checkServer({ version, name: 'n1' })).not.toThrow();
});

test.each(['2.11.9', '2.9.25', '1.4.1', '0.9', '', 'go'])(
  'NATS %p is refused, with its name and version',
  (version) => {
    expect(() => checkServer({ version, name: 'n1' })).toThrow(
      expect.objectContaining({
        code: 'MF_SERVER_TOO_OLD',
        message: `NATS server n1 is version ${version || 'unknown'}; the log needs at least 2.12`,
      }),
    );
  },
);
