/**
 * The parts of openreports.io/v1alpha1 that are written (github.com/openreports/reports-api v0.2.1,
 * apis/openreports.io/v1alpha1/report_types.go).
 */
export interface Report {
  readonly apiVersion: 'openreports.io/v1alpha1';
  readonly kind: 'Report';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly scope: ObjectReference;
  readonly configuration: {
    readonly limits: { readonly maxResults: number; readonly statusFilter: readonly ResultWord[] };
  };
  /** The summary of all Pods, not only of those in the results. */
  readonly summary: Summary;
  readonly results: readonly ReportResult[];
}

export type ResultWord = 'pass' | 'fail' | 'warn' | 'error' | 'skip';
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export type Summary = Readonly<Record<ResultWord, number>>;

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

export interface ReportResult {
  readonly policy: string;
  readonly rule: string;
  readonly category: string;
  readonly severity: Severity;
  /** When it was first found; it stays the same while it is found again. */
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
  readonly result: ResultWord;
  readonly scored: boolean;
  /** The subjects, by the name of the field on the wire. If they are left out, the scope of the report is meant. */
  readonly resources?: readonly ObjectReference[];
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}
