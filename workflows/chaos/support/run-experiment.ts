import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { Ending } from '../../kernel/ending.ts';
import { Mailbox } from '../../kernel/mailbox.ts';
import type { VerbActs } from '../../kernel/register-verbs.ts';
import { runStory } from '../../kernel/run-story.ts';
import type { UndoTable } from '../../kernel/undos.ts';
import { verbActs } from '../../kernel/verb-acts.ts';
import { ExperimentRun, type ExperimentUndos } from './experiment-run.ts';
import { collectUndone } from './late-evidence.ts';
import { removeFault } from './remove-faults.ts';
import { closeInTime } from './with-tracks.ts';

/** Runs the story of an experiment, with everything that surrounds it. */
export async function runExperiment(
  input: unknown,
  request: StartRequest | undefined,
  story: (run: ExperimentRun, spec: ChaosExperimentSpec) => Promise<Ending>,
): Promise<RunReport> {
  const mailbox = new Mailbox();
  const run = new ExperimentRun(input, request, mailbox);
  const acts = { verbs: verbsOf(mailbox), undos: undosOf, onUndone: collectUndone };
  return runStory(run, acts, (spec) => story(run, spec));
}

/** Whoever aborts an experiment whose fault is there halts it: the verdict is still awaited, or given up. */
function verbsOf(mailbox: Mailbox): VerbActs<ExperimentRun> {
  const usual = verbActs(mailbox);
  return {
    ...usual,
    abort: (run, verb) => {
      if (run.isFaulted()) run.halt(`Halted by ${verb.sender}`, 'person');
      else usual['abort']?.(run, verb);
    },
    giveUp: (run, verb) => {
      if (run.isRecovering()) run.giveUpRecovery(`given up by ${verb.sender}`);
      else usual['giveUp']?.(run, verb);
    },
  };
}

function undosOf(run: ExperimentRun): UndoTable {
  const undos: ExperimentUndos = {
    removeFault: async (target, fault, lease) => {
      const left = await removeFault(run, { target, fault, lease });
      if (left !== undefined) throw new Error(left);
    },
    closeTracks: async (tracks, everyMs) => {
      const left = await closeInTime(run, tracks, everyMs);
      if (left !== undefined) throw new Error(left);
    },
  };
  return { ...undos };
}
