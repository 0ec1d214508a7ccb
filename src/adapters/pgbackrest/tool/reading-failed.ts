import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { describeToolFailure } from './tool-failure.ts';

/** Exit codes for a configuration that somebody has to correct. */
const optionErrors = new Set([28, 31, 32, 33, 37]);

/** Of a pgBackRest that only reads: it may succeed later, unless somebody has to correct its configuration. */
export function readingFailed(command: string, answer: ToolAnswer): AgentError {
  const isFinal = optionErrors.has(answer.exitCode);
  const said = `pgbackrest ${command}: ${describeToolFailure(answer)}`;
  return new AgentError(isFinal ? 'refused' : 'unfinished', said);
}
