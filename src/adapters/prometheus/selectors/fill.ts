import type { ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';

/** Puts what is asked about in the place of {{service}}, {{track}} and the like; throws SourceError. */
export type Fill = (
  text: string,
  subject: ReadSubject,
  track: Track,
  escape?: (value: string) => string,
) => string;

/** The tracks that are read: the judged one alone, where stable and canary are asked in the same words. */
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

/** The judged track, and stable beside a canary. */
export function tracksBeside(judged: Track): Track[] {
  return judged === 'canary' ? ['stable', 'canary'] : ['stable'];
}
