#!/usr/bin/env node
import { leaveQuietlyWhenNobodyReads } from './output.ts';
import { createProgram } from './program.ts';
import { runProgram } from './run-program.ts';

leaveQuietlyWhenNobodyReads();
await runProgram(createProgram(), process.argv.slice(2));
