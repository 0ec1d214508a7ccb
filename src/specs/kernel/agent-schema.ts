/** The form of an agent's settings file. */
import * as z from 'zod';
import { readPlaceholders } from '../../policies/kernel/agents/placeholders.ts';
import { judgedBy, isMapping, type Finding, type Unfinished } from './finding.ts';
import { refusal, showGiven } from './given.ts';
import { absolute, account, judgeVariables, named, variablesOfProgram } from './host-written.ts';
import { offerKnown } from './known-keys.ts';
import { duration, listOf, mapping, text, wholeNumber } from './written.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

const shells = ['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh', 'fish', 'csh', 'tcsh'];

const argument = text('write text, in quotes where it is a number', /^[^\0]{1,4096}$/).superRefine(
  (written, context) => {
    if (!readPlaceholders(written).isMalformed) return;
    context.addIssue(
      `${showGiven(written)} has braces that enclose no name; a placeholder is written {{table}}`,
    );
  },
);

/** The program comes first: fixed, absolute, and no shell. */
const argv = listOf(argument, 'write a list: the absolute path of a program, then its arguments')
  .max(200, { error: 'has too many arguments; at most 200' })
  .superRefine(([program = ''], context) => {
    const name = program.slice(program.lastIndexOf('/') + 1);
    if (!program.startsWith('/') || program.includes('{{')) {
      const message = `${showGiven(program)} is not a fixed program; begin with an absolute path, without placeholders`;
      context.addIssue({ code: 'custom', path: [0], message });
    } else if (shells.includes(name)) {
      const message = `${showGiven(program)} is a shell, which an agent never runs; name the program itself, or an executable script`;
      context.addIssue({ code: 'custom', path: [0], message });
    }
  });

const program = {
  ...variablesOfProgram,
  user: account.exactOptional(),
  folder: absolute('a folder').exactOptional(),
  grace: duration(0, 10 * minuteMs).prefault('5s'),
};

const pattern = text('write a regular expression for the whole value').superRefine(
  (written, context) => {
    try {
      new RegExp(`^(?:${written})$`, 'u');
    } catch {
      context.addIssue(`${showGiven(written)} is not a regular expression`);
    }
  },
);

const parameter = mapping({
  pattern: pattern.exactOptional(),
  oneOf: listOf(text('write text, in quotes where it is a number'), 'write a list of values')
    .max(100, { error: 'has too many values; at most 100' })
    .exactOptional(),
  min: wholeNumber(Number.MIN_SAFE_INTEGER).exactOptional(),
  max: wholeNumber(Number.MIN_SAFE_INTEGER).exactOptional(),
}).check(judgedBy(judgeParameter));

function judgeParameter(given: Unfinished): Finding[] {
  const ways = [
    ...['pattern', 'oneOf'].filter((key) => given[key] !== undefined),
    ...(given['min'] === undefined && given['max'] === undefined ? [] : ['min and max']),
  ];
  if (ways.length !== 1) {
    const accepted = 'write one of: pattern, oneOf, or min and max together';
    return [
      {
        path: [],
        message:
          ways.length === 0
            ? `does not say what it accepts; ${accepted}`
            : `has ${ways.join(' and ')}; ${accepted}`,
      },
    ];
  }
  const { min, max } = given;
  if (ways[0] !== 'min and max') return [];
  if (typeof min !== 'number' || typeof max !== 'number') {
    return [{ path: [], message: 'has one bound; write min and max together' }];
  }
  return min <= max ? [] : [{ path: ['min'], message: `${min} is more than max, ${max}` }];
}

const description = text('write what it does, in at most 200 characters', /^[^\r\n\0]{1,200}$/);

const lease = mapping(
  { apply: argv, revert: argv, longest: duration(1_000, dayMs) },
  {
    forMs: 'write longest: the most that a run may ask for ahead',
    timeout: 'write longest: the most that a run may ask for ahead',
  },
);

const command = mapping(
  {
    description,
    argv: argv.exactOptional(),
    lease: lease.exactOptional(),
    parameters: z
      .record(
        z.string().regex(/^[a-zA-Z][\w-]{0,39}$/, { error: 'is not the name of a parameter' }),
        parameter,
        { error: refusal('write a mapping of names to parameters') },
      )
      .prefault({}),
    timeout: duration(100, 7 * dayMs),
    maxOutput: wholeNumber(1_024, 262_144).prefault(65_536),
    ...program,
  },
  {
    command: 'write argv: a list, the absolute path of a program first',
    shell: 'an agent never runs a shell; write argv',
    args: 'write argv: a list, the absolute path of a program first',
    env: 'write environment',
    cwd: 'write folder',
  },
).check(judgedBy(judgeCommand));

