import type { Machine } from './machine.ts';

/** The platform of the demonstration. */
export interface Stage {
  /** The folder with the specs of v2 and v3. */
  specs: string;
  /** Variables for Belay. */
  environment: Record<string, string>;
  /** Starts v1, and returns its address. */
  open(machine: Machine): Promise<string>;
  /** The same steps with the temporal command. */
  afterwards: string;
  close(): Promise<void>;
}
