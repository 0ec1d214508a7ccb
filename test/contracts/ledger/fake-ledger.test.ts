import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { describeLedger } from './ledger-contract.ts';

describeLedger('the ledger of tests', () => Promise.resolve(new MemoryLedger()));
