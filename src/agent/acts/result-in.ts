import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../../contracts/kernel/agent.ts';
import type { ActNow } from './acts.ts';

/** How a command has ended, once it has. Throws AgentError where nobody knows. */
export function resultIn(
  { outcome }: ActNow,
  { command, act }: { command: string; act: RunStep },
): CommandResult | undefined {
  if (outcome === undefined) return undefined;
  if (outcome.kind === 'command') return outcome.result;
  throw new AgentError(
    'lost',
    `nobody knows how ${command} ended: its watchdog was killed while it ran. What it had started ` +
      `was ended. See what it has done on the host, then run it again as a new step (this was ${act.step})`,
  );
}
