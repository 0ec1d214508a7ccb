import { SourceError } from '../../contracts/rollouts/metric-reader.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type { WorkerProbePart } from '../../contracts/recovery/playbooks/worker-parts.ts';
import { currentAttempt } from '../attempts/current-attempt.ts';
import type { ReadQuery } from '../prometheus/query-reader.ts';
import { attemptCheck } from './attempt-check.ts';

const timeoutMs = 10_000;

/** One number; anything else is no answer, and never passes. */
export function queryPrometheus(readQuery: ReadQuery): WorkerProbePart {
  const read = async (query: unknown) => {
    const attempt = currentAttempt()?.signal;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = attempt === undefined ? timeout : AbortSignal.any([attempt, timeout]);
    try {
      return await readQuery(String(query), { signal, timeoutMs });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      throw new PartError('refused', error.message, { cause: error });
    }
  };
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await read(inputs['query']);
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const { query, above, below } = inputs;
      const value = await read(query);
      const passed =
        (typeof above !== 'number' || value > above) &&
        (typeof below !== 'number' || value < below);
      const wanted = [
        ...(typeof above === 'number' ? [`above ${above}`] : []),
        ...(typeof below === 'number' ? [`below ${below}`] : []),
      ];
      return {
        passed,
        outputs: { value },
        seen: [
          {
            ...{ what: String(query), source: 'Prometheus', value: String(value) },
            ...(wanted.length > 0 && { threshold: wanted.join(' and ') }),
          },
        ],
      };
    },
  };
}
