import { MasterflagError } from '../../schemas/errors.ts';

/** What a NATS server says of itself when a client connects. */
export interface ServerFacts {
  readonly version: string;
  /** Bytes of the largest message that it takes, headers included. */
  readonly maxPayload: number;
  readonly name: string;
  /** Itself; one without may stand before others that have it. */
  readonly hasJetStream: boolean;
}

/** The first with atomic batches. */
const LEAST = [2, 12] as const;

/** @throws MF_SERVER_TOO_OLD */
export function checkServer({ version, name }: Pick<ServerFacts, 'version' | 'name'>): void {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return;
  throw new MasterflagError(
    'MF_SERVER_TOO_OLD',
    `NATS server ${name} is version ${version === '' ? 'unknown' : version}; the log needs at least ${LEAST.join('.')}`,
  );
}
