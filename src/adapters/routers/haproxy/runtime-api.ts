/** The runtime API of HAProxy: one command and its answer per connection to its stats socket. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';

const answerWithinMs = 2_000;

/** What HAProxy answers. Throws AgentError where it does not, or does not allow it. */
export async function askHaproxy(socket: string, command: string): Promise<string> {
  const connection = connect(socket);
  const late = setTimeout(() => {
    connection.destroy(new Error(`no answer within ${answerWithinMs} ms`));
  }, answerWithinMs);
  let answer: string;
  try {
    connection.end(`${command}\n`);
    answer = (await text(connection)).trim();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint =
      code === 'EACCES'
        ? ': the agent has to be root, or of the account or group of the socket'
        : '';
    throw new AgentError(
      'unfinished',
      `the stats socket ${socket} of HAProxy does not answer (${code ?? message})${hint}`,
    );
  } finally {
    clearTimeout(late);
    connection.destroy();
  }
  if (answer.startsWith('Permission denied')) {
    throw new AgentError(
      'refused',
      `the stats socket ${socket} does not allow "${command}": write level admin`,
    );
  }
  return answer;
}
