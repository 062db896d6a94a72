import { describe, expect, it } from 'vitest';
import {
  adding,
  clusterPolicy,
  container,
  debug,
  exemption,
  ground,
  privileged,
  requiredBy,
} from './support/ground.ts';

/** An update is judged by what it adds to the stored Pod. */
const { update } = ground();
const HELD = { spec: { hostPID: true } };
const NOTE = 'dev.gvisor.spec.x';

describe('what the stored Pod has', () => {
  it('is not judged again', () => {
    expect(update(HELD, { ...HELD, labels: { a: 'b' }, annotations: { c: 'd' } })).toEqual([]);
    const stored = { annotations: { [NOTE]: 'y' }, spec: { ephemeralContainers: [privileged('x')] } };
    expect(update(stored, { ...stored, labels: { a: 'b' } })).toEqual([]);
  });

  it('excuses nothing that is added', () => {
    expect(requiredBy(update(HELD, { ...HELD, annotations: { [NOTE]: 'y' } }))).toBe('vm: gvisorAnnotation');
  });

  it('stands even where a policy came later', () => {
    const strict = ground([clusterPolicy({ minimumIsolation: 'vm' })], {
      labels: { 'cofferdam.dev/risk': 'critical' },
    });
    expect(strict.update({}, { annotations: { a: 'b' } })).toEqual([]);
  });
});

describe('an annotation', () => {
  const noted = (value: string) => ({ annotations: { [NOTE]: value } });

  it('is added where it is new, and where its value changes', () => {
    expect(requiredBy(update({}, noted('y')))).toBe('vm: gvisorAnnotation');
    expect(requiredBy(update(noted('y'), noted('z')))).toBe('vm: gvisorAnnotation');
    expect(update(noted('y'), noted('y'))).toEqual([]);
    expect(update(noted('y'), {})).toEqual([]);
  });

  it('may lift a Pod that did not have it', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' };
    const spec = { containers: [container(adding('SYS_ADMIN'))], runtimeClassName: 'gvisor' };
    expect(requiredBy(update({ spec }, { spec, annotations }))).toBe('vm: appArmorUnconfined');
    expect(update({ spec, annotations }, { spec, annotations })).toEqual([]);
  });
});

describe('labels that an update changes', () => {
  const labelled = (risk: string) => ({ labels: { 'cofferdam.dev/risk': risk } });
  const added = { spec: { runtimeClassName: 'gvisor', ...debug(adding('NET_ADMIN')) } };
  const stored = { spec: { runtimeClassName: 'gvisor' } };

  it('count for nothing: the stored ones do', () => {
    expect(update({ ...stored, ...labelled('low') }, { ...added, ...labelled('critical') })).toEqual([]);
    expect(update({ ...stored, ...labelled('critical') }, { ...added, ...labelled('low') })).toHaveLength(1);
  });

  it('are refused where they become too many, as in the engine', () => {
    const many = (count: number) => ({
      labels: Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ''])),
    });
    expect(update(many(1), many(20_000))).toEqual([
      'the Pod has 20000 labels, of 250 at most. Take out what it does not need, or make several Pods of it. No exemption waives this.',
    ]);
    expect(update(many(1), many(250))).toEqual([]);
    expect(update(many(300), many(300))).toEqual([]);
    expect(update(many(300), many(299))).toEqual([]);
  });

  it('do not bring an exemption', () => {
    const agents = exemption({ podSelector: { matchLabels: { agent: 'yes' } } }, { signal: 'privileged' });
    const more = { spec: { ephemeralContainers: [privileged('x')] } };
    const agent = { labels: { agent: 'yes' } };
    expect(ground([agents]).update({}, { ...more, ...agent })).toHaveLength(1);
    expect(ground([agents]).update(agent, more)).toEqual([]);
  });
});

