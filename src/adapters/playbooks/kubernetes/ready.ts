import type { WorkerProbePart } from '../../../contracts/recovery/playbooks/worker-parts.ts';
import { judgeReadiness } from './judge-readiness.ts';
import { attemptCheck } from '../attempt-check.ts';
import type { PlaybookClusters } from './cluster.ts';
import { nameOf, openWorkload, podsOf } from './workload.ts';

export function probeReady(clusters: PlaybookClusters): WorkerProbePart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await podsOf(await openWorkload(clusters, inputs));
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const workload = await openWorkload(clusters, inputs);
      const { passed, ...outputs } = judgeReadiness(workload.present, await podsOf(workload));
      const { ready, wanted, why } = outputs;
      const value = `${ready} of ${wanted}${why === '' ? '' : `: ${why}`}`;
      return { passed, outputs, seen: [{ what: 'ready', source: nameOf(inputs), value }] };
    },
  };
}
