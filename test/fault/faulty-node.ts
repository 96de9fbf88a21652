import { once } from 'node:events';
import { argv, env, stdout } from 'node:process';
import { readSettings } from '../../config/settings.ts';
import { Engine } from '../../gateway/local/engine.ts';

/** As `masterflag serve --name NAME`, with the engine of faulty-engine.ts. */
const settings = readSettings(env, { node: argv[argv.indexOf('--name') + 1] ?? '', logLevel: 'fatal' });
const engine = new Engine(settings, {
  entry: new URL('./faulty-engine.ts', import.meta.url),
  onRestart: (why) => stdout.write(`started again: ${why}\n`),
});
await engine.start();
stdout.write(`Node ${settings.node} serves a bug\n`);
await once(process, 'SIGTERM');
await engine.stop();
