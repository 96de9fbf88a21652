import { sqliteAdoption, sqliteStore } from '../../store/sqlite/store.ts';
import { adoptionContract } from './adoption.contract.ts';
import { emptyDataSets, temporaryFolders } from './embedded.ts';
import { logContract } from './log.contract.ts';
import { storeContract } from './store.contract.ts';

const open = emptyDataSets(temporaryFolders());

logContract('sqlite', async () => {
  const { log, close } = await open();
  return { ...log, close };
});

storeContract('sqlite, settling its commits', async () => {
  const { store, close } = await open();
  return { ...store, close };
});

storeContract('sqlite, without a log in the same file', async () => {
  const { file, close } = await open();
  return { ...sqliteStore(file), close };
});

adoptionContract('sqlite', async () => {
  const { file, close } = await open();
  return { ...sqliteStore(file), ...sqliteAdoption(file), close };
});
