/** What a word in the name of a column or property says. */
export type Concept =
  // Of whom or what.
  | 'order'
  | 'line'
  | 'product'
  | 'customer'
  | 'enterprise'
  | 'payment'
  | 'fulfilment'
  | 'review'
  | 'recipient'
  | 'billing'
  // What of it.
  | 'id'
  | 'name'
  | 'first'
  | 'last'
  | 'email'
  | 'phone'
  | 'street'
  | 'city'
  | 'region'
  | 'postcode'
  | 'country'
  | 'status'
  | 'quantity'
  | 'price'
  | 'unit'
  | 'amount'
  | 'currency'
  | 'tax'
  | 'discount'
  | 'method'
  | 'installments'
  | 'sequence'
  | 'score'
  | 'title'
  | 'message'
  | 'description'
  | 'category'
  | 'brand'
  | 'barcode'
  | 'tracking'
  | 'carrier'
  | 'registration'
  | 'channel'
  | 'weight'
  | 'length'
  | 'width'
  | 'height'
  | 'grams'
  | 'centimetres'
  | 'photos'
  | 'unique'
  | 'tags'
  | 'position'
  | 'cost'
  | 'refund'
  // When.
  | 'time'
  | 'placed'
  | 'approved'
  | 'paid'
  | 'shipped'
  | 'delivered'
  | 'estimated'
  | 'updated'
  | 'answered'
  | 'limit';

/**
 * Words of feeds in the languages that they mostly come in, in lower case and without accents. Words that are written
 * together (Bestellnummer, 주문번호) are taken apart.
 */
