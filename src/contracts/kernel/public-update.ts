import type { PublicState } from '../../kinds/incident-words.ts';

/** Words that somebody has said are for everybody. */
export interface PublicUpdate {
  atMs: number;
  by: string;
  state: PublicState;
  text: string;
}
