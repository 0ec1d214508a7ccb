import { seeded } from '../../analysis/random.ts';
import { acceptable, alpha, playExperiment, type PlayedVerdict } from './play-experiment.ts';

/** Experiments whose fault does nothing to what is judged. */
export interface AlikeFigures {
  /** The share of requests that are slow, in both tracks. */
  slow: number;
  runs: number;
  verdicts: Record<PlayedVerdict, number>;
  /** So many may be Failed: none, or where just as many are slow as may be, as many as alpha allows. */
  mostFailed: number;
}

/** Below what is acceptable by default, and just that. */
const shares = [0.001, 0.005, acceptable];
const requestsPerSecond = 50;

export function measureAlike(runs: number): AlikeFigures[] {
  return shares.map((slow) => {
    const verdicts: AlikeFigures['verdicts'] = { Passed: 0, Failed: 0, Inconclusive: 0 };
    for (let seed = 1; seed <= runs; seed++) {
      const rates = { requestsPerSecond, control: slow, experiment: slow };
      verdicts[playExperiment(seeded(seed), rates)] += 1;
    }
    return { slow, runs, verdicts, mostFailed: slow < acceptable ? 0 : alpha * runs };
  });
}
