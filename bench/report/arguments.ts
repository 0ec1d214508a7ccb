import { parseDuration } from '../../src/specs/kernel/duration.ts';

/** An option that cannot be parsed. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption';
}

/** Whole numbers above 0, separated by commas. */
export function readCounts(option: string, text: string): number[] {
  const counts = text.split(',').map(Number);
  if (counts.every((count) => Number.isSafeInteger(count) && count > 0)) return counts;
  throw new WrongOption(`--${option} takes whole numbers above 0, like 1,100, not "${text}".`);
}

export function readCount(option: string, text: string): number {
  const [count, ...others] = readCounts(option, text);
  if (count !== undefined && others.length === 0) return count;
  throw new WrongOption(`--${option} takes one number, not "${text}".`);
}

export function readDuration(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new WrongOption(`--${option} takes a duration, like 30s, not "${text}".`);
}

export function readDurations(option: string, text: string): number[] {
  return text.split(',').map((part) => readDuration(option, part));
}
