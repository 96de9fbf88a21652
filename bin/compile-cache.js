// A clone runs its sources: without a cache, every process and every thread of it would strip their types again, which
// takes a quarter of a short command's time and 15 MiB of memory each. An installed package has no types to strip.
import module from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/masterflag/', import.meta.url));
const isInstalled = fileURLToPath(import.meta.url)
  .split(sep)
  .includes('node_modules');

// A folder that cannot be written leaves all as it was.
if (!isInstalled) module.enableCompileCache?.(folder);
