import { proxyActivities } from '@temporalio/workflow';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { DatabasePlaceActivities, ServerState } from '../../../src/contracts/backups/place.ts';
import { createComponentCalls, type CallsAbout } from './component-calls.ts';
import { untilPromoted } from './until-promoted.ts';

export type PlaceActs = ReturnType<typeof createPlaceActs>;

/** A server that was started may be gone for a moment between two of its processes. */
const mostMisses = 3;

/** Everything a run does with the place of a database, by its own agent. */
export function createPlaceActs(calls: CallsAbout) {
  const { about, what, options, nextStep, answer } = createComponentCalls(calls);
  const reads = proxyActivities<DatabasePlaceActivities>(options.reads);
  const long = proxyActivities<DatabasePlaceActivities>(options.long);
  const { name } = calls.component;

  return {
    /** `keep`: the data folder that is there now stays beside it. */
    examine: (bytes: number, keep: boolean) =>
      answer(
        reads.examinePlace.executeWithOptions({ summary: `place of ${what}` }, [
          { ...about, bytes, keep },
        ]),
      ),

    read: (place: RunStep) =>
      answer(
        reads.readPlace.executeWithOptions({ summary: `place of ${what}` }, [{ ...about, place }]),
      ),

    stop: () =>
      answer(
        long.stopServer.executeWithOptions({ summary: `stop ${what}` }, [
          { ...about, act: nextStep() },
        ]),
      ),

    swapIn: (place: RunStep) =>
      answer(
        long.swapIn.executeWithOptions({ summary: `swap the data folder of ${what}` }, [
          { ...about, act: nextStep(), place },
        ]),
      ),

    start: () =>
      answer(
        long.startServer.executeWithOptions({ summary: `start ${what}` }, [
          { ...about, act: nextStep() },
        ]),
      ),

    untilServing: (reaches?: string): Promise<ServerState> => {
      let misses = 0;
      const call = { ...about, ...(reaches !== undefined && { reaches }) };
      return untilPromoted({
        ...{ name, what, longestPauseMs: 30_000 },
        ended: () => (misses >= mostMisses ? 'its server has stopped' : undefined),
        inspect: async () => {
          const state = await answer(
            reads.inspectServer.executeWithOptions({ summary: `server of ${what}` }, [call]),
          );
          misses = state.state === 'stopped' ? misses + 1 : 0;
          return state;
        },
      });
    },

    putBack: (place: RunStep) =>
      answer(
        long.putBack.executeWithOptions({ summary: `put the data folder of ${what} back` }, [
          { ...about, act: nextStep(), place },
        ]),
      ),

    keepReplaced: (place: RunStep, untilMs: number) =>
      answer(
        reads.keepReplaced.executeWithOptions({ summary: `former data folder of ${what}` }, [
          { ...about, act: nextStep(), place, untilMs },
        ]),
      ),
  };
}
