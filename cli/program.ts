import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { doCommand } from './commands/do.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drainCommand } from './commands/drain.ts';
import { exportCommand } from './commands/export.ts';
import { feedCommand } from './commands/feed.ts';
import { joinCommand, splitCommand } from './commands/join.ts';
import { nodesCommand } from './commands/nodes.ts';
import { partyCommand } from './commands/party.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { reprocessCommand } from './commands/reprocess.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { sourcesCommand } from './commands/sources.ts';
import { statsCommand } from './commands/stats.ts';
import { tapCommand } from './commands/tap.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { examples } from './options.ts';

/** The command line. Commands import what they need when they are called: --help waits for nothing. */
export function createProgram(): Command {
  const program = new Command('masterflag')
    .description(packageJson.description)
    .version(packageJson.version)
    .addHelpText('after', examples(['masterflag feed online-retail day.csv', 'masterflag show 536365']))
    .addHelpText('after', EXIT_CODES_HELP);
  const commands = [
    feedCommand(),
    showCommand(),
    partyCommand(),
    joinCommand(),
    splitCommand(),
    exportCommand(),
    tapCommand(),
    statsCommand(),
    verifyCommand(),
    quarantineCommand(),
    reprocessCommand(),
    doCommand(),
    serveCommand(),
    doctorCommand(),
    nodesCommand(),
    drainCommand(),
    sourcesCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}
