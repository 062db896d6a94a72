import { describe, expect, it } from 'vitest';
import { viewPod } from '../../src/pod/view.ts';
import { asFound } from '../../src/signals/as-found.ts';
import { inspect } from '../../src/signals/index.ts';
import { podOf } from '../report/decided.ts';

const findings = (given: Parameters<typeof podOf>[0]) => inspect(viewPod(podOf(given), 'shop'));
const mounting = (path: string) => ({
  spec: `volumes: [{name: v, hostPath: {path: ${JSON.stringify(path)}}}]`,
});
const adding = (capability: string) => ({
  container: `securityContext: {capabilities: {add: [${JSON.stringify(capability)}]}}`,
});

describe('what was written stands beside its one spelling, and an exemption may name it so', () => {
  it.each([
    ['C:\\var\\lib\\kubelet', '/c:/var/lib/kubelet', mounting],
    ['\\\\.\\pipe\\csi-proxy-disk-v1', '/pipe/csi-proxy-disk-v1', mounting],
    ['//proc/./sys', '/proc/sys', mounting],
    ['/srv/data/', '/srv/data', mounting],
    ['cap_sys_admin', 'SYS_ADMIN', adding],
    [' Net_Admin ', 'NET_ADMIN', adding],
  ])('%s', (written, value, given) => {
    const found = findings(given(written)).filter(one => one.written !== undefined);
    expect(found).toMatchObject([{ value, written }]);
    expect(asFound(found[0]?.signal ?? '', written)).toBe(value);
  });

  it.each([
    ['/proc', mounting],
    ['SYS_ADMIN', adding],
  ])('%s is written as it is found', (written, given) => {
    expect(findings(given(written)).some(one => one.written !== undefined)).toBe(false);
  });
});

describe('an exemption names', () => {
  it.each([
    ['hostPath', '/c:/../data', '/c:/../data'],
    ['hostPathSocket', '/pipe/../docker_engine', '/pipe/../docker_engine'],
    ['hostPathSystem', '/', '/'],
    ['hostPathSystem', `/${'x/./'.repeat(65)}`, `/${'x/./'.repeat(65)}`],
    ['hostPathSystem', '/srv/..', '/srv/..'],
    ['sysctlUnsafe', '/srv/', '/srv/'],
    ['imageTag', 'cap_x', 'cap_x'],
  ])('of %s no more than it says: %s', (signal, written, value) => {
    expect(asFound(signal, written)).toBe(value);
  });
});
