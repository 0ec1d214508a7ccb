import { oneLine } from './one-line.ts';

export interface RestoreReport {
  /** How many files restic compared with what the set says of them. */
  verified?: number;
  /** What restic 0.17 and later found there as it is in the set, and did not write again. */
  skipped?: number;
  errors: readonly string[];
}

/** Of `restic restore --verify`, which writes text. */
export function readRestore(stdout: string, stderr: string): RestoreReport {
  const text = `${stdout}\n${stderr}`;
  const verified = /finished verifying (?<count>\d+) files/.exec(text)?.groups?.['count'];
  const skipped = /skipped (?<count>\d+) files\/dirs/.exec(text)?.groups?.['count'];
  const errors = text
    .split('\n')
    .filter((line) =>
      /^(ignoring error for|error:|Fatal:|.*: Invalid file size)/i.test(line.trim()),
    )
    .map((line) => oneLine(line));
  return {
    ...(verified !== undefined && { verified: Number(verified) }),
    ...(skipped !== undefined && { skipped: Number(skipped) }),
    errors,
  };
}
