import type { BackupHost } from '../../contracts/backups/backup-host.ts';
import type { BackupProvider } from '../../contracts/backups/provider.ts';
import { SeparateWork } from '../../processes/separate-work.ts';
import { repeat } from '../repeat.ts';
import { unattended } from '../unattended.ts';
import { answerCalls } from './answer-calls.ts';
import type { BackupParts } from './backup-parts.ts';
import { CallsUnderWay } from './calls-under-way.ts';
import { Copies } from './copies.ts';
import { createSearches } from './copy-searches.ts';
import { createPlaces } from './database-places.ts';
import { sweepCopies, type Sweeping } from './sweep-copies.ts';

export interface BackupsOptions extends Omit<BackupParts, 'copies' | 'calls'> {
  onError: (message: string, error: unknown) => void;
  /** How long a sweep waits for each thing that it removes. */
  sweptWithinMs?: number;
}

export interface OpenBackups extends BackupHost {
  /** Removes copies whose time is over. Happens by itself every few seconds. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

const sweepEveryMs = 5_000;
const sweptWithinMs = 30_000;

/** Takes up the copies that an earlier agent has left, and removes those whose time is over. */
export async function openBackups(options: BackupsOptions): Promise<OpenBackups> {
  const { onError } = options;
  const { scratch } = options.settings;
  const copies = scratch && new Copies(scratch, onError);
  const parts: BackupParts = { ...options, copies, calls: new CallsUnderWay() };
  const { sweptWithinMs: withinMs = sweptWithinMs } = options;
  const sweeping: Sweeping = { work: new SeparateWork(), withinMs, onError };
  const onSweepError = (error: unknown) => onError('restored copies cannot be read', error);
  // Without it, everything else is done all the same: there may be leases to revert.
  const isReady = await prepare(copies, onSweepError);
  const work = async () => {
    await Promise.all([sweepProviders(options, sweeping), sweepCopies(parts, sweeping)]);
  };
  if (isReady) await work();
  else await sweepProviders(options, sweeping);
  const timer = repeat(work, sweepEveryMs, onSweepError);
  return {
    ...answerCalls(parts),
    ...createPlaces(options),
    ...createSearches(parts),
    sweep: work,
    close: () => timer.stop(),
  };
}

async function prepare(
  copies: Copies | undefined,
  onError: (error: unknown) => void,
): Promise<boolean> {
  try {
    await copies?.prepare();
    return true;
  } catch (error) {
    onError(error);
    return false;
  }
}

/** What is left outside of copies. */
async function sweepProviders(
  { providers }: Pick<BackupsOptions, 'providers'>,
  { work, withinMs, onError }: Sweeping,
): Promise<void> {
  const onFailure = (error: unknown) =>
    onError('what earlier calls have left cannot be removed yet', error);
  const each = Object.entries(providers) as [string, BackupProvider][];
  const seen = new Set<BackupProvider>();
  const distinct = each.filter(([, provider]) => !seen.has(provider) && seen.add(provider));
  await Promise.all(
    distinct.map(([name, provider]) =>
      work.run(`provider ${name}`, async () => provider.sweep?.(unattended), {
        withinMs,
        onError: onFailure,
      }),
    ),
  );
}
