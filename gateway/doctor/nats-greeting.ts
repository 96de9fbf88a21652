import { connect } from 'node:net';
import type { Greeting } from './nats-facts.ts';

/** An INFO line is a few hundred bytes; more without an end is something else. */
const LONGEST = 64 * 1024;

interface Info {
  readonly server_id?: string;
  readonly server_name?: string;
  readonly version?: string;
  readonly jetstream?: boolean;
  readonly max_payload?: number;
  readonly auth_required?: boolean;
  readonly tls_required?: boolean;
  readonly tls_available?: boolean;
  readonly cluster?: string;
  readonly connect_urls?: readonly string[];
}

/**
 * Reads the INFO line that a NATS server opens every connection with: it tells a server that is absent from one that
 * refuses us, and the version of one that a client would not get along with.
 * @throws the system's error; one with the code NOT_NATS when something else answers; SILENT when nothing is said
 */
export function greetingOf(host: string, port: number, patience: number): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let text = '';
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setEncoding('latin1');
    socket.setTimeout(patience, () => fail(silence(socket.connecting, text)));
    socket.on('error', fail);
    socket.on('close', () => fail(silence(false, text)));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\n') && text.length < LONGEST) return;
      const info = parse(text);
      if (info === undefined) fail(coded('NOT_NATS', 'what answers there does not speak as NATS does'));
      else resolve(greeting(info));
      socket.destroy();
    });
  });
}

function silence(connecting: boolean, text: string): Error {
  if (connecting) return coded('ETIMEDOUT', 'no answer: the packets seem to be dropped on their way');
  if (text !== '') return coded('NOT_NATS', 'what answers there does not speak as NATS does');
  return coded('SILENT', 'it takes the connection and says nothing: no NATS, or one that wants TLS first');
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function parse(text: string): Info | undefined {
  const [, json] = /^INFO (\{.*\})\s*$/m.exec(text.split('\n')[0] ?? '') ?? [];
  try {
    return json === undefined ? undefined : (JSON.parse(Buffer.from(json, 'latin1').toString()) as Info);
  } catch {
    return undefined;
  }
}

function greeting(info: Info): Greeting {
  return {
    serverId: info.server_id ?? '',
    name: info.server_name ?? '',
    version: info.version ?? '',
    jetstream: info.jetstream ?? false,
    maxPayload: info.max_payload ?? 0,
    authRequired: info.auth_required ?? false,
    tls: info.tls_required ? 'required' : info.tls_available ? 'available' : 'none',
    cluster: info.cluster ?? '',
    addresses: info.connect_urls ?? [],
  };
}
