import { text } from './written.ts';

/** As the settings of an agent name it. */
export const agentName = text(
  'write the name of an agent: lowercase letters, digits, "-" and ".", 1 to 63 of them, beginning and ending with a letter or digit',
  /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/,
);
