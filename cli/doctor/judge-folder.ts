import type { FileSystem, FolderFacts, KeyFile } from '../../gateway/doctor/folder.ts';
import { type Observation, type Unseen } from '../../gateway/doctor/observation.ts';
import { isErrorCode, ERRORS } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import { Judge, type Finding } from './finding.ts';
import { bytesText, judgeSpace, secondsText } from './limits.ts';

/** bin/masterflag.js refuses older ones as well. */
const OLDEST_NODE = [24, 15] as const;

/** Files of the future are written by clocks that differ by a tick. */
const CLOCK_TICK_MS = 2000;

export type FileSystemKind = 'local' | 'network' | 'memory' | 'layer' | 'unknown';

/** linux/magic.h and the kernel's own sources; numbers that are not here say nothing. */
const FILE_SYSTEMS: Readonly<Record<number, readonly [string, FileSystemKind]>> = {
  0xef53: ['ext4', 'local'],
  0x58465342: ['XFS', 'local'],
  0x9123683e: ['Btrfs', 'local'],
  0x2fc12fc1: ['ZFS', 'local'],
  0xf2f52010: ['F2FS', 'local'],
  0xca451a4e: ['bcachefs', 'local'],
  0x01021994: ['tmpfs', 'memory'],
  0x858458f6: ['ramfs', 'memory'],
  0x794c7630: ['overlay', 'layer'],
  0x6969: ['NFS', 'network'],
  0x517b: ['SMB', 'network'],
  0xff534d42: ['CIFS', 'network'],
  0xfe534d42: ['SMB2', 'network'],
  0x01021997: ['9p', 'network'],
  0x00c36400: ['Ceph', 'network'],
  0x0bd00bd0: ['Lustre', 'network'],
  0x47504653: ['GPFS', 'network'],
  0x5346414f: ['AFS', 'network'],
  0x7461636f: ['OCFS2', 'network'],
  0x01161970: ['GFS2', 'network'],
  0x786f4256: ['vboxsf', 'network'],
  0x65735546: ['FUSE', 'unknown'],
};

export function fileSystemKind({ magic }: Pick<FileSystem, 'magic'>): readonly [string, FileSystemKind] {
  return (magic === undefined ? undefined : FILE_SYSTEMS[magic]) ?? ['', 'unknown'];
}

export function judgeFolder(facts: FolderFacts, now: number): readonly Finding[] {
  const judge = new Judge(facts.folder);
  const { writable, fileSystem } = facts;
  if ('seen' in writable) {
    judge.ok('folder.writable', writable.seen === facts.folder ? 'can be written' : `can be made in ${writable.seen}`);
  } else {
    const change = `Give it to the user that runs Masterflag: \`chown -R $(id -un) ${facts.folder}\`, or name another folder in MASTERFLAG_DATA`;
    judge.failed('folder.writable', `cannot be written: ${writable.unseen}`, change);
  }
  if ('seen' in fileSystem) judgeFileSystem(judge, fileSystem.seen);
  judgeData(judge, facts);
  judgeOwner(judge, facts);
  judgeNewest(judge, facts.newest, now);
  return judge.all;
}

function judgeFileSystem(judge: Judge, fileSystem: FileSystem): void {
  const { totalBytes, freeBytes } = fileSystem;
  const room =
    'Make room on this disk, name a folder on a larger one in MASTERFLAG_DATA, or shorten MASTERFLAG_INBOX_HOURS and MASTERFLAG_EVENT_DAYS';
  judgeSpace(judge, 'folder.disk', { totalBytes, freeBytes }, room);
  const [name, kind] = fileSystemKind(fileSystem);
  const move =
    'Name a folder on a disk of this machine (ext4, XFS, ZFS) in MASTERFLAG_DATA, and move the data set there while nothing runs';
  switch (kind) {
    case 'local':
      judge.ok('folder.fileSystem', name);
      return;
    case 'network':
      judge.failed(
        'folder.fileSystem',
        `${name}: its locks and its writes are not to be trusted, two owners could write the file`,
        move,
      );
      return;
    case 'memory':
      judge.failed('folder.fileSystem', `${name}: it is in memory, and gone with the next start of the machine`, move);
      return;
    case 'layer':
      judge.warning(
        'folder.fileSystem',
        `${name}: it goes with its container`,
        'Mount a volume, and name it in MASTERFLAG_DATA: `docker run -v orders:/data`',
      );
      return;
    case 'unknown':
      judge.warning(
        'folder.fileSystem',
        `${name === '' ? 'its kind' : `${name}: whether it is on this machine`} cannot be told`,
        'Make sure that it is no network file system: `df -T` on the folder',
      );
  }
}

