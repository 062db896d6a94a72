import { expect, it } from 'vitest';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

const FILE = 'test/fixtures/scope/mesh.yaml';

interface Result {
  readonly name: string;
  readonly verdict: string;
  readonly runtimeClass: string | null;
  readonly injected?: {
    readonly mesh: string;
    readonly verdict: string;
    readonly runtimeClass: string | null;
  };
}

async function reviewed(...argv: readonly string[]): Promise<readonly Result[]> {
  const { out } = await cofferdam(['review', FILE, '-o', 'json', ...argv]);
  const document = JSON.parse(out) as { readonly results: readonly Result[] };
  expect(validate(document) || validate.errors).toBe(true);
  return document.results;
}

const KATA = { verdict: 'sandbox', runtimeClass: 'kata-qemu' };

it('a review says what a sidecar will make of the answer, by what its init container asks for', async () => {
  const results = await reviewed();
  expect(results.map(({ name, runtimeClass, injected }) => [name, runtimeClass, injected])).toEqual([
    ['injected', 'gvisor', { mesh: 'Istio', ...KATA }],
    ['without-risk', null, { mesh: 'Istio', ...KATA }],
    ['opted-out', 'gvisor', undefined],
    ['opted-in', 'gvisor', { mesh: 'Istio', ...KATA }],
    ['revision', 'gvisor', { mesh: 'Istio', ...KATA }],
    ['linkerd', 'gvisor', { mesh: 'Linkerd', ...KATA }],
    ['host-network', null, undefined],
    ['same', 'kata-qemu', undefined],
    // The answer must be the one for the Pod that the webhook sees.
    ['as-injected', 'kata-qemu', undefined],
  ]);
});

it('a person reads it as a note', async () => {
  const { out } = await cofferdam(['explain', FILE, '--name', 'Deployment/injected']);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    'Note: Istio injects a sidecar, and with its init container the answer is sandbox: RuntimeClass "kata-qemu" (vm) is set: ',
  );
  const review = await cofferdam(['review', FILE]);
  expect(review.out.match(/Note: Istio injects a sidecar/g)).toHaveLength(2);
});
