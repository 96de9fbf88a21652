import { Option, type Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface VerdictOptions extends CommonOptions {
  readonly why: string;
  readonly kind?: string;
}

export function joinCommand(): Command {
  return verdict(
    'join',
    'say that two are the same customer or enterprise; `split` takes it back',
    'masterflag join 17850 c-4711 --why "called: both are hers"',
  )
    .argument('<id>', 'an id of any source, or a matching key')
    .argument('<other>', 'an id of the other')
    .action(async (id: string, other: string, options: VerdictOptions) => {
      await decide({ verb: 'join', id, other }, options);
    });
}

export function splitCommand(): Command {
  return verdict(
    'split',
    'say that a member does not belong to its party, whatever its identifiers say; `join` takes it back',
    'masterflag split c-4711 --why "her brother, who used her e-mail"',
  )
    .argument('<member>', 'an id of the member, or its matching key')
    .action(async (id: string, options: VerdictOptions) => {
      await decide({ verb: 'split', id }, options);
    });
}

function verdict(name: string, description: string, example: string): Command {
  return command(name, description, example)
    .requiredOption('--why <text>', 'the reason, for whoever asks later')
    .addOption(new Option('--kind <kind>', 'where an id means several').choices(['customer', 'enterprise']));
}

type Verdict = { readonly verb: 'join'; readonly id: string; readonly other: string } | { verb: 'split'; id: string };

async function decide(said: Verdict, { why, kind, ...options }: VerdictOptions): Promise<void> {
  const { decideParty } = await import('../parties.ts');
  const { partyText } = await import('../party-text.ts');
  const { outcome, party } = await decideParty(await settingsOf(options), { ...said, why, kind });
  await print(options.json, { ...outcome, party }, () => `${said.verb}: done.\n\n${partyText(party)}`);
}
