import { Option, type Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface PartyOptions extends CommonOptions {
  readonly kind?: string;
  readonly lineage?: true;
}

export function partyCommand(): Command {
  return command(
    'party',
    'tell who is one customer or enterprise, and why',
    'masterflag party 17850                     # any id of any of its members',
    'masterflag party 17850 --lineage           # which record of which source gave each field',
    'masterflag party 17850 --json | jq .head',
  )
    .argument('<id>', 'an id of any source, or a matching key')
    .option('--lineage', 'where each field of the integrated record comes from')
    .addOption(new Option('--kind <kind>', 'where an id means several').choices(['customer', 'enterprise']))
    .action(async (id: string, options: PartyOptions) => {
      const { readLineage, readParties } = await import('../parties.ts');
      const { lineageText, partyText } = await import('../party-text.ts');
      const settings = await settingsOf(options);
      if (options.lineage === true) {
        const all = await readLineage(settings, id, options.kind);
        for (const lineage of all) await print(options.json, lineage, () => lineageText(lineage));
        return;
      }
      for (const party of await readParties(settings, id, options.kind))
        await print(options.json, party, () => partyText(party));
    });
}
