import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type {
  CommandProgress,
  CommandResult,
  RevertedLease,
  RunStep,
} from '../../contracts/kernel/agent.ts';
import type { ProcessIdentity } from '../../processes/identity.ts';
import type { ProgramSettings } from '../../specs/kernel/agent.ts';

/** Written before anything takes effect. It holds no secret, only where each is kept. */
export interface ActRecord {
  act: RunStep;
  command: string;
  digest: string;
  acceptedAtMs: number;
  program: ProgramSettings;
  argv: readonly string[];
  /** Absent: a plain command. */
  lease?: {
    revert: readonly string[];
    forMs: number;
    /** The most that it may be extended ahead; absent: as the command of the settings says. */
    longestMs?: number;
    /** It ends this long after it was accepted, however often it is extended; absent: it has no such end. */
    atMostMs?: number;
  };
  /** A lease that was reverted before it was applied. */
  neverApplied?: true;
}

/** How far the watchdog of an act is. There before the program is started, and kept from then on. */
export interface WatchdogState extends Omit<CommandProgress, 'elapsedMs'> {
  startedAtMs: number;
  program?: ProcessIdentity;
  lease?: { apply?: CommandResult; expiresAtMs: number; extension?: string };
  /** How often reverting has failed, and how the last time. */
  revertFailures?: { count: number; last: string };
}

export type ActOutcome =
  | { kind: 'command'; result: CommandResult }
  | { kind: 'lease'; reverted: RevertedLease; apply?: CommandResult }
  /** Of an act that is no program. */
  | { kind: 'answer'; answer: unknown }
  /** Its watchdog ended without a word, after the program may have been started. */
  | { kind: 'lost' };

export interface ExtensionOrder {
  id: string;
  forMs: number;
}

/** What is kept of one act, in a folder of its own. */
export function actFiles(folder: string) {
  return {
    folder,
    record: join(folder, 'act.json'),
    /** The identity of the watchdog: there is at most one. */
    watchdog: join(folder, 'watchdog.json'),
    watchdogLog: join(folder, 'watchdog.log'),
    state: join(folder, 'state.json'),
    stdout: join(folder, 'stdout.log'),
    stderr: join(folder, 'stderr.log'),
    /** Orders to the watchdog. */
    stop: join(folder, 'stop.json'),
    extension: join(folder, 'extension.json'),
    revert: join(folder, 'revert.json'),
    outcome: join(folder, 'outcome.json'),
  };
}

export type ActFiles = ReturnType<typeof actFiles>;

/** The folder of all acts of a run. */
export function runFolder(stateFolder: string, runRef: string): string {
  const key = createHash('sha256').update(runRef).digest('hex').slice(0, 32);
  return join(stateFolder, 'acts', key);
}

export function actFolder(stateFolder: string, { runRef, step }: RunStep): string {
  return join(runFolder(stateFolder, runRef), String(step));
}

/** Told apart from any other mark that begins like it by the slash at its end. */
export function markOf(instance: string, { runRef, step }: RunStep): string {
  return `${instance}/${basename(runFolder('', runRef))}/${step}/`;
}
