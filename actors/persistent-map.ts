/**
 * A map whose `set` answers a new map and leaves the old one as it was, for the price of a mutable one.
 *
 * An order of 600 lines hears them one by one; copying the lines for each would cost n squared, and sharing one
 * mutable map would change states that the worker still holds (it takes a delivery back when a later part of it is
 * refused, and decides again when it halves a batch). So the newest version holds the map and older ones hold what
 * to undo (Baker, "Shallow binding makes functional arrays fast", 1991). Reading an old version turns this around.
 */
export class PersistentMap<Value> {
  #live: Map<string, Value> | null;
  #undo: Undo<Value> | null = null;

  private constructor(live: Map<string, Value>) {
    this.#live = live;
  }

  static of<Value>(entries: Iterable<readonly [string, Value]>): PersistentMap<Value> {
    return new PersistentMap(new Map(entries));
  }

  get size(): number {
    return this.#rerooted().size;
  }

  get(key: string): Value | undefined {
    return this.#rerooted().get(key);
  }

  set(key: string, value: Value): PersistentMap<Value> {
    const live = this.#rerooted();
    // An empty map has nothing to undo, so that one can stand for all of them.
    if (live.size === 0) return new PersistentMap(new Map([[key, value]]));
    const next = new PersistentMap(live);
    this.#live = null;
    this.#undo = { key, before: live.get(key), newer: next };
    live.set(key, value);
    return next;
  }

  /** A copy: a later `set` changes nothing in it. The order is arbitrary. */
  entries(): [string, Value][] {
    return [...this.#rerooted()];
  }

  #rerooted(): Map<string, Value> {
    return this.#live ?? PersistentMap.#reroot(this);
  }

  static #reroot<Value>(version: PersistentMap<Value>): Map<string, Value> {
    const older: PersistentMap<Value>[] = [];
    let newest = version;
    while (newest.#undo !== null) {
      older.push(newest);
      newest = newest.#undo.newer;
    }
    for (let next = older.pop(); next !== undefined; next = older.pop()) {
      PersistentMap.#swap(next, newest);
      newest = next;
    }
    return newest.#held();
  }

  /** Moves the map one version back. */
  static #swap<Value>(older: PersistentMap<Value>, newer: PersistentMap<Value>): void {
    const live = newer.#held();
    const undo = older.#undo;
    if (undo === null) return;
    newer.#undo = { key: undo.key, before: live.get(undo.key), newer: older };
    newer.#live = null;
    if (undo.before === undefined) live.delete(undo.key);
    else live.set(undo.key, undo.before);
    older.#live = live;
    older.#undo = null;
  }

  #held(): Map<string, Value> {
    if (this.#live === null) throw new Error('the newest version of a persistent map holds no map');
    return this.#live;
  }
}

interface Undo<Value> {
  readonly key: string;
  readonly before: Value | undefined;
  readonly newer: PersistentMap<Value>;
}
