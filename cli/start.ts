import { runProgram } from './run.ts';
import { startCommand } from './commands/start.ts';

await runProgram(startCommand(), process.argv);
