import { setTimeout as sleep } from 'node:timers/promises';
import {
  SourceError,
  type Reading,
  type ReadSubject,
} from '../../contracts/rollouts/metric-reader.ts';
import { PlatformError, type Platform } from '../../contracts/rollouts/platform.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { ReplicaFact } from '../../specs/rollouts/metric-source.ts';
import { findFact } from './find-fact.ts';

interface FactReadOptions {
  platform: Pick<Platform, 'readService'>;
  timeoutMs: number;
}

/** The platform's own data about both tracks' replicas. Throws SourceError. */
export async function readReplicaFact(
  fact: ReplicaFact,
  subject: ReadSubject,
  { platform, timeoutMs }: FactReadOptions,
): Promise<Reading> {
  const { ref } = subject;
  try {
    const state = await inTime(platform.readService(ref), timeoutMs);
    if (state) return findFact(fact, state, subject.track);
    return { kind: 'nothing', reason: `the platform knows no ${ref.service}` };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw new SourceError(`the platform did not list its replicas: ${error.message}`, {
      cause: error,
    });
  }
}

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new SourceError(
      `the platform did not list its replicas within ${formatDuration(timeoutMs)}`,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
  }
}
