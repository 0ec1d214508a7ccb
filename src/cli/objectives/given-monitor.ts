import { objectiveKinds } from '../../kinds/objectives.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenOf, resolveGivenOf } from '../runs/given-of-kinds.ts';

const kinds = [objectiveKinds.sloMonitor.kind];

/** The monitor of a file, or every problem that it has. */
export const resolveMonitor = (file: string, registry: RunRegistry) =>
  resolveGivenOf(kinds, file, registry);

/** A bad file ends the command with every problem. */
export const readMonitor = (file: string, registry: RunRegistry) =>
  readGivenOf(kinds, file, registry);
