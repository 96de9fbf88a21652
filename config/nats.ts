import { MasterflagError } from '../schemas/errors.ts';

/** One server of NATS_URL, and how it is entered. */
export interface NatsAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the address asks for an encrypted connection (`tls://`). */
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

const DEFAULT_PORT = 4222;

/**
 * The servers of NATS_URL: `nats://user:password@host:4222`, `tls://token@host`, `host`, separated by commas.
 * @throws MF_SETTINGS_INVALID for what is no such address; the message leaves out what may be a secret
 */
export function natsAddresses(natsUrl: string): NatsAddress[] {
  return natsUrl
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(natsAddress);
}

/** What the clients of NATS take as options. They would not read who we are from an address. */
export interface NatsOptions {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls?: object;
}

/** Who we are stands in the first address that says so. @throws MF_SETTINGS_INVALID */
export function natsOptions(natsUrl: string): NatsOptions {
  const addresses = natsAddresses(natsUrl);
  const { user = '', password = '', token = '' } =
    addresses.find((address) => address.user !== '' || address.token !== '') ?? {};
  return {
    servers: addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
    ...(user !== '' && { user, pass: password }),
    ...(token !== '' && { token }),
    ...(addresses.some(({ tls }) => tls) && { tls: {} }),
  };
}

function natsAddress(text: string, n: number): NatsAddress {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  if (url === null || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol)) {
    throw new MasterflagError('MF_SETTINGS_INVALID', `address ${n + 1} of NATS_URL is not nats://host:port`);
  }
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const isToken = user !== '' && password === '';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    tls: url.protocol === 'tls:',
    user: isToken ? '' : user,
    password,
    token: isToken ? user : '',
  };
}
