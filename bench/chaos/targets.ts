import { ms } from '../report/tell.ts';
import type { Quantiles } from '../measures/quantiles.ts';
import type { ChaosFigures } from './measure-chaos.ts';

/** From a halt to the last request that the fault disturbed, at p99. */
export const mostHaltMs = 1_000;
/** How much later than its lease a fault may be gone. */
export const mostLateMs = 5_000;
/** Of the requests that any test needs. */
export const mostOfBound = 1.5;

/** The missed targets. */
export function missedTargets(figures: ChaosFigures): string[] {
  const { halts, planted = [], unrecovered = [], alike = [], latency = [], kills = [] } = figures;
  return [
    ...(halts === undefined
      ? []
      : [
          ...tooSlow(`halt with ${halts.open} open`, halts.halt),
          ...tooSlow(`lever with ${halts.open} open`, halts.lever),
        ]),
    ...planted
      .filter(({ outcome }) => outcome !== 'NotInjected')
      .map(({ what, outcome, reason }) => `planted ${what}: ${outcome}: ${reason}`),
    ...unrecovered
      .filter(({ outcome, notRecovered }) => outcome !== 'Failed' || notRecovered === undefined)
      .map(({ what, outcome, reason }) => `${what}: ${outcome}: ${reason}`),
    ...alike
      .filter(({ verdicts, mostFailed }) => verdicts.Failed > mostFailed)
      .map(({ slow, runs, verdicts }) => `${verdicts.Failed} of ${runs} failed at ${slow}`),
    ...latency
      .filter(({ hasTarget, requests, wald }) => hasTarget && requests.mean / wald > mostOfBound)
      .map(
        ({ what, requests, wald }) => `${what}: ${(requests.mean / wald).toFixed(2)} of the bound`,
      ),
    ...kills
      .filter(({ left, lateMs = 0 }) => left !== undefined || lateMs > mostLateMs)
      .map(({ fault, killed, lateMs = 0, left = `gone ${ms(lateMs)} ms after its lease` }) => {
        return `${fault}, ${killed} killed: ${left}`;
      }),
  ];
}

function tooSlow(what: string, { p99 }: Quantiles): string[] {
  return p99 < mostHaltMs ? [] : [`${what}: ${ms(p99)} ms at p99; less than ${mostHaltMs}`];
}
