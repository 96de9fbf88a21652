import { Type, type Static } from 'typebox';

/** Every kind of actor. */
export const KINDS = ['customer', 'enterprise', 'match', 'order', 'product'] as const;

type Kind = (typeof KINDS)[number];

const Count = Type.Integer({ minimum: 1, maximum: 1024 });

/** All that a process can be told from outside; read once, checked, frozen (config/settings.ts). */
export const Settings = Type.Object(
  {
    /** Folder of the embedded data set. */
    data: Type.String({ minLength: 1 }),
    /** Folders of sources beside the shipped ones. */
    sources: Type.Array(Type.String({ minLength: 1 })),
    tenant: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
    /** Partitions per actor kind: fixed when a data set is created. */
    partitions: Type.Object(
      { customer: Count, enterprise: Count, match: Count, order: Count, product: Count } satisfies Record<
        Kind,
        unknown
      >,
      { additionalProperties: false },
    ),
    /** File of the secret that identifiers are hashed with; '' for one in the data folder, made at the first start. */
    matchKeyFile: Type.String(),
    /** What joins nobody, beside the shipped list: `<type of identifier>:<value>`, with `*` for any characters. */
    placeholders: Type.Array(Type.String({ pattern: '^.+:[^:]+$' })),
    /** Ms after which an engine that gives no sign of life is ended and started again. */
    watchdogMs: Type.Integer({ minimum: 500 }),
    /** MiB of JavaScript heap that the engine may use. */
    heapMb: Type.Integer({ minimum: 64 }),
    /** Hours that applied inbox messages are kept. */
    inboxHours: Type.Number({ minimum: 0 }),
    /** Days that events are kept; the last of every partition always is. */
    eventDays: Type.Number({ minimum: 0 }),
    /** Messages of records that may wait unapplied in one partition before ingress asks feeds to come again. */
    bulkBudget: Type.Integer({ minimum: 1 }),
    /** Case of what stands before the `@` of an e-mail address: a few mail servers tell upper from lower case there. */
    emailCase: Type.Enum(['lower', 'keep']),
    /** Whether addresses that differ in their tag (`ada+shop@`) only are compared as one; the address keeps it. */
    emailTags: Type.Enum(['keep', 'drop']),
    /** Whether Gmail addresses that differ in dots only are compared as one; the address keeps them. */
    emailDots: Type.Enum(['keep', 'drop']),
    /** Documents that the quarantine may have; beyond, its oldest go to a file. The same of what became of them. */
    quarantineEntries: Type.Integer({ minimum: 1 }),
    /** MiB that they may have. */
    quarantineMb: Type.Number({ minimum: 1 }),
    /** Days that they are kept. */
    quarantineDays: Type.Number({ minimum: 0 }),
    /** Addresses of NATS, separated by commas; '' embedded. With `mongodbUrl` it makes the data set a cluster's. */
    natsUrl: Type.String(),
    mongodbUrl: Type.String(),
    /** Names the streams, subjects and the database of the cluster, so that several may share servers. */
    cluster: Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
    /** Name of this node in the cluster; '' for one made of the machine's name and the process. */
    node: Type.String({ pattern: '^[A-Za-z0-9-]{0,60}$' }),
    /** Kinds of actors of which this node owns partitions; none named means all. */
    kinds: Type.Array(Type.Enum(KINDS)),
    /** Seconds without a sign of life after which a node counts as gone, and others take over its partitions. */
    heartbeatSeconds: Type.Integer({ minimum: 2, maximum: 300 }),
    /** Copies that NATS keeps of every stream: 1 on a single server, 3 on a cluster of servers. */
    replicas: Type.Integer({ minimum: 1, maximum: 5 }),
    logLevel: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  },
  { additionalProperties: false },
);

export type Settings = Readonly<Static<typeof Settings>>;

/** The settings that cleansing and the comparison of parties follow. */
export type CleansingPolicy = Pick<Settings, 'emailCase' | 'emailTags' | 'emailDots'>;
