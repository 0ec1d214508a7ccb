import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { SilentServer, sqlState } from './session.ts';

/** A server that could not be asked, or did not do what it was asked for. It may be another time. */
export class Unanswered extends AgentError {
  constructor(message: string, cause: unknown) {
    super('unfinished', message, { cause });
  }
}

/** What a server answers, or an Unanswered that says what to see to. Any other AgentError is thrown as it is. */
export async function orUnanswered<T>(server: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (error instanceof AgentError) throw error;
    throw new Unanswered(`${server} ${describeFailure(error)}`, error);
  });
}

function describeFailure(error: unknown): string {
  const said = error instanceof Error && error.message !== '' ? error.message : String(error);
  if (error instanceof SilentServer) return `does not answer: ${said}`;
  const state = sqlState(error);
  if (state === undefined) return `cannot be connected to: ${said}. See that it runs`;
  if (state.startsWith('28')) {
    return `refuses the connection: ${said}. See its pg_hba.conf, and the user and the password in the agent's settings`;
  }
  return `answers with an error: ${said} (${state})`;
}
