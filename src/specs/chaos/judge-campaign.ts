import { lengthOf, planOccurrences } from '../../policies/chaos/campaigns/plan-occurrences.ts';
import { formatDuration } from '../kernel/duration.ts';
import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import type { CampaignExperiment } from './campaign-spec.ts';

/** A report has a row for each, and stays below what Temporal takes as one payload. */
const mostOccurrences = 500;

/** What is wrong between the experiments of a campaign, as far as they could be read. */
export function judgeCampaign(given: Unfinished, isRefused: boolean): Finding[] {
  const { experiments: list, pause: pauseMs, lasts: lastsMs } = given;
  if (!Array.isArray(list)) return [];
  const experiments = list.map((each: unknown) => (isRead(each) ? each : undefined));
  return [
    ...judgeNames(experiments),
    ...judgeRepeats(experiments, pauseMs, lastsMs),
    ...(isRefused ? [] : judgePlan(experiments, pauseMs, lastsMs)),
  ];
}

type Read = CampaignExperiment | undefined;

function isRead(each: unknown): each is CampaignExperiment {
  return isMapping(each) && isMapping(each['experiment']);
}

/** One experiment of a name is open at a time, and findings are kept by it. */
function judgeNames(experiments: readonly Read[]): Finding[] {
  const names = experiments.map((each) => each?.experiment.experiment);
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [
          {
            path: ['experiments', index, 'spec', 'experiment'],
            message: `${name} is there twice; each has a name of its own, and repeatEvery repeats one`,
          },
        ],
  );
}

function judgeRepeats(experiments: readonly Read[], pauseMs: unknown, lastsMs: unknown): Finding[] {
  const repeated = experiments.flatMap((each, index) =>
    each?.repeatEveryMs === undefined ? [] : [{ each, index, everyMs: each.repeatEveryMs }],
  );
  if (repeated.length === 0) return [];
  const endless = { path: ['lasts'], message: 'is missing; an experiment is repeated: write 24h' };
  if (typeof pauseMs !== 'number') return lastsMs === undefined ? [endless] : [];
  const tooShort = repeated.flatMap(({ each, index, everyMs }) => {
    const takesMs = lengthOf(each) + pauseMs;
    if (everyMs >= takesMs) return [];
    const [every, takes] = [everyMs, takesMs].map(formatDuration);
    const message = `${every} is too short: with its steady state and the pause it takes ${takes}`;
    return [{ path: ['experiments', index, 'repeatEvery'], message }];
  });
  const used = repeated.reduce(
    (sum, { each, everyMs }) => sum + (lengthOf(each) + pauseMs) / everyMs,
    0,
  );
  const message = `do not fit: those that are repeated take ${Math.round(used * 100)}% of the time, with their pauses; repeat them less often`;
  return [
    ...(lastsMs === undefined ? [endless] : []),
    ...tooShort,
    ...(used > 1 && tooShort.length === 0 ? [{ path: ['experiments'], message }] : []),
  ];
}

function judgePlan(experiments: readonly Read[], pauseMs: unknown, lastsMs: unknown): Finding[] {
  const read = experiments.filter((each) => each !== undefined);
  if (typeof pauseMs !== 'number' || (lastsMs !== undefined && typeof lastsMs !== 'number')) {
    return [];
  }
  const plan = planOccurrences({
    ...{ experiments: read, pauseMs },
    ...(lastsMs !== undefined && { lastsMs }),
  });
  const never = read.flatMap(({ experiment }, index) =>
    plan.some((each) => each.index === index)
      ? []
      : [
          {
            path: ['experiments', index],
            message: `${experiment.experiment} would never begin: those before it take all of lasts, ${formatDuration(lastsMs ?? 0)}`,
          },
        ],
  );
  if (plan.length <= mostOccurrences) return never;
  const message = `take place ${plan.length} times; at most ${mostOccurrences}: repeat them less often, or write a shorter lasts`;
  return [...never, { path: ['experiments'], message }];
}
