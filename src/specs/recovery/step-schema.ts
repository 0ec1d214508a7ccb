/** The form of a step, before it is judged what belongs together. */
import * as z from 'zod';
import { refusal } from '../kernel/given.ts';
import { choice, duration, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const identifierPattern = /^[a-z][A-Za-z0-9_]{0,62}$/;

export function identifier(whose: string) {
  return text(
    `the ${whose} takes letters, digits and "_", and begins with a lowercase letter: expressions use it`,
    identifierPattern,
  );
}

const values = z
  .record(z.string(), z.unknown(), { error: refusal('write a mapping of inputs to values') })
  .prefault({});

const expression = (what: string) =>
  text(`write an expression in CEL, such as '${what}'`).exactOptional();

const writtenUndo = mapping(
  {
    action: text('write the name of an action').describe('The action that undoes the step.'),
    with: values.describe('The inputs of that action.'),
  },
  { probe: 'an undo is an action' },
);

const undo = z.union([z.literal('none'), writtenUndo], {
  error: refusal('write none, or a mapping with action and with'),
});

const approval = mapping(
  {
    by: listOf(text('write a name'), 'write a list of names')
      .exactOptional()
      .describe('Who may approve. Default: anyone with a name.'),
    need: wholeNumber(1, 10).prefault(1).describe('How many people have to. Default: 1.'),
    message: text('write what is to be approved; it may have ${expressions}').describe(
      'What is to be approved. May have ${expressions}.',
    ),
    timeout: duration(1_000).exactOptional().describe('Default: it waits as long as it takes.'),
    onTimeout: choice(['hold', 'abort', 'approve'])
      .prefault('hold')
      .describe('hold: a person decides; abort; approve. Default: hold.'),
  },
  { approvers: 'use by', within: 'use timeout' },
);

const notify = mapping({
  text: text('write what people should read; it may have ${expressions}').describe(
    'What people read. May have ${expressions}.',
  ),
  severity: choice(['info', 'warning', 'critical'])
    .prefault('info')
    .describe(
      'Your routes decide who gets it; critical is for those who are paged. Default: info.',
    ),
});

const acceptedWait = 'write a duration such as 5m, or ${an expression} in milliseconds';
const wait = z.union([duration(0), text(acceptedWait, /\$\{/)], {
  error: refusal(acceptedWait),
});

const common = {
  id: identifier('ID of a step').exactOptional().describe('Later steps refer to it: steps.<id>.'),
  name: text('write a name').exactOptional().describe('For people. Default: the ID.'),
  when: expression('steps.reach.passed').describe('CEL. Skipped where it is false.'),
  mode: choice(['graceful', 'ungraceful']).exactOptional().describe('Only in this mode.'),
  timeout: duration(1_000, hourMs).exactOptional().describe('Of one attempt. Default: 30s.'),
  retry: mapping({
    attempts: wholeNumber(1, 100).prefault(1).describe('All together. Default: 1.'),
    every: duration(100, hourMs).prefault('5s').describe('Default: 5s.'),
  })
    .exactOptional()
    .describe('Of an action that failed. What it did already is not done twice.'),
  onFailure: choice(['undo', 'hold', 'continue'])
    .exactOptional()
    .describe('Default: as the playbook says.'),
  requires: z
    .record(z.string(), text('write a reference, such as steps.fence.evidence'), {
      error: refusal('write a mapping of evidence to the step that made it'),
    })
    .exactOptional()
    .describe('Evidence of earlier steps: { fenced: steps.fence.evidence }.'),
  probe: text('write the name of a probe').exactOptional().describe('Reads something.'),
  action: text('write the name of an action').exactOptional().describe('Changes something.'),
  with: values.describe('The inputs. Text may have ${expressions}.'),
  expect: expression('result.value < 5').describe('CEL about the outputs of the probe: result.'),
  for: duration(0, dayMs)
    .exactOptional()
    .describe('Of a probe: passes without a break. Default: 0.'),
  within: duration(0, dayMs).exactOptional().describe('Of a probe: asked until then. Default: 0.'),
  every: duration(1_000, hourMs).exactOptional().describe('Of a probe. Default: 5s.'),
  undo: undo
    .exactOptional()
    .describe("none, or another action. Default: the action's own undo, where it has one."),
  wait: wait.exactOptional().describe('How long.'),
  notify: notify.exactOptional().describe('Sends a message to people.'),
};

const mistaken = {
  run: 'write action: agent.command, with the name of a command that an agent allows',
  command: 'write action: agent.command, with the name of a command that an agent allows',
  shell: 'there is no shell; write action: agent.command',
  if: 'use when',
  inputs: 'use with',
  sleep: 'use wait',
  include: 'use use',
};

const inBranch = {
  ...common,
  within: duration(0, hourMs)
    .exactOptional()
    .describe('Of a probe: asked until then, at most 1h in a branch. Default: 0.'),
};

const branch = mapping(inBranch, {
  ...mistaken,
  parallel: 'a branch has no branches; write the steps one after the other',
  approval: 'a branch waits for nobody; ask before or after',
  use: 'a branch includes no playbook',
  noReturn: 'only a step of its own divides undo from going on',
});

export const stepSchema = mapping(
  {
    ...common,
    noReturn: z
      .literal(true, { error: refusal('write true, or leave it out') })
      .exactOptional()
      .describe('What was done before is not undone any more once this step has begun.'),
    approval: approval.exactOptional().describe('Waits until people have approved.'),
    parallel: listOf(branch, 'write a list of steps')
      .exactOptional()
      .describe('Side by side; it ends when all have.'),
    use: text('write the name of an included playbook')
      .exactOptional()
      .describe('A file beside this one, or a name under includes.'),
  },
  mistaken,
);

export type WrittenStep = z.output<typeof stepSchema>;