const WORDS: Readonly<Record<Concept, string>> = {
  order:
    'order orders invoice invoices purchaseorder po bestell bestellung bestellungs bestellungen auftrag auftrags rechnung ' +
    'rechnungs commande facture pedido pedidos factura fatura ordine fattura bestelling 주문 발주 注文 受注 订单 订购',
  line: 'line lines lineitem row position zeile ligne linea linha riga 라인 품목순번 明細',
  product:
    'product products item items article artikel sku stock goods merchandise variant produkt produkte produit producto ' +
    'productos produto produtos prodotto asin 상품 제품 품목 물품 商品 产品 品番',
  customer:
    'customer customers cust client clients buyer consumer shopper member user kunde kunden kaeufer kauefer cliente clientes ' +
    'comprador acheteur klant koper acquirente 고객 구매자 주문자 회원 顧客 客户 买家',
  enterprise:
    'seller sellers vendor vendors supplier suppliers merchant shop store retailer enterprise partner manufacturer ' +
    'verkaeufer haendler lieferant lieferanten anbieter vendeur fournisseur vendedor vendedores proveedor loja fornecedor ' +
    'venditore fornitore verkoper leverancier company firma 판매자 판매처 공급자 공급사 공급업체 거래처 업체 입점사 가맹점 회사 상호 出品者 卖家',
  payment:
    'payment payments pay transaction transactions charge charges zahlung zahlungs zahl paiement pago pagos pagamento ' +
    'betaling betaal 결제 지불 支払 支付',
  fulfilment:
    'shipment shipments shipping ship delivery deliveries fulfillment fulfillments fulfilment parcel package dispatch ' +
    'lieferung liefer versand livraison expedition envio entrega spedizione consegna verzending 배송 출고 発送 配送',
  review:
    'review reviews rating feedback bewertung bewertungs avis resena avaliacao recensione beoordeling 리뷰 후기 구매평 レビュー',
  recipient:
    'recipient shipto receiver consignee empfaenger destinataire destinatario 배송지 수취인 수령인 받는사람 届け先',
  billing: 'billing billto bill',
  id: 'id ids no nr num number nbr code key uuid guid ref reference identifier nummer numero kennung kennziffer 번호 코드 아이디 番号 コード 编号',
  name: 'name names nom nombre nome naam bezeichnung 이름 성명 명 名 氏名 名称',
  first: 'first given forename vorname prenom primeiro voornaam',
  last: 'last surname family lastname nachname apellido sobrenome cognome achternaam',
  email: 'email mail emailaddress courriel correo 이메일 메일 メール 邮箱',
  phone:
    'phone telephone tel mobile cell handy telefon telefono telefone celular movil mobil cellulare 전화 전화번호 연락처 휴대폰 핸드폰 電話 电话',
  street:
    'street address addr address1 addressline addressline1 strasse anschrift adresse rue calle direccion rua endereco indirizzo via straat adres 주소 住所 地址',
  city: 'city town suburb ort stadt ville ciudad cidade municipio citta plaats stad 시군구 도시 市区町村 城市',
  region: 'region subentity state province county bundesland uf estado provincia regione 시도 지역 都道府県 省',
  postcode: 'zip zipcode postcode postal postalcode plz cp cep cap codepostal postleitzahl 우편번호 우편 郵便番号 邮编',
  country: 'country countrycode nation land pays pais paese staat 국가 나라 国',
  status: 'status stage condition zustand etat situacao estatus stato 상태 状態 状态',
  quantity:
    'quantity qty quantities menge anzahl stueckzahl stueck quantite cantidad quantidade quantita hoeveelheid aantal pieces units ordered 수량 개수 갯수 数量 個数',
  price:
    'price unitprice preis prix precio preco prezzo prijs einzelpreis stueckpreis 단가 가격 판매가 価格 単価 价格 单价',
  unit: 'unit unitary einzel unitaire unitario 단위',
  amount:
    'amount total totals value sum subtotal grand revenue betrag summe gesamt gesamtbetrag montant importe valor totale bedrag ' +
    'totaal 금액 합계 총액 매출 매출액 金額 合計 金额 总额',
  currency: 'currency curr ccy waehrung devise moneda moeda valuta 통화 화폐 通貨 货币',
  tax: 'tax taxes vatamount mwst steuer tva iva imposto impuesto btw 세금 부가세 税',
  discount: 'discount discounts rebate coupon rabatt remise descuento desconto sconto korting 할인 쿠폰 割引 折扣',
  method:
    'method type kind means gateway provider art zahlungsart zahlart methode metodo forma tipo moyen 수단 방법 방식 方法 方式',
  installments: 'installments instalments installment instalment parcelas raten cuotas rate 할부 分割',
  sequence: 'sequential sequence seq index lfd laufend 순번 순서 連番',
  score: 'score stars points note sterne punkte puntuacion pontuacao nota 평점 별점 점수 評価',
  title: 'title headline subject titel titre titulo titolo 제목 タイトル 标题',
  message:
    'message comment comments text body remark remarks note notes kommentar nachricht commentaire mensaje mensagem commento comentario 내용 메모 コメント 评论',
  description:
    'description desc details beschreibung descripcion descricao descrizione libelle omschrijving 설명 내역 상품설명 説明 描述',
  category:
    'category categories group department kategorie warengruppe categorie categoria rubrique 카테고리 분류 カテゴリ 类别',
  brand: 'brand marke marque marca merk 브랜드 ブランド 品牌',
  barcode: 'barcode ean ean13 gtin upc isbn 바코드 バーコード 条码',
  tracking:
    'tracking trackingnumber waybill awb sendungsnummer seguimiento rastreio rastreamento 송장 송장번호 운송장 追跡',
  carrier:
    'carrier courier shipper spediteur transporteur transportista transportadora corriere vervoerder 택배 택배사 운송사 配送業者',
  registration:
    'vat vatid vatnumber taxid brn cnpj cpf ein tin siret siren nif ust ustid steuernummer registration regno 사업자 사업자등록 사업자등록번호 사업자번호 法人番号',
  channel: 'channel platform marketplace medium kanal canal canale kanaal 채널 몰 판매채널 チャネル 渠道',
  weight: 'weight gewicht poids peso 무게 중량 重量 重さ',
  length: 'length laenge longueur longitud comprimento lunghezza lengte 길이 長さ',
  width: 'width breite largeur ancho largura larghezza breedte 너비 폭 幅',
  height: 'height hoehe hauteur altura altezza hoogte 높이 高さ',
  grams: 'g gram grams gramm gramme gramos gramas',
  centimetres: 'cm centimeter centimetre centimeters centimetres',
  photos: 'photo photos image images picture pictures foto fotos bild bilder 사진 이미지 写真 画像',
  unique: 'unique global master',
  tags: 'tag tags label labels 태그 タグ',
  position: 'lat lng latitude longitude lon geo geolocation coordinate coordinates 위도 경도 緯度 経度',
  cost: 'cost costs fee fees postage freight frete fracht kosten gebuehr porto versandkosten frais gastos costo 비용 배송비 운임 送料 运费',
  refund: 'refund refunds refunded reversal erstattung remboursement reembolso rimborso 환불 返金 退款',
  time: 'date time datetime timestamp at on day datum zeit uhrzeit zeitpunkt heure fecha hora data giorno tijd dt ts 일시 일자 날짜 시간 시각 일 日時 日付 时间 日期',
  placed:
    'placed purchase purchased ordered created create creation issue issued submitted bought booked bestellt erstellt achat creado creada compra criado criacao creazione 등록 생성 작성 작성일 주문일 注文日 购买',
  approved:
    'approved approval confirmed confirm accepted authorized authorised bestaetigt approuve aprobado aprovado approvato 승인 확정 承認',
  paid: 'paid captured settled bezahlt paye pagado pagada pago_em pagato betaald 입금 결제일 支払日',
  shipped:
    'shipped dispatched sent handed versandt versendet expedie enviado enviada spedito verzonden 발송 출고일 発送日',
  delivered:
    'delivered received arrived arrival zugestellt geliefert livre recu entregado entregue consegnato geleverd bezorgd 배송완료 수령 到着',
  estimated:
    'estimated expected promised due eta scheduled voraussichtlich geplant prevu estimada estimado prevista previsto verwacht 예정 예상 予定',
  updated:
    'updated modified changed modification lastupdate geaendert aktualisiert modifie modificado actualizado atualizado aggiornato gewijzigd 수정 변경 更新',
  answered:
    'answer answered reply replied response antwort reponse respuesta resposta risposta antwoord 답변 응답 回答',
  limit: 'limit deadline until latest cutoff frist plazo prazo limite scadenza 기한 마감 期限',
};

