import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, folderSettingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';
import { HAND_MADE, SAMPLE_DAY, type SampleFeed } from '../sample.ts';

/** `npm start`: a first look, with real orders. */
export function startCommand(): Command {
  return command('start', 'feed a day of real orders, and show what came of it', 'npm start').action(
    async (options: CommonOptions) => {
      const { feed } = await import('../feeding.ts');
      const { readTour, tourText } = await import('../tour.ts');
      const { openConnection } = await import('../../gateway/connection.ts');
      const settings = await folderSettingsOf(options);
      const { signal, done } = interruption();
      const fed = ({ source, path }: SampleFeed) =>
        feed(settings, { source, paths: [path], stdinName: '', silent: true, signal });
      try {
        if (options.json !== true) console.log(`Data folder: ${settings.data}\n`);
        // One engine for all feeds.
        const engine = await openConnection(settings);
        try {
          const day = await fed(SAMPLE_DAY);
          const handMade = [];
          for (const sample of HAND_MADE) handMade.push(await fed(sample));
          const tour = await readTour(settings, { day, handMade });
          await print(options.json, tour, () => tourText(tour));
        } finally {
          await engine.close();
        }
      } finally {
        done();
      }
    },
  );
}
