import type { RetainedSet } from '../../contracts/backups/details.ts';
import { listed } from './listed.ts';

interface Conclusion {
  outcome: 'Complete' | 'Planned' | 'Partial' | 'Failed';
  reason: string;
}

/** `Complete` only where every set that was to go was seen gone. */
export function concludeRetention(
  sets: readonly RetainedSet[],
  troubles: readonly string[],
  isDryRun: boolean,
): Conclusion {
  const count = (wanted: RetainedSet['fate']) => sets.filter(({ fate }) => fate === wanted).length;
  const kept = `${count('kept')} ${count('kept') === 1 ? 'is' : 'are'} kept`;
  if (isDryRun) {
    const planned = `${kept}, ${count('expires')} would expire`;
    if (troubles.length === 0) return { outcome: 'Planned', reason: planned };
    const outcome = sets.length === 0 ? 'Failed' : 'Partial';
    return { outcome, reason: `${planned}: ${listed(troubles)}` };
  }
  const expired = `${count('expired')} expired`;
  if (troubles.length === 0) return { outcome: 'Complete', reason: `${expired}, ${kept}` };
  return {
    outcome: count('expired') === 0 ? 'Failed' : 'Partial',
    reason: `${expired}, ${kept}: ${listed(troubles)}`,
  };
}
