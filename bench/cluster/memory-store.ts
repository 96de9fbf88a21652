import { simulatedStore } from '../../test/simulation/adapters.ts';
import { SERVER_RULES, StoreServer } from '../../test/simulation/servers.ts';
import type { Line } from '../../test/simulation/wire.ts';
import type { Store } from '../../store/store.ts';

/** A wire of the simulator over which everything happens at once. */
export const AT_ONCE: Line = {
  call: async (_operation, execute) => execute(),
  after: (_ms, callback) => {
    const later = setImmediate(callback);
    return () => {
      clearImmediate(later);
    };
  },
};

/** The simulator's store without its wire: what is left is the engine and the log. */
export function memoryStore(): Store {
  return simulatedStore(new StoreServer(SERVER_RULES), AT_ONCE);
}
