import { mkdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { kindsOf } from '../../actors/node/kinds.ts';
import { MasterflagNode } from '../../actors/node/node.ts';
import { isCluster } from '../../config/settings.ts';
import { createLogger } from '../../config/logging.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import { socketPath } from './address.ts';
import { LocalServer } from './server.ts';

/** What the engine's process hands to its thread. */
export interface EngineData {
  readonly settings: Settings;
  /** One Int32 that the engine counts up while its event loop turns. */
  readonly pulse: SharedArrayBuffer;
}

export type EngineMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string };

/** Often enough that a watchdog of half a second is never wrong about a healthy engine. */
const PULSE_MS = 100;

/** The engine's thread: a node and its door, until its process says stop. */
export function runEngine(kinds = kindsOf): void {
  const { settings, pulse } = workerData as EngineData;
  const beats = new Int32Array(pulse);
  setInterval(() => Atomics.add(beats, 0, 1), PULSE_MS).unref();
  serve(settings, kinds).catch((error: unknown) => {
    const code = error instanceof MasterflagError ? error.code : undefined;
    tell({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    parentPort?.close();
  });
}

async function serve(settings: Settings, kinds: typeof kindsOf): Promise<void> {
  if (!isCluster(settings)) mkdirSync(settings.data, { recursive: true });
  const node = await MasterflagNode.open(settings, createLogger(settings), kinds);
  await node.start();
  const server = isCluster(settings) ? undefined : new LocalServer(node);
  await server?.listen(socketPath(settings.data));
  parentPort?.on('message', () => {
    void stop(server, node);
  });
  tell({ type: 'ready' });
}

async function stop(server: LocalServer | undefined, node: MasterflagNode): Promise<void> {
  await server?.close();
  await node.stop();
  tell({ type: 'stopped' });
  parentPort?.close();
}

function tell(message: EngineMessage): void {
  parentPort?.postMessage(message);
}
