import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { identify, type ProcessIdentity } from '../../processes/identity.ts';
import type { FoundBy } from '../../specs/chaos/agent-settings.ts';
import { findListener } from './find-listener.ts';
import { startedAtMs } from './process-facts.ts';

export type FoundProcess =
  { ok: true; identity: ProcessIdentity; how: string } | { ok: false; reason: string };

/** The process that is meant now: never one that is only like it. */
export async function findProcess(foundBy: FoundBy): Promise<FoundProcess> {
  const how = 'port' in foundBy ? `by its port ${foundBy.port}` : `by its file ${foundBy.pidFile}`;
  const read = 'port' in foundBy ? findListener(foundBy.port) : pidIn(foundBy.pidFile);
  if (!read.ok) return read;
  const identity = await identify(read.pid);
  if (identity !== undefined) return { ok: true, identity, how };
  return { ok: false, reason: `process ${read.pid}, found ${how}, is not there` };
}

type ReadPid = { ok: true; pid: number } | { ok: false; reason: string };

/** File systems and the kernel round the time. */
const roundedMs = 1_000;

function pidIn(file: string): ReadPid {
  let written: { text: string; atMs: number };
  try {
    written = readPidFile(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return { ok: false, reason: `${file} cannot be read (${code})` };
  }
  // Some servers write more lines below it.
  const [first = ''] = written.text.trim().split('\n');
  const pid = Number(first.trim());
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    return { ok: false, reason: `${file} has no process ID in its first line` };
  }
  const started = startedAtMs(pid);
  if (started === undefined || started <= written.atMs + roundedMs) return { ok: true, pid };
  const reason = `process ${pid} started after ${file} was written: its process ID belonged to another one then`;
  return { ok: false, reason };
}

/** The text and its time, of the same file although another one takes its place. */
function readPidFile(file: string): { text: string; atMs: number } {
  const open = openSync(file, 'r');
  try {
    return { text: readFileSync(open, 'utf8'), atMs: fstatSync(open).mtimeMs };
  } finally {
    closeSync(open);
  }
}
