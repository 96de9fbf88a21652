import { wordsOf } from './words.ts';

type OrderStatus = 'placed' | 'approved' | 'completed' | 'cancelled';
type FulfilmentStatus = 'pending' | 'shipped' | 'delivered' | 'failed' | 'returned';
type PaymentStatus = 'pending' | 'authorised' | 'captured' | 'failed' | 'voided' | 'refunded';

const ORDER: Readonly<Record<OrderStatus, string>> = {
  placed:
    'created new placed pending open received submitted unpaid awaiting draft on-hold onhold hold neu offen pendiente pendente nuevo 접수 주문접수 결제대기 입금대기 新規',
  approved:
    'approved accepted confirmed authorized authorised paid invoiced processing processed preparing packed picking unshipped ' +
    'partiallyshipped shipped dispatched transit intransit bestaetigt bezahlt bearbeitung versandt versendet pagado pago aprovado ' +
    'enviado faturado 결제완료 입금완료 상품준비중 배송준비중 배송준비 배송중 발송완료 出荷済',
  completed:
    'completed complete delivered fulfilled closed done finished archived zugestellt geliefert abgeschlossen entregado entregue concluido 배송완료 구매확정 거래완료 完了',
  cancelled:
    'cancelled canceled cancel cancelado voided void annulled rejected storniert abgebrochen annulee 취소 취소완료 주문취소 キャンセル 取消',
};

const FULFILMENT: Readonly<Record<FulfilmentStatus, string>> = {
  pending: 'pending unshipped processing preparing packed picking label created open 배송준비중 배송준비 상품준비중',
  shipped:
    'shipped dispatched transit intransit sent enroute versandt versendet enviado 배송중 발송완료 출고완료 出荷済',
  delivered: 'delivered received arrived zugestellt geliefert entregado entregue 배송완료',
  failed: 'failed failure undeliverable lost exception error cancelled canceled 배송실패',
  returned: 'returned return rto zurueckgesendet devuelto devolvido 반송 반품 반품완료',
};

const PAYMENT: Readonly<Record<PaymentStatus, string>> = {
  pending: 'pending processing open created unpaid awaiting requires offen 결제대기 입금대기',
  authorised: 'authorized authorised authorisation authorization reserved uncaptured 승인',
  captured:
    'captured paid succeeded success successful settled completed complete approved bezahlt pagado pago 결제완료 입금완료 완료',
  failed: 'failed failure declined error rejected denied 결제실패 실패',
  voided: 'voided void cancelled canceled expired 취소 결제취소',
  refunded: 'refunded refund reversed chargeback charged-back reembolsado 환불 환불완료',
};

/** A table from the words of a column to ours, as far as they are known; and the words that are not. */
export interface StatusTable {
  readonly table: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
}

export function orderStatuses(words: Iterable<string>): StatusTable {
  return tableOf(words, ORDER);
}

export function fulfilmentStatuses(words: Iterable<string>): StatusTable {
  return tableOf(words, FULFILMENT);
}

export function paymentStatuses(words: Iterable<string>): StatusTable {
  return tableOf(words, PAYMENT);
}

function tableOf(words: Iterable<string>, meanings: Readonly<Record<string, string>>): StatusTable {
  const table: Record<string, string> = {};
  const unknown: string[] = [];
  const known = new Map(
    Object.entries(meanings).flatMap(([meaning, list]) => list.split(' ').map((word) => [word, meaning] as const)),
  );
  for (const word of [...words].sort()) {
    const found = meaningOf(word, known);
    if (found === undefined) unknown.push(word);
    else table[word] = found;
  }
  return { table, unknown };
}

/** The whole of it, or its last word that means something: `payment.succeeded`, `order_delivered`. */
function meaningOf(status: string, known: ReadonlyMap<string, string>): string | undefined {
  const words = wordsOf(status);
  const whole = known.get(words.join('')) ?? known.get(status.trim());
  return whole ?? words.map((word) => known.get(word)).findLast((meaning) => meaning !== undefined);
}
