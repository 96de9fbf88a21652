import { Command } from 'commander';
import type { Settings } from '../schemas/settings.ts';

/** What every command understands. */
export interface CommonOptions {
  readonly data?: string;
  readonly json?: true;
}

export function command(name: string, description: string, ...lines: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .option('--data <dir>', 'folder of the data set (default: $MASTERFLAG_DATA or ./masterflag-data)')
    .option('--json', 'print for programs: one JSON value a line')
    .addHelpText('after', examples(lines));
}

export function examples(lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

export async function settingsOf({ data }: CommonOptions): Promise<Settings> {
  const { readSettings } = await import('../config/settings.ts');
  return readSettings(process.env, data === undefined ? {} : { data });
}

/** The same, of the data set in a folder whatever servers the environment names. */
export async function folderSettingsOf({ data }: CommonOptions): Promise<Settings> {
  const { readSettings } = await import('../config/settings.ts');
  return readSettings(process.env, { natsUrl: '', mongodbUrl: '', ...(data === undefined ? {} : { data }) });
}
