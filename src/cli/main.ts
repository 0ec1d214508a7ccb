#!/usr/bin/env node
import { CommanderError } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { exitCodes } from './failure.ts';
import { leaveQuietlyWhenNobodyReads, remark } from './output.ts';
import { paintFor } from './render/page.ts';
import { createProgram } from './program.ts';

leaveQuietlyWhenNobodyReads();
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode =
    error instanceof CommanderError ? exitCodeOfUsage(error) : exitCodeOfFailure(error);
}

/** Commander has said what is wrong already; help and version count as errors to it too. */
function exitCodeOfUsage(error: CommanderError): number {
  return error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput;
}

function exitCodeOfFailure(error: unknown): number {
  const { text, exitCode } = explainFailure(error);
  remark(paintFor(process.stderr, process.env).red(text));
  if (process.env['BELAY_DEBUG'] === '1') console.error(error);
  return exitCode;
}
