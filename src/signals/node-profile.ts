import type { SecurityContext } from '../pod/kube.ts';
import type { Occurrence } from '../pod/visit.ts';
import type { Cel } from './cel.ts';
import { anySecurityContext, type Lens, texts } from './guards.ts';

/** The types of profile that confine. Any other type switches confinement off, or is not known to keep it. */
const CONFINED = ['RuntimeDefault', 'Localhost'];

/** The inspection of the two fields, which have one shape: a type and, for Localhost, a profile on the node's disk. */
export const nodeProfile = (field: 'seccompProfile' | 'appArmorProfile') => ({
  unconfinedAt: (lens: Lens): Cel => {
    const type = (s: string) => `${s}.?${field}.?type.orValue('')`;
    const found = (s: string) => `(${s}.?${field}.hasValue() && !(${type(s)} in ${texts(CONFINED)}))`;
    return anySecurityContext(lens, found, type);
  },
  unconfined: (context: SecurityContext, path: string): Occurrence | undefined => {
    const profile = context[field];
    if (!profile || CONFINED.includes(profile.type ?? '')) return undefined;
    return { path: `${path}.securityContext.${field}.type`, value: profile.type ?? '' };
  },
  localhost: (context: SecurityContext, path: string): Occurrence | undefined => {
    const profile = context[field];
    if (profile?.type !== 'Localhost') return undefined;
    return { path: `${path}.securityContext.${field}`, value: profile.localhostProfile ?? 'Localhost' };
  },
});
