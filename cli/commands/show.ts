import type { Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { Output } from '../output.ts';

interface ShowOptions extends CommonOptions {
  readonly lineage?: true;
}

export function showCommand(): Command {
  return command(
    'show',
    'tell everything that is known under an id',
    'masterflag show 536365              # any id that a source ever used',
    'masterflag show main.order.5YbXNh0vQ3v0sOQ1cX2g9w',
    'masterflag show 17850 --json | jq .flag.status',
    'masterflag show 536365 --lineage    # which record gave which field',
  )
    .argument('<id>', 'an id of any source, or a matching key')
    .option('--lineage', 'of an order or a product: which record gave each field, and what it was before cleansing')
    .action(async (id: string, options: ShowOptions) => {
      if (options.lineage === true) {
        await showLineage(id, options);
        return;
      }
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
        await reading.close();
      }
    });
}

async function showLineage(id: string, options: ShowOptions): Promise<void> {
  const { lineages, lineageText } = await import('../lineage.ts');
  const output = new Output();
  let first = true;
  for await (const lineage of lineages(await settingsOf(options), id)) {
    if (options.json === true) await output.json(lineage);
    else await output.line(`${first ? '' : '\n'}${lineageText(lineage)}`);
    first = false;
  }
  await output.flush();
}
