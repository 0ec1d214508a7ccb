import { CommanderError, type Command } from 'commander';
import { exitCodes } from './failure.ts';
import { remark } from './output.ts';
import { paintFor } from './render/page.ts';

/** Carries out one command line, and leaves its exit code behind. */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode =
      error instanceof CommanderError ? exitCodeOfUsage(error) : await exitCodeOfFailure(error);
  }
}

/** Commander has said what is wrong already; help and version count as errors to it too. */
function exitCodeOfUsage(error: CommanderError): number {
  return error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput;
}

/** What explains failures is large, and only read for one. */
async function exitCodeOfFailure(error: unknown): Promise<number> {
  const { explainFailure } = await import('./explain-failure.ts');
  const { text, exitCode } = explainFailure(error);
  remark(paintFor(process.stderr, process.env).red(text));
  if (process.env['BELAY_DEBUG'] === '1') console.error(error);
  return exitCode;
}
