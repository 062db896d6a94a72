import { expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

const IN = 'test/fixtures/catalogue';

interface Answer {
  readonly results: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly runtimeClass: string | null;
    readonly placement: readonly {
      readonly runtimeClass: string;
      readonly objections: readonly { readonly code: string; readonly message: string }[];
    }[];
  }[];
}

async function reviewed(): Promise<Answer['results']> {
  const argv = ['review', `${IN}/pods.yaml`, '--cluster', `${IN}/classes.yaml`, '-o', 'json'];
  return (JSON.parse((await cofferdam(argv)).out) as Answer).results;
}

it('knows handlers of gVisor, of Windows, and those of which nothing good is known', async () => {
  const results = await reviewed();
  expect(results.map(({ name, verdict, runtimeClass }) => [name, verdict, runtimeClass])).toEqual([
    ['none', 'sandbox', 'fast-gvisor'],
    ['explicit', 'admit', 'fast-gvisor'],
    ['unknown', 'reject', null],
    ['unikernel', 'reject', null],
    ['linux-vm', 'reject', null],
    ['windows', 'sandbox', 'windows-vm'],
    ['windows-by-class', 'admit', 'windows-vm'],
    ['windows-host-process', 'reject', null],
  ]);
});

it('does not place a Linux Pod where Windows Pods run', async () => {
  const [one] = (await reviewed()).filter(({ name }) => name === 'linux-vm');
  const windows = one?.placement.find(({ runtimeClass }) => runtimeClass === 'windows-vm');
  expect(windows?.objections).toEqual([
    { code: 'other-os', signal: null, message: 'runs only Windows Pods' },
  ]);
});

it('names a class that nobody knows as the likely cause, although one of another system isolates enough', async () => {
  const argv = ['explain', `${IN}/pods.yaml`, '--cluster', `${IN}/classes.yaml`, '--name', 'linux-vm'];
  const { out } = await cofferdam(argv, { env: { COLUMNS: '400' } });
  expect(out).toContain('nothing is known of handler "acme-gvisor" of RuntimeClass "gvisor-with-gpus"');
  expect(out).toContain('Say in a SandboxProfile what handler "acme-gvisor" is, if it isolates.');
});

it.each([
  ['a class that is too weak', 'critical', false],
  ['a class that would else be chosen', 'high', true],
])('tells who gets a sandbox what stands against %s: %s', async (_, risk, isTold) => {
  const stdin = `{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {cofferdam.dev/risk: ${risk}}}, spec: {os: {name: windows}, containers: [{name: a, image: "a:1"}]}}`;
  const { out } = await cofferdam(['review', '-', '--cluster', `${IN}/classes.yaml`], { stdin });
  expect(out).toContain('RuntimeClass "windows-vm" (vm) is set');
  expect(out.includes('spec.os.name = windows\n    Fix: ')).toBe(isTold);
});

it.each([
  ['edera', 'vm'],
  ['kata-cc-amd', 'confidential-vm'],
  ['kuasar-quark', 'app-kernel'],
])('takes class %s for its handler where no cluster is given', async (name, isolation) => {
  const stdin = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {runtimeClassName: ${name}, containers: [{name: a, image: "a:1"}]}`;
  const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
  expect(JSON.parse(out)).toMatchObject({ results: [{ verdict: 'admit', runtimeClass: name, isolation }] });
});
