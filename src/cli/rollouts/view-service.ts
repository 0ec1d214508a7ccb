import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError, type ServiceState } from '../../contracts/rollouts/platform.ts';
import { isMapping } from '../../specs/kernel/finding.ts';
import { targetSchema, type Target } from '../../specs/rollouts/target.ts';
import type { Connections } from '../connections.ts';
import { CliFailure } from '../failure.ts';
import type { ServiceName } from '../service-name.ts';
import { readLastSpec } from './last-spec.ts';

/** A service as its platform reports it now, as far as it can be read from here. */
export interface ServiceView {
  state?: ServiceState;
  /** Why it cannot be seen. */
  problem?: string;
}

const answerMs = 15_000;

/** Asks the service's platform itself, with the rights of whoever runs the command. */
export async function viewService(name: ServiceName, to: Connections): Promise<ServiceView> {
  try {
    const target = await lastTarget(name, to);
    const platform = target.platform === 'kubernetes' ? await to.kubernetes() : to.local;
    const state = await inTime(platform.readService({ ...name, target }));
    return state === undefined ? {} : { state };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { problem: `Replicas cannot be shown: ${error.message}` };
  }
}

/** Where the service was last rolled out to; the local platform where nobody knows. */
export async function lastTarget(name: ServiceName, to: Connections): Promise<Target> {
  const asWritten = await readLastSpec(name, to).catch((error: unknown) => {
    if (error instanceof CliFailure) return undefined;
    throw error;
  });
  const target = targetSchema.safeParse(isMapping(asWritten) ? asWritten['target'] : undefined);
  return target.success ? target.data : { platform: 'local' };
}

/** For a watch, which must not wait for a platform: the newest view, while the next is read. */
export function createServiceViewer(readView: () => Promise<ServiceView>): () => ServiceView {
  let last: ServiceView = {};
  let reading = false;
  const read = async (): Promise<void> => {
    reading = true;
    try {
      last = await readView();
    } catch (error) {
      last = { problem: `Replicas cannot be shown: ${String(error)}` };
    } finally {
      reading = false;
    }
  };
  return () => {
    if (!reading) void read();
    return last;
  };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(answerMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new PlatformError(
      'unavailable',
      `the platform did not answer within ${answerMs / 1000} s`,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined);
    timer.abort();
  }
}
