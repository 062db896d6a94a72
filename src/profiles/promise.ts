import type { Isolation } from './isolation.ts';

/** What people take the name of a RuntimeClass for, strongest first. */
const PROMISES: readonly (readonly [RegExp, Isolation])[] = [
  [/(^|-)(snp|tdx|sev|cc|confidential)(-|$)/, 'confidential-vm'],
  [/kata|firecracker|qemu|cloud-hypervisor|dragonball|(^|-)(fc|clh|vm|microvm)(-|$)/, 'vm'],
  [/gvisor|runsc|sandbox/, 'app-kernel'],
];

/** The isolation that a RuntimeClass is taken to give by whoever goes by its name; undefined where it says nothing. */
export const promisedBy = (name: string): Isolation | undefined =>
  PROMISES.find(([pattern]) => pattern.test(name))?.[1];
