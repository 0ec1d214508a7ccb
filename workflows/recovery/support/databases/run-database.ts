import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { Ending } from '../../../kernel/ending.ts';
import { Mailbox } from '../../../kernel/mailbox.ts';
import { runStory } from '../../../kernel/run-story.ts';
import type { UndoTable } from '../../../kernel/undos.ts';
import { verbActs } from '../../../kernel/verb-acts.ts';
import { dropFence, fenceIfPromoted } from './fence-on-return.ts';
import { DatabaseRun, type DatabaseStart, type DatabaseUndos } from './database-run.ts';

/** Runs the story of one kind of run about a database, with everything that surrounds it. */
export async function runDatabase<Spec>(
  start: DatabaseStart<Spec>,
  story: (run: DatabaseRun<Spec>, spec: Spec) => Promise<Ending>,
): Promise<RunReport> {
  const mailbox = new Mailbox();
  const run = new DatabaseRun(start, mailbox);
  const acts = { verbs: verbActs(mailbox), undos: undosOf<Spec> };
  return runStory(run, acts, (spec) => story(run, spec));
}

function undosOf<Spec>(run: DatabaseRun<Spec>): UndoTable {
  const undos: DatabaseUndos = {
    unfence: async (node, fence) => {
      const { state, detail } = await run.node(node).unfence(fence);
      if (state !== 'primary') throw new Error(`${node.name} is ${state}: ${detail}`);
    },
    keepStandby: async (node, replaced) => {
      try {
        await run.node(node).keepStandby();
      } catch (error) {
        if (replaced !== undefined) await fenceIfPromoted(run, replaced);
        throw error;
      }
      if (replaced !== undefined) await dropFence(run, replaced);
    },
    resumeRoute: async (route) => {
      await run.router(route).resume();
    },
  };
  return { ...undos };
}
