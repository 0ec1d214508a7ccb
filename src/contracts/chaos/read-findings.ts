import { chaosKinds } from '../../kinds/chaos.ts';
import { listFindings, type ChaosFinding } from '../../policies/chaos/list-findings.ts';
import { verdicts } from '../../policies/chaos/verdicts.ts';
import type { Ledger } from '../kernel/ledger.ts';
import type { RunReport } from '../kernel/report.ts';
import type { ExperimentDetails } from './details.ts';
import { listClosures } from './finding-closures.ts';

/** More runs in a row that did not pass are one finding all the same. */
const runsOfEach = 50;

/** What experiments have found, as the ledger has it. */
export async function readFindings(
  ledger: Pick<Ledger, 'list'>,
  filter: { environment?: string },
  nowMs: number,
): Promise<ChaosFinding[]> {
  const { family, kind } = chaosKinds.chaosExperiment;
  const newestOf = async (outcomes: readonly string[]) =>
    (await ledger.list({
      ...{ ...filter, family, kinds: [kind], outcomes, each: runsOfEach },
    })) as RunReport<ExperimentDetails>[];
  // Apart: those that people halted say nothing, and must not displace what does.
  const aborted = await newestOf(['Aborted']);
  const judged = await newestOf(verdicts.filter((verdict) => verdict !== 'Aborted'));
  return listFindings([...judged, ...aborted], nowMs, await listClosures(ledger, filter));
}
