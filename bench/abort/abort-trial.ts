import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { VerbInput } from '../../src/contracts/kernel/messages.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import type { Load } from '../../scripts/load/load-client.ts';
import { until } from '../measures/until.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { shop, startCanary } from '../system/services.ts';

/** How the abort is sent. */
export type SentBy = 'signal' | 'update';

/** In milliseconds since the abort was sent. */
export interface Abort {
  /** The canary's last response; 0 if that was before the abort. */
  lastAnswerMs: number;
  /** The rollout had ended: canary removed, report written. */
  endedMs: number;
}

const weight = 50;
/** Enough responses to be sure that the canary is under load. */
const answersBefore = 50;

/** Holds one more canary of a service under load, aborts it, and measures when it answered last. */
export async function abortCanary(
  system: MeasuredSystem,
  { ref, load, version, sentBy }: { ref: ServiceRef; load: Load; version: string; sentBy: SentBy },
): Promise<Abort> {
  const { client } = system;
  const stages = [{ weight, hold: '6h' }];
  const id = await startCanary(system, ref, { release: shop(version), stages });
  await until(`${version} is under load`, async () => {
    return (load.counts.byVersion[version] ?? 0) >= answersBefore;
  });

  const handle = client.workflow.getHandle(id);
  const args: [VerbInput] = [{ by: 'bench', why: 'to see how long it takes' }];
  const sentAtMs = Date.now();
  if (sentBy === 'signal') await handle.signal('abort', ...args);
  else await handle.executeUpdate('abort', { args });
  const { outcome } = (await handle.result()) as RolloutReport;
  const endedMs = Date.now() - sentAtMs;
  if (outcome !== 'Aborted') throw new Error(`${version} ended as ${outcome}`);
  const lastAnswerAtMs = load.counts.lastAnswerAtMs[version] ?? sentAtMs;
  return { lastAnswerMs: Math.max(0, lastAnswerAtMs - sentAtMs), endedMs };
}
