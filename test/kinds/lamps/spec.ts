import * as z from 'zod';
import { idPart, mapping, text, wholeNumber } from '../../../src/specs/kernel/written.ts';

export interface LampsSpec {
  kind: 'lamps';
  environment: string;
  board: string;
  /** How many lamps to light. */
  lamps: number;
  /** Who may approve; empty: nobody is asked. */
  approvers: string[];
}

export const lampsSchema = mapping({
  kind: z.literal('lamps'),
  environment: idPart('environment'),
  board: idPart('board'),
  lamps: wholeNumber(1).describe('How many lamps to light.'),
  approvers: z.array(text('write a name')).prefault([]),
}).transform((spec): LampsSpec => spec);
