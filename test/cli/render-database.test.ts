import { expect, test } from 'vitest';
import { renderDatabase } from '../../src/cli/databases/render-database.ts';
import { pageFor } from '../../src/cli/render/page.ts';

const page = pageFor({ isTTY: false }, {});

test('a database says first which node is not fenced yet', () => {
  const watch = {
    ...{ workflowId: 'database-watch/prod/shop', kind: 'databaseWatch' },
    ...{ phase: 'working', now: 'Watching db-2, the primary' },
  };
  const fence = {
    ...{ workflowId: 'database-fence/prod/shop.db-1', kind: 'fence', phase: 'unfenced' },
    ...{ now: 'db-1 is not fenced yet: its host does not answer', unfenced: 'db-1' },
  };
  expect(renderDatabase([fence, watch], page).split('\n')).toEqual([
    'not fenced yet: db-1',
    'fence          unfenced  db-1 is not fenced yet: its host does not answer  database-fence/prod/shop.db-1',
    'databaseWatch  working   Watching db-2, the primary                        database-watch/prod/shop',
  ]);
});

test('a database that nobody watches says so', () => {
  expect(renderDatabase([], page)).toBe('nobody watches it: belay database watch');
});
