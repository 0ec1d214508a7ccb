import type { ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';

/** Replaces placeholders such as {{service}} and {{track}}; throws SourceError. */
export type Fill = (
  text: string,
  subject: ReadSubject,
  track: Track,
  escape?: (value: string) => string,
) => string;

/** The tracks to read: only the judged one if the texts are the same for stable and canary. */
export function tracksIn(
  texts: readonly string[],
  subject: ReadSubject,
  fill: Fill,
): readonly Track[] {
  const isApart = texts.some(
    (text) => fill(text, subject, 'stable') !== fill(text, subject, 'canary'),
  );
  return isApart ? tracksBeside(subject.track) : [subject.track];
}

/** The judged track; for a canary, stable as well. */
export function tracksBeside(judged: Track): Track[] {
  return judged === 'canary' ? ['stable', 'canary'] : ['stable'];
}
