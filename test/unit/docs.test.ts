import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings, VARIABLES } from '../../config/settings.ts';
import { ERRORS, type ErrorCode } from '../../schemas/errors.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['actors', 'bin', 'cli', 'config', 'gateway', 'schemas', 'store', 'streams'];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function sources(): string[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
  )
    .filter((file) => /\.(ts|js)$/.test(file) && file !== join('schemas', 'errors.ts'))
    .sort();
}

const INTRODUCTION = `# Errors

What fails says so with a code of this list, on standard error and in logs as \`MF_CODE: message\`, in quarantine as the
\`code\` of an entry. Codes are stable and never reused, so programs may match on them. This page is generated from
\`schemas/errors.ts\`; a test keeps the two, and every use of a code, equal.
`;

function errorsPage(): string {
  const entries = Object.entries(ERRORS).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    INTRODUCTION,
    ...entries.map(([code, { means, mend }]) => `## ${code}\n\n${means}\n\n**What to do:** ${mend}\n`),
  ].join('\n');
}

describe('the catalogue of errors', () => {
  const used = new Set(sources().flatMap((file) => read(file).match(/MF_[A-Z0-9_]+/g) ?? []));

  test('has every code that the sources name', () => {
    expect([...used].filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
  });

  test('has no code that nothing gives', () => {
    const codes = Object.keys(ERRORS) as ErrorCode[];
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
  });

  test('is what docs/errors.md says (UPDATE_DOCS=1 writes it)', () => {
    const page = errorsPage();
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(ROOT, 'docs/errors.md'), page);
    expect(read('docs/errors.md')).toBe(page);
  });
});

describe('docs/settings.md', () => {
  const rows = read('docs/settings.md')
    .split('\n')
    .filter((line) => /^\| `[A-Z]/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  test('has every variable with its setting', () => {
    const documented = rows.map(([, variable, setting]) => [variable, setting]);
    expect(documented).toEqual(Object.entries(VARIABLES).map(([variable, [setting]]) => [variable, setting]));
  });

  test('has the defaults', () => {
    const defaults = readSettings({});
    const documented = rows.map(([, variable, , text = '']) => [variable, text] as const);
    for (const [variable, text] of documented) {
      if (variable === undefined || text === 'none') continue;
      const [setting] = VARIABLES[variable] ?? [];
      const stated = readSettings({ [variable]: text });
      expect([variable, setting === undefined ? undefined : stated[setting]]).toEqual([
        variable,
        setting === undefined ? undefined : defaults[setting],
      ]);
    }
  });
});

describe('docs', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
  ];

  test.each(pages.filter((page) => page.endsWith('.md')))('%s links to and names only files that there are', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path = '']) =>
      join(page, '..', path),
    );
    const named = [
      ...text.matchAll(
        /`((?:actors|bin|cli|config|docs|gateway|schemas|store|streams|test)\/[\w./-]+\.(?:ts|js|md|yaml|csv))`/g,
      ),
    ].map(([, path = '']) => path);
    const missing = [...links, ...named].filter((path) => !exists(path));
    expect(missing).toEqual([]);
  });
});

function exists(path: string): boolean {
  try {
    readdirSync(join(ROOT, path));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
