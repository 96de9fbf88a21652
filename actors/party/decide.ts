import type { Part } from '../../schemas/canonical/part.ts';
import type { Join as JoinCommand, Split as SplitCommand } from '../../schemas/command.ts';
import type { Claimed, JoinDecided, Matched, PartyChanged, SplitDecided, Told } from '../../schemas/party.ts';
import type { Stamp } from '../../schemas/statement.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { ActorMessage, Decision, DomainEvent, Effect } from '../actor.ts';
import { hear, STATEMENTS_LIMIT, stampOf, statementId } from '../facts.ts';
import { tooManyStatements } from '../refusals.ts';
import { claimsChanged, isSameList, type Claims, type Identified } from './claims.ts';
import { isSameCluster } from './cluster.ts';
import { effectsOf, type Give } from './effects.ts';
import { memberId } from './members.ts';
import { headOf, type Contribution, type Member } from './party.ts';
import { decideJoin, decideSplit, hearJoin, type Verdict } from './verdicts.ts';

/** What both kinds of parties tell of what happened to them; the type of an event is `<kind>.<name>`. */
export type PartyChange<Body, Sums> =
  | { readonly name: 'described'; readonly data: Described<Body> }
  | { readonly name: 'claimed'; readonly data: Claimed }
  | { readonly name: 'matched'; readonly data: Matched }
  | { readonly name: 'told'; readonly data: Told }
  | { readonly name: 'joinDecided'; readonly data: JoinDecided }
  | { readonly name: 'splitDecided'; readonly data: SplitDecided }
  | { readonly name: 'contributed'; readonly data: Contributed<Body, Sums> }
  | { readonly name: 'partyChanged'; readonly data: PartyChanged };

type Described<Body> = { readonly v: 2; readonly id: string; readonly body: Body } & Stamp;

export interface Contributed<Body, Sums> {
  readonly v: 1;
  readonly member: string;
  readonly contribution: Contribution<Body, Sums> | null;
}

/** What the decisions that both kinds of parties share have to know of a kind. */
export interface PartyKind<Body, Sums, State, Event extends DomainEvent> {
  readonly kind: 'customer' | 'enterprise';
  readonly fields: readonly string[];
  readonly claims: Claims;
  readonly give: Give<State, Body, Sums>;
  readonly evolve: (state: State, event: Event) => State;
  readonly event: (change: PartyChange<Body, Sums>) => Event;
}

/** What is decided of a party, whatever its kind; the kind's own messages come back with `alongside`. */
export class PartyDecisions<
  Body extends Identified & object,
  Sums,
  State extends Member<Body, Sums>,
  Event extends DomainEvent,
