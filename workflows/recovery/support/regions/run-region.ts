import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { Ending } from '../../../kernel/ending.ts';
import { Mailbox } from '../../../kernel/mailbox.ts';
import { runStory } from '../../../kernel/run-story.ts';
import type { UndoTable } from '../../../kernel/undos.ts';
import { verbActs } from '../../../kernel/verb-acts.ts';
import { thawEnvironment } from './region-freeze.ts';
import { scaleBack } from './service-acts.ts';
import { RegionRun, type RegionStart, type RegionUndos } from './region-run.ts';

/** Runs the story of one kind of run about a region, with everything that surrounds it. */
export async function runRegion<Spec>(
  start: RegionStart<Spec>,
  story: (run: RegionRun<Spec>, spec: Spec) => Promise<Ending>,
): Promise<RunReport> {
  const mailbox = new Mailbox();
  const run = new RegionRun(start, mailbox);
  const acts = { verbs: verbActs(mailbox), undos: undosOf<Spec> };
  return runStory(run, acts, (spec) => story(run, spec));
}

function undosOf<Spec>(run: RegionRun<Spec>): UndoTable {
  const undos: RegionUndos = {
    thaw: async (environment) => {
      await thawEnvironment(run.id, environment);
      run.isFrozen = false;
    },
    scaleBack: (inputs, before) => scaleBack(run, inputs, before),
  };
  return { ...undos };
}
