import type { RuntimeClassFacts } from '../cluster/view.ts';
import { ISOLATIONS, rank } from '../profiles/isolation.ts';
import type { Profile, ProfileTable, Support } from '../profiles/profile.ts';
import type { Cel } from '../signals/cel.ts';
import { text, texts } from '../signals/guards.ts';
import type { SignalId } from '../signals/signal.ts';
import { anyOf, joined, lookUp } from './cel.ts';
import { GUARDED } from './findings.ts';
import { type NotServed, notServedCel } from './not-served.ts';
import type { Variable } from './object.ts';
import { CLASS, IS_UPDATE } from './request.ts';

/*
The profile behind the class that a Pod names: that of its handler, whatever the class is called. A class that the guard does
not know shares the host kernel.
*/

/**
 * `isolation` (a rank), `objections` (signals that the class does not contain, or not serve), `fitting` (classes that would
 * do).
 * @param waived signals that an exemption names
 */
export function classesCel(
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
  waived: ReadonlySet<SignalId>,
): readonly Variable[] {
  const known = classes
    .map(({ name, handler }) => ({ name, profile: profiles.forHandler(handler) }))
    .filter(({ profile }) => rank(profile.isolation) > 0 || namely(profile, 'unsupported').length > 0)
    .sort((a, b) => rank(a.profile.isolation) - rank(b.profile.isolation) || (a.name < b.name ? -1 : 1));
  const used = [...new Map(known.map(({ profile }) => [profile.id, profile])).values()];
  const notServed = notServedCel(used, waived);
  const ofProfile = (support: Support, id: Cel): Cel =>
    lookUp(
      used.map(profile => [profile.id, texts(namely(profile, support))] as const),
      id,
      NOTHING,
    );
  const isolationOf = (id: Cel): Cel =>
    lookUp(
      used.map(({ id, isolation }) => [id, String(rank(isolation))] as const),
      id,
      '0',
    );
  const objecting = anyOf([
    'id in variables.unsupported',
    '(id in variables.exposed && id in variables.bearing)',
    ...(notServed.isAmong ? [notServed.isAmong] : []),
  ]);
  return [
    { name: 'class', expression: CLASS },
    {
      name: 'isolation',
      expression: lookUp(
        known.map(({ name, profile }) => [name, String(rank(profile.isolation))] as const),
        CLASS,
        '0',
      ),
    },
    {
      name: 'profile',
      expression: lookUp(
        known.map(({ name, profile }) => [name, text(profile.id)] as const),
        'variables.class',
        "''",
      ),
    },
    { name: 'exposed', expression: ofProfile('exposed', 'variables.profile') },
    { name: 'unsupported', expression: ofProfile('unsupported', 'variables.profile') },
    // Only what it adds counts for an update.
    { name: 'bearing', expression: `${IS_UPDATE} ? variables.added : variables.found` },
    { name: 'bearingPresent', expression: `${IS_UPDATE} ? variables.presentAdded : variables.present` },
    {
      // A waiver accepts that the host can be reached; it cannot make a sandbox do what it does not do.
      name: 'objections',
      expression: `variables.bearingPresent.filter(id, ${objecting})`,
    },
    ...notServed.variables,
    ...fittingCel(known, used, ofProfile, isolationOf, notServed),
  ];
}

/** `[]` has no type of its own, while this is a list of strings. */
const NOTHING: Cel = "['']";

type Known = { readonly name: string; readonly profile: Profile };

/** `fitting`: for each isolation, the first class that isolates enough and that no finding objects to. */
function fittingCel(
  known: readonly Known[],
  used: readonly Profile[],
  ofProfile: (support: Support, id: Cel) => Cel,
  isolationOf: (id: Cel) => Cel,
  notServed: NotServed,
): readonly Variable[] {
  const objects = `variables.present.exists(id, id in ${ofProfile('unsupported', 'p')} || (id in ${ofProfile('exposed', 'p')} && id in variables.found))`;
  const lacks = notServed.ofProfile === undefined ? '' : ` && !(${notServed.ofProfile})`;
  // The least isolation is never weaker than the class that the author has chosen.
  const least = '[variables.required, variables.isolation].max()';
  const fits = `${isolationOf('p')} >= ${least} && !${objects}${lacks}`;
  const ids = texts(used.map(({ id }) => id));
  const firsts = ISOLATIONS.slice(1).flatMap(isolation => {
    // No class is suggested for a Windows Pod, as other Pods would not start in the same one.
    const names = known.filter(({ profile }) => profile.isolation === isolation && profile.os === 'linux');
    if (names.length === 0) return [];
    const profileOf = lookUp(
      names.map(({ name, profile }) => [name, text(profile.id)] as const),
      'n',
      "''",
    );
    return [`[${texts(names.map(({ name }) => name))}.filter(n, ${profileOf} in variables.fittingProfiles)]`];
  });
  if (firsts.length === 0) return [{ name: 'fitting', expression: '[]' }];
  return [
    { name: 'fittingProfiles', expression: `${ids}.filter(p, ${fits})` },
    { name: 'fitting', expression: `(${joined(firsts)}).filter(l, size(l) > 0).map(l, l[0])` },
  ];
}

const namely = (profile: Profile, support: Support): readonly SignalId[] =>
  GUARDED.filter(({ id }) => (profile.signals.get(id)?.support ?? 'exposed') === support).map(({ id }) => id);
