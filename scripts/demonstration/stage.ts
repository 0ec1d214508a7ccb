import type { Machine } from './machine.ts';

/** What the story is played on. */
export interface Stage {
  /** Folder of the specs of v2 and v3. */
  specs: string;
  /** What Belay is told from outside. */
  environment: Record<string, string>;
  /** Has v1 serve, and returns where. */
  open(machine: Machine): Promise<string>;
  /** How the audience would do the same with the temporal command. */
  afterwards: string;
  close(): Promise<void>;
}
