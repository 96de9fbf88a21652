import type { SourceFormat } from '../../schemas/format.ts';
import type { Role } from './roles.ts';

/** A source as it is proposed; whoever writes it out puts the doubts beside what they are about. */
export interface Proposal {
  readonly name: string;
  readonly format: SourceFormat;
  /** Name of the one kind of record. */
  readonly record: string;
  readonly files: string | undefined;
  readonly columns: readonly string[] | undefined;
  readonly optional: readonly string[];
  /** What JSON records hold. */
  readonly input: unknown;
  readonly route: Entity;
  readonly identity: unknown;
  readonly order: readonly unknown[] | undefined;
  readonly skip: unknown;
  readonly parts: readonly ProposedPart[];
  /** By what they are about: `route`, `identity`, `order`, `skip`, or the source as a whole. */
  readonly doubts: readonly Doubt[];
}

export interface Doubt {
  readonly about: 'source' | 'format' | 'currency' | 'zone' | 'route' | 'identity' | 'order' | 'skip' | 'columns';
  readonly says: string;
}

export interface Entity {
  readonly kind: string;
  readonly id: unknown;
}

export interface ProposedPart {
  readonly name: string;
  readonly each?: string;
  readonly of?: Entity;
  readonly when?: unknown;
  readonly merge?: 'least';
  readonly slot?: unknown;
  readonly fields: readonly Field[];
  readonly doubt?: string;
}

export interface Field {
  readonly name: string;
  readonly expression: unknown;
  /** Columns that it is made of. */
  readonly roles: readonly Role[];
  readonly doubt?: string;
}

/** What a subject makes of the records. */
export interface Shape {
  readonly route: Entity;
  readonly identity: unknown;
  readonly parts: readonly ProposedPart[];
  readonly doubts: readonly Doubt[];
}
