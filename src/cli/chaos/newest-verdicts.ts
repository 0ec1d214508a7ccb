import type { Ledger } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { verdicts } from '../../policies/chaos/verdicts.ts';

/** The newest run of each subject that has a verdict: previews say nothing of it. */
export function newestVerdicts(
  ledger: Pick<Ledger, 'list'>,
  { family, kind }: AnyKind,
): Promise<RunReport[]> {
  return ledger.list({ family, kinds: [kind], outcomes: verdicts, each: 1 });
}
