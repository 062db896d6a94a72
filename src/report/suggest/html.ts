import { START_REASONS } from '../../decision/start-mode.ts';
import type { SuggestedExemption } from '../../decision/suggest.ts';
import { MODES } from '../../pod/mode.ts';
import { signalById } from '../../signals/index.ts';
import type { SignalId } from '../../signals/signal.ts';
import { clean, count, list, sentence, someOf } from '../../source/text.ts';
import { folded } from '../html/folded.ts';
import { type Markup, html as markup, NOTHING } from '../html/markup.ts';
import { reviewPage } from '../review/html.ts';
import { clusterName } from '../words/cluster.ts';
import { riskWords } from '../words/risk.ts';
import { phraseOf } from '../words/terms.ts';
import {
  breakoutsOf,
  byName,
  isRisky,
  namesWithPods,
  type StartingNamespace,
  type Suggested,
  type Workload,
} from './suggested.ts';
import { exemptionCount, namespaceCount } from './table.ts';

/** How many items are in sight at once, and how many are in the page at all. */
const SHOWN = 12;
const MOST = 500;
/** How many names, images or values of one exemption are listed. */
const FEW = 6;

/**
 * `-o html`: first what could take over a node, then everything else that is exempt, the modes, and what runs where with them
 * in force.
 */
export function html(suggested: Suggested): string {
  const { exemptions, namespaces, problems } = suggested;
  return reviewPage(
    { ...suggested.review(), problems },
    {
      kind: 'Suggestion',
      headline:
        exemptions.length === 0 ? 'Nothing needs an exemption' : `Start with ${exemptionCount(suggested)}`,
      above: markup`<p class="lead">On ${clusterName(suggested.cluster)}: ${namespaceCount(suggested)} This page is to be looked at; <code>-o yaml</code> has what is to be completed and applied.</p>
${exempt('Could take over a node: to be looked at, not to be signed', exemptions.filter(isRisky), 'rejected')}
<div class="cards">
${exempt(
  'Exempt',
  exemptions.filter(one => !isRisky(one)),
  'weaker',
)}
${modes(namespaces)}
</div>
<h2>What runs where, with this in force</h2>
`,
    },
  );
}

/** @param look what gives the card its colour */
function exempt(title: string, some: readonly SuggestedExemption<Workload>[], look: string): Markup {
  if (some.length === 0) return NOTHING;
  const limits = { shown: SHOWN, most: MOST, unit: 'exemptions', where: 'which -o yaml has' };
  return markup`<section class="card attention ${look}"><h2>${title}</h2>${folded(
    some,
    limits,
    of => markup`<ol>${of.map(exemptionRow)}</ol>`,
  )}${whys(some.slice(0, MOST))}</section>`;
}

/** Why what they waive matters, and what to do instead; once for all of them, as most waive the same. */
function whys(some: readonly SuggestedExemption<Workload>[]): Markup {
  const ids = new Set<SignalId>(
    some.flatMap(({ exemption }) => exemption.spec.waive.map(({ signal }) => signal)),
  );
  return markup`<div class="whys">${[...ids].map(id => {
    const signal = signalById.get(id);
    return signal
      ? markup`<p class="line"><b>${id}</b> ${sentence(signal.reason)} <span class="quiet">Instead: ${sentence(signal.fix)}</span></p>`
      : NOTHING;
  })}</div>`;
}

function exemptionRow(one: SuggestedExemption<Workload>): Markup {
  const { spec, metadata } = one.exemption;
  const breakouts = breakoutsOf(one);
  const pods = [...byName(one.runs).values()].reduce((sum, number) => sum + number, 0);
  const signals = Map.groupBy(spec.waive, ({ signal }) => signal);
  const what = breakouts.length > 0 ? riskWords(breakouts) : list([...signals.keys()].map(phraseOf));
  return markup`<li><p class="why"><b class="number">${count(pods, 'Pod')}</b> ${sentence(what)}</p><p class="who"><bdi>${list(spec.match.namespaces.map(name => clean(name)))}: ${someOf(namesWithPods(one.runs), FEW)}</bdi></p>
<p class="line"><b>Exemption</b> <code>${metadata.name}</code>${narrowedWords(spec.match)}</p><p class="line"><b>Waives</b> ${Array.from(
    signals,
    ([signal, entries], i) =>
      waivedWords(
        signal,
        entries.flatMap(({ values = [] }) => values),
        i > 0,
      ),
  )}</p></li>`;
}

/** What it is limited to besides its namespace: ` for images a and b` */
function narrowedWords({
  serviceAccounts = [],
  images = [],
}: SuggestedExemption<Workload>['exemption']['spec']['match']): string {
  const parts = [
    ...(serviceAccounts.length > 0 ? [`service account ${named(serviceAccounts)}`] : []),
    ...(images.length > 0 ? [`${images.length === 1 ? 'image' : 'images'} ${named(images)}`] : []),
  ];
  return parts.length > 0 ? `, for ${list(parts)}` : '';
}

/** `, hostPath /srv and /data` */
const waivedWords = (id: SignalId, values: readonly (string | number)[], isLater: boolean): Markup =>
  markup`${isLater ? ', ' : ''}${id}${values.length > 0 ? markup` <code>${named(values.map(String))}</code>` : NOTHING}`;

const named = (texts: readonly string[]): string =>
  someOf(
    texts.map(text => clean(text)),
    FEW,
  );

/** The mode of each namespace and why, beginning with the mildest. */
function modes(namespaces: readonly StartingNamespace[]): Markup {
  if (namespaces.length === 0) return NOTHING;
  const sorted = namespaces.toSorted((a, b) => MODES.indexOf(a.mode) - MODES.indexOf(b.mode));
  const limits = { shown: SHOWN, most: MOST, unit: 'namespaces', where: 'which -o yaml has' };
  return markup`<section class="card modes"><h2>Modes to start in</h2>${folded(sorted, limits, modeTable)}</section>`;
}

const modeTable = (some: readonly StartingNamespace[]): Markup =>
  markup`<table><thead><tr><th scope="col">Namespace</th><th scope="col">Now</th><th scope="col">Start</th><th scope="col" class="number">Pods</th><th scope="col">Because</th></tr></thead><tbody>${some.map(
    ({ name, current, mode, pods, because }) =>
      markup`<tr><th scope="row"><a href="#namespace=${encodeURIComponent(clean(name))}">${clean(name)}</a></th><td>${current ?? '–'}</td><td><b>${mode}</b></td><td class="number">${pods}</td><td class="quiet">${START_REASONS[because]}</td></tr>`,
  )}</tbody></table>`;
