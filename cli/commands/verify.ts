import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';

interface VerifyOptions extends CommonOptions {
  readonly repair?: true;
}

const STOPPED = 'stopped: nothing is half mended, and what was not looked at is as it was.';

export function verifyCommand(): Command {
  return command(
    'verify',
    'read everything and say what does not agree: flags, records, counts, versions, documents that were changed',
    'masterflag verify',
    'masterflag verify --repair       # have their owners write anew what events or state tell',
    'masterflag verify --json | jq -r .wrong',
  )
    .option('--repair', 'mend what can be mended; the rest is said, with what you can do')
    .action(async (options: VerifyOptions) => {
      const { verifyData } = await import('../verifying.ts');
      const { signal, done } = interruption(STOPPED);
      try {
        const request = { repair: options.repair === true, json: options.json === true, signal };
        const { found, mended } = await verifyData(await settingsOf(options), request);
        if (found > mended) process.exitCode = EXIT.failed;
      } finally {
        done();
      }
    });
}
