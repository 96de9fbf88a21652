import { MasterflagError } from '../schemas/errors.ts';

/** Where NATS is, and who we are there: what its client takes as options. */
export interface NatsAddress {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls?: object;
}

/**
 * Reads addresses separated by commas: `nats://user:password@host:4222`, `tls://host`, `nats://token@host`. Who we are
 * stands in the first that says so. @throws MF_SETTINGS_INVALID
 */
export function natsAddress(natsUrl: string): NatsAddress {
  const urls = natsUrl
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(addressOf);
  const { username = '', password = '' } = urls.find((url) => url.username !== '') ?? {};
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: urls.map(({ host }) => host),
    ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
  };
}

function addressOf(text: string): URL {
  try {
    return new URL(text.includes('://') ? text : `nats://${text}`);
  } catch (cause) {
    const message = `setting natsUrl: ${JSON.stringify(text)} is no address`;
    throw new MasterflagError('MF_SETTINGS_INVALID', message, { cause });
  }
}
