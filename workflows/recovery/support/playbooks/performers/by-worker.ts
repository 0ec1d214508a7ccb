import { createPlaybookActs } from '../playbook-acts.ts';
import type { ActionPerformer, Order, ProbePerformer } from '../performer.ts';
import type { PlaybookRun } from '../playbook-run.ts';

function actsFor<Spec>(run: PlaybookRun<Spec>, { title, part, timeoutMs, isRehearsed }: Order) {
  const { settings } = run;
  const patience = isRehearsed ? { ...settings, actBudgetMs: settings.actTimeoutMs } : settings;
  return createPlaybookActs(patience, `${title}: ${part.name}`, timeoutMs);
}

const check: ActionPerformer['check'] = (run, order) =>
  actsFor(run, order).checkPart({ part: order.part.name, inputs: order.inputs });

/** Everything that an activity of a worker does. */
export const byWorker: ActionPerformer & ProbePerformer = {
  check,
  perform: async (run, order) => {
    const { part, inputs, evidence, title, before, isUndoable } = order;
    if (isUndoable && part.undo === 'own' && run.state.armed[title] === undefined) {
      run.undo.arm(`undo ${title}`, 'undoPart', part.name, inputs, before);
      run.state.armed[title] = true;
      run.refresh();
    }
    const act = run.fencing.next();
    return actsFor(run, order).performPart({
      ...{ part: part.name, inputs, evidence, act, key: `${run.id}/${title}` },
      ...(before !== undefined && { before }),
    });
  },
  ask: (run, order) => actsFor(run, order).askPart({ part: order.part.name, inputs: order.inputs }),
};
