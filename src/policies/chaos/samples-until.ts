import type { Samples } from '../../contracts/chaos/observation.ts';

/** Those of the first part of a window: what came later, the fault had no part in. */
export function samplesUntil(samples: Samples, lengthMs: number): Samples {
  return Object.fromEntries(
    Object.entries(samples).map(([name, own]) => [
      name,
      own.filter(({ afterMs }) => afterMs <= lengthMs),
    ]),
  );
}
