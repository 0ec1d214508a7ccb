import { InvalidAgentSettings } from '../../config/agent-file.ts';
import { DevServerFailed } from '../../embedded/dev-server.ts';
import { ProgramNotFound } from '../../embedded/locate.ts';
import { PortTaken } from '../../embedded/ports.ts';
import { OwnProcessFailed } from '../../embedded/start-own-process.ts';
import { AlreadyUp } from '../../embedded/up-record.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** Expected reasons for not coming up, with their exit codes; anything else as it is. */
export function explainStart(error: unknown): unknown {
  if (error instanceof AlreadyUp) {
    return new CliFailure(exitCodes.alreadyRunning, error.message, { cause: error });
  }
  if (error instanceof PortTaken || error instanceof InvalidAgentSettings) {
    return new CliFailure(exitCodes.badInput, error.message, { cause: error });
  }
  const couldNotStart =
    error instanceof ProgramNotFound ||
    error instanceof DevServerFailed ||
    error instanceof OwnProcessFailed;
  if (couldNotStart) return new CliFailure(exitCodes.unreachable, error.message, { cause: error });
  return error;
}
