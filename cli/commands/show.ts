import type { Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { Output } from '../output.ts';

export function showCommand(): Command {
  return command(
    'show',
    'tell everything that is known under an id',
    'masterflag show 536365              # any id that a source ever used',
    'masterflag show main.order.5YbXNh0vQ3v0sOQ1cX2g9w',
    'masterflag show 17850 --json | jq .flag.status',
  )
    .argument('<id>', 'an id of any source, or a matching key')
    .action(async (id: string, options: CommonOptions) => {
      const { openReading } = await import('../../actors/node/reading.ts');
      const { storiesOf } = await import('../stories.ts');
      const { storyText } = await import('../story-text.ts');
      const reading = await openReading(await settingsOf(options));
      try {
        const output = new Output();
        let first = true;
        for await (const story of storiesOf(id, reading.queries)) {
          if (options.json === true) await output.json(story);
          else await output.line(`${first ? '' : '\n'}${storyText(story)}`);
          first = false;
        }
        await output.flush();
      } finally {
        reading.close();
      }
    });
}
