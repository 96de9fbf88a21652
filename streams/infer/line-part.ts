import { currencyColumn } from './assumptions.ts';
import {
  collapsed,
  currencyExpression,
  idExpression,
  moneyExpression,
  moneyStep,
  numberExpression,
  timeExpression,
  withinList,
  type Assumptions,
} from './expressions.ts';
import { field, reference } from './fields.ts';
import { pick } from './parties.ts';
import type { Field } from './proposal.ts';
import { idsOf, Role } from './roles.ts';
import type { ListSample } from './sample.ts';
import type { Table } from './subject.ts';
import type { Concept } from './words.ts';

/** What is said of a line. @param source stands for the seller where no column names one */
export function lineFields(
  { roles, ids }: Pick<Table, 'roles' | 'ids'>,
  assumptions: Assumptions,
  source: string,
): Field[] {
  const own = roles.filter(
    (role) => role.isFilled && role.isOf('line', 'product', 'enterprise', 'fulfilment', 'order'),
  );
  const fields: Field[] = [];
  const number =
    pick(
      own,
      (role) =>
        role.owner === 'line' &&
        role.isNumber &&
        role.hasAny('id', 'sequence') &&
        (role.column.numbers?.whole ?? false),
    ) ?? ids.line;
  if (number !== undefined && isSmall(number))
    fields.push(field('number', numberExpression(number, 'integer'), [number]));
  if (ids.product !== undefined) {
    const id = productId(ids.product);
    fields.push(
      field('product', reference('product', id), [ids.product]),
      field('code', id, [ids.product], upperDoubt(ids.product)),
    );
  }
  const description = descriptionIn(own);
  if (description !== undefined) fields.push(field('description', collapsed(description), [description]));
  const quantity = pick(own, (role) => role.has('quantity') && role.isNumber);
  fields.push(
    quantity === undefined
      ? field('quantity', { const: 1 }, [], 'no column says how many: is every row one piece?')
      : field('quantity', numberExpression(quantity, 'number'), [quantity]),
  );
  fields.push(...priceFields(own, quantity, assumptions));
  fields.push(field('currency', currencyExpression(assumptions), []));
  fields.push(...sellerFields(ids.enterprise, source));
  const shipBy = pick(own, (role) => role.isTime && role.has('limit'));
  if (shipBy !== undefined) fields.push(field('shipBy', timeExpression(shipBy, assumptions), [shipBy]));
  return fields;
}

/** What is ordered, in words: of a line or an article by its name, or since its name says of nothing else. */
export function descriptionIn(roles: readonly Role[]): Role | undefined {
  const named = roles.filter(
    (role) =>
      role.isOf('line', 'product') &&
      role.hasAny('description', 'name', 'title') &&
      !role.hasAny('category', 'id', 'length'),
  );
  return pick(named, ({ owner }) => owner !== null) ?? pick(named, () => true);
}

/** Lines are numbered from 1 on; larger numbers are ids. */
function isSmall({ column }: Role): boolean {
  return (
    column.numbers?.whole === true &&
    [...column.counts.keys()].every((text) => Number(text) >= 0 && Number(text) < 10_000)
  );
}

/** Codes of articles are typed in upper and lower case; ids that machines make are what they are. */
export function productId(role: Role): unknown {
  return idExpression(role, isTyped(role));
}

function isTyped({ column }: Role): boolean {
  if (column.looks === 'hex') return false;
  const texts = [...column.counts.keys()];
  const lower = texts.filter((text) => /\p{Ll}/u.test(text)).length;
  return lower > 0 && lower < texts.length / 3 && texts.some((text) => /\p{Lu}/u.test(text));
}

function upperDoubt(role: Role): string | undefined {
  return isTyped(role) ? 'some codes have small letters: are they the same as those in capitals?' : undefined;
}

function priceFields(own: readonly Role[], quantity: Role | undefined, assumptions: Assumptions): Field[] {
  const none: readonly Concept[] = ['tax', 'discount', 'quantity', 'refund', 'weight'];
  const isCost = (role: Role) => role.has('cost') || (role.owner === 'fulfilment' && role.hasAny('price', 'amount'));
  const money = own.filter((role) => role.isNumber && !role.hasAny(...none));
  const freight = pick(money, isCost);
  const price =
    pick(money, (role) => role.has('price') && !isCost(role) && !role.has('amount')) ??
    pick(money, (role) => role.has('unit', 'amount'));
  const amount = pick(
    money,
    (role) =>
      role.has('amount') &&
      !isCost(role) &&
      role !== price &&
      // Beside prices that are said to be of lines, other sums are of the whole order.
      (price?.owner === 'line' ? role.owner === 'line' : role.isOf('line', 'product')),
  );
  const fields: Field[] = [];
  if (price !== undefined) fields.push(field('unitPrice', moneyExpression(price, assumptions), [price]));
  if (amount !== undefined) fields.push(field('amount', moneyExpression(amount, assumptions), [amount]));
  else if (price !== undefined) fields.push(product(price, quantity, assumptions));
  if (freight !== undefined) fields.push(field('freight', moneyExpression(freight, assumptions), [freight]));
  return fields;
}

function product(price: Role, quantity: Role | undefined, assumptions: Assumptions): Field {
  if (quantity === undefined) return field('amount', moneyExpression(price, assumptions), [price]);
  const { numbers } = price.column;
  const count = quantity.column.numbers?.locale === undefined ? quantity.path : numberExpression(quantity, 'number');
  if (numbers?.locale === undefined && numbers?.beside.length === 0) {
    const step = moneyStep(price.column, assumptions);
    return field('amount', [{ multiply: [price.path, count] }, step], [price, quantity]);
  }
  // What stands beside the price, and how it is written, is known to money only.
  const product = { multiply: [moneyExpression(price, assumptions), count] };
  return field('amount', [product, { integer: { round: 'half-up' } }], [price, quantity]);
}

function sellerFields(seller: Role | undefined, source: string): Field[] {
  const id = seller === undefined ? { const: source } : idExpression(seller);
  const doubt = seller === undefined ? 'no column names a seller: is all of it sold by one?' : undefined;
  const roles = seller === undefined ? [] : [seller];
  return [field('enterprise', reference('enterprise', id), roles), field('enterpriseId', id, roles, doubt)];
}

/** The lines of an order that is one record. */
export function listOfLines({ path, columns }: ListSample, assumptions: Assumptions): Field {
  const roles = columns.map((column) => new Role(column));
  const ids = idsOf(roles);
  const currency = currencyColumn(roles);
  const within = currency === undefined ? withinList(assumptions) : { ...assumptions, currency };
  const all = lineFields({ roles, ids }, within, '');
  const lines = all.filter(({ name }) => ids.enterprise !== undefined || !name.startsWith('enterprise'));
  const give = { fields: Object.fromEntries(lines.map(({ name, expression }) => [name, expression])) };
  const doubts = lines.flatMap(({ name, doubt }) => (doubt === undefined ? [] : [`${name}: ${doubt}`]));
  return field('lines', { each: { in: path, give } }, [], doubts.length === 0 ? undefined : doubts.join('; '));
}
