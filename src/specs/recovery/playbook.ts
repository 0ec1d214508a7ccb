import * as z from 'zod';
import { judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { choice, idPart, listOf, mapping, text } from '../kernel/written.ts';
import { finishSteps } from './finish-step.ts';
import { judgeGiven } from './judge-inputs.ts';
import { judgePlaybook } from './judge-playbook.ts';
import { kindKey } from './kind.ts';
import {
  inputTypes,
  type IncludedPlaybook,
  type InputSpec,
  type OnFailure,
  type PlaybookMode,
  type StepSpec,
} from './playbook-step.ts';
import { identifier, stepSchema, type WrittenStep } from './step-schema.ts';
import { touched, type Touched } from './touched.ts';

/** What is done in an emergency, step by step, and the values of one run of it. */
export interface PlaybookSpec {
  kind: 'playbook';
  environment: string;
  playbook: string;
  description?: string;
  inputs: Readonly<Record<string, InputSpec>>;
  /** Values of the inputs. */
  with: Readonly<Record<string, unknown>>;
  mode: PlaybookMode;
  touches: Touched[];
  includes: Readonly<Record<string, IncludedPlaybook>>;
  steps: StepSpec[];
  onFailure: OnFailure;
  /** Runs the probes and all checks, and prints the plan. */
  dryRun: boolean;
}

const input = z.preprocess(
  (given) => (typeof given === 'string' ? { type: given } : given),
  mapping(
    {
      type: choice(inputTypes).describe('What its values are.'),
      description: text('write a description').exactOptional().describe('What it is for.'),
      default: z.unknown().exactOptional().describe('Default: it has to be given.'),
      oneOf: listOf(text('write a text'), 'write a list of texts')
        .exactOptional()
        .describe('The only values that are accepted.'),
    },
    { required: 'an input without a default is required' },
  ),
);

const inputs = z
  .record(identifier('name of an input'), input, {
    error: refusal('write a mapping of names to types: { service: string }'),
  })
  .prefault({})
  .describe('What a run is given: { service: string, replicas: { type: number, default: 4 } }.');

const steps = listOf(stepSchema, 'write a list of steps');

const included = mapping({
  sha256: text('write the digest of the file', /^[0-9a-f]{64}$/)
    .exactOptional()
    .describe('Of the file that it was read from.'),
  inputs,
  steps: steps.describe('In the order in which they are taken.'),
});

const keys = {
  kind: kindKey('playbook'),
  environment: idPart('environment').describe('Where it is run.'),
  playbook: idPart('playbook').describe('Its name: one run of it at a time in an environment.'),
  description: text('write a description').exactOptional().describe('What it is for.'),
  inputs,
  with: z
    .record(z.string(), z.unknown(), { error: refusal('write a mapping of inputs to values') })
    .prefault({})
    .describe('Values of the inputs, for this run.'),
  mode: choice(['graceful', 'ungraceful'])
    .prefault('graceful')
    .describe('Which steps with a mode are taken. Default: graceful.'),
  touches: z
    .array(touched, { error: refusal('write a list, such as [{ service: shop }]') })
    .prefault([])
    .describe('What it changes: change control is asked for a permit.'),
  includes: z
    .record(z.string(), included, { error: refusal('write a mapping of names to playbooks') })
    .prefault({})
    .describe('What steps use. `belay playbook` reads the files beside this one.'),
  steps: steps.describe('In the order in which they are taken.'),
  onFailure: choice(['hold', 'undo'])
    .prefault('hold')
    .describe(
      'hold: a person decides between retry, skip, abort and give-up. undo: all is undone. Default: hold.',
    ),
  dryRun: z
    .boolean({ error: refusal('write true or false') })
    .prefault(false)
    .describe('Run the probes and all checks, print the plan, and change nothing.'),
};

const mistaken = {
  name: 'use playbook',
  rollback: 'write undo with a step',
  on_failure: 'use onFailure',
};

/** `isRun`: every input needs a value, as one run is to be started. */
function schemaFor(isRun: boolean) {
  return mapping(keys, mistaken)
    .check(
      judgedBy(judgePlaybook),
      judgedBy((spec) => (isRun ? judgeGiven(spec) : [])),
    )
    .transform(finish);
}

/** A playbook with the values of one run. */
export const playbookSchema = schemaFor(true);

/** A playbook as a file: values may be missing. */
export const playbookFileSchema = schemaFor(false);

function finish(
  written: {
    steps: WrittenStep[];
    includes: Record<
      string,
      { sha256?: string; inputs: Record<string, InputSpec>; steps: WrittenStep[] }
    >;
  } & Omit<PlaybookSpec, 'steps' | 'includes'>,
): PlaybookSpec {
  const { steps: ownSteps, includes, ...rest } = written;
  return {
    ...rest,
    steps: finishSteps(ownSteps),
    includes: Object.fromEntries(
      Object.entries(includes).map(([name, { steps: theirs, ...include }]) => [
        name,
        { ...include, steps: finishSteps(theirs) },
      ]),
    ),
  };
}
