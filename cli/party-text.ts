import type { Lineage, MemberView, PartyView, Tie } from '../actors/node/party-view.ts';
import type { MatchingKey } from '../schemas/key.ts';
import { money } from './money.ts';
import { count } from './progress.ts';
import { table } from './table.ts';

/** A party as people read it: its members, why they are one, and what was found beside and does not count. */
export function partyText({ kind, head, members, joined, apart, record }: PartyView): string {
  const title =
    members.length === 1 ? `${kind} ${head}, one member` : `${kind} ${head}, ${count(members.length)} members`;
  const sections = [
    title,
    recordText(record),
    `members\n${indent(
      table(
        ['', 'key', 'source', 'record', 'own orders'],
        members.flatMap((one) => memberRows(one, head)),
      ),
    )}`,
    tiesText('joined by', joined),
    tiesText('not joined', apart),
    ...members.map(marksText),
    identifiersText(members),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

type Body = Readonly<Record<string, unknown>>;

function recordText(record: unknown): string {
  if (record === null) return '  nobody has described it yet';
  const shown = Object.entries(record as Body).filter(([name, value]) => {
    return !['_id', 'v', 'totals', 'original', 'identifiers'].includes(name) && value !== 0;
  });
  const fields = shown.map(([name, value]) => `${name} ${valueText(value)}`).join(', ');
  const totals = (record as { readonly totals?: readonly Total[] }).totals ?? [];
  return [`  ${fields}`, ...totals.map((total) => `  ${totalText(total)}`)].join('\n');
}

/** The parts of a name, say, one after another. */
function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).map(([name, part]) => `${name} ${valueText(part)}`);
  return `(${parts.join(', ')})`;
}

interface Total {
  readonly type: string;
  readonly currency: string;
  /** Orders of a customer, lines of an enterprise. */
  readonly orders?: number;
  readonly lines?: number;
  readonly count?: number;
  readonly total?: number;
  readonly revenue?: number;
}

function totalText({ type, currency, orders, lines, count: n = orders ?? lines ?? 0, total, revenue }: Total): string {
  return `${type} ${count(n)}: ${money(total ?? revenue ?? 0, currency)}`;
}

function memberRows({ key, statements, sums }: MemberView, head: MatchingKey): string[][] {
  const { totals } = sums as { readonly totals: readonly Total[] };
  const own = totals.map(totalText).join('; ');
  const place = key === head ? 'head' : '';
  if (statements.length === 0) return [[place, key, '', 'described by nobody', own]];
  return statements.map(({ source, record }, n) =>
    n === 0 ? [place, key, source, record, own] : ['', '', source, record, ''],
  );
}

function tiesText(title: string, ties: readonly Tie[]): string {
  if (ties.length === 0) return '';
  const groups = Map.groupBy(ties, reasonsText);
  const lines = [...groups].flatMap(([reasons, group]) => [
    ...membersTexts(group).map((text) => `  ${text}`),
    `    ${reasons}`,
  ]);
  return [title, ...lines].join('\n');
}

/** Members of whom each pair is tied alike in one line; else a line a pair. */
function membersTexts(ties: readonly Tie[]): string[] {
  const members = [...new Set(ties.flatMap((tie) => tie.members))].sort();
  const isWhole = ties.length === (members.length * (members.length - 1)) / 2;
  const sign = ties[0]?.counts === true ? ' = ' : ' ? ';
  return isWhole ? [members.join(sign)] : ties.map((tie) => tie.members.join(sign));
}

function reasonsText({ counts, agreements, sameName, verdict }: Tie): string {
  const reasons = agreements.map(({ type, values, weak }) => {
    const said = values.length === 0 ? type : `${type} ${values.join(' ~ ')}`;
    return weak ? `${said} (weak)` : said;
  });
  if (sameName) reasons.push('the same name');
  if (verdict !== undefined) {
    const word = verdict.joined ? 'joined' : 'split off';
    reasons.push(`${word} by a person on ${verdict.at.slice(0, 10)}: ${JSON.stringify(verdict.why)}`);
  }
  return `${reasons.join(', ')}${counts || verdict !== undefined ? '' : ', which is not enough by itself'}`;
}

function marksText({ key, splitOff, tooLarge }: MemberView): string {
  const marks = [];
  if (splitOff !== undefined) {
    marks.push(`${key} was split off on ${splitOff.at.slice(0, 10)}: ${JSON.stringify(splitOff.why)}`);
    marks.push(
      `  its identifiers do not count until it is joined again: masterflag join ${key} ${splitOff.from[0] ?? ''} --why ...`,
    );
  }
  if (tooLarge === true)
    marks.push(`${key} is joined with more members than one party may have, and stands alone therefore`);
  return marks.join('\n');
}

function identifiersText(members: readonly MemberView[]): string {
  const rows = members.flatMap(({ key, identifiers }) =>
    identifiers.map(({ type, value, form, status }) => [key, type, value, form === value ? '' : form, status]),
  );
  if (rows.length === 0) return '';
  return `identifiers\n${indent(table(['member', 'type', 'value', 'compared as', ''], rows))}`;
}

/** Where the fields of an integrated record come from, as people read it. */
export function lineageText({ head, fields, identifiers }: Lineage): string {
  const rows = fields.map(({ field, value, before, ...from }) => {
    return [field, plain(value), before === undefined ? '' : plain(before), ...originCells(from)];
  });
  const ids = identifiers.flatMap(({ type, value, from }) =>
    from.map((origin) => [`identifier ${type}`, value, '', ...originCells(origin)]),
  );
  return `${head}\n${indent(table(['field', 'value', 'came as', 'source', 'version', 'record', 'member'], [...rows, ...ids]))}`;
}

function originCells({ source, version, record, member }: Lineage['identifiers'][number]['from'][number]): string[] {
  return [source, version === undefined ? '' : String(version), record, member];
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
