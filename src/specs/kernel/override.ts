import { mapping, text } from './written.ts';

/** Who overrides a freeze or an empty error budget, and why: both are recorded, so both must be there. */
export const overrideSchema = mapping({
  by: text('write the name of the person who overrides the freeze', /^(?=.*\S).{1,200}$/).describe(
    'Who overrides the freeze.',
  ),
  why: text('write the reason, at most 500 characters', /^(?=[^]*\S)[^]{1,500}$/).describe('Why.'),
});
