import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { sourceFiles } from '../../../config/sources.ts';
import { CATALOGUE_HEADS, CATALOGUE_STEPS } from '../../../streams/mapping/catalogue.ts';
import { editorSchema } from '../../../streams/trial/editor-schema.ts';
import { sourceText } from '../mapping/sources.ts';

const schema = JSON.parse(JSON.stringify(editorSchema())) as object;
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

function errorsOf(text: string): string[] {
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

describe('the schema for editors takes', () => {
  test.each(sourceFiles([]))('%s', (file) => {
    expect(errorsOf(readFileSync(file, 'utf8'))).toEqual([]);
  });

  const transforms = [...CATALOGUE_HEADS.values(), ...CATALOGUE_STEPS.values()];
  const examples = transforms.flatMap(({ name, examples }) => examples.map(({ expression }) => ({ name, expression })));
  test.each(examples)('the example of $name: $expression', ({ expression }) => {
    expect(errorsOf(sourceText({ fields: `id: ${JSON.stringify(expression)}` }))).toEqual([]);
  });
});

describe('the schema for editors refuses', () => {
  test.each([
    ['an unknown key', 'id: id', '\ntitel: x', ' additionalProperties'],
    ['an unknown field', 'idd: id', '', '/records/customer/parts/0/fields additionalProperties'],
    ['an unknown head', 'id: { concta: [id] }', '', '/records/customer/parts/0/fields/id additionalProperties'],
    ['an unknown step', 'id: [id, trimm]', '', '/records/customer/parts/0/fields/id/1 const'],
    [
      'an unknown option',
      'id: [id, { pad: { too: 5 } }]',
      '',
      '/records/customer/parts/0/fields/id/1/pad additionalProperties',
    ],
    ['a wrong word', 'id: [id, { case: uper }]', '', '/records/customer/parts/0/fields/id/1/case enum'],
  ])('%s', (_what, fields, more, error) => {
    expect(errorsOf(`${sourceText({ fields })}${more}`)).toContain(error);
  });
});

test('every transform has its meaning in it', () => {
  const text = JSON.stringify(schema);
  for (const { means } of [...CATALOGUE_HEADS.values(), ...CATALOGUE_STEPS.values()]) {
    expect(text).toContain(JSON.stringify(means).slice(1, -1));
  }
});