function judgeData(judge: Judge, { data }: FolderFacts): void {
  if ('seen' in data) judge.ok('folder.data', `the data set can be read; it has ${bytesText(data.seen.bytes)}`);
  else if (data.code === 'MF_DATA_ABSENT') judge.ok('folder.data', 'no data set yet: the first feed makes it');
  else judge.failed('folder.data', `${data.code}: ${data.unseen}`, mendOf(data));
}

function mendOf({ code }: Unseen): string {
  return isErrorCode(code) ? ERRORS[code].mend : 'Restore the folder from a backup, as a whole';
}

function judgeOwner(judge: Judge, { owner }: FolderFacts): void {
  if ('seen' in owner) judge.ok('folder.owner', `an engine runs and answers at ${owner.seen}`);
  else if (['ENOENT', 'ECONNREFUSED'].includes(owner.code)) {
    judge.ok('folder.owner', 'no engine runs: the next command starts one of its own');
  } else {
    const change = 'Run the command as the user that started the engine, or stop that one';
    judge.failed('folder.owner', `the engine's socket cannot be used: ${owner.unseen} (${owner.code})`, change);
  }
}

function judgeNewest(judge: Judge, newest: number, now: number): void {
  if (newest <= now + CLOCK_TICK_MS) judge.ok('folder.clock', 'the clock is not behind the data set');
  else {
    const change =
      'Let the time be set by NTP: `timedatectl set-ntp true`. Times in the data set do not go back; until the clock is past them, timers wait';
    judge.warning(
      'folder.clock',
      `the clock is ${secondsText(newest - now)} behind the newest file of the data set`,
      change,
    );
  }
}

/** The secret of matching as every node of a cluster has to have it. */
export function judgeKeyFile(file: Observation<KeyFile> | undefined): readonly Finding[] {
  const judge = new Judge('Secret of matching');
  const make =
    'Make it once, `openssl rand -base64 32 > matching.key`, copy it to every node, and name it there in MASTERFLAG_MATCH_KEY_FILE';
  if (file === undefined) {
    judge.failed(
      'node.matchKey',
      'MASTERFLAG_MATCH_KEY_FILE is not set: every node of a cluster needs the same secret',
      make,
    );
  } else if ('unseen' in file) judge.failed('node.matchKey', `cannot be read: ${file.unseen}`, make);
  else if (file.seen.length < 16)
    judge.failed('node.matchKey', `${file.seen.path} has ${file.seen.length} characters, at least 16 are needed`, make);
  else if (file.seen.open) {
    judge.warning('node.matchKey', `${file.seen.path} can be read by others`, `Run \`chmod 600 ${file.seen.path}\``);
  } else judge.ok('node.matchKey', `${file.seen.path}; doctor does not see whether the other nodes have the same`);
  return judge.all;
}

export function judgeNode(version: string): readonly Finding[] {
  const judge = new Judge('Node.js');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) judge.ok('node.version', version);
  else {
    const change = `Install Node.js ${OLDEST_NODE.join('.')} or newer (https://nodejs.org)`;
    judge.failed('node.version', `${version}: too old`, change);
  }
  return judge.all;
}

export function judgeSettings({ node }: Pick<Settings, 'node'>): readonly Finding[] {
  const judge = new Judge('Settings');
  if (node !== '') judge.ok('node.name', `this node is ${node}`);
  else {
    const change =
      'Set MASTERFLAG_NODE to a name that stays, n1 for example, so that `masterflag drain` and the logs name the same node after a restart';
    judge.warning('node.name', 'MASTERFLAG_NODE is not set: the node has another name after every start', change);
  }
  return judge.all;
}
