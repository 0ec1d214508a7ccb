import type { BackupHost } from '../../contracts/backups/backup-host.ts';
import type { BackupProvider } from '../../contracts/backups/provider.ts';
import { repeat } from '../repeat.ts';
import { answerCalls } from './answer-calls.ts';
import type { BackupParts } from './backup-parts.ts';
import { CallsUnderWay } from './calls-under-way.ts';
import { Copies } from './copies.ts';
import { sweepCopies } from './sweep-copies.ts';

export interface BackupsOptions extends Omit<BackupParts, 'copies' | 'calls'> {
  onError: (message: string, error: unknown) => void;
}

export interface OpenBackups extends BackupHost {
  /** Removes copies whose time is over. Happens by itself every few seconds. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

const sweepEveryMs = 5_000;

/** Takes up the copies that an earlier agent has left, and removes those whose time is over. */
export async function openBackups(options: BackupsOptions): Promise<OpenBackups> {
  const { onError } = options;
  const { scratch } = options.settings;
  const copies = scratch && new Copies(scratch, onError);
  const parts: BackupParts = { ...options, copies, calls: new CallsUnderWay() };
  const onSweepError = (error: unknown) => onError('restored copies cannot be read', error);
  // Without it, everything else is done all the same: there may be leases to revert.
  await copies?.prepare().then(() => sweepCopies(parts, onError), onSweepError);
  await sweepProviders(options);
  const work = () => sweepProviders(options).then(() => sweepCopies(parts, onError));
  const timer = repeat(work, sweepEveryMs, onSweepError);
  return { ...answerCalls(parts), sweep: work, close: () => timer.stop() };
}

/** What is left outside of copies. */
async function sweepProviders({
  providers,
  onError,
}: Pick<BackupsOptions, 'providers' | 'onError'>): Promise<void> {
  for (const provider of new Set(Object.values(providers) as BackupProvider[])) {
    await provider.sweep?.().catch((error: unknown) => {
      onError('what earlier calls have left cannot be removed yet', error);
    });
  }
}
