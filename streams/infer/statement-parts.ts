import {
  currencyExpression,
  idExpression,
  moneyExpression,
  numberExpression,
  timeExpression,
  trimmed,
  type Assumptions,
} from './expressions.ts';
import { field, isWords, unknownWords } from './fields.ts';
import { pick } from './parties.ts';
import type { Field } from './proposal.ts';
import type { Role } from './roles.ts';
import { fulfilmentStatuses, paymentStatuses } from './statuses.ts';

export function paymentFields(roles: readonly Role[], assumptions: Assumptions): Field[] {
  const own = roles.filter((role) => role.isFilled && role.isOf('payment', 'order'));
  const fields: Field[] = [];
  const sequence = pick(own, (role) => role.has('sequence') && role.isNumber);
  if (sequence !== undefined) fields.push(field('sequence', numberExpression(sequence, 'integer'), [sequence]));
  const method = pick(own, (role) => role.has('method') && !role.isNumber);
  fields.push(
    method === undefined
      ? field('method', { const: 'unknown' }, [], 'no column says how it was paid')
      : field('method', method.path, [method]),
  );
  const installments = pick(own, (role) => role.has('installments') && role.isNumber);
  if (installments !== undefined)
    fields.push(field('installments', numberExpression(installments, 'integer'), [installments]));
  const amount = pick(own, (role) => role.hasAny('amount', 'price') && role.isNumber && !role.has('installments'));
  if (amount !== undefined) fields.push(field('amount', moneyExpression(amount, assumptions), [amount]));
  fields.push(field('currency', currencyExpression(assumptions), []));
  const paidAt = pick(own, (role) => role.isTime && !role.has('updated'));
  if (paidAt !== undefined) fields.push(field('paidAt', timeExpression(paidAt, assumptions), [paidAt]));
  const status = pick(own, (role) => role.has('status') && isWords(role));
  if (status === undefined)
    fields.push(field('status', { const: 'captured' }, [], 'no column says how it went: was all of it captured?'));
  else {
    const statuses = paymentStatuses(status.column.counts.keys());
    fields.push(
      field('status', [status.path, { lookup: { table: statuses.table } }], [status], unknownWords(statuses)),
    );
  }
  return fields;
}

export function reviewFields(roles: readonly Role[], assumptions: Assumptions): Field[] {
  const own = roles.filter((role) => role.isFilled && role.isOf('review', 'order', 'customer'));
  const fields: Field[] = [];
  const score = pick(own, (role) => role.has('score') && role.isNumber);
  if (score !== undefined) {
    fields.push(
      field('score', numberExpression(score, score.column.numbers?.whole === true ? 'integer' : 'number'), [score]),
    );
  }
  const title = pick(own, (role) => role.has('title'));
  if (title !== undefined) fields.push(field('title', trimmed(title), [title]));
  const message = pick(own, (role) => role !== title && role.has('message') && !role.hasAny('title', 'time', 'id'));
  if (message !== undefined) fields.push(field('message', trimmed(message), [message]));
  const answered = pick(own, (role) => role.isTime && role.has('answered'));
  const created = pick(own, (role) => role.isTime && role !== answered && !role.has('updated'));
  if (created !== undefined) fields.push(field('createdAt', timeExpression(created, assumptions), [created]));
  if (answered !== undefined) fields.push(field('answeredAt', timeExpression(answered, assumptions), [answered]));
  return fields;
}

export function fulfilmentFields(roles: readonly Role[], assumptions: Assumptions): Field[] {
  const own = roles.filter((role) => role.isFilled && role.isOf('fulfilment', 'order'));
  const fields: Field[] = [];
  const status = pick(own, (role) => role.has('status') && isWords(role));
  if (status === undefined) fields.push(field('status', { const: 'shipped' }, [], 'no column says how far it is'));
  else {
    const statuses = fulfilmentStatuses(status.column.counts.keys());
    fields.push(
      field('status', [status.path, { lookup: { table: statuses.table } }], [status], unknownWords(statuses)),
    );
  }
  const carrier = pick(own, (role) => role.has('carrier') && !role.isTime);
  if (carrier !== undefined) fields.push(field('carrier', trimmed(carrier), [carrier]));
  const tracking = pick(own, (role) => role.has('tracking') && !role.isTime && role.column.looks !== 'url');
  if (tracking !== undefined) fields.push(field('tracking', idExpression(tracking), [tracking]));
  const delivered = pick(own, (role) => role.isTime && role.has('delivered'));
  const shipped = pick(own, (role) => role.isTime && role !== delivered && !role.hasAny('updated', 'estimated'));
  if (shipped !== undefined) fields.push(field('shippedAt', timeExpression(shipped, assumptions), [shipped]));
  if (delivered !== undefined) fields.push(field('deliveredAt', timeExpression(delivered, assumptions), [delivered]));
  return fields;
}
