import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { AnswerTooLarge } from '../sql/carry-out.ts';
import { sqlState } from '../sql/session.ts';
import { orUnanswered } from '../sql/unanswered.ts';

/** Serialization failures, no connection or memory left, and a server that stops or starts: another time it may work. */
const passing = /^(?:40|53|57P0[1-3])/;

/** What a server answers to a statement. What it will answer again is refused. */
export async function orRefused<T>(where: string, answer: Promise<T>): Promise<T> {
  const told = answer.catch((error: unknown): never => {
    if (error instanceof AnswerTooLarge) {
      throw new AgentError('refused', `${where}: ${error.message}`, { cause: error });
    }
    const state = sqlState(error);
    if (state === undefined || passing.test(state) || state.startsWith('28')) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const isLate = state === '57014' ? ': it took longer than its timeout, or was cancelled' : '';
    throw new AgentError('refused', `${where} refuses the statement: ${said} (${state})${isLate}`, {
      cause: error,
    });
  });
  return orUnanswered(where, told);
}