const CONCEPTS: ReadonlyMap<string, Concept> = new Map(
  (Object.entries(WORDS) as [Concept, string][]).flatMap(([concept, words]) =>
    words.split(' ').map((word) => [word, concept] as const),
  ),
);

/** Words that say nothing of what a column holds. */
const NOISE = new Set([
  'the',
  'of',
  'de',
  'da',
  'do',
  'del',
  'la',
  'le',
  'der',
  'die',
  'das',
  'des',
  'und',
  'and',
  'is',
  'has',
  'prefix',
  'suffix',
]);

const LONGEST_WORD = Math.max(...[...CONCEPTS.keys()].map((word) => word.length));

/**
 * What the name of a column, or a path, says: in the order of its words. What stands around a property says whose it
 * is and what its amounts and times are of; a street within `PostalAddress` is no postal code.
 */
export function conceptsOf(path: string): readonly Concept[] {
  const names = path.split('.');
  const around = names.slice(0, -1).flatMap((name) => wordsOf(name).flatMap(conceptsOfWord));
  return [...around.filter((concept) => AROUND.has(concept)), ...wordsOf(names.at(-1) ?? '').flatMap(conceptsOfWord)];
}

const AROUND: ReadonlySet<Concept> = new Set<Concept>([
  ...([
    'order',
    'line',
    'product',
    'customer',
    'enterprise',
    'payment',
    'fulfilment',
    'review',
    'recipient',
    'billing',
  ] as const),
  ...(['price', 'amount', 'cost', 'tax', 'discount', 'refund', 'quantity', 'country', 'registration'] as const),
  ...(['placed', 'approved', 'paid', 'shipped', 'delivered', 'estimated'] as const),
]);

/** `orderDate`, `order_date`, `Order Date`, `order.date`: order, date. Accents are left out, umlauts written out. */
export function wordsOf(name: string): string[] {
  const plain = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
  return plain
    .replace(/\b(number|num|no) of\b/g, 'qty')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !NOISE.has(word));
}

/** Longer words are no names, and taking them apart takes its time. */
const WORD_LIMIT = 40;

function conceptsOfWord(word: string): readonly Concept[] {
  if (word.length > WORD_LIMIT) return [];
  const known = CONCEPTS.get(word);
  if (known !== undefined) return [known];
  const taken = takenApart(word);
  if (taken !== null) return taken;
  const near = misspelt(word);
  return near === undefined ? [] : [near];
}

/** Words written together, if that leaves nothing over: the longest first. null if it does. */
function takenApart(word: string): Concept[] | null {
  if (word === '') return [];
  for (let length = Math.min(word.length, LONGEST_WORD); length >= shortestOf(word); length--) {
    const concept = CONCEPTS.get(word.slice(0, length));
    const rest = concept === undefined ? null : takenApart(word.slice(length));
    if (concept !== undefined && rest !== null) return [concept, ...rest];
  }
  return null;
}

/** Two letters of the Latin alphabet are in too many words; one Han or Hangul character is a word. */
function shortestOf(word: string): number {
  return /^[a-z0-9]/.test(word) ? 2 : 1;
}

/** Two letters in each other's place, or one wrong, missing or too many, in a word that is long enough: lenght. */
function misspelt(word: string): Concept | undefined {
  if (word.length < 5) return undefined;
  for (const [known, concept] of CONCEPTS)
    if (Math.abs(known.length - word.length) <= 1 && isSlip(word, known)) return concept;
  return undefined;
}

function isSlip(a: string, b: string): boolean {
  if (b.length < 5) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const [restA, restB] = [a.slice(same), b.slice(same)];
  const swapped = restA.slice(0, 2) === `${restB[1] ?? ''}${restB[0] ?? ''}` && restA.slice(2) === restB.slice(2);
  return swapped || restA.slice(1) === restB.slice(1) || restA === restB.slice(1) || restA.slice(1) === restB;
}
