import type { MongoFacts, Privilege } from '../../gateway/doctor/mongo-facts.ts';
import { seenOf } from '../../gateway/doctor/observation.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { Judge } from './finding.ts';

/** What a node does in its database; the role readWrite has all of it. */
const NEEDED = ['find', 'insert', 'update', 'remove', 'createCollection', 'createIndex', 'listIndexes'] as const;

export function judgeMongoUser(judge: Judge, facts: MongoFacts, { cluster }: Settings): void {
  const user = seenOf(facts.user);
  const grant = `Grant it in mongosh: db.getSiblingDB('admin').grantRolesToUser('USER', [{ role: 'readWrite', db: '${cluster}' }])`;
  if (isShutOut(facts)) {
    const found = 'wants credentials, and MONGODB_URL has none';
    judge.failed('mongodb.login', found, 'Put them into MONGODB_URL: mongodb://USER:PASSWORD@HOST/?authSource=admin');
    return;
  }
  if (user === undefined || user.users.length === 0) judgeNobody(judge, facts);
  else judge.ok('mongodb.authentication', `entered as ${user.users.join(', ')}`);
  if (user?.privileges === undefined) judgeTrial(judge, facts, grant);
  else if (user.users.length > 0) {
    const missing = NEEDED.filter((action) => !isGranted(user.privileges ?? [], cluster, action));
    if (missing.length === 0)
      judge.ok('mongodb.permissions', `may read, write and make indexes in the database ${cluster}`);
    else judge.failed('mongodb.permissions', `may not ${missing.join(', ')} in the database ${cluster}`, grant);
  } else judge.ok('mongodb.permissions', 'without authentication everybody may do everything');
}

/** Who is nobody may ask a server that wants credentials who he is, and nothing else (13 is Unauthorized). */
function isShutOut({ user, status, disk }: MongoFacts): boolean {
  const isNobody = seenOf(user)?.users.length === 0;
  return isNobody && [status, disk].some((look) => 'unseen' in look && look.code === '13');
}

function judgeNobody(judge: Judge, { user, hasCredentials }: MongoFacts): void {
  if ('unseen' in user || hasCredentials) {
    const found = 'whether it wants credentials cannot be seen';
    judge.warning('mongodb.authentication', found, 'Make sure that mongod.conf has security.authorization: enabled');
    return;
  }
  const change =
    "Make a user in mongosh: db.getSiblingDB('admin').createUser({ user: 'masterflag', pwd: passwordPrompt(), roles: [...] }); then set security.authorization: enabled in mongod.conf, and MONGODB_URL to mongodb://masterflag:PASSWORD@HOST/?authSource=admin";
  judge.warning(
    'mongodb.authentication',
    'no authentication: whoever reaches the port reads and writes orders',
    change,
  );
}

function judgeTrial(judge: Judge, { trial }: MongoFacts, grant: string): void {
  if (trial === undefined) return;
  if ('seen' in trial)
    judge.ok('mongodb.permissions', 'does not tell its privileges; a document was written, read and removed');
  else
    judge.failed(
      'mongodb.permissions',
      `a document could not be written, read and removed: ${trial.unseen} (${trial.code})`,
      grant,
    );
}

function isGranted(privileges: readonly Privilege[], database: string, action: string): boolean {
  return privileges.some(
    (privilege) =>
      (privilege.any ||
        ((privilege.database === '' || privilege.database === database) && privilege.collection === '')) &&
      privilege.actions.some((granted) => granted === action || granted === 'anyAction'),
  );
}
