import { describe, expect, it } from 'vitest';
import type { AnyKind, PhaseDefinition, VerbDefinition } from '../../src/kinds/kind.ts';
import { kinds } from '../../src/kinds/registry.ts';
import { createProgram } from '../../src/cli/program.ts';
import { seeded } from '../../bench/analysis/random.ts';

/** A run leaves these by itself: what is done there ends, fails, or asks a person in a phase that has a verb. */
const leftByItself = ['undoing', 'completing', 'promoting', 'removing', 'halting'];
/** These record something, or ask for more of the same: whoever sends only them waits as before. */
const leavesNothing = ['declare', 'assign', 'escalate', 'update', 'note', 'correct', 'alertEnded'];

const phasesOf = (kind: AnyKind) => Object.entries<PhaseDefinition>(kind.phases);
const verbsOf = (kind: AnyKind) => Object.entries<VerbDefinition>(kind.verbs);
const answersIn = (kind: AnyKind, phase: string) =>
  verbsOf(kind)
    .filter(([, { during }]) => during.includes(phase))
    .map(([verb]) => verb);
const { commands } = await createProgram();
const kebab = (verb: string) => verb.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const states = kinds.flatMap((kind) =>
  phasesOf(kind)
    .filter(([phase]) => phase !== 'closed')
    .map(([phase, { waitsForPerson }]) => ({ kind, phase, waitsForPerson })),
);

describe.each(states.map((state) => [state.kind.kind, state.phase, state] as const))(
  'a run of kind %s that is %s',
  (_, phase, { kind, waitsForPerson }) => {
    const leaving = answersIn(kind, phase).filter((verb) => !leavesNothing.includes(verb));

    it('can be left: by a verb, or by itself', () => {
      if (leftByItself.includes(phase)) expect(waitsForPerson).toBeUndefined();
      else expect(leaving).not.toEqual([]);
    });

    it('is left by verbs that are refused in words elsewhere, and are commands', () => {
      for (const verb of leaving) {
        const { below, during, otherwise, examples } = kind.verbs[verb as never]!;
        expect(otherwise).not.toBe('');
        expect(during.every((each) => each in kind.phases)).toBe(true);
        if (examples.length === 0) continue;
        const among =
          below === undefined
            ? commands
            : (commands.find((each) => each.name() === below)?.commands ?? []);
        expect(among.map((each) => each.name())).toContain(kebab(verb));
      }
    });
  },
);

describe('people who answer a run that waits for them', () => {
  /** Where each verb leads, as the kinds' own acts do it; the machine goes on from there by itself. */
  const next: Record<string, string> = {
    approve: 'working',
    reject: 'undoing',
    abort: 'undoing',
    undo: 'undoing',
    withdraw: 'undoing',
    giveUp: 'closed',
  };
  /** Fails now and then, as badly as it can. */
  const trouble = ['undo-failed', 'stuck', 'held', 'held-finishing'];

  it.each(kinds.map((kind) => [kind.kind, kind] as const))(
    'bring one of kind %s to its end from wherever it is, whatever fails on the way',
    (_, kind) => {
      for (let seed = 1; seed <= 200; seed += 1) {
        const random = seeded(seed);
        const pick = <T>(items: readonly T[]): T | undefined =>
          items[Math.floor(random() * items.length)];
        let phase = pick(phasesOf(kind))?.[0] ?? 'closed';
        for (let steps = 0; phase !== 'closed' && steps < 1_000; steps += 1) {
          if (phase === 'undoing' || leftByItself.includes(phase)) {
            const failing = trouble.filter((each) => each in kind.phases);
            phase = random() < 0.5 ? 'closed' : (pick(failing) ?? 'closed');
            continue;
          }
          const verb = pick(answersIn(kind, phase));
          expect(verb, `${kind.kind} stays ${phase} for good (seed ${seed})`).toBeDefined();
          const to = next[verb ?? ''];
          phase = to !== undefined && to in kind.phases ? to : random() < 0.2 ? 'closed' : phase;
        }
        expect(phase).toBe('closed');
      }
    },
  );
});
