import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cruiseBoundaries, type BoundaryReport } from '../../scripts/checks/cruise-boundaries.ts';

const repository = path.resolve(import.meta.dirname, '../..');

/** A tree in which each of these imports is wrong, and no other. */
const forbidden = [
  {
    title: 'a policy that imports an adapter',
    file: 'src/policies/a.ts',
    text: "import '../adapters/target.ts';",
    rule: 'policies-import-only-what-they-may',
  },
  {
    title: 'a policy that reads files',
    file: 'src/policies/b.ts',
    text: "import 'node:fs';",
    rule: 'policies-import-only-what-they-may',
  },
  {
    title: 'a contract that needs zod',
    file: 'src/contracts/c.ts',
    text: "import 'zod';",
    rule: 'contracts-import-only-what-they-may',
  },
  {
    title: 'an adapter that judges',
    file: 'src/adapters/d.ts',
    text: "import '../policies/pure.ts';",
    rule: 'adapters-import-only-what-they-may',
  },
  {
    title: 'a kind that knows a contract',
    file: 'src/kinds/q.ts',
    text: "import '../contracts/kernel/plain.ts';",
    rule: 'kinds-import-only-what-they-may',
  },
  {
    title: 'a contract that needs a page',
    file: 'src/contracts/kernel/r.ts',
    text: "import '../../render/kernel/page.ts';",
    rule: 'contracts-import-only-what-they-may',
  },
  {
    title: 'a family that imports another family',
    file: 'src/policies/backups/s.ts',
    text: "import '../rollouts/target.ts';",
    rule: 'families-import-the-kernel-and-themselves',
  },
  {
    title: "a family that knows another family's contract",
    file: 'workflows/backups/t.ts',
    text: "import type { Held } from '../../src/contracts/rollouts/held.ts';",
    rule: 'families-import-the-kernel-and-themselves',
  },
  {
    title: 'a kernel that imports a family',
    file: 'workflows/kernel/u.ts',
    text: "import '../rollouts/target.ts';",
    rule: 'the-kernel-knows-no-family',
  },
  {
    title: 'a client of Kubernetes that rolls out',
    file: 'src/adapters/kubernetes-api/v.ts',
    text: "import '../kubernetes/target.ts';",
    rule: 'kubernetes-api-serves-everybody',
  },
  {
    title: 'shared HTTP that knows the gateway',
    file: 'src/http/w.ts',
    text: "import '../gateway/target.ts';",
    rule: 'http-import-only-what-they-may',
  },
  {
    title: 'an agent that knows a technology',
    file: 'src/agent/y.ts',
    text: "import '../adapters/target.ts';",
    rule: 'agent-import-only-what-they-may',
  },
  {
    title: 'a command that imports a worker',
    file: 'src/cli/e.ts',
    text: "import '../../workers/target.ts';",
    rule: 'cli-import-only-what-they-may',
  },
  {
    title: 'an activity that imports a command',
    file: 'activities/f.ts',
    text: "import '../src/cli/target.ts';",
    rule: 'activities-import-only-what-they-may',
  },
  {
    title: 'a command that imports a script',
    file: 'src/cli/g.ts',
    text: "import '../../scripts/target.ts';",
    rule: 'product-imports-no-scripts',
  },
  {
    title: 'a worker that imports a test',
    file: 'workers/h.ts',
    text: "import '../test/target.ts';",
    rule: 'product-imports-no-tests',
  },
  {
    title: 'a worker that needs a development dependency',
    file: 'workers/i.ts',
    text: "import 'vitest';",
    rule: 'product-needs-no-dev-dependency',
  },
  {
    title: 'an import of a file that is not there',
    file: 'workers/j.ts',
    text: "import './absent.ts';",
    rule: 'imports-resolve',
  },
  {
    title: 'two files that import each other',
    file: 'scripts/k.ts',
    text: "import './k2.ts';",
    rule: 'no-cycles-at-run-time',
  },
  {
    title: 'two files of the product of which each knows a type of the other',
    file: 'src/policies/rollouts/x.ts',
    text: "import type { X2 } from './x2.ts';\nexport type X = X2 | string;",
    rule: 'no-cycles',
  },
  {
    title: "a workflow that knows an adapter's type",
    file: 'workflows/l.ts',
    text: "import type { Target } from '../src/adapters/target.ts';",
    rule: 'workflows-import-only-what-they-may',
  },
  {
    title: 'a workflow that reaches zod through a spec',
    file: 'workflows/m.ts',
    text: "import '../src/specs/schema.ts';",
    rule: 'workflows-stay-deterministic',
  },
  {
    title: 'a workflow that reaches node through a policy',
    file: 'workflows/n.ts',
    text: "import '../src/policies/b.ts';",
    rule: 'workflows-stay-deterministic',
  },
  {
    title: 'a workflow that imports the client',
    file: 'workflows/o.ts',
    text: "import '@temporalio/client';",
    rule: 'workflows-stay-deterministic',
  },
  {
    title: 'a program that removes faults, and reaches zod through a spec',
    file: 'src/agent/chaos/main.ts',
    text: "import '../../specs/schema.ts';",
    rule: 'faults-end-without-zod',
  },
  {
    title: 'a workflow that sleeps by the clock of the machine',
    file: 'workflows/p.ts',
    text: "import 'node:timers/promises';",
    rule: 'workflows-stay-deterministic',
  },
];

