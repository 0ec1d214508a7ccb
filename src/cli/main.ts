#!/usr/bin/env node
import { leaveQuietlyWhenNobodyReads } from './output.ts';
import { createProgram } from './program.ts';
import { everyRun } from './registry.ts';
import { runProgram } from './run-program.ts';

leaveQuietlyWhenNobodyReads();
const args = process.argv.slice(2);
await runProgram(await createProgram(everyRun, args[0]), args);
