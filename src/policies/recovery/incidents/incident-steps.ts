import type { StepStatus } from '../../../contracts/kernel/run.ts';
import type { IncidentFacts, MomentVersion } from '../../../contracts/recovery/incident.ts';
import type { IncidentMoment } from '../../../kinds/incident-words.ts';
import { formatUtc } from './format-utc.ts';

const steps = [
  { name: 'acknowledge', moment: 'ack' },
  { name: 'mitigate', moment: 'mitigated' },
  { name: 'resolve', moment: 'resolved' },
] as const satisfies { name: string; moment: IncidentMoment }[];

/** The milestones of an incident as the steps that every run shows. */
export function incidentSteps({ moments, postmortem, phase }: IncidentFacts): StepStatus[] {
  let sinceMs = moments.declare?.[0]?.recordedAtMs;
  const shown: StepStatus[] = [];
  for (const { name, moment } of steps) {
    const version = moments[moment]?.at(-1);
    shown.push(stepOf(name, version, sinceMs));
    sinceMs = version?.recordedAtMs;
  }
  if (postmortem === undefined) return shown;
  const { doneAtMs, doneBy, dueAtMs, link } = postmortem;
  return [
    ...shown,
    {
      name: 'postmortem',
      state: doneAtMs === undefined ? (phase === 'closed' ? 'skipped' : 'active') : 'done',
      ...(sinceMs !== undefined && { startedAtMs: sinceMs }),
      ...(doneAtMs !== undefined && { endedAtMs: doneAtMs }),
      ...(doneBy !== undefined && { by: doneBy }),
      evidence: [
        {
          ...{ what: 'due', source: 'the rules of its severity', value: formatUtc(dueAtMs) },
          atMs: sinceMs ?? dueAtMs,
        },
        ...(link === undefined || doneAtMs === undefined
          ? []
          : [{ what: 'postmortem', source: doneBy ?? 'a person', value: link, atMs: doneAtMs }]),
      ],
    },
  ];
}

function stepOf(
  name: string,
  version: MomentVersion | undefined,
  sinceMs: number | undefined,
): StepStatus {
  if (version === undefined) {
    return sinceMs === undefined
      ? { name, state: 'pending', evidence: [] }
      : { name, state: 'active', startedAtMs: sinceMs, evidence: [] };
  }
  const { recordedAtMs, happenedAtMs, by, why } = version;
  return {
    ...{ name, state: 'done', endedAtMs: recordedAtMs, by },
    ...(sinceMs !== undefined && { startedAtMs: sinceMs }),
    evidence: [
      {
        ...{ what: 'happened at', source: by, value: formatUtc(happenedAtMs), atMs: recordedAtMs },
      },
      ...(why === undefined ? [] : [{ what: 'why', source: by, value: why, atMs: recordedAtMs }]),
    ],
  };
}
