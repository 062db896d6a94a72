import jsonpatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/admission/judge.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { ClusterView, RuntimeClassFacts } from '../../src/cluster/view.ts';
import { CRITICAL, decodePatch, depsWith, pod, RISKY, reviewOf } from './support.ts';

const INJECTED = 'cofferdam.dev/injected-runtime-class';
const ANNOTATIONS = {
  [INJECTED]: 'gvisor',
  'cofferdam.dev/required-isolation': 'app-kernel',
  'cofferdam.dev/score': '82',
  'cofferdam.dev/policy': 'balanced',
};

const mutate = (object: unknown, view?: ClusterView, mode: 'inject' | 'enforce' = 'enforce') => {
  const { response, decision } = judge(reviewOf(object), 'mutate', mode, depsWith(view));
  const patch = decodePatch(response);
  const after = jsonpatch.applyPatch(structuredClone(object), patch, true, true).newDocument;
  return { response, decision, patch, after: after as ReturnType<typeof pod> & Record<string, never> };
};

describe('injection', () => {
  it("sets the class and this project's annotations and nothing else", () => {
    const { patch, response } = mutate(pod({}, { ...RISKY, annotations: { team: 'a' } }));
    expect(response.patchType).toBe('JSONPatch');
    expect(patch.map(({ op, path }: { op: string; path: string }) => `${op} ${path}`).sort()).toEqual([
      'add /metadata/annotations/cofferdam.dev~1injected-runtime-class',
      'add /metadata/annotations/cofferdam.dev~1policy',
      'add /metadata/annotations/cofferdam.dev~1required-isolation',
      'add /metadata/annotations/cofferdam.dev~1score',
      'add /spec/runtimeClassName',
    ]);
  });

  it('says why on the Pod', () => {
    expect(mutate(pod({}, RISKY)).after.metadata).toEqual({
      name: 'web',
      ...RISKY,
      annotations: ANNOTATIONS,
    });
  });

  it.each([
    ['no annotations', pod({}, RISKY)],
    ['annotations that are null', pod({}, { ...RISKY, annotations: null })],
    ['annotations of others', pod({}, { ...RISKY, annotations: { 'a/b~c': 'd' } })],
    ['a class that is null', pod({ runtimeClassName: null }, RISKY)],
    [
      'forged annotations',
      pod({}, { ...RISKY, annotations: { ...ANNOTATIONS, 'cofferdam.dev/score': '0' } }),
    ],
    ['a nodeSelector of its own', pod({ nodeSelector: { disk: 'ssd' } }, RISKY)],
  ])('into a Pod with %s is done in one go: the result is admitted as it is', (_what, object) => {
    const first = mutate(object);
    expect(first.decision?.verdict).toBe('sandbox');
    expect(first.after.spec).toEqual({ ...object.spec, runtimeClassName: 'gvisor' });
    const second = mutate(first.after);
    expect(second.decision).toMatchObject({ verdict: 'admit', runtimeClass: 'gvisor' });
    expect(second.response).not.toHaveProperty('patch');
  });
});

describe('forged annotations', () => {
  it.each([
    ['without a class', pod({}, { annotations: { ...ANNOTATIONS, team: 'a' } })],
    [
      'that name another class than the Pod',
      pod({ runtimeClassName: 'kata-qemu' }, { annotations: { ...ANNOTATIONS, team: 'a' } }),
    ],
    [
      'beside the class of an author',
      pod({ runtimeClassName: 'gvisor' }, { annotations: { 'cofferdam.dev/score': '0', team: 'a' } }),
    ],
  ])('%s are taken off, and nothing else', (_what, object) => {
    for (const mode of ['inject', 'enforce'] as const) {
      const { after } = mutate(object, undefined, mode);
      expect(after).toEqual({ ...object, metadata: { name: 'web', annotations: { team: 'a' } } });
    }
  });

  it('that agree with the class say what is so', () => {
    const annotations = { [INJECTED]: 'gvisor', 'cofferdam.dev/score': '0', 'cofferdam.dev/policy': 'mine' };
    const { after } = mutate(pod({ runtimeClassName: 'gvisor' }, { ...RISKY, annotations }));
    expect(after.metadata).toMatchObject({ annotations: ANNOTATIONS });
  });

  it('do not make a rejected Pod pass', () => {
    const { response } = mutate(pod({ hostPID: true }, { annotations: ANNOTATIONS }));
    expect(response.allowed).toBe(false);
    expect(response).not.toHaveProperty('patch');
  });
});

