import type { CommandResult } from '../../../../../src/contracts/kernel/agent.ts';
import { shorten } from '../../../../../src/policies/kernel/notifications/bounded-text.ts';

/** How a program ended, with the end of what it complained about. */
export function describeEnd({ ending, exitCode, signal, reason, stderr }: CommandResult): string {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const words = said === '' ? '' : `: ${shorten(said, 200)}`;
  switch (ending) {
    case 'exited':
      return `exited with ${exitCode}${words}`;
    case 'killed':
      return `was killed by ${signal ?? 'a signal'}${words}`;
    case 'timed-out':
      return `did not end in time${words}`;
    case 'cancelled':
      return 'was cancelled';
    case 'not-started':
      return `was not started: ${reason ?? 'no reason was given'}`;
  }
}
