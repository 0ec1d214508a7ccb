import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type { Reading, ReadSubject } from '../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import type { JsonSource } from '../../specs/rollouts/metric-source.ts';
import type { Exchange } from '../http/exchange.ts';
import { getJson } from './get-json.ts';
import { findValue } from './find-value.ts';

interface JsonReadOptions {
  /** Replaces placeholders with values of the subject. */
  fill: (
    url: string,
    subject: ReadSubject,
    track: Track,
    escape: (value: string) => string,
  ) => string;
  exchange: Exchange;
  /** For the whole reading. */
  timeoutMs: number;
  guardOf?: GuardOf | undefined;
}

/**
 * The judged track's value, and stable's for a canary if the url differs between them. Throws
 * SourceError, even if only one of them does not answer.
 */
export async function readJsonValue(
  source: JsonSource,
  subject: ReadSubject,
  { fill, exchange, timeoutMs, guardOf }: JsonReadOptions,
): Promise<Reading> {
  const urlOf = (track: Track) => fill(source.url, subject, track, encodeURIComponent);
  const url = urlOf(subject.track);
  const stableUrl = urlOf('stable');
  const signal = AbortSignal.timeout(timeoutMs);
  const read = async (at: string) =>
    findValue(await getJson(at, { exchange, signal, timeoutMs, guardOf }), source);

  const [judged, stable] = await Promise.all([
    read(url),
    stableUrl === url ? undefined : read(stableUrl),
  ]);
  if (judged.kind === 'nothing') return judged;
  return {
    kind: 'value',
    values: {
      [subject.track]: judged.value,
      ...(stable?.kind === 'value' && { stable: stable.value }),
    },
  };
}
