import { writeFile } from 'node:fs/promises';
import { dryRun, refusal } from './client.ts';
import { PRIVILEGED, pod } from './pods.ts';
import { poll } from './poll.ts';
import { POLICIES } from './settings.ts';

const profile = (privilegedWithoutHostDevices: boolean): string => `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxProfile
metadata:
  name: kata
spec:
  handlers: [kata]
  extends: kata-qemu
  node:
    privilegedWithoutHostDevices: ${privilegedWithoutHostDevices}
`;

/** A profile for Kata's handler that does not say that privileged containers get no host devices. */
export const NOT_VOUCHED = profile(false);

const probe = pod('vouch-probe', { spec: { containers: [PRIVILEGED] } });

/** Rewrites the policies under the running webhook and waits until it judges by them. */
export async function vouchForKata(): Promise<void> {
  await writeFile(POLICIES, profile(true));
  await poll('the webhook admits a privileged Pod', () => dryRun(probe).catch(() => undefined));
}

export async function withdrawVouching(): Promise<void> {
  await writeFile(POLICIES, NOT_VOUCHED);
  await poll('the webhook refuses a privileged Pod', () => refusal(dryRun(probe)).catch(() => undefined));
}
