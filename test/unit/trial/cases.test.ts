import { describe, expect, test } from '@jest/globals';
import { parseCases, readCases } from '../../../config/cases.ts';
import { parseSource, readSource, sourceFiles } from '../../../config/sources.ts';
import { problemText } from '../../../config/yaml-file.ts';
import { runCases } from '../../../streams/trial/cases.ts';
import { Trial } from '../../../streams/trial/trial.ts';
import { sourceText } from '../mapping/sources.ts';

describe('every shipped source does what its cases say', () => {
  test.each(sourceFiles([]))('%s', async (file) => {
    const cases = readCases(file);
    expect(cases?.problems).toEqual([]);
    const results = await runCases(new Trial(readSource(file)), cases?.cases ?? []);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect(results.length).toBeGreaterThan(3);
  });
});

const FIELDS = `id: id
          name: [name, trim]
          country: country`;
const trial = new Trial(
  parseSource(sourceText({ record: 'columns: [id, name, country]\n    identity: id', fields: FIELDS }), 'shop.yaml'),
);

async function differencesOf(text: string): Promise<readonly string[]> {
  const { cases, problems } = parseCases(text, 'shop.cases.yaml');
  if (problems.length > 0) return problems.map(problemText);
  const [result] = await runCases(trial, cases);
  return result?.differences ?? [];
}

const GIVEN = "- name: a\n  given: { id: '7', name: ' Ada ', country: United Kingdom }\n";

describe('a case', () => {
  test.each([
    ['gives: [{ customer: { id: "7", name: Ada, country: GB }, of: customer 7, slot: customer/7, state: [] }]'],
    ['gives: [{ customer: { country: GB, name: Ada, id: "7" } }]'],
  ])('is kept: %s', async (outcome) => {
    expect(await differencesOf(`${GIVEN}  ${outcome}\n`)).toEqual([]);
  });

  test.each([
    [
      'gives: [{ customer: { id: 7, name: Bob, phone: "1" }, of: customer 8, merge: least }]',
      [
        'customer.of: expected "customer 8", got "customer 7"',
        'customer.merge: expected "least", got "replace"',
        'customer.id: expected 7, got "7"',
        'customer.name: expected "Bob", got "Ada"',
        'customer.phone: expected "1", and there is none',
        'customer.country: not expected: "GB"',
      ],
    ],
    [
      'gives: [{ customer: { id: "7", name: Ada, country: GB } }, { customer: { id: "8" } }]',
      ['customer[1]: expected, and there is none'],
    ],
    [
      'gives: [{ order: { number: "1" } }]',
      ['order: expected, and there is none', expect.stringMatching(/^customer: not expected: /)],
    ],
    [
      'quarantine: { code: MF_RECORD_INVALID }',
      ['expected to be quarantined, and it is accepted: customer of customer 7'],
    ],
    ['skipped: true', ['expected to be skipped, and it is accepted: customer of customer 7']],
    [
      'records: [{ skipped: true }, { skipped: true }]',
      ['expected 2 records, and there are 1', 'accepted: customer of customer 7'],
    ],
  ])('tells what is different: %s', async (outcome, differences) => {
    expect(await differencesOf(`${GIVEN}  ${outcome}\n`)).toEqual(differences);
  });

  test('tells why a record is rejected, and compares of it what the case names', async () => {
    const given = "- name: a\n  given: { id: '7', country: Atlantis }\n";
    expect(await differencesOf(`${given}  quarantine: { code: MF_RECORD_INVALID, field: customer.country }\n`)).toEqual(
      [],
    );
    expect(
      await differencesOf(`${given}  quarantine: { code: MF_RECORD_UNMAPPED, rule: country, message: no moon }\n`),
    ).toEqual([
      'quarantine.code: expected "MF_RECORD_UNMAPPED", got "MF_RECORD_INVALID"',
      'quarantine.rule: expected "country", got "pattern"',
      expect.stringMatching(/^quarantine.message: expected no moon in it, got customer.country/),
    ]);
  });

  test.each([
    ['given: { idd: "7" }\n  skipped: true', ['given.idd: no such column is declared; did you mean "id"?']],
    ['record: custmer\n  given: {}\n  skipped: true', ['the source has no kind of record custmer; it has customer']],
    ['given: {}', ['shop.cases.yaml:1:3: a case says one of gives, quarantine, skipped, duplicate']],
    ['skipped: true', ['shop.cases.yaml:1:3: a case needs given, or file']],
    [
      'given: {}\n  gives: [{ custmer: {} }]',
      ['shop.cases.yaml:3:13: no canonical message is called custmer; did you mean "customer"?'],
    ],
    [
      'given: {}\n  gives: [{ customer: {}, order: {} }]',
      ['shop.cases.yaml:3:11: one message at a time, not customer and order'],
    ],
    ['given: {}\n  skiped: true', ['shop.cases.yaml:3:3: 0 has no "skiped"; did you mean "skipped"?']],
  ])('that says wrong things is refused: %s', async (text, differences) => {
    expect(await differencesOf(`- name: a\n  ${text}\n`)).toEqual(differences);
  });
});
