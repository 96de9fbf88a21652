/**
 * A canonical part: what one statement of one source says about one entity. The actor keeps, per slot, the newest
 * statement; what the entity is follows from the set of its slots, whatever the order in which they came.
 */
export interface Part<Body = unknown> {
  /** 1 before parts told the version of their source, parties parts of names and legal forms. */
  readonly v: 1 | 2;
  readonly source: string;
  /** Which statement this is: the same slot again is a newer, older or equal state of the same statement. */
  readonly slot: string;
  /** How statements of one slot supersede one another. */
  readonly merge: Merge;
  /**
   * Order of states, compared element by element (numbers before text); empty where the source has none. Of two
   * readings of one state, that by the newer version of the source wins.
   */
  readonly order: StateOrder;
  /**
   * Tells a repeat from another statement, and breaks ties of `order`: the fingerprint of the body; of a
   * content-identified statement, whose slot is its fingerprint already, the version of the source that read it.
   */
  readonly hash: string;
  /** The version of the source that read it; absent before parts told it, which counts as 1. */
  readonly version?: number;
  readonly body: Body;
}

export type StateOrder = readonly (string | number)[];

/**
 * - `replace`: the greatest (order, version, hash) wins. Content-identified statements never meet another state of
 *   their slot, but other readings of it.
 * - `least`: each field takes the least value ever said, so that many immutable records can share one slot. What the
 *   newest version of the source gathers stands alone: what older ones gathered was read wrongly.
 * - `arrival`: the last to arrive wins; the one rule that depends on the order of arrival.
 */
export type Merge = 'replace' | 'least' | 'arrival';
