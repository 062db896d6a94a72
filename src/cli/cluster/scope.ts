import type { AdmissionBinding, AdmissionPolicy } from '../../doctor/state.ts';
import { registrationsOf } from '../../doctor/webhooks.ts';
import type { ResourceName } from '../../kube/resources.ts';
import type { CliIo } from '../console/io.ts';
import { type Scope, scopeOf } from '../judging/scope.ts';
import { fetchIfAllowed } from './fetch.ts';
import type { ClusterSource } from './source.ts';

/**
 * The scope in which the webhooks of a cluster are registered and its guard is bound, as far as these may be read.
 * @param isStrict whether there is no answer where they may not, as the exit code depends on them
 */
export async function scopeIn(
  source: ClusterSource,
  named: readonly string[] = [],
  io: CliIo,
  isStrict = false,
): Promise<Scope> {
  const read = (name: ResourceName) => fetchIfAllowed(source, name, io, { isStrict });
  return scopeOf(
    {
      registrations: [
        ...registrationsOf(await read('mutating'), 'mutating'),
        ...registrationsOf(await read('validating'), 'validating'),
      ],
      policies: (await read('admissionPolicies')) as readonly AdmissionPolicy[],
      bindings: (await read('admissionBindings')) as readonly AdmissionBinding[],
    },
    named,
  );
}
