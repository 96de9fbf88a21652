import type { Skew } from './nats-facts.ts';
import type { Observation } from './observation.ts';

/** What the server says it is, to everybody. */
export interface Hello {
  /** Name of the replica set; '' without one. */
  readonly setName: string;
  readonly sharded: boolean;
  readonly writable: boolean;
  readonly hosts: readonly string[];
  readonly skew: Skew | undefined;
  /** Whether `hello` was answered, or only its older form. */
  readonly modern: boolean;
}

export interface Build {
  readonly version: string;
  /** '' where the server does not name the revision it was built from; MongoDB always does. */
  readonly revision: string;
  readonly ferretdb: boolean;
}

export interface Status {
  /** Name of the program: mongod, mongos, or what stands in for them. */
  readonly program: string;
  /** '' where it is not said. */
  readonly engine: string;
  readonly persistent: boolean | undefined;
}

export interface Member {
  readonly name: string;
  readonly state: string;
  readonly healthy: boolean;
}

export interface ReplicaSet {
  readonly members: readonly Member[];
  /** Members whose acknowledgement a majority write waits for, and how many of those may hold data. */
  readonly majority: number;
  readonly voters: number;
}

/** Of one resource that a user's roles reach. */
export interface Privilege {
  /** '' is any database. */
  readonly database: string;
  /** '' is any collection. */
  readonly collection: string;
  readonly any: boolean;
  readonly actions: readonly string[];
}

export interface MongoUser {
  readonly users: readonly string[];
  /** undefined where the server does not say. */
  readonly privileges: readonly Privilege[] | undefined;
}

export interface Disk {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

export interface MongoFacts {
  readonly addresses: readonly {
    readonly host: string;
    readonly port: number;
    /** Ms until it took a connection. */
    readonly reached: Observation<number>;
  }[];
  readonly asksTls: boolean;
  readonly hasCredentials: boolean;
  /** Ms of a round trip, once a server was found that answers. */
  readonly login: Observation<number>;
  readonly hello: Observation<Hello>;
  readonly build: Observation<Build>;
  readonly status: Observation<Status>;
  /** Whether the journal was turned off on its command line or in its file. */
  readonly journalOff: Observation<boolean>;
  readonly replicaSet: Observation<ReplicaSet>;
  readonly user: Observation<MongoUser>;
  readonly disk: Observation<Disk>;
  /** A write, a read and a removal that were tried; undefined where it was known without. */
  readonly trial: Observation<true> | undefined;
  readonly differences: Observation<readonly string[]> | undefined;
}
