import type { Unserved } from '../profiles/not-served.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Cel } from '../signals/cel.ts';
import { text, texts, WHOLE_POD } from '../signals/guards.ts';
import type { SignalId } from '../signals/signal.ts';
import { anyOf, idsOf } from './cel.ts';
import { GUARDED, type GuardedSignal } from './findings.ts';
import type { Variable } from './object.ts';
import { IS_UPDATE } from './request.ts';

/*
What an exemption waives and the class does not serve, in the terms of `supportOf` of the decision. Here it does not matter
whether something is waived: what nobody waives is `exposed` there, and is denied in any case. An update is never denied for it.
*/
export interface NotServed {
  /** `notServed`, the signals that the Pod's class does not fully serve; no variable where no profile can lack any. */
  readonly variables: readonly Variable[];
  /** True where the signal `id` is among them; undefined where none can be. */
  readonly isAmong: Cel | undefined;
  /** True where the profile `p` does not serve all of them; undefined where each profile does. */
  readonly ofProfile: Cel | undefined;
}

/** A lack that several profiles share. */
interface Lack {
  readonly signal: GuardedSignal;
  readonly paths: Unserved;
  readonly profiles: readonly string[];
}

/** @param waived signals that any exemption names; the others are exposed wherever they are not served */
export function notServedCel(used: readonly Profile[], waived: ReadonlySet<SignalId>): NotServed {
  const lacks = GUARDED.filter(({ id }) => waived.has(id)).flatMap(signal => lacksOf(signal, used));
  const named = lacks.map((lack, i) => ({ ...lack, name: `notServed${i}` }));
  const inClass = named.map(
    ({ signal, profiles, name }) =>
      [signal.id, `variables.profile in ${texts(profiles)} && variables.${name}`] as const,
  );
  if (named.length === 0) return { variables: [], isAmong: undefined, ofProfile: undefined };
  return {
    variables: [
      ...named.map(({ signal, paths, name }) => ({ name, expression: findsAny(signal, paths) })),
      { name: 'notServed', expression: `${IS_UPDATE} ? ['none'].filter(id, false) : ${idsOf(inClass)}` },
    ],
    isAmong: 'id in variables.notServed',
    ofProfile: anyOf(named.map(({ profiles, name }) => `(p in ${texts(profiles)} && variables.${name})`)),
  };
}

function lacksOf(signal: GuardedSignal, used: readonly Profile[]): Lack[] {
  const lacking = used.flatMap(({ id, signals }) => {
    const word = signals.get(signal.id);
    return word?.support === 'exposed' && word.notServed ? [{ id, paths: word.notServed }] : [];
  });
  const alike = Map.groupBy(lacking, ({ paths }) => JSON.stringify([paths.regex, paths.exceptRegex]));
  return Array.from(alike.values(), some => ({
    signal,
    paths: (some[0] as (typeof lacking)[number]).paths,
    profiles: some.map(({ id }) => id),
  }));
}

/** The guard of the signal, which skips what is served as it skips what is waived. */
const findsAny = (signal: GuardedSignal, { regex, exceptRegex }: Unserved): Cel =>
  signal.guardAt({
    ...WHOLE_POD,
    waives: value => {
      const within = `${value}.matches(${text(regex)})`;
      return exceptRegex === undefined
        ? `!${within}`
        : `!${within} || ${value}.matches(${text(exceptRegex)})`;
    },
  });
