import { cruiseBoundaries } from './checks/cruise-boundaries.ts';

const { violations, missed, modules, dependencies } = await cruiseBoundaries();

for (const { rule, from, to, via } of violations) {
  const path = via ? [from, ...via.map(({ name }) => name)].join(' → ') : `${from} → ${to}`;
  console.error(`${rule.name}: ${path}`);
}
for (const file of missed) console.error(`not visited, so not checked: ${file}`);
console.log(
  `${modules} modules, ${dependencies} dependencies: ${violations.length} forbidden, ${missed.length} missed`,
);
if (violations.length + missed.length > 0) process.exitCode = 1;
