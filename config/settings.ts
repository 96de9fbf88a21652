import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { MasterflagError } from '../schemas/errors.ts';
import { Settings } from '../schemas/settings.ts';
import { compileCheck } from '../schemas/validate.ts';

const DEFAULTS: Settings = {
  data: './masterflag-data',
  sources: [],
  tenant: 'main',
  partitions: { customer: 4, enterprise: 2, match: 2, order: 4, product: 2 },
  matchKeyFile: '',
  placeholders: [],
  watchdogMs: 15_000,
  heapMb: 1024,
  inboxHours: 24,
  eventDays: 30,
  bulkBudget: 32,
  emailCase: 'lower',
  emailTags: 'keep',
  emailDots: 'keep',
  quarantineEntries: 100_000,
  quarantineMb: 512,
  quarantineDays: 90,
  natsUrl: '',
  mongodbUrl: '',
  cluster: 'masterflag',
  node: '',
  kinds: [],
  heartbeatSeconds: 5,
  replicas: 1,
  logLevel: 'warn',
};

/** Which environment variable sets what, and how its text is read. */
export const VARIABLES: Readonly<Record<string, readonly [keyof Settings, (text: string) => unknown]>> = {
  MASTERFLAG_DATA: ['data', String],
  MASTERFLAG_SOURCES: ['sources', (text) => text.split(':').filter((folder) => folder !== '')],
  MASTERFLAG_TENANT: ['tenant', String],
  MASTERFLAG_PARTITIONS: ['partitions', readPartitions],
  MASTERFLAG_MATCH_KEY_FILE: ['matchKeyFile', String],
  MASTERFLAG_PLACEHOLDERS: ['placeholders', readList],
  MASTERFLAG_WATCHDOG_MS: ['watchdogMs', Number],
  MASTERFLAG_HEAP_MB: ['heapMb', Number],
  MASTERFLAG_INBOX_HOURS: ['inboxHours', Number],
  MASTERFLAG_EVENT_DAYS: ['eventDays', Number],
  MASTERFLAG_BULK_BUDGET: ['bulkBudget', Number],
  MASTERFLAG_EMAIL_CASE: ['emailCase', String],
  MASTERFLAG_EMAIL_TAGS: ['emailTags', String],
  MASTERFLAG_EMAIL_DOTS: ['emailDots', String],
  MASTERFLAG_QUARANTINE_ENTRIES: ['quarantineEntries', Number],
  MASTERFLAG_QUARANTINE_MB: ['quarantineMb', Number],
  MASTERFLAG_QUARANTINE_DAYS: ['quarantineDays', Number],
  NATS_URL: ['natsUrl', String],
  MONGODB_URL: ['mongodbUrl', String],
  MASTERFLAG_CLUSTER: ['cluster', String],
  MASTERFLAG_NODE: ['node', String],
  MASTERFLAG_KINDS: ['kinds', readList],
  MASTERFLAG_HEARTBEAT_SECONDS: ['heartbeatSeconds', Number],
  MASTERFLAG_REPLICAS: ['replicas', Number],
  MASTERFLAG_LOG: ['logLevel', String],
};

const check = compileCheck(Settings);

/**
 * Defaults, then the environment, then what the command line says: checked and frozen.
 * @throws MF_SETTINGS_INVALID that names the setting and the value
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  commandLine: Partial<Settings> = {},
): Settings {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [variable, [name, read]] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text !== undefined && text !== '') settings[name] = read(text);
  }
  Object.assign(settings, commandLine);
  const violation = check(settings);
  if (violation !== null) {
    const place = violation.path.join('.');
    const value = JSON.stringify(violation.value);
    throw new MasterflagError('MF_SETTINGS_INVALID', `setting ${place} ${violation.message}, it is ${value}`);
  }
  const checked = settings as Settings;
  refuseHalfCluster(checked);
  const { data, sources, matchKeyFile } = checked;
  return Object.freeze({
    ...checked,
    data: folder(data),
    sources: sources.map(folder),
    matchKeyFile: matchKeyFile === '' ? '' : folder(matchKeyFile),
  });
}

/** Whether the data set is a cluster's, in NATS and MongoDB, and not in a folder. */
export function isCluster({ natsUrl }: Pick<Settings, 'natsUrl'>): boolean {
  return natsUrl !== '';
}

function refuseHalfCluster({ natsUrl, mongodbUrl }: Settings): void {
  if ((natsUrl === '') === (mongodbUrl === '')) return;
  const [set, other] = natsUrl === '' ? ['MONGODB_URL', 'NATS_URL'] : ['NATS_URL', 'MONGODB_URL'];
  throw new MasterflagError('MF_SETTINGS_INVALID', `${set} is set and ${other} is not: a cluster needs both`);
}

function folder(path: string): string {
  return resolve(path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path);
}

/** Names separated by commas. */
export function readList(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** `order=4,customer=2` over the defaults. */
function readPartitions(text: string): Record<string, number> {
  const named = text.split(',').map((pair) => {
    const [kind = '', count = ''] = pair.split('=');
    return [kind.trim(), Number(count)] as const;
  });
  return { ...DEFAULTS.partitions, ...Object.fromEntries(named) };
}
