import type {
  IncidentFacts,
  IncidentMoments,
  MomentVersion,
} from '../../../contracts/recovery/incident.ts';
import type { IncidentMoment } from '../../../kinds/incident-words.ts';
import { formatUtc } from './format-utc.ts';
import { addEntry } from './timeline.ts';

const keptVersions = 20;

/** When it happened, by the last version; undefined where nobody said. */
export function momentOf(moments: IncidentMoments, moment: IncidentMoment): number | undefined {
  return moments[moment]?.at(-1)?.happenedAtMs;
}

/** Adds a version: those before it are kept. */
export function recordMoment(
  facts: IncidentFacts,
  moment: IncidentMoment,
  version: MomentVersion,
): IncidentFacts {
  const versions = [...(facts.moments[moment] ?? []), version];
  // The first one is what was recorded when it happened.
  if (versions.length > keptVersions) versions.splice(1, 1);
  return { ...facts, moments: { ...facts.moments, [moment]: versions } };
}

/** What a person corrects is a version of its own, and an entry of the timeline. */
export function correctMoment(
  facts: IncidentFacts,
  moment: IncidentMoment,
  version: MomentVersion,
): IncidentFacts {
  const before = momentOf(facts.moments, moment);
  const was = before === undefined ? '' : `, before ${formatUtc(before)}`;
  const why = version.why === undefined ? '' : `: ${version.why}`;
  return addEntry(recordMoment(facts, moment, version), {
    recordedAtMs: version.recordedAtMs,
    text: `${moment} is now ${formatUtc(version.happenedAtMs)}${was}${why}`,
    by: version.by,
  });
}
