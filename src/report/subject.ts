/** The object of a message. */
export interface Subject {
  readonly kind: string;
  /** Empty for an object that will be given its name. */
  readonly name: string;
  readonly namespace: string;
  /** Narrows a drafted exemption; left out when unknown. */
  readonly serviceAccount?: string;
}
