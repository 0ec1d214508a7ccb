import {
  decideNow,
  noEvidence,
  recordCounts,
  type SequentialTest,
} from '../../../src/policies/kernel/sequential/weigh-evidence.ts';
import { waldBound } from '../../analysis/bound.ts';
import { meanOf, type Mean } from '../../analysis/proportion.ts';
import { binomial, seeded } from '../../analysis/random.ts';

/** How soon requests that are late by 200 ms are told from the control. */
export interface LatencyFigures {
  what: string;
  /** The shares of slow requests. */
  control: number;
  experiment: number;
  /** Of each track. */
  requestsPerSecond: number;
  /** Of the experiment, until it is shown to be worse. */
  requests: Mean;
  wald: number;
  hasTarget: boolean;
}

const requestsPerSecond = 200;
const share = 0.01;
const controls = [0.0001, 0.001, 0.002];

/** The defaults of `slowAgainstControl`. */
const test: SequentialTest = {
  ...{ alpha: 0.01, tolerance: 1, objective: 0.01, effect: 5, power: 0.8, bursts: false },
};

/** So few bad requests between two looks that looking adds no delay. */
const badPerLook = 0.1;

/** A delay of 200 ms for one request in a hundred, in two ways; slow is what takes longer than 150 ms. */
export function measureLatency(runs: number): LatencyFigures[] {
  return [
    ...controls.map((control) =>
      measure(runs, {
        ...{
          what: '1 % of the requests of a track are late',
          control,
          experiment: control + share,
        },
        ...{ requestsPerSecond, hasTarget: true },
      }),
    ),
    ...controls.map((control) =>
      measure(runs, {
        ...{ what: 'a track of 1 % of the requests, all late', control, experiment: 1 },
        ...{ requestsPerSecond: share * requestsPerSecond, hasTarget: false },
      }),
    ),
  ];
}

function measure(runs: number, how: Omit<LatencyFigures, 'requests' | 'wald'>): LatencyFigures {
  const { control, experiment } = how;
  const total = Math.max(1, Math.round(badPerLook / experiment));
  const requests = Array.from({ length: runs }, (_, nth) => {
    const random = seeded(nth + 1);
    let evidence = noEvidence;
    do {
      const counts = {
        canary: { total, bad: binomial(random, total, experiment) },
        stable: { total, bad: binomial(random, total, control) },
      };
      evidence = recordCounts(evidence, counts, test);
    } while (decideNow(evidence, test) === undefined);
    return evidence.counts.canary.total;
  });
  const ratio = Math.min(experiment, 1 - 1e-9) / control;
  const bound = { base: control, ratio, weight: 0.5, alpha: test.alpha };
  return { ...how, requests: meanOf(requests), wald: waldBound(bound) };
}
