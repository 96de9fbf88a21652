import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSources, readSource, SHIPPED_SOURCES } from '../config/sources.ts';
import { readSettings } from '../config/settings.ts';
import { openConnection } from '../gateway/connection.ts';
import { Ingress } from '../streams/ingress/ingress.ts';
import { SourceRegistry } from '../streams/mapping/registry.ts';
import { Trial } from '../streams/trial/trial.ts';
import { payloadsIn } from '../test/payloads.ts';

/**
 * How many bytes a second each shipped source takes, against Online Retail in the same run, from reading to the last
 * effect applied. `node bench/source-speed.ts --data FOLDER [--bytes N]`; the folder is that of MASTERFLAG_TEST_DATA.
 */
const { values } = parseArgs({ options: { data: { type: 'string' }, bytes: { type: 'string', default: '8000000' } } });
const folder = values.data ?? process.env['MASTERFLAG_TEST_DATA'] ?? '';
const wanted = Number(values.bytes);

/** Documents of formats that hold one a file are fed so many at a time. */
const AT_ONCE = 16;

interface Input {
  readonly name: string;
  readonly text: string;
}

/** Files of a folder, until there are bytes enough. */
function filesOf(path: string): Input[] {
  const inputs: Input[] = [];
  let bytes = 0;
  for (const name of readdirSync(path).sort()) {
    if (!name.endsWith('.csv') || bytes >= wanted) continue;
    const text = readFileSync(join(path, name), 'utf8');
    inputs.push({ name, text });
    bytes += text.length;
  }
  return inputs;
}

/** Published payloads that the source accepts, again and again, each time about an entity of its own. */
async function copiesOf(source: string): Promise<Input[]> {
  const trial = new Trial(readSource(join(SHIPPED_SOURCES, `${source}.yaml`)));
  const templates: { readonly file: string; readonly text: string; readonly id: string }[] = [];
  for (const payload of payloadsIn(join(folder, 'payloads'))) {
    if (payload.source !== source) continue;
    const [first] = await Array.fromAsync(trial.file(payload.file, [Buffer.from(payload.text)]));
    const id = first?.routed?.id ?? '';
    if (first?.verdict === 'accepted' && id !== '') templates.push({ file: payload.file, text: payload.text, id });
  }
  const inputs: Input[] = [];
  for (let n = 0, bytes = 0; bytes < wanted; n++) {
    const { file, text, id } = templates[n % templates.length] ?? { file: '', text: '', id: '' };
    const copy = text.replace(
      new RegExp(`(?<!\\w)${RegExp.escape(id)}(?!\\w)`, 'g'),
      /^\d+$/.test(id) ? `${id}${n}` : `${id}-${n}`,
    );
    // Thousands who share an address would be no customers of anybody.
    const addressed = copy.replace(/[\w.+-]+(?=@[\w-]+\.)|(?<=<)[\w-]+(?=>")/g, (address) => `${address}.${n}`);
    inputs.push({ name: file, text: addressed });
    bytes += addressed.length;
  }
  return inputs;
}

/** Messages as the source of canonical messages takes them: an order and its payment a turn. */
function canonical(): Input[] {
  const lines: string[] = [];
  for (let n = 0, bytes = 0; bytes < wanted; n++) {
    const line = { code: `P${n % 500}`, quantity: 2, unitPrice: 500, amount: 1000, currency: 'EUR' };
    const order = { number: `N${n}`, type: 'sale', currency: 'EUR', customerId: `C${n % 5000}`, lines: [line, line] };
    const payment = { id: `pay-${n}`, method: 'card', amount: 2000, currency: 'EUR', status: 'captured' };
    const said = [
      { name: 'order', body: order },
      { name: 'payment', slot: 'p', body: payment },
    ];
    const text = said.map((message) => `${JSON.stringify({ id: `N${n}`, ...message })}\n`).join('');
    lines.push(text);
    bytes += text.length;
  }
  return [{ name: 'native.ndjson', text: lines.join('') }];
}

async function speedOf(source: string, inputs: readonly Input[]): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'masterflag-speed-'));
  const settings = readSettings({}, { data, logLevel: 'silent' });
  const connection = await openConnection(settings);
  const ingress = new Ingress({ ...connection.ingress, sources: new SourceRegistry(loadSources()) });
  const started = performance.now();
  let [records, bytes] = [0, 0];
  const queue = inputs.values();
  const feedAll = async (): Promise<void> => {
    for (const { name, text } of queue) {
      const chunks = [Buffer.from(text)];
      const report = await ingress.feed({ source, feed: randomUUID(), file: name, chunks, whenBusy: 'wait' });
      records += report.received;
      bytes += report.bytes;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, feedAll));
  await connection.idle();
  const seconds = (performance.now() - started) / 1000;
  await connection.close();
  rmSync(data, { recursive: true });
  rates.set(source, bytes / seconds);
  const ratio = bytes / seconds / (rates.get('online-retail') ?? NaN);
  return `| ${source} | ${records} | ${(bytes / 1e6 / seconds).toFixed(2)} | ${ratio.toFixed(2)} |`;
}

const rates = new Map<string, number>();
const feeds: Readonly<Record<string, () => Input[] | Promise<Input[]>>> = {
  'online-retail': () => filesOf(join(folder, 'online_retail')),
  olist: () => filesOf(join(folder, 'olist')),
  shopify: () => copiesOf('shopify'),
  stripe: () => copiesOf('stripe'),
  amazon: () => copiesOf('amazon'),
  magento: () => copiesOf('magento'),
  ubl: () => copiesOf('ubl'),
  native: canonical,
};
process.stdout.write('| source | records | MB/s | of online-retail |\n|---|---|---|---|\n');
for (const [source, inputs] of Object.entries(feeds))
  process.stdout.write(`${await speedOf(source, await inputs())}\n`);
