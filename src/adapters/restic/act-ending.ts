import type { ToolAnswer } from '../../contracts/backups/provider.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { CommandResult } from '../../contracts/kernel/agent.ts';

/** What an act answered. Throws AgentError where it did not end by itself. */
export function answerOf(what: string, result: CommandResult): ToolAnswer {
  const { ending, exitCode = -1, stdout, stderr, reason = '', signal = 'a signal' } = result;
  switch (ending) {
    case 'exited':
      return { exitCode, stdout, stderr };
    case 'killed':
      throw new AgentError('refused', `${what} was killed by ${signal} from outside`);
    case 'timed-out':
      throw new AgentError('refused', `${what} took longer than it may, and was ended`);
    case 'cancelled':
      throw new AgentError('refused', `${what} was cancelled, and everything it started is ended`);
    case 'not-started':
      throw new AgentError('refused', `${what} could not be started: ${reason}`);
  }
}
