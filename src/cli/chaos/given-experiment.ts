import { chaosKinds } from '../../kinds/chaos.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenOf, resolveGivenOf } from '../runs/given-of-kinds.ts';

const kinds = Object.keys(chaosKinds);

/** The experiment or campaign of a file, or every problem that it has. */
export const resolveExperiment = (file: string, registry: RunRegistry) =>
  resolveGivenOf(kinds, file, registry);

/** A bad file ends the command with every problem. */
export const readExperiment = (file: string, registry: RunRegistry) =>
  readGivenOf(kinds, file, registry);
