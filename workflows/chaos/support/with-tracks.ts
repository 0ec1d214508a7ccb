import { CancellationScope, isCancellation, patched, sleep } from '@temporalio/workflow';
import type { OpenTracks } from '../../../src/contracts/chaos/observation.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import type { TrackFacts } from '../../../src/contracts/chaos/track-faults.ts';
import { nameOf } from '../../../src/policies/chaos/tracks/name-of.ts';
import { keptForMs, longestTracksMs } from '../../../src/policies/chaos/tracks/track-times.ts';
import { trackBounds } from '../../../src/policies/chaos/tracks/track-bounds.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { Ending } from '../../kernel/ending.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { closeTracks, ofTracks, openTracks } from './track-acts.ts';

const closing = 'close the tracks';
/** Past the time in which they end by themselves, a person has to look. */
const pastTheirEndMs = 30_000;
const pollMs = 2_000;

/** Where one of two tracks is hit: opens both before, and closes them whatever comes of the rest. */
export async function withTracks(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  {
    targets: [target],
    judge,
  }: { targets: readonly ResolvedTarget[]; judge: () => Promise<Ending> },
): Promise<Ending> {
  if (target === undefined || !('tracks' in target)) return judge();
  const problem = await open(run, spec, target);
  const ending =
    problem === undefined
      ? await judge()
      : { outcome: 'Inconclusive', reason: `nothing was injected: ${problem}` };
  const left = await close(run, spec);
  if (left === undefined) return ending;
  return { outcome: 'LeftBehind', reason: `${left}; before that, ${ending.outcome}` };
}

/** Why they get no requests; undefined where they do. */
async function open(
  run: ExperimentRun,
  { environment, fault, hypothesis, everyMs, ...spec }: ChaosExperimentSpec,
  { tracks }: TrackFacts,
): Promise<string | undefined> {
  const { service, share, replicas } = tracks;
  return takeStep(run, `open two tracks of ${service}`, async ({ prove }) => {
    const own: OpenTracks = { ...nameOf(environment, tracks), fence: run.fencing.next() };
    run.undo.arm(closing, 'closeTracks', own, everyMs);
    run.tracks = own;
    try {
      const { problem } = await openTracks({
        ...{ ...own, share, replicas, boundsMs: trackBounds(ofTracks(fault), hypothesis) },
        ...{ keepMs: keptForMs(everyMs), longestMs: longestTracksMs({ ...spec, everyMs }) },
      });
      const source = `the router of ${environment}/${service}`;
      prove({ what: 'tracks', source, value: problem ?? 'both get requests' });
      return problem;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return reasonOf(error);
    }
  });
}

async function close(
  run: ExperimentRun,
  { everyMs }: ChaosExperimentSpec,
): Promise<string | undefined> {
  const { tracks } = run;
  if (tracks === undefined) return undefined;
  // Nothing is waited for any more that a person could give up.
  if (patched('closing-tracks-is-a-removal')) run.beginRemoval();
  return CancellationScope.nonCancellable(() =>
    takeStep(run, closing, async ({ prove }) => {
      const left = await closeInTime(run, tracks, everyMs);
      const source = `the router of ${tracks.environment}/${tracks.service}`;
      prove({ what: 'tracks', source, value: left ?? 'closed' });
      if (left === undefined) run.undo.disarm(closing);
      else run.found.leftBehind = [...run.found.leftBehind, left];
      return left;
    }),
  );
}

/** Closes them until their platform has confirmed that; returns what is left after all their time. */
export async function closeInTime(
  run: ExperimentRun,
  tracks: OpenTracks,
  everyMs: number,
): Promise<string | undefined> {
  const deadlineMs = Date.now() + keptForMs(everyMs) + pastTheirEndMs;
  for (;;) {
    try {
      await closeTracks(tracks);
      return undefined;
    } catch (error) {
      const why = reasonOf(error);
      run.note(`Closing the tracks failed: ${why}`);
      if (Date.now() >= deadlineMs) {
        return `the end of the tracks of ${tracks.environment}/${tracks.service} was not confirmed (${why})`;
      }
      await sleep(pollMs, { summary: 'until the platform closes the tracks' });
    }
  }
}
