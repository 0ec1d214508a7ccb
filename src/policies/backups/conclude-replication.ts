import { listed } from './listed.ts';

interface Conclusion {
  outcome: 'Complete' | 'Partial' | 'Failed';
  reason: string;
}

export function concludeReplication(copied: number, troubles: readonly string[]): Conclusion {
  const done = copied === 1 ? '1 set was copied' : `${copied} sets were copied`;
  if (troubles.length > 0) {
    return {
      outcome: copied === 0 ? 'Failed' : 'Partial',
      reason: `${done}: ${listed(troubles)}`,
    };
  }
  const nothing = 'the second repositories lack nothing';
  return { outcome: 'Complete', reason: copied === 0 ? nothing : done };
}
