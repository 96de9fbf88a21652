import type { MongoFacts } from '../../gateway/doctor/mongo-facts.ts';
import { seenOf } from '../../gateway/doctor/observation.ts';

export type Product = 'mongodb' | 'cosmos' | 'documentdb' | 'ferretdb' | 'java' | 'unknown';

/** Services that speak MongoDB's protocol are told by their names on the network, as the driver does it. */
const HOSTS: readonly (readonly [RegExp, Product])[] = [
  [/\.(mongo\.cosmos|cosmos|mongocluster\.cosmos)\.azure\.com$/i, 'cosmos'],
  [/\.docdb(-elastic)?\.amazonaws\.com(\.cn)?$/i, 'documentdb'],
];

/** MongoDB names the revision that it was built from, the program that runs and `hello`; look-alikes leave some out. */
export function productOf({ addresses, build, status, hello }: MongoFacts): Product {
  const names = addresses.map(({ host }) => host);
  const byName = HOSTS.find(([pattern]) => names.some((host) => pattern.test(host)));
  if (byName !== undefined) return byName[1];
  const [built, running, said] = [seenOf(build), seenOf(status), seenOf(hello)];
  if (built?.ferretdb === true) return 'ferretdb';
  if (running?.program === 'java') return 'java';
  const isProgram = running === undefined || ['', 'mongod', 'mongos'].includes(running.program.replace(/\.exe$/, ''));
  return built?.revision && isProgram && said?.modern === true ? 'mongodb' : 'unknown';
}

export const PRODUCTS: Readonly<Record<Product, string>> = {
  mongodb: 'MongoDB',
  cosmos: 'Azure Cosmos DB',
  documentdb: 'Amazon DocumentDB',
  ferretdb: 'FerretDB',
  java: 'mongo-java-server, a stand-in for tests',
  unknown: 'something that speaks the protocol of MongoDB and is not MongoDB',
};
