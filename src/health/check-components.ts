import type { ComponentReport } from '../contracts/kernel/health.ts';
import { formatDuration } from '../specs/kernel/duration.ts';

/** Something outside that a process needs. */
export interface Component {
  name: string;
  /** Whether the process counts as ready without it. */
  isRequired: boolean;
  /** Asks it for something harmless; what it says of itself, in a few words. Rejects where it does not answer. */
  ask(): Promise<string>;
}

export type CheckComponents = () => Promise<ComponentReport[]>;

interface Limits {
  /** Answers are this old at most, however many ask. */
  keptMs: number;
  /** Longer nobody is waited for: probes give up after three seconds. */
  withinMs: number;
}

type Checked = Omit<ComponentReport, 'agoMs' | 'lastAnswer'>;

/** Checks every component at once; concurrent callers share the results. Never rejects because a component is down. */
export function checkComponents(
  list: () => Promise<Component[]>,
  { keptMs, withinMs }: Limits = { keptMs: 1_000, withinMs: 2_000 },
): CheckComponents {
  const lastAnswers = new Map<string, { detail: string; atMs: number }>();
  let known: { atMs: number; checked: Checked[] } | undefined;
  let checking: Promise<void> | undefined;

  const check = async () => {
    const components = await list();
    const checked = await Promise.all(components.map((one) => askOne(one, withinMs)));
    const atMs = performance.now();
    for (const { name, state, detail } of checked) {
      if (state === 'up' && detail !== undefined) lastAnswers.set(name, { detail, atMs });
    }
    known = { atMs, checked };
  };

  return async () => {
    if (known === undefined || performance.now() - known.atMs >= keptMs) {
      await (checking ??= check().finally(() => (checking = undefined)));
    }
    const { atMs = 0, checked = [] } = known ?? {};
    const nowMs = performance.now();
    return checked.map((one) => {
      const last = one.state === 'down' ? lastAnswers.get(one.name) : undefined;
      return {
        ...one,
        agoMs: Math.round(nowMs - atMs),
        ...(last && {
          lastAnswer: { detail: last.detail, agoMs: Math.round(nowMs - last.atMs) },
        }),
      };
    });
  };
}

async function askOne({ name, isRequired, ask }: Component, withinMs: number): Promise<Checked> {
  const startedMs = performance.now();
  const took = () => Math.round(performance.now() - startedMs);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not answer within ${formatDuration(withinMs)}`));
    }, withinMs);
  });
  try {
    const detail = await Promise.race([ask(), late]);
    return { name, isRequired, state: 'up', latencyMs: took(), detail };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, isRequired, state: 'down', latencyMs: took(), reason };
  } finally {
    clearTimeout(timer);
  }
}
