import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../specs/kernel/duration.ts';

/** How long ago, or a moment, as an option has it: in milliseconds since the epoch. */
export function parseMoment(text: string): number {
  const ago = parseDuration(text);
  const atMs = ago === undefined ? Date.parse(text) : Date.now() - ago;
  if (Number.isFinite(atMs)) return atMs;
  throw new InvalidArgumentError(
    'Write how long ago, like 24h, or a time, like 2026-01-31T12:00:00Z.',
  );
}
