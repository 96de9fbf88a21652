import { sqliteStore } from '../../store/sqlite/store.ts';
import { openEmbedded, temporaryFolders } from './embedded.ts';
import { logContract } from './log.contract.ts';
import { storeContract } from './store.contract.ts';

const newFolder = temporaryFolders();

logContract('sqlite', async () => {
  const { log, close } = openEmbedded(newFolder());
  return { ...log, close };
});

storeContract('sqlite, settling its commits', async () => {
  const { store, close } = openEmbedded(newFolder());
  return { ...store, close };
});

storeContract('sqlite, without a log in the same file', async () => {
  const { file, close } = openEmbedded(newFolder());
  return { ...sqliteStore(file), close };
});
