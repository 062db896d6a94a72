import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSubjects } from '../../src/input/subjects.ts';
import { documentOf } from '../../src/kube/document.ts';

const template = { spec: { containers: [{ name: 'a', image: 'a:1' }] } };
const of = (apiVersion: string, kind: string, spec: object): readonly (number | undefined)[] => {
  const object = { apiVersion, kind, metadata: { name: 'a' }, spec };
  return readSubjects([documentOf(object)], 'default').subjects.map(({ replicas }) => replicas);
};

describe('as many Pods as an object says run at once', () => {
  it.each<[string, string, string, object, readonly (number | undefined)[]]>([
    ['a Pod', 'v1', 'Pod', template.spec, [undefined]],
    ['a Deployment', 'apps/v1', 'Deployment', { replicas: 7, template }, [7]],
    ['a Deployment that is scaled to zero', 'apps/v1', 'Deployment', { replicas: 0, template }, [0]],
    ['a Deployment that does not say', 'apps/v1', 'Deployment', { template }, [undefined]],
    ['a placeholder', 'apps/v1', 'Deployment', { replicas: '{{ replicas }}', template }, [undefined]],
    ['a StatefulSet', 'apps/v1', 'StatefulSet', { replicas: 3, template }, [3]],
    ['a DaemonSet', 'apps/v1', 'DaemonSet', { template }, [undefined]],
    ['a Job', 'batch/v1', 'Job', { template }, [undefined]],
    ['a parallel Job', 'batch/v1', 'Job', { parallelism: 4, completions: 100, template }, [4]],
    [
      'a Job with less to do than it may',
      'batch/v1',
      'Job',
      { parallelism: 9, completions: 2, template },
      [2],
    ],
    ['a Job of one after the other', 'batch/v1', 'Job', { completions: 5, template }, [1]],
    ['a CronJob', 'batch/v1', 'CronJob', { jobTemplate: { spec: { parallelism: 2, template } } }, [2]],
    ['an Argo Rollout', 'argoproj.io/v1alpha1', 'Rollout', { replicas: 5, template }, [5]],
    [
      'a JobSet',
      'jobset.x-k8s.io/v1alpha2',
      'JobSet',
      {
        replicatedJobs: [
          { name: 'a', replicas: 2, template: { spec: { parallelism: 3, template } } },
          { name: 'b', template: { spec: { template } } },
        ],
      },
      [6, undefined],
    ],
    [
      'an Argo Workflow, whose parallelism is a limit',
      'argoproj.io/v1alpha1',
      'Workflow',
      { parallelism: 50, templates: [{ name: 'a', container: { image: 'a:1' } }] },
      [undefined],
    ],
  ])('%s', (_, apiVersion, kind, spec, expected) => {
    expect(of(apiVersion, kind, spec)).toEqual(expected);
  });

  it('is a whole number that others can be added to, whatever is written there', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (replicas, parallelism) => {
        const spec = { replicatedJobs: [{ replicas, template: { spec: { parallelism, template } } }] };
        const [found = 0] = of('jobset.x-k8s.io/v1alpha2', 'JobSet', JSON.parse(JSON.stringify(spec)));
        expect(Number.isSafeInteger(found * 1000) && found >= 0).toBe(true);
      }),
    );
  });
});
