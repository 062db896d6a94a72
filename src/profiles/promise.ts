import type { Isolation } from './isolation.ts';

/** What people take the name of a RuntimeClass to mean, the strongest isolation first. */
const PROMISES: readonly (readonly [RegExp, Isolation])[] = [
  [/(^|-)(snp|tdx|sev|cc|confidential)(-|$)/, 'confidential-vm'],
  [/kata|firecracker|qemu|cloud-hypervisor|dragonball|(^|-)(fc|clh|vm|microvm)(-|$)/, 'vm'],
  [/gvisor|runsc|sandbox/, 'app-kernel'],
];

/** The isolation that the name of a RuntimeClass suggests; undefined where it suggests none. */
export const promisedBy = (name: string): Isolation | undefined =>
  PROMISES.find(([pattern]) => pattern.test(name))?.[1];
