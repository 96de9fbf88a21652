import pino, { type Logger } from 'pino';
import type { Settings } from '../schemas/settings.ts';

/** Fields that may hold personal data or secrets, wherever they stand in what is logged. */
const REDACTED = ['name', 'email', 'phone', 'street', 'password', 'token', 'authorization', 'raw', 'data'];

/** Structured logs on standard error, since standard output belongs to what commands print. */
export function createLogger({ logLevel }: Pick<Settings, 'logLevel'>): Logger {
  const paths = REDACTED.flatMap((field) => [field, `*.${field}`]);
  return pino({ level: logLevel, redact: { paths, censor: '[redacted]' } }, pino.destination({ fd: 2, sync: false }));
}
