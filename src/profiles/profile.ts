import type { SignalId } from '../signals/signal.ts';
import type { Isolation } from './isolation.ts';
import type { Unserved } from './not-served.ts';

/**
 * What becomes of a signal under a runtime handler.
 * - `contained`: works, and the host is out of reach.
 * - `degraded`: works differently, or fails safely inside; a warning.
 * - `unsupported`: would not start, or not do what is asked.
 * - `exposed`: the host is reachable through it.
 */
export const SUPPORTS = ['contained', 'degraded', 'unsupported', 'exposed'] as const;
export type Support = (typeof SUPPORTS)[number];

export interface SupportWord {
  readonly support: Support;
  readonly reason: string;
  readonly source: string;
  /**
   * The part of an `exposed` access to the host that shows nothing of the host there, or leads nowhere. A Pod that may have it
   * (an exemption waives it) does not get it.
   */
  readonly notServed?: Unserved;
}

export const OPERATING_SYSTEMS = ['linux', 'windows'] as const;
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number];

/** Settings of a node that the API does not show and an operator vouches for in a SandboxProfile. */
export interface NodeSettings {
  /** The handler does not give host devices to privileged containers (containerd, CRI-O: privileged_without_host_devices). */
  readonly privilegedWithoutHostDevices: boolean;
}

/** What a runtime handler is, whatever the name of the RuntimeClass. It has a word for every signal. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly handlers: readonly string[];
  readonly isolation: Isolation;
  /** Set where a name promises another isolation: why the handler does not have it, and where to check that. */
  readonly isolationReason?: string;
  readonly isolationSource?: string;
  /** The operating system of the Pods that it runs. */
  readonly os: OperatingSystem;
  readonly node: NodeSettings;
  /** Set for a runtime that is no longer maintained, and says what to use instead. It then has no handlers. */
  readonly retired?: string;
  readonly signals: ReadonlyMap<SignalId, SupportWord>;
  /** Words for single resource names, which take precedence over the words for their signals. */
  readonly resources: ReadonlyMap<string, SupportWord>;
}

export interface ProfileTable {
  /** The profile of a handler. An unknown handler, and every `-debug` or `-devkit` one, shares the host kernel. */
  forHandler(handler: string): Profile;
  readonly all: readonly Profile[];
}
