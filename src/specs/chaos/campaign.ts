import * as z from 'zod';
import { isMapping, judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { overrideSchema } from '../kernel/override.ts';
import { choice, duration, flag, idPart, listOf, mapping, number } from '../kernel/written.ts';
import { allowedHoursSchema } from './allowed-hours.ts';
import {
  stoppingOutcomes,
  type CampaignExperiment,
  type ChaosCampaignSpec,
  type StoppingOutcome,
} from './campaign-spec.ts';
import { chaosExperimentSchema } from './experiment.ts';
import { judgeCampaign } from './judge-campaign.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const itsOwn: Readonly<Record<string, string>> = {
  kind: 'leave it out: it is a chaosExperiment',
  environment: 'leave it out: it is that of the campaign',
  override: 'write it beside experiments: it is for all of them',
  dryRun: 'write it beside experiments: it is for all of them',
  schedule: 'write it beside experiments: the campaign is scheduled',
};

/** Its environment is filled in by the campaign. */
const experimentOf = z.unknown().transform((given, context) => {
  if (!isMapping(given)) {
    context.addIssue(refusal('write the keys of an experiment')({ input: given }));
    return z.NEVER;
  }
  const foreign = Object.keys(given).filter((key) => itsOwn[key] !== undefined);
  for (const key of foreign) {
    context.addIssue({ code: 'custom', path: [key], message: itsOwn[key] ?? '' });
  }
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => !foreign.includes(key)));
  const read = chaosExperimentSchema.safeParse({ environment: 'campaign', ...own });
  if (read.success && foreign.length === 0) return { experiment: read.data, written: own };
  for (const { path, message } of read.error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return z.NEVER;
});

const entry = mapping(
  {
    spec: experimentOf.describe('An experiment, without kind and environment.'),
    repeatEvery: duration(minuteMs, 31 * dayMs)
      .exactOptional()
      .describe('It begins again so long after it began. Default: once.'),
    weight: number(0.1, 100)
      .prefault(1)
      .describe('What it counts for in the score, against the others. Default: 1.'),
  },
  {
    experiment: 'write its keys below spec',
    every: 'write repeatEvery',
    repeat: 'write repeatEvery',
  },
).transform(({ spec, repeatEvery, weight }): CampaignExperiment => ({
  ...{ ...spec, weight },
  ...(repeatEvery !== undefined && { repeatEveryMs: repeatEvery }),
}));

export const chaosCampaignSchema: z.ZodType<ChaosCampaignSpec> = mapping(
  {
    kind: z
      .literal('chaosCampaign', { error: refusal('write chaosCampaign, or leave kind out') })
      .prefault('chaosCampaign')
      .describe('chaosCampaign. Required by `belay`.'),
    environment: idPart('environment').describe('Where it is.'),
    campaign: idPart('campaign').describe('Its name: one of a name is open at a time.'),
    experiments: listOf(entry, 'write a list of experiments, each with spec')
      .max(50, { error: 'has too many experiments; at most 50' })
      .describe('In this order, never two at once.'),
    pause: duration(0, 7 * dayMs)
      .prefault('5m')
      .describe('Between the end of one and the beginning of the next. Default: 5m.'),
    lasts: duration(minuteMs, 31 * dayMs)
      .exactOptional()
      .describe('Nothing begins after it. Required where an experiment is repeated.'),
    stopAfter: z
      .union(
        [
          z.literal('none').transform((): StoppingOutcome[] => []),
          listOf(choice(stoppingOutcomes), `write a list of ${stoppingOutcomes.join(', ')}`),
        ],
        { error: refusal(`write none, or a list of ${stoppingOutcomes.join(', ')}`) },
      )
      .prefault(['Failed', 'Aborted'])
      .describe(
        'No experiment follows one that ended so, or none. LeftBehind and UndoFailed always stop it. ' +
          'Default: [Failed, Aborted].',
      ),
    allowedHours: allowedHoursSchema
      .exactOptional()
      .describe('Experiments wait for these hours. Default: any.'),
    override: overrideSchema
      .exactOptional()
      .describe('Goes ahead during a freeze. Leave it out of specs that are kept.'),
    dryRun: flag()
      .prefault(false)
      .describe('Resolve and check every experiment, and inject nothing.'),
  },
  {
    name: 'write campaign',
    duration: 'write lasts',
    cron: 'write schedule, and see belay schedule',
    onFailure: 'write stopAfter',
    stopConditions: 'write them in the spec of an experiment',
  },
)
  .check(judgedBy(judgeCampaign))
  .transform((written): ChaosCampaignSpec => {
    const { kind, environment, campaign, pause, lasts, stopAfter, allowedHours } = written;
    const { override, dryRun } = written;
    const all = { kind: 'chaosExperiment' as const, environment };
    const more = { ...(override !== undefined && { override }), ...(dryRun && { dryRun }) };
    return {
      ...{ kind, environment, campaign, pauseMs: pause, stopAfter, dryRun },
      experiments: written.experiments.map((each) => ({
        ...each,
        experiment: { ...each.experiment, ...all, ...more },
        written: { ...each.written, ...all, ...more },
      })),
      ...(lasts !== undefined && { lastsMs: lasts }),
      ...(allowedHours !== undefined && { allowedHours }),
      ...(override !== undefined && { override }),
    };
  });
