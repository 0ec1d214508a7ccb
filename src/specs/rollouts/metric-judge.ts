import * as z from 'zod';
import { isMapping } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import {
  judgeNames,
  judges,
  keysOfOthers,
  mannWhitneyKeys,
  sequentialKeys,
  thresholdKeys,
  type JudgeName,
  type WrittenJudge,
} from './judges.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { mapping } from '../kernel/written.ts';

function named<Name extends JudgeName>(name: Name) {
  return z.literal(name).describe(judges[name]);
}

const byName = z.discriminatedUnion(
  'by',
  [
    mapping({ by: named('sequential'), ...sequentialKeys }, keysOfOthers('sequential', 'by')),
    mapping({ by: named('threshold'), ...thresholdKeys }, keysOfOthers('threshold', 'by')),
    mapping({ by: named('mannWhitney'), ...mannWhitneyKeys }, keysOfOthers('mannWhitney', 'by')),
  ],
  { error: refuseJudge },
);

/** One metric's own judge: its name, or a mapping with it. */
export const metricJudgeSchema = z
  .preprocess((written) => (typeof written === 'string' ? { by: written } : written), byName)
  .transform(({ by, ...rest }) => ({ judge: by, ...rest }) as WrittenJudge)
  .describe(
    'How this metric is judged: sequential, threshold or mannWhitney, or a mapping such as { by: threshold, count: 5 }. Default: the judge of the analysis, or threshold for metrics that do not count requests.',
  );

function refuseJudge({ input }: { input?: unknown }): string {
  const by = isMapping(input) ? input['by'] : input;
  return by === undefined
    ? refusal('write a judge, such as threshold, or { by: threshold, count: 5 }')({ input })
    : refusal(offerKnown(by, judgeNames, 'judges that exist'))({ input: by });
}
