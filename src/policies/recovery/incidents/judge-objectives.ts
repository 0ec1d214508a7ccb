import type { IncidentFacts, MeasuredObjective } from '../../../contracts/recovery/incident.ts';
import type { IncidentMoment } from '../../../kinds/incident-words.ts';
import type { SeverityRules } from '../../../specs/recovery/severity-rules.ts';
import { momentOf } from './moments.ts';

/**
 * Time to recover from the impact until traffic is served again, and loss from the newest recovered
 * commit to the impact. What nobody measured is unmeasured, and never met.
 */
export function judgeObjectives(
  { moments }: Pick<IncidentFacts, 'moments'>,
  { rtoMs, rpoMs }: Pick<SeverityRules, 'rtoMs' | 'rpoMs'>,
): MeasuredObjective[] {
  const time = measure(moments, 'impact', 'trafficOk');
  const loss = measure(moments, 'recoveredTo', 'impact');
  return [judge('RTO', rtoMs, time), judge('RPO', rpoMs, loss)];
}

type Measured = { ms: number; how: string } | { missing: string };

function measure(
  moments: IncidentFacts['moments'],
  from: IncidentMoment,
  until: IncidentMoment,
): Measured {
  const fromMs = momentOf(moments, from);
  const untilMs = momentOf(moments, until);
  const absent = [
    ...(fromMs === undefined ? [from] : []),
    ...(untilMs === undefined ? [until] : []),
  ];
  if (fromMs === undefined || untilMs === undefined) {
    return { missing: `nobody recorded ${absent.join(' and ')}` };
  }
  if (untilMs < fromMs) return { missing: `${until} is recorded as before ${from}` };
  return { ms: untilMs - fromMs, how: `from ${from} to ${until}` };
}

function judge(
  name: MeasuredObjective['name'],
  objectiveMs: number | undefined,
  measured: Measured,
): MeasuredObjective {
  const objective = objectiveMs !== undefined && { objectiveMs };
  if ('missing' in measured) {
    const verdict = objectiveMs === undefined ? 'no objective' : 'unmeasured';
    return { name, ...objective, verdict, how: measured.missing };
  }
  const { ms: measuredMs, how } = measured;
  if (objectiveMs === undefined) return { name, measuredMs, verdict: 'no objective', how };
  return {
    name,
    objectiveMs,
    measuredMs,
    verdict: measuredMs <= objectiveMs ? 'met' : 'missed',
    how,
  };
}
