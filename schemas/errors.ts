/**
 * The one catalogue of errors. Codes are stable: they may be matched on by programs, so a code is never reused.
 * docs/errors.md is generated from this table (test/unit/errors.test.ts keeps both, and every throw, equal).
 */
export const ERRORS = {
  MF_UNKNOWN_OUTCOME: {
    means: 'A log or a store did not say whether a write happened.',
    mend: 'Nothing to do: the engine finds out and repeats what is idempotent. If it persists, look at the log and store servers.',
  },
  MF_PARTITION_LOST: {
    means: 'Another opening took this partition over; this one may not change it any more.',
    mend: 'Nothing to do: the new owner goes on from the last commit.',
  },
  MF_PARTITION_MOVED: {
    means: 'A call reached a node that does not own the partition of its entity, and no owner was to be found in time.',
    mend: 'Send it again; `masterflag nodes` shows who owns what, and whether any node offers the kind.',
  },
  MF_CLUSTER_SETTINGS: {
    means: 'What this process was told of the cluster is not what the cluster was set up with.',
    mend: 'Give every node the same partitions, tenant and secret of matching; the message names the one that differs.',
  },
  MF_NO_NODE: {
    means: 'No node of the cluster is alive that could answer.',
    mend: 'Start one with `masterflag serve`; `masterflag nodes` shows those that are there, `masterflag doctor` what keeps them.',
  },
  MF_NODE_UNKNOWN: {
    means: 'No node of this name is alive in the cluster.',
    mend: 'Look at the names that `masterflag nodes` shows.',
  },
  MF_LOG_REPLACED: {
    means: 'The log is not the one that the checkpoint counts its positions in, or it ends before them.',
    mend: 'Restore the log that belongs to this store, or the store that belongs to this log; both together, from one backup.',
  },
  MF_LOG_UNREACHABLE: {
    means: 'No server of the log could be reached, or the connection to it was given up.',
    mend: 'Look whether NATS runs at the addresses in NATS_URL, and whether this machine may reach them; then start again.',
  },
  MF_LOG_DENIED: {
    means: 'NATS refused the credentials, or does not permit something that the log needs.',
    mend: 'Give NATS_URL a user that may publish and subscribe to `<cluster>.>`, `$JS.API.>` and `_INBOX.>`.',
  },
  MF_LOG_FULL: {
    means:
      'The log has no room for a message: a limit of its stream, its account or its disk is reached. Nothing of it was written.',
    mend: 'Nothing is lost, and whoever writes tries again. Make room: raise the limit or the disk, or shorten the retention (MASTERFLAG_INBOX_HOURS, MASTERFLAG_EVENT_DAYS).',
  },
  MF_LOG_DAMAGED: {
    means: 'A message of the log can not be read: another hand wrote it, or the store of NATS is damaged.',
    mend: 'Look at the message that is named. Let nobody else publish to the subjects of the cluster, or restore a backup.',
  },
  MF_MESSAGE_TOO_LARGE: {
    means: 'A message is larger than NATS takes, compressed too.',
    mend: 'Raise max_payload of the NATS servers to 8 MB, and restart them.',
  },
  MF_SERVER_TOO_OLD: {
    means: 'A server of the cluster is older than this version needs.',
    mend: 'Update the server to at least the version that is named.',
  },
  MF_JETSTREAM_ABSENT: {
    means: 'The NATS server runs without JetStream, or the account may not use it.',
    mend: 'Start NATS with JetStream (`nats-server -js`), and enable it for the account.',
  },
  MF_STREAM_SETTINGS: {
    means: 'A stream of the log has other settings than the log needs for its promises.',
    mend: 'Run `masterflag setup`, which applies them; where it says that NATS refuses the change, move the messages and let the stream be made anew.',
  },
  MF_STREAM_ABSENT: {
    means: 'A stream of the log was deleted.',
    mend: 'Restore it, from the backup that also has the store. A new, empty stream does not do: what the inbox had is lost with the old one.',
  },
  MF_NEWER_VERSION: {
    means: 'A document or a data file was written by a newer version of Masterflag than this one can read.',
    mend: 'Start a version at least as new as the one that wrote it.',
  },
  MF_DATA_ABSENT: {
    means: 'The data folder holds no data set.',
    mend: 'Name the folder with --data, or make a data set by feeding into it.',
  },
  MF_DATA_OLDER: {
    means: 'The data file has the shape of an older version of Masterflag, and a reader changes nothing.',
    mend: 'Run a command that owns the data set once, `masterflag serve` for example: it brings the file up to date.',
  },
  MF_DATA_OWNED: {
    means: 'Another process owns the data folder; only one may write it.',
    mend: 'Stop the other process; its lock goes with it, however it ends. Readers need no lock.',
  },
  MF_DISK_FULL: {
    means: 'The data file cannot grow; the write did not happen, nor did any part of it.',
    mend: 'Make room on the disk; what was acknowledged is safe.',
  },
  MF_DATA_UNWRITABLE: {
    means: 'The data file refused a write, and nothing of it was written.',
    mend: 'Look at the reason given: disk, permissions, or a damaged file; then start again.',
  },
  MF_STORE_UNREACHABLE: {
    means: 'No MongoDB server that takes writes answered at the start.',
    mend: 'Look at MONGODB_URL, at the servers it names, and whether a replica set has a primary; then start again.',
  },
  MF_STORE_DENIED: {
    means: 'MongoDB does not let this user in, or does not let it do what the store needs.',
    mend: 'Check user, password and authSource in MONGODB_URL; give the user the role readWrite on the database.',
  },
  MF_STORE_VERSION: {
    means: 'The MongoDB server is older than the driver can speak with, or lacks a command that the store needs.',
    mend: 'Upgrade the server.',
  },
  MF_STORE_FULL: {
    means: 'The disk of the MongoDB server is full; the write did not happen.',
    mend: 'Make room on the disk, and start the node again; what was acknowledged is safe.',
  },
  MF_STORE_INDEXES: {
    means:
      'A collection in MongoDB has an index that differs from the declared one, or a unique one that nobody declared.',
    mend: 'Drop the index that the message names; the next start makes the declared ones.',
  },
  MF_STORE_REFUSED: {
    means: 'MongoDB refused an operation for a reason that trying again does not mend.',
    mend: "Look at the server's reason in the message and at its log; then start the node again.",
  },
  MF_DOCUMENT_TOO_LARGE: {
    means: 'An entity grew a document beyond what one document may hold.',
    mend: 'Look at the quarantined message: usually many records name the same id by mistake. Mend the source, then redrive or drop.',
  },
  MF_POISON: {
    means: 'A message made its actor throw; later messages of the same entity wait behind it.',
    mend: 'Mend the actor, then redrive the entity; or drop the message.',
  },
  MF_KILLED_READER: {
    means: 'A message ended the process that read it, time and again: an endless loop, or out of memory.',
    mend: 'Mend the actor or the mapping, then redrive the entity; or drop the message.',
  },
  MF_CONFLICT: {
    means: 'The entity has moved on since the author of the command saw it.',
    mend: 'Read the entity again, and send the command with its present version.',
  },
  MF_NOT_PARKED: {
    means: 'A redrive or a drop was asked for an entity that nothing is parked for.',
    mend: 'Nothing to do: its messages are heard as they come.',
  },
  MF_TOO_MANY_PARKED: {
    means:
      'More messages wait behind a poisoned one than are parked for one entity; those that come on top wait in quarantine.',
    mend: 'Redrive or drop the poisoned message: what waits behind it, in quarantine too, follows in its order.',
  },
  MF_NOT_QUARANTINED: {
    means:
      'A command names an entry that is not in quarantine: it was fixed, redriven, dropped or exported, or there never was one.',
    mend: 'Nothing to do if it was; `masterflag quarantine list` shows what is there.',
  },
  MF_WAITS_BEHIND: {
    means: 'An entry waits behind a poisoned message of the same entity, and may not be heard before it.',
    mend: 'Redrive or drop the poisoned message that is named: what waits behind it follows in its order.',
  },
  MF_NOT_FIXABLE: {
    means:
      'What is in quarantine is nothing that a person could correct: an effect, a command, a timer, or a message that only waits.',
    mend: 'Redrive it once its cause is mended, or drop it.',
  },
  MF_FIX_INVALID: {
    means: 'A fix names a field that the record does not have, or a payload that is no record of its format.',
    mend: 'Look at the record with `masterflag quarantine show ID`; name a column or a path of it, or give it whole with --payload.',
  },
  MF_RECORD_TOO_LARGE: {
    means: 'A record of a feed is longer than 512 KiB.',
    mend: 'Split the record at its source; if a quote or a line end is missing before it, mend that.',
  },
  MF_RECORD_NOT_UTF8: {
    means: 'A record of a feed is not UTF-8.',
    mend: 'Convert the feed to UTF-8; the bytes that came are kept with the record.',
  },
  MF_RECORD_ENCODING: {
    means: 'A record of a feed holds bytes that are not of the encoding that its source, or its file, declares.',
    mend: 'Declare the encoding that the feed is in (docs/formats.md), or mend the record; a byte that is no text is kept as the lone surrogate U+DC00 and its value.',
  },
  MF_RECORD_QUOTE: {
    means: 'A quote in a CSV file opens a field that never ends, or ends in the middle of one.',
    mend: 'Double the quotes within quoted fields, and close those that are open.',
  },
  MF_RECORD_WIDTH: {
    means: 'A row has more or fewer fields than its header, or a line of fixed width is not as long as it should be.',
    mend: 'Quote the fields that hold delimiters, or add the missing ones; check the columns that the source declares.',
  },
  MF_RECORD_JSON: {
    means: 'A record of a JSON feed is not one JSON object, is nested too deeply, or what is around it is not JSON.',
    mend: 'Mend the JSON where the message says; send objects, one a line in NDJSON, or in lists.',
  },
  MF_RECORD_XML: {
    means: 'A record of an XML feed is not well-formed, or is nested too deeply, or what is around it is not XML.',
    mend: 'Mend the XML where the message says. Entities of a document type are not expanded: write what they stand for.',
  },
  MF_FEED_COLUMNS: {
    means: 'The header of a CSV file lacks columns that its source needs, or names one twice.',
    mend: 'Rename the columns in the file, or in the source; the message names the missing ones and the nearest.',
  },
  MF_FEED_COMPRESSION: {
    means: 'A compressed file is cut off or damaged: what comes after the place that the message names cannot be read.',
    mend: 'Get the file again and feed it whole; records that were taken are duplicates then.',
  },
  MF_FEED_NO_RECORD: {
    means: 'A JSON document has nothing at the path, or an XML document no element, that the source declares.',
    mend: 'Compare the document with path or record in the format of the source.',
  },
  MF_FEED_UNRECOGNISED: {
    means: 'The source cannot tell which of its kinds of record a file or a record is.',
    mend: 'Name the file as the source says, or give it the columns that one of its kinds needs.',
  },
  MF_FEED_BUSY: {
    means: 'A partition has more records waiting than its budget allows.',
    mend: 'Send the feed again after the time that the answer names; what was accepted before counts as duplicate.',
  },
  MF_RECORD_UNROUTABLE: {
    means: 'The routing key of a record is missing or cannot be read.',
    mend: 'Give the record the id of the order, customer, product or enterprise that it is about.',
  },
  MF_SOURCE_INVALID: {
    means: 'A source file does not say what a source must.',
    mend: 'Change the file where the message says; docs/transforms.md lists what may stand there.',
  },
  MF_SOURCE_EDITED: {
    means:
      'The file of a source was changed, and its version was not: records of one version would be read in two ways.',
    mend: 'Put the change into a new file with the next version and keep the former one; or take the change back.',
  },
  MF_SOURCE_CASES: {
    means: 'A source does not make of the records in its cases what the cases say.',
    mend: 'Look at the differences that `masterflag sources check` tells: mend the source, or the case.',
  },
  MF_SOURCE_UNKNOWN: {
    means: 'There is no source of this name, or not in the version that a record was stamped with.',
    mend: 'Put the source file, in that version, into the folder of sources; an engine that runs already reads sources when it starts.',
  },
  MF_RECORD_UNMAPPED: {
    means: 'A field of a record cannot be turned into what its source says that it is.',
    mend: 'Mend the field in the record, or the mapping in the source.',
  },
  MF_RECORD_INVALID: {
    means: 'What a record says breaks a rule of its canonical schema.',
    mend: 'Mend the field that the message names, in the record or in the mapping.',
  },
  MF_MESSAGE_UNKNOWN: {
    means: 'An actor was sent a part, effect, command or timer that its kind knows nothing of.',
    mend: 'Check the name of the command, or the kind that the source routes this part to; a newer node may know it.',
  },
  MF_ENTITY_UNKNOWN: {
    means: 'A command names an entity that nothing has been heard of.',
    mend: 'Check the id: `masterflag show ID` finds an entity by any id that a source ever used.',
  },
  MF_PARTY_ALONE: {
    means: 'A member was to be split off that belongs to no party but its own.',
    mend: 'Look at it with `masterflag party ID`; name the member that does not belong there.',
  },
  MF_PARTY_UNLIKE: {
    means: 'Two were to be joined that are not two members of one kind.',
    mend: 'Join a customer with another customer, or an enterprise with another enterprise.',
  },
  MF_PARTY_VERDICTS_LIMIT: {
    means: 'A member has as many verdicts of persons as are kept for one.',
    mend: 'Let the source name an id that its customers have in common; verdicts are for what no identifier tells.',
  },
  MF_MATCH_KEY: {
    means:
      'The secret that identifiers are hashed with is missing, unreadable, or not the one that this data set was made with.',
    mend: 'Put the file back (it is in every backup of the data folder), or name it with MASTERFLAG_MATCH_KEY_FILE; with another secret nothing that was heard before would be matched.',
  },
  MF_NOTE_LENGTH: {
    means: 'A note is empty, or longer than 1,000 characters.',
    mend: 'Shorten it, or write several.',
  },
  MF_STATEMENTS_LIMIT: {
    means: 'More than 32 sources or slots state the same entity.',
    mend: 'Check the slot of the source: it must be the same for newer states of one statement.',
  },
  MF_LINES_LIMIT: {
    means: 'An order would have more than 5,000 lines, or lines of more than 4 MB.',
    mend: 'Check the routing key of the source: it seems to take many orders for one. A real order of this size can be fed in parts.',
  },
  MF_WAITING_LIMIT: {
    means: 'More than 1,000 statements (or 2 MB) would wait for an order that nobody has stated yet.',
    mend: 'Feed the order itself, then redrive.',
  },
  MF_SETTINGS_INVALID: {
    means: 'A setting, from the environment or the command line, has a value that it cannot have.',
    mend: 'Set the value that the message names; docs/settings.md lists all of them.',
  },
  MF_PARTITIONS_CHANGED: {
    means: 'The data set was created with other numbers of partitions; an entity would be looked for in the wrong one.',
    mend: 'Set MASTERFLAG_PARTITIONS as it was when the data set was created; the message names the number.',
  },
  MF_NOT_FOUND: {
    means: 'No entity is known under this id, in any namespace of any source.',
    mend: 'Look at the id; `masterflag export master.flags` lists the entities that there are.',
  },
  MF_OWNER_GONE: {
    means: 'The process that owns the data folder ended while it was asked.',
    mend: 'Run the command again: it goes on safely.',
  },
  MF_OWNER_FAILED: {
    means: 'The engine could not start, or ended again and again.',
    mend: 'Look at the reason in the message and at the log on standard error.',
  },
  MF_BAD_REQUEST: {
    means: 'A request names no operation that there is, or lacks what the operation needs.',
    mend: 'Compare it with the documentation; client and owner may be of different versions.',
  },
  MF_USAGE: {
    means: 'The command line says something that the command does not understand.',
    mend: 'Run the command with --help.',
  },
  MF_REPROCESS_REFUSED: {
    means:
      'The newest version of a source does not state again all that an older version stated of its records, so that reading them again would leave what was stated wrongly. Nothing was written.',
    mend: 'Change the source so that it states the same things of the same entities (docs/decisions/reprocess.md says which); or feed the files into a new data set.',
  },
  MF_VERDICTS: {
    means: 'The verdicts on the records of a feed do not add up to the records that were received.',
    mend: 'This is a defect of Masterflag: keep the data folder, and report it with the message. Feeding again is safe.',
  },
  MF_COMMAND_REFUSED: {
    means: 'The entity refused a command, for the reason that the message gives.',
    mend: 'Look at the entity with `masterflag show`, and send the command again when the reason is gone.',
  },
  MF_NOT_RESTATED: {
    means:
      'The documents of an entity could not be written anew: neither its events nor its state tell what they are, or another hand has given them a version that is too far ahead.',
    mend: 'Run `masterflag verify --repair` again; what is left is said with what to do about it (docs/verify.md).',
  },
  MF_UNEXPLAINED: {
    means: 'A stage of the pipeline rejected a record and gave no reason.',
    mend: 'This is a defect of Masterflag: report it with the quarantined record.',
  },
  MF_NODE_TOO_OLD: {
    means: 'The Node.js that runs is too old, and none came with the package for this platform.',
    mend: 'Install a newer Node.js (https://nodejs.org), or install Masterflag again with its optional dependencies.',
  },
} as const satisfies Record<string, ErrorEntry>;

export interface ErrorEntry {
  readonly means: string;
  readonly mend: string;
}

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

/** An error of the catalogue: its message says what is wrong, where and with which value. */
export class MasterflagError extends Error {
  override readonly name: string = 'MasterflagError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get mend(): string {
    return ERRORS[this.code].mend;
  }
}

/** A write whose result is not known. The only error of a port on which its caller may try again. */
export class UnknownOutcome extends MasterflagError {
  override readonly name: string = 'UnknownOutcome';

  constructor(
    operation: string,
    options?: ErrorOptions,
    code: ErrorCode = 'MF_UNKNOWN_OUTCOME',
    message = `no answer to ${operation}: it may or may not have happened`,
  ) {
    super(code, message, options);
  }
}
