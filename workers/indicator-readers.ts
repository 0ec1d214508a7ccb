import { openExchange } from '../src/adapters/http/exchange.ts';
import { countObjective } from '../src/adapters/local-platform/read-objective.ts';
import type { LocalPlatform } from '../src/adapters/local-platform/local-platform.ts';
import { sendProbe } from '../src/adapters/probes/send-probe.ts';
import { createCounterReader } from '../src/adapters/prometheus/counter-reader.ts';
import type { Config } from '../src/config/config.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import type { RefuseDestination } from '../src/contracts/kernel/reach.ts';
import type { IndicatorReaders } from '../src/contracts/objectives/indicator-readers.ts';
import { judgeDestination } from '../src/policies/kernel/network/judge-destination.ts';

const timeoutMs = 10_000;

/** Everything that objectives are measured by, each asked by its own adapter. */
export function openIndicatorReaders(
  { prometheus, metricsHosts: hosts }: Pick<Config, 'prometheus' | 'metricsHosts'>,
  local: Pick<LocalPlatform, 'readMetrics'>,
  guardOf: GuardOf,
): IndicatorReaders {
  const readCounters = createCounterReader(prometheus, guardOf);
  // A probe tells whether it was answered, and nothing of the answer.
  const refuse: RefuseDestination = (destination, address) =>
    judgeDestination({ ...(hosts && { hosts }), loopback: true }, destination, address);
  const ways = { exchange: openExchange(refuse), refuse };
  return {
    readPast: (_, { source }, atMs) => {
      if (source.of !== 'prometheus') throw new Error(`${source.of} has no past`);
      return readCounters(source, atMs, timeoutMs);
    },
    readPresent: async (environment, objective) => {
      const samples = await local.readMetrics({ environment, service: objective.service });
      return countObjective(samples, Date.now(), objective);
    },
    probe: async (source, belowMs, signal) => {
      const sentAtMs = performance.now();
      const isGood = await sendProbe(source, signal, ways);
      return isGood && performance.now() - sentAtMs <= (belowMs ?? Infinity);
    },
  };
}
