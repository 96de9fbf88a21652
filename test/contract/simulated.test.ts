import { simulatedLog, simulatedStore, type Followers } from '../simulation/adapters.ts';
import { LogServer, SERVER_RULES, StoreServer } from '../simulation/servers.ts';
import { Wire, type Line } from '../simulation/wire.ts';
import { World } from '../simulation/world.ts';
import { logContract } from './log.contract.ts';
import { storeContract } from './store.contract.ts';

/** Longer than the slowest answer, in virtual ms. */
const ANSWERED_MS = 200;

let opened = 0;

/** A wire without faults. Whoever calls makes virtual time pass, since nobody else does. */
function pumped(world: World): Line {
  const nothing = (): void => undefined;
  const wire = new Wire({ world, chance: () => 0, onFault: nothing, onCall: nothing, onStraggler: nothing });
  return {
    after: (ms, callback) => wire.after(ms, callback),
    call: async (operation, execute) => {
      const answer = wire.call(operation, execute);
      await world.runFor(ANSWERED_MS, Infinity);
      return answer;
    },
  };
}

logContract('simulated', async () => {
  const world = new World(1);
  const followers: Followers = new Map();
  const server = new LogServer(SERVER_RULES, () => world.now, `simulated-${opened++}`);
  return simulatedLog(server, pumped(world), followers);
});

storeContract('simulated', async () => simulatedStore(new StoreServer(SERVER_RULES), pumped(new World(1))));
