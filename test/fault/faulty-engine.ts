import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { kindsOf } from '../../actors/node/kinds.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { runEngine, type EngineData } from '../../gateway/local/run-engine.ts';

/**
 * An engine whose order actor has a bug: while there is a file BROKEN in the data folder, an order whose number ends
 * with `666` throws, loops for ever, or eats all memory in bites
 * of either size, as the file says.
 */
const BROKEN = join((workerData as EngineData).settings.data, 'BROKEN');

const BUGS: Readonly<Record<string, () => void>> = {
  throws: () => {
    throw new Error('a bug in the order actor');
  },
  loops: () => {
    for (;;);
  },
  gulps: () => {
    const eaten: number[][] = [];
    for (;;) eaten.push(new Array<number>(4_000_000).fill(0.5));
  },
  eats: () => {
    const eaten: string[][] = [];
    for (;;) eaten.push(Array.from({ length: 1000 }, (_, n) => `eaten ${n}`));
  },
};

function withBug(actor: AnyActor): AnyActor {
  return {
    ...actor,
    decide: (state, message, records) => {
      const number = (message.data as { body?: { number?: unknown } }).body?.number;
      if (typeof number === 'string' && number.endsWith('666') && existsSync(BROKEN))
        BUGS[readFileSync(BROKEN, 'utf8')]?.();
      return actor.decide(state, message, records);
    },
  };
}

runEngine((matching) => {
  const kinds = [...kindsOf(matching)];
  return new Map(kinds.map(([kind, actor]) => [kind, kind === 'order' ? withBug(actor) : actor]));
});