describe('a Pod that a rule has lifted already', () => {
  const spec = {
    scoring: {
      labels: [{ key: 'team', weights: { red: 20 } }],
      rules: [{ name: 'red', expression: "object.metadata.?labels.?team.orValue('') == 'red'", weight: 80 }],
    },
    tiers: [
      { atLeast: 30, isolation: 'app-kernel' },
      { atLeast: 70, isolation: 'vm' },
    ],
  };
  const policy = clusterPolicy(spec);
  const inGvisor = { labels: { team: 'red' }, spec: { runtimeClassName: 'gvisor' } };
  const debugged = { ...inGvisor, spec: { ...inGvisor.spec, ...debug(adding('SYS_PTRACE')) } };

  it('is given what its class contains: the rule asked for its isolation before', () => {
    expect(ground([policy]).update(inGvisor, debugged)).toEqual([]);
  });

  it('is refused what lifts it where there is no such rule', () => {
    const unruled = clusterPolicy({ ...spec, scoring: { labels: spec.scoring.labels } });
    expect(requiredBy(ground([unruled]).update(inGvisor, debugged))).toBe('vm: capabilityHostRoot');
  });
});

describe('an image that leaves an exemption', () => {
  const agents = exemption({ images: ['ghcr.io/acme/*'] }, { signal: 'privileged' });
  const running = (image: string, name = 'a') => ({ ...privileged(name), image });
  const spec = (...containers: object[]) => ({ spec: { containers } });
  const { update } = ground([agents]);

  it('brings what was waived for it', () => {
    expect(requiredBy(update(spec(running('ghcr.io/acme/a')), spec(running('nginx'))))).toBe(
      'vm: privileged',
    );
  });

  it('brings nothing where it stays in one, or was in none', () => {
    expect(update(spec(running('ghcr.io/acme/a')), spec(running('ghcr.io/acme/b')))).toEqual([]);
    expect(update(spec(running('nginx')), spec(running('other')))).toEqual([]);
    expect(update(spec(running('nginx')), spec(running('ghcr.io/acme/a')))).toEqual([]);
  });

  it('brings what the whole Pod has, too', () => {
    const whole = ground([exemption({ images: ['ghcr.io/acme/*'] }, { signal: 'hostPID' })]);
    const of = (image: string) => ({ spec: { hostPID: true, containers: [container({ image })] } });
    expect(requiredBy(whole.update(of('ghcr.io/acme/a'), of('nginx')))).toBe('vm: hostPID');
    expect(whole.update(of('nginx'), of('other'))).toEqual([]);
  });

  it('does not excuse what another container adds, though the Pod had as much before', () => {
    const stored = { containers: [running('nginx')] };
    const added = { ...stored, ephemeralContainers: [running('nginx', 'x')] };
    expect(requiredBy(update({ spec: stored }, { spec: added }))).toBe('vm: privileged');
    expect(update({ spec: added }, { spec: added })).toEqual([]);
  });

  it('of an ephemeral container waives what that adds', () => {
    const added = (image: string) => ({ spec: { ephemeralContainers: [running(image, 'x')] } });
    expect(update({}, added('ghcr.io/acme/a'))).toEqual([]);
    expect(update({}, added('nginx'))).toHaveLength(1);
  });
});

describe('a waived finding that is added', () => {
  it('asks for nothing, whatever the labels of the Pod do', () => {
    const { update } = ground([exemption({}, { signal: 'capabilityNetAdmin' })]);
    const labels = { 'cofferdam.dev/risk': 'critical' };
    const spec = { runtimeClassName: 'gvisor' };
    expect(update({ labels, spec }, { labels, spec: { ...spec, ...debug(adding('NET_ADMIN')) } })).toEqual(
      [],
    );
  });

  it('still has to be one that the sandbox does', () => {
    const { update } = ground([exemption({}, { signal: 'seLinuxOptions' })]);
    const added = (runtimeClassName: string) => {
      const more = { securityContext: { seLinuxOptions: { type: 'spc_t' } } };
      return update({ spec: { runtimeClassName } }, { spec: { runtimeClassName, ...debug(more) } });
    };
    expect(added('gvisor')).toEqual([
      'RuntimeClass gvisor does not contain seLinuxOptions. Leave it out, or make the Pod anew in a class that contains it.',
    ]);
    expect(added('vm')).toEqual([]);
  });
});
