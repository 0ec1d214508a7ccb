import { Command } from 'commander';
import { incidentVerbs, type IncidentVerb } from '../../kinds/incident-verbs.ts';
import { incidentLock } from '../../kinds/recovery.ts';
import { createDeclareCommand } from '../incidents/declare-command.ts';
import { createIncidentListCommand } from '../incidents/list-command.ts';
import { createPostmortemCommand } from '../incidents/postmortem-command.ts';
import { createIncidentShowCommand } from '../incidents/show-command.ts';
import type { RunRegistry } from '../registry.ts';
import { createPlainVerb } from './verbs.ts';

/** These have commands of their own, or are for programs. */
const otherVerbs: readonly IncidentVerb[] = ['declare', 'postmortem', 'alertEnded'];

export function createIncidentCommand(registry: RunRegistry): Command {
  const kinds = registry.kinds.filter(({ lock }) => lock === incidentLock);
  const verbs = (Object.keys(incidentVerbs) as IncidentVerb[]).filter(
    (verb) => incidentVerbs[verb].below !== undefined && !otherVerbs.includes(verb),
  );
  const command = new Command('incident')
    .summary('declare, run and close incidents')
    .description(
      'Declare an incident, call people until one acknowledges, keep what happened, and draft its ' +
        'postmortem.',
    );
  const own = [
    createDeclareCommand(),
    ...verbs.map((verb) => createPlainVerb(verb, kinds)),
    createPostmortemCommand(kinds),
    createIncidentListCommand(),
    createIncidentShowCommand(kinds),
  ];
  for (const each of own) command.addCommand(each);
  return command;
}
