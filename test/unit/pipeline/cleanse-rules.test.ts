import { describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { readSettings } from '../../../config/settings.ts';
import { CANONICAL } from '../../../schemas/canonical/canonical.ts';
import { compileCheck } from '../../../schemas/validate.ts';
import { cleanseBody } from '../../../streams/pipeline/cleanse/body.ts';
import { RULES } from '../../../streams/pipeline/cleanse/catalogue.ts';
import { rulesPage } from '../../../streams/pipeline/cleanse/rules-page.ts';

const settings = readSettings({});

const examples = RULES.flatMap(({ name, examples }) => examples.map((example) => ({ rule: name, ...example })));

describe('every example of the page gives what the page says', () => {
  test.each(examples)('$rule: $given', ({ message, given, gives, policy }) => {
    const { original: _original, ...cleansed } = cleanseBody(message, given, { ...settings, ...policy });
    expect(cleansed).toEqual(gives);
  });
});

describe('every rule is named where it changed, doubted or stated something', () => {
  test.each(RULES.map(({ name, examples: [first] }) => ({ rule: name, first })))('$rule', ({ rule, first }) => {
    const { original } = cleanseBody(first.message, first.given, { ...settings, ...first.policy });
    const { rules } = (original ?? {}) as { rules?: Record<string, string[]> };
    expect(Object.values(rules ?? {}).flat()).toContain(rule);
  });
});

test('names of rules are unique, and none is a field: both stand in `original`', () => {
  const names = RULES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { body } of Object.values(CANONICAL)) expect(Object.keys(body.properties)).not.toContain('rules');
});

test('what the examples become is what the canonical schemas want', () => {
  for (const { message, gives } of examples.filter(({ gives }) => !('currency' in gives))) {
    const { required } = CANONICAL[message].body;
    if (required.some((field) => !Object.hasOwn(gives, field))) continue;
    expect({ gives, violation: compileCheck(CANONICAL[message].body)(gives) }).toEqual({ gives, violation: null });
  }
});

test('docs/cleansing.md says what the rules say (UPDATE_DOCS=1 writes it)', () => {
  const file = new URL('../../../docs/cleansing.md', import.meta.url);
  const page = rulesPage();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
