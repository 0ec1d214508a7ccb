import { readFile } from 'node:fs/promises';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** What a calendar's file says, not judged yet. */
export async function readCalendarFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliFailure(exitCodes.badInput, `Cannot read the calendar: ${why}`, { cause });
  });
  const parsed = parseSpecText(text, file);
  if (parsed.ok) return parsed.input;
  throw new CliFailure(exitCodes.badInput, formatProblems(parsed.problems, { source: file }));
}
