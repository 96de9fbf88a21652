import type { Skew } from '../../gateway/doctor/nats-facts.ts';
import type { Judge } from './finding.ts';

/** Bytes left on a disk below which somebody has to act today, and below which writes are about to be refused. */
const LOW_BYTES = 5 * 2 ** 30;
const EMPTY_BYTES = 512 * 2 ** 20;
const LOW_SHARE = 0.1;

/** A clock kept by NTP is right within a tenth of this. */
const SKEW_MS = 1000;
/** Beyond, timers come due and retention ends noticeably early or late, and certificates may be refused. */
const WRONG_CLOCK_MS = 60_000;

/** Several round trips have to fit between two signs of life. */
const ROUND_TRIPS_IN_HEARTBEAT = 50;

/** @param room what to do when there is little left, as a command or a setting */
export function judgeSpace(
  judge: Judge,
  check: string,
  { totalBytes, freeBytes }: { totalBytes: number; freeBytes: number },
  room: string,
): void {
  const found = `${bytesText(freeBytes)} of ${bytesText(totalBytes)} left`;
  if (freeBytes < EMPTY_BYTES) judge.failed(check, found, room);
  else if (freeBytes < LOW_BYTES || freeBytes < LOW_SHARE * totalBytes) judge.warning(check, found, room);
  else judge.ok(check, found);
}

export function judgeClock(judge: Judge, check: string, { ms, within }: Skew): void {
  const off = Math.max(0, Math.abs(ms) - within);
  const found =
    off < 10 ? 'the clock agrees with ours' : `the clock is ${secondsText(off)} ${ms > 0 ? 'ahead of' : 'behind'} ours`;
  const change = 'Let the time be set by NTP on both machines: `timedatectl set-ntp true`, then `timedatectl status`';
  if (off > WRONG_CLOCK_MS) judge.failed(check, found, change);
  else if (off > SKEW_MS) judge.warning(check, found, change);
  else judge.ok(check, found);
}

export function judgeRoundTrip(judge: Judge, check: string, ms: number, heartbeatSeconds: number): void {
  const found = `a round trip takes ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const needed = Math.ceil((ms * ROUND_TRIPS_IN_HEARTBEAT) / 1000);
  if (needed <= heartbeatSeconds) judge.ok(check, found);
  else {
    const change =
      needed <= 300
        ? `Set MASTERFLAG_HEARTBEAT_SECONDS=${needed} or more on every node, or bring nodes and servers nearer together`
        : 'Bring nodes and servers nearer together: no heartbeat is long enough for this line';
    judge.warning(check, `${found}, with a heartbeat of ${heartbeatSeconds} s`, change);
  }
}

export function bytesText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}

export function secondsText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms / 1000)} s`;
}

/** Whether what is said to this host stays on this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host) || host.endsWith('.localhost');
}