const facts = (name: string, more: Partial<RuntimeClassFacts>): RuntimeClassFacts => ({
  ...(builtinView().runtimeClass(name) as RuntimeClassFacts),
  overhead: {},
  nodeSelector: {},
  tolerations: [],
  ...more,
});

function viewWith(gvisor: Partial<RuntimeClassFacts>, kata: Partial<RuntimeClassFacts>): ClusterView {
  const classes = [facts('gvisor', gvisor), facts('kata-qemu', kata)];
  return {
    ...builtinView(),
    runtimeClasses: () => classes,
    runtimeClass: name => classes.find(one => one.name === name),
  };
}

describe('raising a class after a later webhook added to the Pod', () => {
  const GVISOR = {
    overhead: { memory: '64Mi' },
    nodeSelector: { runtime: 'gvisor' },
    tolerations: [{ key: 'gvisor', operator: 'Exists' }],
  };
  const KATA = {
    overhead: { cpu: '250m', memory: '160Mi' },
    nodeSelector: { runtime: 'kata' },
    tolerations: [{ key: 'kata', operator: 'Exists' }],
  };
  /** The Pod as the API server has it after the first pass: injected, and merged with what the class wants. */
  const injected = (spec = {}) =>
    pod(
      {
        runtimeClassName: 'gvisor',
        overhead: { memory: '64Mi' },
        nodeSelector: { disk: 'ssd', runtime: 'gvisor' },
        tolerations: [
          { key: 'own', operator: 'Exists' },
          { key: 'gvisor', operator: 'Exists' },
        ],
        ...spec,
      },
      { ...CRITICAL, annotations: ANNOTATIONS },
    );

  it("sets class, overhead and scheduling together, and keeps what is the Pod's own", () => {
    const { decision, after } = mutate(injected(), viewWith(GVISOR, KATA));
    expect(decision?.outcome).toBe('raised');
    expect(after.spec).toEqual({
      containers: injected().spec.containers,
      runtimeClassName: 'kata-qemu',
      overhead: KATA.overhead,
      nodeSelector: { disk: 'ssd', runtime: 'kata' },
      tolerations: [
        { key: 'own', operator: 'Exists' },
        { key: 'kata', operator: 'Exists' },
      ],
    });
    expect(after.metadata).toMatchObject({ annotations: { [INJECTED]: 'kata-qemu' } });
  });

  it('is done in one go', () => {
    const view = viewWith(GVISOR, KATA);
    const second = mutate(mutate(injected(), view).after, view);
    expect(second.decision).toMatchObject({ verdict: 'admit', runtimeClass: 'kata-qemu' });
    expect(second.response).not.toHaveProperty('patch');
  });

  it('leaves nothing of a class behind where the new one wants nothing', () => {
    const own = { nodeSelector: { runtime: 'gvisor' }, tolerations: [{ key: 'gvisor', operator: 'Exists' }] };
    const bare = viewWith(GVISOR, {});
    const withoutOverhead: ClusterView = {
      ...bare,
      runtimeClass: name => {
        const { overhead: _, ...rest } = bare.runtimeClass(name) as RuntimeClassFacts;
        return name === 'kata-qemu' ? rest : bare.runtimeClass(name);
      },
    };
    expect(mutate(injected(own), withoutOverhead).after.spec).toEqual({
      containers: injected().spec.containers,
      runtimeClassName: 'kata-qemu',
    });
  });

  it('does not repeat a toleration that the Pod has', () => {
    const tolerations = [{ key: 'kata', operator: 'Exists' }];
    expect(mutate(injected({ tolerations }), viewWith(GVISOR, KATA)).after.spec).toMatchObject({
      tolerations,
    });
  });

  it('is not done to the class of an author', () => {
    const { metadata, ...rest } = injected();
    const { response, decision } = mutate(
      { ...rest, metadata: { ...metadata, annotations: {} } },
      viewWith(GVISOR, KATA),
    );
    expect(decision?.outcome).toBe('explicit-not-enough');
    expect(response.allowed).toBe(false);
  });
});
