import type { SecurityContext } from '../pod/kube.ts';
import type { PodView } from '../pod/view.ts';
import { eachAnnotation, eachSecurityContext, type Occurrence } from '../pod/visit.ts';
import { inBrackets } from '../source/path.ts';
import { annotationValue, anyAnnotation, guarded, type Lens, unwaived } from './guards.ts';
import { removing, removingHolder } from './mend.ts';
import { nodeProfile } from './node-profile.ts';
import type { Signal } from './signal.ts';

/*
The mandatory access control of Debian and Ubuntu nodes.

Fields:  spec.securityContext.appArmorProfile.type, and the same of every container
Allowed: undefined, RuntimeDefault, Localhost
Fields:  metadata.annotations['container.apparmor.security.beta.kubernetes.io/*'] (deprecated, still honoured)
Allowed: undefined, '', runtime/default, localhost/*
Level:   Baseline
*/
const SOURCE = 'https://kubernetes.io/docs/tutorials/security/apparmor/';
const FIELD = nodeProfile('appArmorProfile');
export const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
/** The prefix of the name of a profile that is on the node. */
export const LOCALHOST = 'localhost/';

export const appArmorUnconfined: Signal = {
  id: 'appArmorUnconfined',
  category: 'exposure',
  weight: 30,
  title: 'No AppArmor profile',
  phrase: 'a missing AppArmor profile',
  reason: 'the profile that keeps a container from mounts, /proc and /sys is switched off',
  fix: 'remove the AppArmor profile, so that the default one of the runtime applies',
  mend: (hit, pod) => (hit.path.startsWith('metadata.') ? removing : removingHolder)(hit, pod),
  source: SOURCE,
  ...guarded(lens => `${FIELD.unconfinedAt(lens)} || ${guardOfAnnotations(lens)}`),
  inspect: pod => both(pod, FIELD.unconfined, unconfinedAnnotation),
};

/** A profile from the node's disk, which no sandbox applies. */
export const appArmorLocalhost: Signal = {
  id: 'appArmorLocalhost',
  category: 'requirement',
  weight: 0,
  title: 'AppArmor profile of its own',
  reason: 'a profile that was written for this workload must be applied',
  fix: 'set appArmorProfile.type to RuntimeDefault if the sandbox is enough confinement',
  source: SOURCE,
  inspect: pod => both(pod, FIELD.localhost, localhostAnnotation),
};

function guardOfAnnotations(lens: Lens) {
  const value = annotationValue(lens);
  const found = `a.startsWith('${APP_ARMOR_PREFIX}') && !(${value} in ['', 'runtime/default']) && !${value}.startsWith('${LOCALHOST}')`;
  return anyAnnotation(lens, unwaived(lens, found, value, 'pod'));
}

function both(
  pod: PodView,
  field: (context: SecurityContext, path: string) => Occurrence | undefined,
  annotation: (key: string, value: string) => Occurrence | undefined,
): readonly Occurrence[] {
  const fields = eachSecurityContext(pod, field);
  const annotations = eachAnnotation(pod, annotation);
  if (annotations.length === 0) return fields;
  return fields.length === 0 ? annotations : [...fields, ...annotations];
}

function unconfinedAnnotation(key: string, value: string): Occurrence | undefined {
  if (!key.startsWith(APP_ARMOR_PREFIX)) return undefined;
  if (value === '' || value === 'runtime/default' || value.startsWith(LOCALHOST)) return undefined;
  return { path: `metadata.annotations${inBrackets(key)}`, value };
}

const localhostAnnotation = (key: string, value: string): Occurrence | undefined =>
  key.startsWith(APP_ARMOR_PREFIX) && value.startsWith(LOCALHOST)
    ? { path: `metadata.annotations${inBrackets(key)}`, value: value.slice(LOCALHOST.length) }
    : undefined;
