import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/kinds/registry.ts';
import type { Field } from '../../../../src/contracts/recovery/playbooks/part.ts';
import { acceptedVerbs } from '../../../../src/policies/kernel/verbs/judge-verb.ts';
import { parts, partNamed } from '../../../../src/policies/recovery/playbooks/parts/table.ts';
import { readField } from '../../../../src/policies/recovery/playbooks/field-value.ts';
import { playbookPhases } from '../../../../src/kinds/playbook-phases.ts';
import { playbookVerbs } from '../../../../src/kinds/playbook-verbs.ts';

const reference = readFileSync(new URL('../../../../docs/playbooks.md', import.meta.url), 'utf8');

describe('the table of actions and probes', () => {
  it.each(parts.map((part) => [part.name, part] as const))(
    '%s is in the reference',
    (name, part) => {
      expect(partNamed(name)).toBe(part);
      const row = reference.split('\n').find((line) => line.startsWith(`| \`${name}\` `)) ?? '';
      for (const field of [...Object.keys(part.inputs), ...Object.keys(part.outputs)]) {
        expect(row).toContain(`\`${field}\``);
      }
    },
  );

  it('has defaults that its own fields accept', () => {
    for (const { inputs } of parts) {
      for (const field of Object.values<Field>(inputs)) {
        if (field.default !== undefined)
          expect(readField(field, field.default)).toMatchObject({ ok: true });
      }
    }
  });
});

describe('every phase that waits for a person', () => {
  it.each(kinds.map((kind) => [kind.kind, kind] as const))(
    'of %s has a verb that leaves it',
    (_, kind) => {
      for (const [phase, { waitsForPerson }] of Object.entries(kind.phases)) {
        if (!waitsForPerson) continue;
        expect([phase, acceptedVerbs(kind.verbs, phase)]).not.toEqual([phase, []]);
      }
    },
  );

  it('of a playbook has one, and so has a pause', () => {
    for (const phase of Object.keys(playbookPhases)) {
      const isOpen = !['undoing', 'closed'].includes(phase);
      expect(acceptedVerbs(playbookVerbs, phase).length > 0).toBe(isOpen);
    }
  });
});
