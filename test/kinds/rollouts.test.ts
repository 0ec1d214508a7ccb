import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workflowIdOf } from '../../src/kinds/locks.ts';
import { kindNamed } from '../../src/kinds/registry.ts';
import { rolloutKinds } from '../../src/kinds/rollouts.ts';
import { rolloutPhases } from '../../src/kinds/rollout-phases.ts';
import { rolloutVerbs, verbs } from '../../src/kinds/rollout-verbs.ts';
import { createProgram } from '../../src/cli/program.ts';

const exported = readFileSync(new URL('../../workflows/index.cjs', import.meta.url), 'utf8');

describe('the kinds of rollouts', () => {
  it('are data that can be written as JSON, apart from the subject', () => {
    expect(JSON.parse(JSON.stringify({ rolloutPhases, rolloutVerbs }))).toEqual({
      rolloutPhases,
      rolloutVerbs,
    });
  });

  it.each(Object.entries(rolloutKinds))('%s names a workflow that exists', (kind, definition) => {
    expect(definition.kind).toBe(kind);
    expect(exported).toContain(`.${definition.workflowType},`);
    const subject = definition.subject({ environment: 'demo', service: 'shop' });
    expect(workflowIdOf(definition, subject)).toBe('rollout/demo/shop');
    expect(kindNamed(kind)).toBe(definition);
  });

  it.each(verbs)('%s has a command with its meaning and examples', async (verb) => {
    const { meaning, examples, during } = rolloutVerbs[verb];
    const name = verb.replace('promoteFull', 'promote-full').replace('giveUp', 'give-up');
    const { commands } = await createProgram();
    const command = commands.find((each) => each.name() === name);
    expect(command).toBeDefined();
    let help = '';
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    for (const given of examples) expect(help).toContain(`belay ${name} ${given}`);
    expect(meaning).toMatch(/^[a-z]/);
    expect(during.length).toBeGreaterThan(0);
  });

  it('leave no phase that waits for a person without a verb that answers it', () => {
    const waiting = Object.entries(rolloutPhases).filter(([, phase]) => phase.waitsForPerson);
    for (const [phase, { notify }] of waiting) {
      expect(notify).toBeDefined();
      expect(verbs.some((verb) => (rolloutVerbs[verb].during as string[]).includes(phase))).toBe(
        true,
      );
    }
  });
});
