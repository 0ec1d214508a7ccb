import { Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { incidentVerbs, type IncidentVerb } from '../../kinds/incident-verbs.ts';
import { incidentLock } from '../../kinds/recovery.ts';
import { createDeclareCommand } from '../incidents/declare-command.ts';
import { createIncidentListCommand } from '../incidents/list-command.ts';
import { createPostmortemCommand } from '../incidents/postmortem-command.ts';
import { createIncidentShowCommand } from '../incidents/show-command.ts';
import { createPlainVerb } from './verbs.ts';

/** These have commands of their own, or are for programs. */
const otherVerbs: readonly IncidentVerb[] = ['declare', 'postmortem', 'alertEnded'];

export function createIncidentCommand(all: readonly AnyKind[]): Command {
  const kinds = all.filter(({ lock }) => lock === incidentLock);
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
