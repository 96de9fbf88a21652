/** `npm run bench` measures the embedded engine, `npm run bench -- cluster` the one on NATS and MongoDB. */
const [what, ...rest] = process.argv.slice(2);
if (what === 'cluster') {
  process.argv.splice(2, Infinity, ...rest);
  await import('./cluster/cluster.ts');
} else await import('./throughput.ts');
