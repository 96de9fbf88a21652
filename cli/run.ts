import { CommanderError, type Command } from 'commander';
import { MasterflagError } from '../schemas/errors.ts';
import { EXIT, EXIT_BY_SIGNAL } from './exit-codes.ts';
import { Interrupted } from './interrupt.ts';
import { OutputClosed } from './output.ts';

/** Runs one command line, and ends with its exit code once everything is closed. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  prepare(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function prepare(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.showHelpAfterError(false);
  for (const child of command.commands) prepare(child);
}

/** Says on standard error what failed and what mends it. @returns the exit code */
export function report(error: unknown): number {
  if (error instanceof OutputClosed) return EXIT.ok;
  if (error instanceof Interrupted) {
    process.stderr.write(`${error.message}\n`);
    return EXIT_BY_SIGNAL[error.signal];
  }
  if (error instanceof CommanderError) return reportUsage(error);
  if (error instanceof MasterflagError) {
    process.stderr.write(`${error.code}: ${error.message}\n${error.mend}\n`);
    return error.code === 'MF_USAGE' ? EXIT.usage : EXIT.failed;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}

function reportUsage(error: CommanderError): number {
  if (error.exitCode === 0) return EXIT.ok; // --help and --version
  // Commander shows the help itself where a command needs a subcommand.
  if (error.code !== 'commander.help') {
    const usage = new MasterflagError('MF_USAGE', error.message.replace(/^error: /, ''));
    process.stderr.write(`${usage.code}: ${usage.message}\n${usage.mend}\n`);
  }
  return EXIT.usage;
}