function judgeCommand(given: Unfinished, isRefused: boolean): Finding[] {
  const kinds = ['argv', 'lease'].filter((key) => given[key] !== undefined);
  const one = 'write argv, or lease with apply and revert';
  if (kinds.length !== 1) {
    return [
      {
        path: [],
        message: kinds.length === 0 ? `runs nothing; ${one}` : `has argv and lease; ${one}`,
      },
    ];
  }
  return [...(isRefused ? [] : judgePlaceholders(given)), ...judgeVariables(given)];
}

function judgePlaceholders(given: Unfinished): Finding[] {
  const declared = Object.keys(given['parameters'] ?? {});
  const lists = argumentsIn(given);
  const used = lists.flatMap(({ argument, path }) =>
    readPlaceholders(argument).names.map((name) => ({ name, path })),
  );
  return [
    ...used
      .filter(({ name }) => !declared.includes(name))
      .map(({ name, path }) => ({
        path,
        message: `there is no parameter "${name}"; ${declared.length === 0 ? 'declare it under parameters' : offerKnown(name, declared)}`,
      })),
    ...declared
      .filter((name) => !used.some((place) => place.name === name))
      .map((name) => ({
        path: ['parameters', name],
        message: `no argument has {{${name}}} in it`,
      })),
  ];
}

function argumentsIn(given: Unfinished): { argument: string; path: (string | number)[] }[] {
  const { argv: plain, lease: leased } = given;
  const lists: [string[], unknown][] = [
    [['argv'], plain],
    ...(isMapping(leased)
      ? (['apply', 'revert'] as const).map((key): [string[], unknown] => [
          ['lease', key],
          leased[key],
        ])
      : []),
  ];
  return lists.flatMap(([path, list]) =>
    Array.isArray(list)
      ? list.map((argument, index) => ({ argument: String(argument), path: [...path, index] }))
      : [],
  );
}

const http = mapping(
  {
    url: text(
      'write an address such as http://127.0.0.1:8080/health',
      /^https?:\/\/[^\s@]+$/,
    ).refine((url) => URL.canParse(url), { error: 'is not an address' }),
    status: z
      .preprocess(
        (given) => (typeof given === 'number' ? [given] : given),
        listOf(wholeNumber(100, 599), 'write a status, or a list of them'),
      )
      .prefault([200]),
    contains: text('write text that has to be in the body', /^[^\0]{1,1000}$/).exactOptional(),
  },
  { expect: 'write status and contains' },
);

const tcp = mapping({
  host: text('write a host name or an IP address', /^[A-Za-z0-9.:-]{1,253}$/),
  port: wholeNumber(1, 65_535),
});

const fixedArgv = argv.superRefine((written, context) => {
  written.forEach((argument, index) => {
    if (readPlaceholders(argument).names.length === 0) return;
    const message = 'has a placeholder; a probe takes no arguments';
    context.addIssue({ code: 'custom', path: [index], message });
  });
});

const probeCommand = mapping(
  {
    argv: fixedArgv,
    exitCode: wholeNumber(0, 255).prefault(0),
    matches: pattern.exactOptional(),
    ...program,
  },
  { expect: 'write exitCode and matches' },
).check(judgedBy(judgeVariables));

const probe = mapping({
  description: description.exactOptional(),
  timeout: duration(100, 5 * minuteMs).prefault('5s'),
  http: http.exactOptional(),
  tcp: tcp.exactOptional(),
  command: probeCommand.exactOptional(),
}).check(judgedBy(judgeProbe));

function judgeProbe(given: Unfinished): Finding[] {
  const kinds = ['http', 'tcp', 'command'].filter((key) => given[key] !== undefined);
  if (kinds.length === 1) return [];
  const one = 'write one of http, tcp, command';
  return [
    {
      path: [],
      message: kinds.length === 0 ? `asks nothing; ${one}` : `has ${kinds.join(' and ')}; ${one}`,
    },
  ];
}

/** With the sections of families of runs, by their keys, and what is judged between them. */
export function agentSchema(
  sections: Readonly<Record<string, z.ZodType>>,
  judge: (given: Unfinished) => Finding[] = () => [],
) {
  return mapping(
    {
      name: text(
        'write lowercase letters, digits, "-" and ".", 1 to 63 of them, beginning and ending with a letter or digit, or set BELAY_AGENT_NAME',
        /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/,
      ),
      stateFolder: absolute('a folder that outlives the agent'),
      commands: named('command', command),
      probes: named('probe', probe),
      ...sections,
    },
    { state: 'write stateFolder', allow: 'write commands and probes' },
  ).check(judgedBy(judge));
}