> {
  private readonly of: PartyKind<Body, Sums, State, Event>;

  constructor(of: PartyKind<Body, Sums, State, Event>) {
    this.of = of;
  }

  /** A source describes the party. */
  part(state: State, { data: said }: ActorMessage): Decision<Event> {
    const { kind, fields } = this.of;
    const part = upcast<Part<Body>>(`part/${kind}`, said);
    const id = statementId(part);
    const known = state.statements.get(id);
    const heard = hear(known, part, fields);
    // What was claimed before may be a placeholder now, or it was heard when nothing was claimed yet.
    if (typeof heard === 'string') return this.concluded(state, [], { otherwise: heard });
    if (known === undefined && state.statements.size >= STATEMENTS_LIMIT) {
      return tooManyStatements(STATEMENTS_LIMIT, `the ${kind} ${state.key}`);
    }
    const data = { v: 2, id: memberId(id), ...stampOf(heard), body: heard.body } as const;
    return this.concluded(state, [{ name: 'described', data }]);
  }

  /** @returns undefined for an effect that is the kind's own, or nobody's */
  effect(state: State, { name, data }: ActorMessage): Decision<Event> | undefined {
    const { kind } = this.of;
    if (name === `${kind}.matched`) return this.matched(state, data as Matched);
    if (name === `${kind}.told`) return this.told(state, data as Told);
    if (name === `${kind}.joinDecided`) return this.joined(state, data as JoinDecided);
    return name === `${kind}.contributed` ? this.contributed(state, data as Contributed<Body, Sums>) : undefined;
  }

  /** @returns undefined for a command that is the kind's own, or nobody's */
  command(state: State, { name, data, now }: ActorMessage): Decision<Event> | undefined {
    const at = new Date(now).toISOString();
    if (name !== 'join' && name !== 'split') return undefined;
    const verdict =
      name === 'join' ? decideJoin(state, data as JoinCommand, at) : decideSplit(state, data as SplitCommand, at);
    if ('verdict' in verdict) return verdict;
    return this.concluded(state, changesOf(verdict), { effects: this.words(state, verdict.joins) });
  }

  /** An event of the kind's own, with what others have to hear of it. */
  alongside(before: State, event: Event): Decision<Event> {
    const events = [...unmoved(before).map(this.of.event), event];
    const after = events.reduce(this.of.evolve, before);
    return { verdict: 'accepted', events, effects: effectsOf(before, after, this.of.give) };
  }

  private matched(state: State, match: Matched): Decision<Event> {
    const { identifier, generation } = match;
    const { claims, links } = state.party;
    // It was told of an older claim, or of one that was released meanwhile.
    if (generation !== (claims.get(identifier)?.generation ?? 0)) return { verdict: 'stale' };
    if (isSameText(links.get(identifier)?.members ?? [], match.members)) return { verdict: 'duplicate' };
    return this.concluded(state, [{ name: 'matched', data: match }]);
  }

  private told(state: State, word: Told): Decision<Event> {
    const { member, neighbours, wants } = word;
    const known = state.party.heard.get(member);
    const isKnown =
      neighbours === null
        ? known === undefined
        : known !== undefined && known.wants === wants && isSameList(known.neighbours, neighbours);
    return isKnown ? { verdict: 'duplicate' } : this.concluded(state, [{ name: 'told', data: word }]);
  }

  private joined(state: State, word: JoinDecided): Decision<Event> {
    const { answer, ...verdict } = hearJoin(state, word);
    return this.concluded(state, changesOf(verdict), {
      effects: this.words(state, answer === undefined ? [] : [answer]),
    });
  }

  private contributed(state: State, data: Contributed<Body, Sums>): Decision<Event> {
    const known = state.party.contributions.has(data.member);
    if (data.contribution === null && !known) return { verdict: 'duplicate' };
    return this.concluded(state, [{ name: 'contributed', data }]);
  }

  /** Verdicts, as the other member hears them. */
  private words({ key }: State, joins: readonly JoinDecided[]): Effect[] {
    const name = `${this.of.kind}.joinDecided`;
    return joins.map((join) => ({ key: join.member, name, data: { ...join, member: key } satisfies JoinDecided }));
  }

  private concluded(
    before: State,
    changes: readonly PartyChange<Body, Sums>[],
    { effects = [], otherwise = 'duplicate' }: { effects?: readonly Effect[]; otherwise?: 'duplicate' | 'stale' } = {},
  ): Decision<Event> {
    const { claims, evolve, event, give } = this.of;
    const events = [...unmoved(before), ...changes].map(event);
    let after = events.reduce(evolve, before);
    const follow = (change: PartyChange<Body, Sums>): void => {
      events.push(event(change));
      after = evolve(after, event(change));
    };
    const wanted = after.party.apart === null ? claims.wanted(after.key, after.statements) : [];
    const claimed = claimsChanged(after.party, wanted);
    if (claimed !== null) follow({ name: 'claimed', data: claimed });
    if (!isSameCluster(before.party.cluster, after.party.cluster, after.key))
      follow({ name: 'partyChanged', data: partyOf(after) });
    if (events.length === 0 && effects.length === 0) return { verdict: otherwise };
    return { verdict: 'accepted', events, effects: [...effects, ...effectsOf(before, after, give)] };
  }
}

function partyOf(member: Member<unknown, unknown>): PartyChanged {
  const { key, party } = member;
  const members = party.cluster?.members ?? [key];
  return { v: 1, head: headOf(member), members, ...(party.cluster?.oversized === true && { oversized: true }) };
}

function changesOf({ split, joins }: Verdict): PartyChange<never, never>[] {
  return [
    ...(split === undefined ? [] : [{ name: 'splitDecided', data: split } as const]),
    ...joins.map((data) => ({ name: 'joinDecided', data }) as const),
  ];
}

/** Statements that have no record of their own yet: an older version kept them in the party's, which is about to change. */
function unmoved<Body>({ statements, members }: Member<Body, unknown>): PartyChange<Body, never>[] {
  if (members.length === statements.size) return [];
  return [...statements].map(([id, { body, ...stamp }]) => {
    return { name: 'described', data: { v: 2, id: memberId(id), ...stampOf(stamp), body } };
  });
}

function isSameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
