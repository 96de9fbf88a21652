import type { EffectItem } from '../../schemas/inbox.ts';
import type { Part } from '../../schemas/canonical/part.ts';

/**
 * Parts that this opening has sent on already. A thousand lines of one shop would otherwise tell the same customer and
 * the same product a thousand times what they know: receivers drop a repeat, so leaving it out changes nothing.
 */
export class Forwards {
  private readonly sent = new Set<string>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether the part has to be sent; remembers it. The last to arrive may win only if every one of them arrives. */
  isNew({ key, name, data }: EffectItem): boolean {
    const { slot, hash, merge, order, version = '' } = data as Part;
    if (merge === 'arrival') return true;
    const id = `${key}/${name}/${slot}/${hash}/${version}/${order.join('/')}`;
    if (this.sent.has(id)) return false;
    if (this.sent.size >= this.most) this.sent.clear();
    this.sent.add(id);
    return true;
  }
}
