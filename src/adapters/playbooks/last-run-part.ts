import type { Ledger } from '../../contracts/kernel/ledger.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type { WorkerProbePart } from '../../contracts/recovery/playbooks/worker-parts.ts';
import { kindNamed } from '../../kinds/registry.ts';
import { attemptNowMs } from '../attempts/current-attempt.ts';
import { attemptCheck } from './attempt-check.ts';

/** By its report in the ledger: a run that is still open is not in it. */
export function lookForLastRun(ledger: Pick<Ledger, 'list'>): WorkerProbePart {
  const read = async (inputs: Readonly<Record<string, unknown>>) => {
    const { family, kind, environment, name, within } = inputs;
    try {
      const [last] = await ledger.list({
        ...{ family: String(family), environment: String(environment), name: String(name) },
        ...(typeof kind === 'string' && { kinds: [kind] }),
        ...{ sinceMs: attemptNowMs() - Number(within), limit: 1 },
      });
      return last;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new PartError('unavailable', `the ledger: ${message}`, { cause: error });
    }
  };
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await read(inputs);
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const source = `${String(inputs['environment'])}/${String(inputs['name'])}`;
      const last = await read(inputs);
      if (last === undefined) {
        const outputs = { found: false, kind: '', outcome: '', runRef: '', agoMs: 0 };
        return { passed: false, outputs, seen: [{ what: 'last run', source, value: 'none' }] };
      }
      const { kind, outcome, runRef, endedAtMs } = last;
      const agoMs = Math.max(0, attemptNowMs() - endedAtMs);
      const passed = kindNamed(kind)?.successes.includes(outcome) ?? false;
      return {
        passed,
        outputs: { found: true, kind, outcome, runRef, agoMs },
        seen: [{ what: 'last run', source, value: `${kind} ${runRef}: ${outcome}` }],
      };
    },
  };
}
