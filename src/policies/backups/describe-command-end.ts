import type { CommandResult } from '../../contracts/kernel/agent.ts';

const longestQuote = 300;

/** How a command ended, and the end of what it said about that. */
export function describeCommandEnd(result: CommandResult): string {
  const { ending, exitCode, signal, reason, stdout, stderr } = result;
  const said = (stderr.trim() || stdout.trim()).replace(/\s+/g, ' ').slice(-longestQuote);
  const quoted = said === '' ? '' : `: ${said}`;
  switch (ending) {
    case 'exited':
      return exitCode === 0 ? 'exited with 0' : `exited with ${exitCode}${quoted}`;
    case 'killed':
      return `was ended by ${signal ?? 'a signal'}${quoted}`;
    case 'timed-out':
      return `was ended because its time was over${quoted}`;
    case 'cancelled':
      return 'was cancelled';
    case 'not-started':
      return `was not started: ${reason ?? 'no reason is known'}`;
  }
}
