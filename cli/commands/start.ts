import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

const SAMPLE = fileURLToPath(new URL('../../config/sample/online-retail-2010-12-01.csv', import.meta.url));

/** `npm start`: a first look, with real orders. */
export function startCommand(): Command {
  return command('start', 'feed a day of real orders, and show what came of it', 'npm start').action(
    async (options: CommonOptions) => {
      const { feed } = await import('../feeding.ts');
      const { readTour, tourText } = await import('../tour.ts');
      const settings = await settingsOf(options);
      const { signal, done } = interruption();
      try {
        if (options.json !== true) console.log(`Data folder: ${settings.data}\n`);
        const request = { source: 'online-retail', paths: [SAMPLE], stdinName: '', silent: true, signal };
        const result = await feed(settings, request);
        const tour = await readTour(settings, result);
        await print(options.json, tour, () => tourText(tour));
      } finally {
        done();
      }
    },
  );
}
