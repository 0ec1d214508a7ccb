import type { Client } from '@temporalio/client';
import type { AnyKind } from '../../kinds/kind.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import { renderRunReport } from '../../render/kernel/render-run-report.ts';
import { print, printJson, printJsonLine } from '../output.ts';
import { pageFor } from '../render/page.ts';
import { renderClosedRun, renderRunEnd } from '../render/run-end.ts';
import { renderRunFrame, renderRunLine, renderRunPage } from '../render/run-page.ts';
import { followRun, type Followed } from '../runs/follow-run.ts';
import { readKnownRun } from '../runs/known-run.ts';
import { queryStatus } from '../runs/query-status.ts';
import { exitCodeOfRun, readRunEnd, type RunEnd } from '../runs/run-end.ts';
import type { RunStatus } from '../../contracts/kernel/run.ts';
import { showUntilEnd } from '../watch/show-until-end.ts';
import type { FamilyCommands } from './family-commands.ts';
import { reportAny, type OwnParts } from './report-any.ts';
import { startAny } from './start-any.ts';

/** Pages of a run, made of its steps and their evidence; a family may add parts of its own. */
export function createAnyFamily(kinds: readonly AnyKind[], own?: OwnParts): FamilyCommands {
  const kindOf = (name: string) => kinds.find(({ kind }) => kind === name);
  const family: FamilyCommands = {
    showStatus: async (run, { json }, to) => {
      const known = await readKnownRun(run, to);
      const page = pageFor(process.stdout, process.env);
      if (json) printJson(known);
      else if (known.run) {
        const { run: open } = known;
        print(renderRunPage(open, kindOf(open.kind), page, own?.terminal(open, page)));
      } else print(renderClosedRun(known.end, run, kindOf, page));
    },
    watch: async ({ runRef, makingWay, ...run }, { json = false }, to) => {
      const client = await to.temporal();
      const followed = {
        ...(runRef !== undefined && { runRef }),
        ...(makingWay !== undefined && { makingWay }),
      };
      await showUntilEnd<RunStatus, RunEnd, { status: RunStatus }>({
        name: workflowIdOf(run, run),
        noun: 'run',
        json,
        frame: ({ status }, page) =>
          renderRunFrame(status, kindOf(status.kind), page, own?.terminal(status, page)),
        line: ({ status }, last, page) => renderRunLine(status, last?.status, page),
        follow: (everyMs) => follow(client, run, { ...followed, everyMs }),
        watched: (status) => ({ status }),
        showEnd: (end) => {
          if (json) printJsonLine(end);
          else print(renderRunEnd(end, run, kindOf, pageFor(process.stdout, process.env)));
        },
        exitCodeOf: (end) => exitCodeOfRun(end, kinds),
      });
    },
    report: (run, options, to) =>
      reportAny(run, options, { kindOf, ...(own !== undefined && { own }) }, to),
    renderReport: (report) => renderRunReport(report, own?.markdown(report)),
    start: (given, options) => startAny(given, options, family.watch),
  };
  return family;
}

function follow(client: Client, run: Lock, followed: Followed & { everyMs: number }) {
  const workflowId = workflowIdOf(run, run);
  return followRun<RunStatus, RunEnd>(
    client,
    {
      workflowId,
      readStatus: () => queryStatus<RunStatus>(client, workflowId),
      refOf: ({ runRef }) => runRef,
      readEnd: (closed, expectedRef) => readRunEnd(client, closed, expectedRef),
      readEndOfReplaced: async (_, other) => ({
        kind: 'unreported',
        state: 'replaced',
        reason: `run ${other.runRef} replaced it`,
      }),
    },
    followed,
  );
}
