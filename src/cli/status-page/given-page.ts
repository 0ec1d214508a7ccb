import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { resolveAgainst } from '../../specs/kernel/resolve.ts';
import { statusPageSchema, type StatusPageSpec } from '../../specs/objectives/status-page.ts';
import { readText } from '../commands/spec-file.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** A bad file ends the command with every problem. */
export async function readPageSpec(file: string): Promise<StatusPageSpec> {
  const source = file === '-' ? 'stdin' : file;
  const parsed = parseSpecText(await readText(file), file);
  if (!parsed.ok) {
    throw new CliFailure(exitCodes.badInput, formatProblems(parsed.problems, { source }));
  }
  const resolution = resolveAgainst(statusPageSchema, parsed.input);
  if (resolution.ok) return resolution.spec;
  const { lineOf } = parsed;
  throw new CliFailure(exitCodes.badInput, formatProblems(resolution.problems, { source, lineOf }));
}
