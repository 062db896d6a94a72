/*
What the script of a page reads: what stands as JSON in the page, and nothing else. These are the shapes that both sides know.
*/

/** Where something runs, the gravest first, then from the least isolated to the best; last, what nobody asks about. */
export const PLACES = ['rejected', 'host-kernel', 'app-kernel', 'vm', 'confidential-vm', 'unasked'] as const;
export type Place = (typeof PLACES)[number];

/** What places are called; the marks that stand before these words have the same names (glyphs.ts). */
export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  rejected: 'rejected',
  'host-kernel': 'host kernel',
  'app-kernel': 'application kernel',
  vm: 'VM',
  'confidential-vm': 'confidential VM',
  unasked: 'out of scope',
};

/** What a sandbox is to an object: it was not looked at, is the one, would do as well, or would not. */
export const STANDINGS = ['none', 'chosen', 'fits', 'unfit'] as const;

/** What a part of a score comes from: a category of signals, or what operators and authors say by labels and rules. */
export const KINDS = ['breakout', 'exposure', 'label', 'rule', 'hygiene'] as const;

/** A text by its place in `texts`: most stand below many objects, and once in the page. */
export type Text = number;
/** An index into a list of the page: into `PLACES`, `STANDINGS`, `KINDS`, `signals`, … */
export type Index = number;

export interface PageData {
  readonly texts: readonly string[];
  /** What objects are filtered by first: where they run, or what becomes of them. */
  readonly states: readonly State[];
  /** The sandboxes that are columns, by name. */
  readonly columns: readonly Text[];
  readonly signals: readonly SignalData[];
  readonly policies: readonly PolicyData[];
  readonly rows: readonly Row[];
}

export interface State {
  /** What a link to it says: `#state=vm`. */
  readonly id: string;
  readonly word: string;
  /** What it is drawn as. */
  readonly glyph: string;
}

export interface SignalData {
  readonly id: string;
  readonly title: string;
  readonly category: string;
}

export interface PolicyData {
  readonly name: Text;
  readonly tiers: readonly { readonly atLeast: number; readonly isolation: Place }[];
}

/** One object, or Pods of one owner that were decided alike. */
export interface Row {
  readonly state: Index;
  readonly name: Text;
  readonly namespace: Text;
  /** File and line; empty for what is of a cluster. */
  readonly source: Text;
  /** How many Pods, where they are those of a cluster. */
  readonly pods?: number;
  /** A word on what makes its verdict another one in effect: `audit`, `out of scope`. */
  readonly aside?: Text;
  /** Where it ran before a change. */
  readonly before?: Standing;
  readonly now: Standing;
  /** A cell a column. */
  readonly cells: readonly Cell[];
  readonly signals: readonly Index[];
  /** What is said about it. With a change, there are two: before and after. */
  readonly sides: readonly Side[];
}

export interface Standing {
  readonly place: Index;
  /** `gvisor`, `host kernel` */
  readonly words: Text;
  /** 0 to 100, what tiers look at. */
  readonly tierScore: number;
  /** 0 to 25, what hygiene adds. */
  readonly hygiene: number;
}

/** One sandbox for one object, and why it is not that one, in a few words. */
export type Cell = readonly [standing: Index, why: Text];

/** Everything that one decision is told by. */
export interface Side {
  /** `Before`, `After`; empty where there is one side. */
  readonly title: Text;
  readonly why: Text;
  readonly fix: Text;
  readonly policy: Index;
  readonly required: Index;
  readonly parts: readonly Part[];
  /** What asks for the isolation, a phrase each. */
  readonly floors: readonly Text[];
  readonly findings: readonly FindingData[];
  /** How many findings are not listed. */
  readonly more: number;
  readonly placement: readonly Step[];
  readonly exemptions: readonly Text[];
  readonly notes: readonly Text[];
}

/** What weighed: its words and its weight. */
export type Part = readonly [kind: Index, words: Text, weight: number];

export type FindingData = readonly [signal: Index, source: Text, place: Text, waivedBy: Text];

/** One candidate with what stands against it, a phrase each. */
export type Step = readonly [name: Text, place: Index, standing: Index, objections: readonly Text[]];