const allowed: Record<string, string> = {
  'src/policies/pure.ts': 'export const pure = true;',
  'src/contracts/kernel/plain.ts': 'export const plain = true;',
  'src/contracts/rollouts/held.ts': 'export interface Held { by: string }',
  'src/policies/rollouts/target.ts': `import '../kernel/shared.ts';`,
  'src/policies/kernel/shared.ts': `import '../../contracts/kernel/plain.ts';`,
  'src/render/kernel/page.ts': '',
  'src/adapters/kubernetes/target.ts': `import '../kubernetes-api/client.ts';`,
  'src/adapters/kubernetes-api/client.ts': '',
  'src/gateway/target.ts': `import '../http/guard.ts';`,
  'src/http/guard.ts': '',
  'workflows/rollouts/target.ts': `import '../kernel/story.ts';`,
  'workflows/kernel/story.ts': `import '../../src/policies/kernel/shared.ts';`,
  'src/adapters/target.ts': `import 'node:net';\nexport interface Target { url: string }`,
  'src/cli/target.ts': `import '../adapters/target.ts';`,
  'src/specs/schema.ts': `import { z } from 'zod';\nexport const s = z.string();\nexport interface Spec { a: string }`,
  'workers/target.ts': `import '../src/adapters/target.ts';`,
  'scripts/target.ts': '',
  'src/policies/rollouts/x2.ts': `import type { X } from './x.ts';\nexport interface X2 { x: X }`,
  'scripts/k2.ts': `import './k.ts';`,
  'test/target.ts': `import '../src/policies/pure.ts';`,
  'workflows/typed.ts': `import type { Spec } from '../src/specs/schema.ts';\nexport type T = Spec;`,
};

describe('the rules on who may import whom', () => {
  let root: string;
  let report: BoundaryReport;

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'belay-boundaries-'));
    await copyFile(path.join(repository, 'package.json'), path.join(root, 'package.json'));
    await symlink(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
    const files = [
      ...forbidden.map(({ file, text }) => [file, text] as const),
      ...Object.entries(allowed),
    ];
    for (const [file, text] of files) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    }
    report = await cruiseBoundaries(root);
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  test.each(forbidden)('refuse $title', ({ file, rule }) => {
    const broken = report.violations.filter(({ from }) => from === file);
    expect(broken.map((violation) => violation.rule.name)).toContain(rule);
  });

  test('let what is allowed pass, a type of a file that needs zod included', () => {
    const innocent = Object.keys(allowed).filter((file) => !file.endsWith('2.ts'));
    const broken = report.violations.filter(({ from }) => innocent.includes(from));
    expect(broken).toEqual([]);
  });
});

test('the rules see every source file of this repository', async () => {
  const { modules, missed } = await cruiseBoundaries();
  expect(missed).toEqual([]);
  expect(modules).toBeGreaterThan(100);
}, 60_000);
