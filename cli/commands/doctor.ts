import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface DoctorOptions extends CommonOptions {
  readonly monitor?: readonly string[];
}

export function doctorCommand(): Command {
  return command(
    'doctor',
    'look at the data folder or the servers, say what they promise and what to change; changes nothing',
    'masterflag doctor',
    'masterflag doctor --monitor http://nats-1:8222 http://nats-2:8222',
    `masterflag doctor --json | jq '.findings[] | select(.verdict != "ok")'`,
  )
    .option('--monitor <urls...>', 'monitoring ports of the NATS servers (default: port 8222 of each)')
    .action(async (options: DoctorOptions) => {
      const { examine } = await import('../doctor/examine.ts');
      const { examinationText } = await import('../doctor/text.ts');
      const examination = await examine(await settingsOf(options), { monitors: options.monitor ?? [] });
      await print(options.json, examination, () => examinationText(examination));
      // A client whose server fell silent halfway may keep a socket, and the process with it, for as long as it likes.
      process.exit(examination.verdict === 'failed' ? EXIT.failed : EXIT.ok);
    });
}
